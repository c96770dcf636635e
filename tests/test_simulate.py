"""The crowd at mmap_lock: held against the formula, Little's law and a schedule made by hand."""

import json

import pytest
import simpy
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import faultviz as fv
from faultviz.cli.main import main
from faultviz.engine.run import run
from faultviz.lab.contention.cost_model import PER_STEP, instructions
from faultviz.lab.contention.lock_queue import (
    READ,
    REVISIONS,
    WRITE,
    FairLock,
    Setting,
    contend,
    schedule,
    trips,
)
from faultviz.lab.contention.simulation import gain, interval, quantile, simulate
from faultviz.lab.recorded.cost_formula import formula, put
from faultviz.lab.recorded.intervals import rounds


@pytest.mark.parametrize("revision", ["before", "merged"])
def test_one_thread_alone_is_the_cost_model(revision):
    """Without spread and without anyone else a fault takes what its formula says, exactly."""
    wanted = float(put(formula(run("mips", revision)), PER_STEP))
    done = contend(Setting(revision, faults=50, spread=0.0), PER_STEP)
    assert done.latencies == pytest.approx([wanted] * 50, rel=1e-9)
    assert done.elapsed == pytest.approx(50 * wanted, rel=1e-9)


def test_the_costs_add_up_to_what_was_counted():
    """Instructions of one write, merged and before, as recorded."""
    counted = rounds("icount400.csv")
    merged, before = (float(put(formula(run("mips", r)), instructions())) for r in
                      ("merged", "before"))  # fmt: skip
    assert merged == pytest.approx(counted.once)
    assert before - merged == pytest.approx(counted.second)
    assert all(cost > 0 for cost in instructions().values())


@pytest.mark.parametrize(("threads", "writers"), [(1, 0), (5, 0), (5, 2), (16, 1)])
def test_littles_law_holds(threads, writers):
    """Faults under way on average are the throughput times the mean latency."""
    what = Setting("before", threads, writers, 400, hold=9000.0, think=4000.0)
    done = contend(what, PER_STEP, "little", spans=True)
    latency = sum(done.latencies) / len(done.latencies)
    busy = sum(one.end - one.start for one in done.spans if one.who.startswith("thread"))
    assert busy / done.elapsed == pytest.approx(done.faults / done.elapsed * latency)
    assert done.faults == 400


def test_a_schedule_by_hand():
    """Two threads and a writer that comes at 5, in round numbers."""
    costs = dict.fromkeys(PER_STEP, 0.0) | {"trap": 3.0, "page": 10.0, "lock": 1.0}
    assert [(p.lock, p.time) for p in schedule("merged", "handler", costs)] == [
        (0, 3.0), (1, 11.0), (-1, 1.0)]  # fmt: skip
    what = Setting("merged", 2, 1, 4, hold=7.0, think=5.0, spread=0.0)
    done = contend(what, costs, spans=True)
    # Both hold from 3 to 14. The writer asks at 5 and has it from 14 to 21; they come back at 18.
    first = [(s.who, s.start, s.end, s.state) for s in done.spans if s.end <= 33]
    assert ("writer 1", 5.0, 14.0, "waits") in first
    assert ("writer 1", 14.0, 21.0, "holds") in first
    for n in (1, 2):
        assert (f"thread {n}", 3.0, 14.0, "holds") in first
        assert (f"thread {n}", 18.0, 21.0, "waits") in first
        assert (f"thread {n}", 21.0, 32.0, "holds") in first
    assert done.latencies == [15.0, 15.0, 18.0, 18.0]
    assert done.elapsed == 33.0


def test_a_waiting_writer_stops_later_readers():
    """The queue is fair: who came first goes first, and readers side by side go together."""
    env = simpy.Environment()
    lock = FairLock(env)
    assert lock.ask(READ) is None
    writer, late, later = lock.ask(WRITE), lock.ask(READ), lock.ask(READ)
    assert None not in (writer, late, later)
    lock.give(READ)
    assert writer.triggered
    assert not late.triggered
    lock.give(WRITE)
    assert late.triggered
    assert later.triggered
    assert lock.readers == 2


