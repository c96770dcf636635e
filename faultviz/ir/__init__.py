"""What a program is, and the vocabulary in which one is written.

Not here: a single fact about a kernel (`models`), or what a program does (`engine`).
"""
