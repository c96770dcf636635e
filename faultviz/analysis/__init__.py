"""What can be said of programs without running a reader's scenario.

Not here: the search for a counterexample (`engine.check`).
"""
