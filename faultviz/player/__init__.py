"""The player: a scenario stepped in the browser, or two on one clock.

Here: the widgets (`duo`, and the player in three: `stepper` keeps scenario and step together,
`asking` asks, `player_widget` does what the browser wishes), what may be chosen (`choices`), how
questions go (`gating`), what is sent to the browser (`payload`), and the browser's side (`js/`,
joined by `bundle`; `player.css`). Only this package needs anywidget. Not here: how a scenario runs
(`run`), which questions it has (`gate`), or how it is drawn (`svg`) and worded (`narrate`).
"""

from __future__ import annotations

from typing import Any

from faultviz import models
from faultviz.base.errors import BadInput
from faultviz.engine.compare import Comparison
from faultviz.ir.graph import Program
from faultviz.player.choices import Scenario
from faultviz.player.duo import Duo
from faultviz.player.player_widget import Player

__all__ = ["Duo", "Player", "play"]


def play(
    name: str | Program | Comparison = "mips",
    revision: str | None = None,
    outcomes: str = "auto",
    context: str = "write",
    *,
    step: int | str = 1,
    gate: bool = False,
    view: str = "full",
    without: str = "",
    reader: bool = False,
    tree: Any = None,
) -> Player | Duo:
    """A player for a handler, an entry, a model file or a program; for a comparison, a Duo.

    Without a revision it is `merged`, or the one that the program was cut to. `gate` asks before
    it shows; `tree` is a kernel tree, whose lines the steps then show; `without` names what is
    taken away (`check --drop`). `step` is a number as it is shown, in quotes ("9.3"), or a place
    among all steps. Raises BadInput for what is unknown or cannot happen.

    >>> play("mips", "v3", "COMPLETED", "kernel,write")
    Player(mips v3, step 1/12, node=enter, mmap_lock=0)
    """
    if isinstance(name, Comparison):
        if (revision, outcomes, context, without, tree) != (None, "auto", "write", "", None):
            raise BadInput(
                "A comparison has its revisions, outcomes and context: give them to compare()."
            )
        return _duo(name, step, view, reader=reader, gate=gate)
    looks = {"gate": gate, "view": view, "reader": reader}
    if isinstance(name, str) and tree is not None:
        from faultviz.kernel.view.source_view import with_source

        revision = "merged" if revision is None else revision
        beside = with_source(models.at(models.load(name), revision), tree, name)
        scenario = Scenario(f"{name} beside its source", revision, outcomes, context, without)
        return Player(scenario, {scenario.handler: beside}, step, **looks)
    if isinstance(name, str):
        revision = "merged" if revision is None else revision
        scenario = Scenario(name, revision, outcomes, context, without)
        return Player(scenario, None, step, **looks)
    if tree is not None:
        raise BadInput(f"A tree is laid beside a model by name: play({name.name!r}, tree=...).")
    known = f"{name.name} without {name.dropped}" if name.dropped else f"{name.name} (own)"
    own = {known: name}
    if name.origin.excerpts:  # real source has a name of its own, and can be had unfolded
        known = name.name
        own = {known: name, **({whole.name: whole} if (whole := name.origin.whole) else {})}
    cut = models.at(name, revision).revision or "merged"
    scenario = Scenario(known, cut, outcomes, context, without)
    return Player(scenario, own, step, **looks)


def _duo(both: Comparison, clock: int | str, view: str, *, reader: bool, gate: bool) -> Duo:
    if gate:
        raise BadInput("Questions are asked of one scenario: play one of the two with gate=True.")
    return Duo(both, clock, reader=reader, view="full" if view == "first" else view)
