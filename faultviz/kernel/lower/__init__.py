"""From the statements of C functions to one program of `ir`.

Not here: whether that program keeps the rules (`kernel.judge`).
"""
