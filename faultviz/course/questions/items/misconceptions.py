"""The misconceptions that the course meets, each with what its holder believes.

Here: ids and sentences, out of `misconceptions.toml`; questions name them by id. Not here: the
questions (`lesson00a` and so on, `course.quiz`).
"""

from __future__ import annotations

from faultviz.base.texts import texts

MISCONCEPTIONS: dict[str, str] = texts("faultviz.course.questions.items", "misconceptions")
"""Id to belief, in the order of the lessons' first draft; ids are for ever."""
