"""What is asked and kept: questions, exercises, tests, grades, and the ways through the lessons.

Not here: the widgets that ask (`player`).
"""
