"""Real functions judged: by the lock's rules, against a model, and with defects put in.

Not here: how one is shown (`kernel.view`).
"""
