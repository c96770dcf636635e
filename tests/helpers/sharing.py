"""How a run is cut, shared out among processes, and summed up at its end: a plugin of pytest.

Here: which tests bear the markers of a length, which must stay together in one process (of
pytest-xdist), in which order, and what is said of those that were not run. Not here: what a test
needs, and who can tell (`machine`).
"""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from pathlib import Path

import machine
import pytest
from xdist.scheduler import LoadScopeScheduling

TOGETHER = {
    "test_lite": "site", "test_lite_browser": "site", "test_image": "image", "test_hub": "image",
}  # fmt: skip
"""By file: what takes long to make is made in one process. All others are groups of their own."""

ORDER = "FAULTVIZ_ORDER"
"""A number by which groups, and tests in them, are shuffled; without it the longest are first."""

WEIGHTS = {"image": 1000, "hub": 1000, "site": 1000, "browser": 30, "tree": 30, "real": 10}
"""By marker, for the order: a cell of a notebook is 10 of the shortest tests."""

LENGTHS = {machine.LONG: "faultviz test --all", machine.REAL: "faultviz test"}
"""Which command runs what a shorter one leaves out."""

LEFT_OUT = pytest.StashKey[dict[str, list]]()
"""By need: how many tests, why, and whether that is a failure in CI."""

STEPS = "steps"
"""Marker of a file whose tests are steps of one session, as a person takes them: in their order."""

KIND = "kind"
"""A property of a test, which its report bears from one process to the other."""

CUT = pytest.StashKey[Counter]()
"""By length: how many tests a longer run has."""


def port(first: int) -> int:
    """A first port to try, another for each process of a run."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    return first + 100 * int(worker)


def is_cell(item) -> bool:
    """Whether an item is a cell of a notebook: they are run in their order, in one kernel."""
    return item.path.suffix == ".ipynb"


def group_of(nodeid: str) -> str:
    """The tests that stay in one process and together: those of a file, or of several."""
    file = nodeid.partition("::")[0]
    return TOGETHER.get(Path(file).stem, file)


class InGroups(LoadScopeScheduling):
    """Gives whole groups to processes, in the order of collection."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Ours, whatever --dist says."""
    return InGroups(config, log)


def pytest_configure(config):
    """Nothing is left out yet; and who is interrupted hears it, also where this run does not."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in the background of a shell
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:  # as by nohup
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
    config.stash[LEFT_OUT] = {}
    config.stash[CUT] = Counter()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Mark and order all tests; then, of those that are wanted, leave out what cannot run here."""
    for item in items:
        _mark(item)
    groups = {}
    for item in items:
        groups.setdefault(group_of(item.nodeid), []).append(item)
    items[:] = [item for group in _ordered([*groups.values()]) for item in group]
    yield  # here -m and -k take theirs away
    # The machine is asked for nothing that is not wanted.
    wanted = {mark.name for item in items for mark in item.iter_markers()}
    lacks = {m: why for m in machine.NEEDS if m in wanted and (why := machine.lack(m))}
    for marker, why in lacks.items():
        gone = [item for item in items if item.get_closest_marker(marker)]
        bad = isinstance(why, machine.Missing) and machine.NEEDS[marker].in_ci
        config.stash[LEFT_OUT][marker] = [len(gone), str(why), bad]
        items[:] = [item for item in items if item not in gone]


def _mark(item):
    names = getattr(item, "fixturenames", ())
    bears = [marker for marker, need in machine.NEEDS.items() if need.fixture in names]
    bears += [machine.BEARS[marker] for marker in bears] + [machine.REAL] * is_cell(item)
    for marker in bears:
        item.add_marker(marker)
    kinds = [machine.NEEDS[marker].tests for marker in bears if marker in machine.NEEDS]
    kinds += ["cells of notebooks"] * is_cell(item)
    item.user_properties += [(KIND, kind) for kind in kinds]


def _ordered(groups):
    """Groups in the order in which they are begun; the cells of a notebook keep theirs."""
    seed = os.environ.get(ORDER)
    if seed is None:
        # Near the end of a run a long one would leave the other processes idle.
        return sorted(groups, key=lambda group: -sum(map(_weight, group)))
    by_chance = random.Random(seed)  # noqa: S311 (nothing is secret)
    by_chance.shuffle(groups)
    return [_shuffled(group, by_chance) for group in groups]


def _shuffled(group, by_chance):
    """Its files by chance, and the tests of each but where they are steps of one session."""
    files = {}
    for item in group:
        files.setdefault(item.path, []).append(item)
    for tests in files.values():
        if not is_cell(tests[0]) and not tests[0].get_closest_marker(STEPS):
            by_chance.shuffle(tests)
    return [item for file in by_chance.sample([*files], len(files)) for item in files[file]]


def _weight(item):
    """About how many of the shortest tests take as long."""
    return max((WEIGHTS.get(mark.name, 1) for mark in item.iter_markers()), default=1)


def pytest_deselected(items):
    """Count what a length leaves to a longer one."""
    for item in items:
        length = next((m for m in LENGTHS if item.get_closest_marker(m)), None)
        if length and f"not {length}" in item.config.option.markexpr:
            item.config.stash[CUT][length] += 1


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """A process of several hands on what it left out; in CI some of that is a failure.

    A run of which nothing is left is none that went wrong.
    """
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput["left_out"] = config.stash[LEFT_OUT]
        config.workeroutput["cut"] = dict(config.stash[CUT])
        return
    left_out = config.stash[LEFT_OUT]
    if left_out and session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        session.exitstatus = pytest.ExitCode.OK
    if os.environ.get("CI") == "true" and any(bad for _, _, bad in left_out.values()):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """All processes collect the same, so each says the same."""
    told = getattr(node, "workeroutput", {})
    node.config.stash[LEFT_OUT] = told.get("left_out", {})
    node.config.stash[CUT] = Counter(told.get("cut", {}))


def pytest_terminal_summary(terminalreporter, config):
    """What ran, what did not and why, and what a longer run has."""
    say = terminalreporter.write_line
    ran = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    kinds = Counter(kind for report in ran for what, kind in report.user_properties if what == KIND)
    of_these = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
    say(f"Ran: {len(ran)} tests{', of these ' if of_these else ''}{of_these}.")
    for marker, (number, why, bad) in sorted(config.stash[LEFT_OUT].items()):
        must = " The project's CI must have it." if bad else ""
        because = why.removesuffix(".")
        say(f"Not run here: {number} tests {machine.NEEDS[marker].tests}, because {because}.{must}")
    for marker, number in sorted(config.stash[CUT].items()):
        say(f"Left to {LENGTHS[marker]}: {number} tests.")
