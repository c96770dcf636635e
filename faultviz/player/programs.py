"""The programs that a player can come to: its own, by name, and those of the package.

Here: loading one, and running a scenario of it. Not here: what may be chosen (`choices`).
"""

from __future__ import annotations

from collections.abc import Mapping

from faultviz import models
from faultviz.engine.run import Trace, run
from faultviz.ir.graph import Program
from faultviz.player.choices import Scenario


class Programs:
    """Programs by the name of their handler; `own` are those that the package has not got."""

    def __init__(self, own: Mapping[str, Program] | None = None) -> None:
        self.own = dict(own or {})

    def load(self, handler: str) -> Program:
        """One by name, or from a file. Raises BadInput where there is none."""
        if handler.endswith(".py") and handler not in self.own:
            self.own[handler] = models.load(handler)  # as it is now: a file may change
        return self.own.get(handler) or models.load(handler)

    def run(self, scenario: Scenario) -> Trace:
        """What happens in a scenario. Raises BadInput where it cannot be."""
        return run(scenario.cut(self.load(scenario.handler)), *scenario[1:4])
