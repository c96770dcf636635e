"""faultviz: one real Linux change, VM_FAULT_COMPLETED, as graphs that can be stepped and checked.

Everything a notebook needs is here by name and loaded when it is first used:

>>> import faultviz as fv
>>> fv.run("mips", "merged").counters
{'calls': 1, 'pgfault': 1, 'minor': 1, 'major': 0}
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from faultviz.base.version import __version__ as __version__

if TYPE_CHECKING:
    from faultviz.analysis.reachability import condition as condition
    from faultviz.analysis.theorems import theorem as theorem
    from faultviz.base.errors import BadInput as BadInput
    from faultviz.course.exercises.truth_tables import truth_table as truth_table
    from faultviz.course.glossary import glossary as glossary
    from faultviz.engine.check import check as check
    from faultviz.engine.compare import compare as compare
    from faultviz.engine.narrate import text as text
    from faultviz.engine.run import run as run
    from faultviz.lab.contention.simulation import simulate as simulate
    from faultviz.lab.measure.measurement import measure as measure
    from faultviz.models import entries as entries
    from faultviz.models import handlers as handlers
    from faultviz.models import load as load
    from faultviz.picture.gallery import gallery as gallery
    from faultviz.player import play as play
    from faultviz.player.ask import ask as ask
    from faultviz.player.bench import bench as bench
    from faultviz.player.exercise import exercise as exercise
    from faultviz.player.lanes import lanes as lanes
    from faultviz.player.quiz_widget import quiz as quiz
    from faultviz.player.saved import work as work
    from faultviz.player.sorter import sort9 as sort9

_HOME = {
    "ask": "player.ask",
    "BadInput": "base.errors",
    "bench": "player.bench",
    "check": "engine.check",
    "compare": "engine.compare",
    "condition": "analysis.reachability",
    "entries": "models",
    "exercise": "player.exercise",
    "gallery": "picture.gallery",
    "glossary": "course.glossary",
    "handlers": "models",
    "lanes": "player.lanes",
    "load": "models",
    "measure": "lab.measure.measurement",
    "play": "player",
    "quiz": "player.quiz_widget",
    "run": "engine.run",
    "simulate": "lab.contention.simulation",
    "sort9": "player.sorter",
    "text": "engine.narrate",
    "theorem": "analysis.theorems",
    "truth_table": "course.exercises.truth_tables",
    "work": "player.saved",
}

__all__ = [
    "BadInput", "ask", "bench", "check", "compare", "condition", "entries", "exercise", "gallery",
    "glossary", "handlers", "lanes", "load", "measure", "play", "quiz", "run", "simulate", "sort9",
    "text", "theorem", "truth_table", "work",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'faultviz' has no attribute {name!r}")
    value = getattr(import_module(f"faultviz.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
