"""A program as numbered lines, changed, and with parts taken away.

Not here: which changes make an exercise (`course.exercises`).
"""
