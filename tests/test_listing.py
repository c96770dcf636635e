"""Lines and back: what is written down is the program, statement for statement."""

import pytest

import faultviz as fv
from faultviz import models
from faultviz.edit.listing import lines, text
from faultviz.edit.parse_listing import built

EVERY = [
    (name, revision)
    for name in (*models.HANDLERS, *models.ENTRIES)
    for revision in models.load(name).revisions
]


@pytest.mark.parametrize(("name", "revision"), EVERY)
def test_lines_are_the_program(name, revision):
    """Built from its lines a program has the same graph, up to how its nodes are named."""
    program = fv.load(name, revision)
    again = built(lines(program), program)
    assert shape(again) == shape(program)
    assert text(lines(again)) == text(lines(program))


def shape(program):
    """What a graph says, without ids: the text of each node with those of its ways."""
    nodes = program.nodes
    return sorted(
        (node.text, repr(node.op), node.role or "",
         sorted((str(e.when), nodes[e.target].text) for e in f.out_edges[node.id]))
        for f in program.functions.values()
        for node in f.nodes.values()
    )  # fmt: skip


@pytest.mark.parametrize(("name", "revision"), EVERY)
def test_each_node_has_a_line(name, revision):
    """And a line that has a node says what the node says."""
    whole = fv.load(name, revision)
    for program in (whole, built(lines(whole), whole)):
        found = {line.node: line for line in lines(program) if line.node}
        assert set(found) == set(program.nodes)
        for id_, node in program.nodes.items():
            assert node.text.removeprefix("enter ") in found[id_].text


def test_numbers_count_up_and_depth_shows():
    """As one would write it down."""
    shown = text(lines(fv.load("mips", "merged"))).splitlines()
    assert shown[0] == "  1  __do_page_fault:"
    assert shown[1] == "  2      if no mm, or faults off?"
    assert shown[2] == "  3          goto bad_area_nosemaphore"


def test_real_source_and_all_revisions_are_refused():
    """Each with the reason."""
    with pytest.raises(fv.BadInput, match="take one, such as merged"):
        lines(fv.load("mips"))
