"""Questions and their keys: those of a trace, and in `items` those of the lessons.

Not here: what an answer scores (`course.grading`).
"""