@settings(max_examples=60)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 9)), min_size=1, max_size=20))
def test_never_a_writer_beside_anyone(asks):
    """Whatever comes, in whatever order."""
    env = simpy.Environment()
    lock = FairLock(env)
    seen = []

    def one(start, writes, hold):
        yield env.timeout(start)
        kind = WRITE if writes else READ
        event = lock.ask(kind)
        if event is not None:
            yield event
        seen.append((lock.readers, lock.writing))
        yield env.timeout(hold)
        lock.give(kind)

    for start, (writes, hold) in enumerate(asks):
        env.process(one(start, writes, hold))
    env.run()
    assert len(seen) == len(asks)
    assert all(not (readers and writing) for readers, writing in seen)
    assert (lock.readers, lock.writing, len(lock.queue)) == (0, False, 0)


def test_round_trips_are_those_of_the_models():
    """Per fault, with the writers or without."""
    assert [trips(r, "handler") for r in ("before", "merged", "vma-lock")] == [2, 1, 0]
    assert [trips(r, "fixup-user-fault") for r in ("before", "merged", "no-relock")] == [2, 2, 1]
    for revision in REVISIONS:
        done = contend(Setting(revision, 4, 1, 40, "fixup-user-fault", 5000.0, 5000.0), PER_STEP)
        assert done.takings == 40 * trips(revision, "fixup-user-fault")


def test_the_same_seed_gives_the_same_rows():
    """And another seed other ones."""
    one, same, other = (simulate(["before"], [8], [1], 200, seed=s, replications=3) for s in "aab")
    assert one == same != other


def test_an_interval_holds_the_mean():
    """The figures of a row, each between its low and high; one run has no width."""
    (row,) = simulate(["merged"], [8], [1], 400, replications=4)
    for figure in (row.throughput, row.p50, row.p99, row.writer_wait, row.lock_trips):
        assert figure.low <= figure.value <= figure.high
    assert row.p50.value <= row.p99.value
    assert interval([5.0]) == (5.0, 5.0, 5.0)
    assert quantile([3, 1, 2], 0.5) == 2


def test_a_vma_lock_does_not_wait_for_the_writer():
    """And merged does; without a writer readers never wait for one another."""
    rows = {r.revision: r for r in simulate(["merged", "vma-lock"], [8], [1], 400)}
    assert rows["vma-lock"].p99.value < rows["merged"].p99.value
    alone, crowded = simulate(["merged"], [1, 8], [0], 400, spread=0.0, replications=1)
    assert alone.p99 == crowded.p99


def test_the_gain_is_of_throughput():
    """Alone it is the ratio of the two formulas."""
    rows = simulate(["before", "merged"], [1], [0], 100, spread=0.0, replications=2)
    counted = rounds("icount400.csv")
    wanted = (counted.once + counted.second) / counted.once
    assert gain(rows)[1, 0].value == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"revisions": ["after"]}, "There is no revision 'after' here"),
        ({"revisions": ["no-relock"]}, "simulate no-relock with caller fixup-user-fault"),
        ({"caller": "gup"}, "There is no caller 'gup'"),
        ({"threads": [0]}, "0 threads cannot share"),
        ({"threads": [9], "faults": 3}, "9 threads cannot share 3 faults"),
        ({"writers": [-1]}, "Writers are 0 or more"),
        ({"replications": 0}, "from 1 to 20"),
        ({"threads": []}, "Nothing to simulate"),
    ],
)
def test_what_makes_no_run_is_a_sentence(wrong, said):
    """What, where, what to do."""
    with pytest.raises(fv.BadInput, match=said):
        simulate(**{"faults": 20, **wrong})


def test_the_command_prints_rows():
    """As JSON for programs: each figure with low and high."""
    told = ["simulate", "--threads", "1,4", "--writers", "0,1", "--faults", "60", "--json",
            "--revisions", "before,merged", "--replications", "2"]  # fmt: skip
    done = CliRunner().invoke(main, told)
    rows = json.loads(done.output)
    assert done.exit_code == 0
    assert len(rows) == 8
    assert list(rows[0]) == ["revision", "threads", "writers", "faults", "throughput", "p50", "p99",
                             "writer_wait", "lock_trips"]  # fmt: skip
    assert set(rows[0]["p99"]) == {"value", "low", "high"}
    assert rows[0]["writer_wait"] is None
    here = CliRunner().invoke(main, [*told, "--measured"])
    assert here.exit_code == 0
    assert "Measured here: " in here.stderr
    bad = CliRunner().invoke(main, ["simulate", "--threads", "x"])
    assert (bad.exit_code, "'x' is no list of numbers" in bad.output) == (2, True)
