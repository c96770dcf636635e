"""The tests before and after the course, and exam items for teachers: drawn, keys computed.

Here: what others need by name. Not here: how a test is taken (`player.quiz_widget`).

The tests were not tried with a class, so nobody knows yet how hard a question is.
"""

from __future__ import annotations

from faultviz.course.quiz.forms import FIXED, Form, form
from faultviz.course.quiz.result import grade

__all__ = ["FIXED", "Form", "form", "grade"]
