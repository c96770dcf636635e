"""Page faults counted and timed on this machine.

Not here: other kernels (`lab.boot`), or recorded numbers (`lab.recorded`).
"""
