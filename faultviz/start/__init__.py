"""What runs before anything is installed, on the standard library alone.

Not here: any other room; `__main__` chooses between this one and the command line.
"""
