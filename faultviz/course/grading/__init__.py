"""Answers kept, scored by computing again, and added up for a learner or a class.

Not here: the graders that stand beside what they grade.
"""
