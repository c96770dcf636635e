"""The page about other tools: its table is the data, each cell has a command or a reason."""

import re

import pytest
from click.testing import CliRunner

from faultviz.base.texts import texts
from faultviz.cli.main import main
from faultviz.publish.site import other_tools as page

CELLS = list(page.cells())


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell.defect}-{cell.tool}")
def test_each_cell_can_be_run_again_or_says_why_not(cell):
    """A verdict is one of four, with the command typed; what was not run has a reason."""
    assert cell.verdict in page.VERDICTS
    assert cell.version
    assert cell.tree
    assert bool(cell.command) == (cell.verdict != "not run")
    assert cell.said or cell.verdict in ("found", "not found")
    assert not re.search(r"[{}]", cell.command.replace("${", ""))


def test_the_table_of_the_page_is_the_data():
    """Read back from the HTML, cell by cell, and nothing more."""
    table = re.search(r'<table id="verdicts">.*?</table>', page.page())[0]
    shown = re.findall(r'<td><a href="#([\w-]+)">([a-z ]+)</a></td>', table)
    assert shown == [(f"{one.defect}-{one.tool}", one.verdict) for one in CELLS]


def test_no_row_of_the_data_is_left_over():
    """Each tool says something of each defect, and of nothing else."""
    told = texts("faultviz.publish.site", "other_tools")
    assert set(told["cell"]) == set(told["tool"])
    assert all(set(row) == set(told["defect"]) for row in told["cell"].values())


@pytest.mark.parametrize(
    "cell", [one for one in CELLS if one.tool == "faultviz-check"], ids=lambda cell: cell.defect
)
def test_what_ours_is_said_to_find_it_finds(cell):
    """The command of the cell, typed: a broken rule is exit code 1."""
    assert cell.verdict == "found"
    assert CliRunner().invoke(main, cell.command.split()[1:]).exit_code == 1
