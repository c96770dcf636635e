"""What a program does: one scenario run, or all of them searched (`check`), told in words.

Not here: what can be said without a scenario (`analysis`).
"""
