"""Models against the source of a real kernel."""

import json

from click.testing import CliRunner

from faultviz import models
from faultviz.cli.main import main
from faultviz.kernel.judge import mutants
from faultviz.kernel.judge.conform import ORDER, conform
from faultviz.kernel.judge.expected import explained
from faultviz.kernel.judge.side import CASES
from faultviz.kernel.lower.extract import model_of


def test_every_handler_conforms(tree):
    """Every outcome in both modes; what differs is explained, and every explanation is used."""
    rows = [row for some in conform(tree) for row in some]
    assert {row.handler for row in rows} == set(models.HANDLERS)
    assert len(rows) == len(models.HANDLERS) * (len(CASES) + 1)
    assert [row for row in rows if row.verdict not in ("equal", "explained")] == []
    told = {(row.handler, row.case) for row in rows if row.verdict == "explained"}
    assert {h for h, _ in told} == {"arm", "riscv", "x86"}
    for one in explained():
        if one.of(tree.version):
            assert any(one.handler == h and one.covers(c) for h, c in told)


def test_what_is_compared_says_something(tree):
    """The rows are no empty ones: locks, ends and the order of the tests are in them."""
    rows = {row.case: row for some in conform(tree, ("mips",)) for row in some}
    assert rows["OK, user"].source == "1 unlock; leave"
    assert rows["COMPLETED, user"].source == "nothing; leave"
    assert rows["RETRY, user"].source == "nothing; again"
    assert rows["RETRY with a signal, kernel"].source.startswith("nothing; fix-up")
    assert rows[ORDER].source == "signal, COMPLETED, ERROR, RETRY"
    (s390,) = conform(tree, ("s390",))
    relock = next(row for row in s390 if row.case == "COMPLETED, kernel").source
    assert "1 lock, 1 unlock, 1 call under the lock; leave (handled)" in relock


def test_a_change_of_the_source_is_a_difference(tree):
    """On both sides, and exit code 1."""
    file = model_of("mips").function.cite.file
    changed = tree.replaced({file: mutants.drop_check(tree.read(file))})
    (rows,) = conform(changed, ("mips",))
    differs = {row.case: row for row in rows if row.verdict == "differs"}
    assert set(differs) == {"COMPLETED, user", "COMPLETED, kernel", ORDER}
    row = differs["COMPLETED, user"]
    assert (row.model, row.source) == ("nothing; leave", "1 unlock; leave")


def test_the_command_prints_rows(archive):
    """JSON for programs; a table and what is not compared for people."""
    told = CliRunner().invoke(
        main, ["kernel", "conform", str(archive), "--handler", "um", "--json"]
    )
    assert told.exit_code == 0
    rows = json.loads(told.stdout)
    assert set(rows[0]) == {"handler", "case", "verdict", "model", "source", "reason"}
    told = CliRunner().invoke(main, ["kernel", "conform", str(archive), "--handler", "x86"])
    assert told.exit_code == 0
    assert "is not compared" in told.stdout
    assert "explained" in told.stdout
