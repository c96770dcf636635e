"""The `faultviz` command: a file for each command, named as it is typed.

Not here: anything that a notebook could want as well.
"""
