"""Which scenarios a page holds for a player of a notebook: alike ones are held once.

Here: the choice. Not here: what is held of a scenario (`player.pages.precomputed`).
"""

from __future__ import annotations

from functools import cache

from faultviz.player.choices import Scenario
from faultviz.player.pages.precomputed import Holding
from faultviz.player.player_widget import Player


def held_for(shown: Player) -> Holding:
    """What is held for a player: of its program all that any page has, and its own scenario.

    Two players of one program share one, unless a scenario is unusual.
    """
    scenario, own = shown.scenario, shown.programs.own
    program = shown.programs.load(scenario.handler)
    usual = scenario._replace(
        revision=program.revision or "merged", outcomes="auto", context="write", without=""
    )
    if scenario.handler in own:
        return Holding(program, scenario, own)
    common = _common(usual)
    return common if scenario in common.traces else Holding(program, scenario)


@cache
def _common(usual: Scenario) -> Holding:
    from faultviz.models import load

    return Holding(load(usual.handler), usual)
