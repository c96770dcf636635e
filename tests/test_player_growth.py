"""A long lesson leaves nothing behind: no node, no listener, no memory."""

import pytest

import faultviz as fv
from faultviz.player import one_per_cell

SLACK = 400_000  # bytes of the heap that may come and go


@pytest.fixture
def counted(alone):
    """A player's page, and what it holds: nodes, listeners, bytes."""

    def show(player):
        page = alone(player)
        session = page.context.new_cdp_session(page)

        def count():
            session.send("HeapProfiler.collectGarbage")
            found = session.send("Memory.getDOMCounters")
            heap = session.send("Runtime.getHeapUsage")["usedSize"]
            return found["nodes"], found["jsEventListeners"], heap

        return page, count

    return show


STEPS = """(n) => {
  const last = model.get("_trace").steps.length;
  for (let i = 0; i < n; i++) model.set("step", 1 + (i * 7) % last);
  model.set("step", last);
}"""
AGAIN = """(n) => { for (let i = 0; i < n; i++) { page.close(); page.close = page.show(); } }"""


@pytest.mark.long
def test_four_thousand_steps_leave_nothing(counted):
    """Through both rounds of the fault and all its calls."""
    page, count = counted(fv.play("mips", "before"))
    page.evaluate(STEPS, 500)
    before = count()
    page.evaluate(STEPS, 4_000)
    after = count()
    assert after[0] <= before[0]
    assert after[1] <= before[1]
    assert after[2] <= before[2] + SLACK // 2


def test_a_hundred_runs_of_a_cell_leave_one_view(counted):
    """Each takes down what the one before put up."""
    page, count = counted(fv.play("s390", gate=True))
    page.evaluate(AGAIN.replace("page.", "window."), 5)
    before = count()
    page.evaluate(AGAIN.replace("page.", "window."), 100)
    after = count()
    assert page.locator(".fv-player").count() == 1
    assert after[0] <= before[0] + 5
    assert after[1] <= before[1]
    assert after[2] <= before[2] + SLACK


def test_a_hundred_runs_of_a_cell_leave_one_player(monkeypatch):
    """In the kernel, too: one comm, one entry in the list of those alive."""
    monkeypatch.setattr(one_per_cell, "_alive", {})
    made = []
    for n in range(100):
        monkeypatch.setattr(one_per_cell, "_cell", lambda n=n: ("a cell", f"run {n}"))
        made.append(fv.play("mips"))
    assert sum(p.comm is not None for p in made) == 1
    assert [len(players) for _, players in one_per_cell._alive.values()] == [1]
