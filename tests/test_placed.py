"""The layout without Graphviz, held against what a reader of a picture needs."""

from itertools import combinations

import pytest

from faultviz import models
from faultviz.picture.layered.coordinates import Places, places
from faultviz.picture.shape import HEAD, Boxes, boxes, size


def shipped():
    """The root of every model in its last revision."""
    for name in (*models.HANDLERS, *models.ENTRIES, *models.LATER):
        program = models.load(name)
        yield name, program.at(program.revisions[-1]).function


FUNCTIONS = dict(shipped())


@pytest.fixture(params=FUNCTIONS, scope="module")
def drawn(request):
    """A function with its places."""
    function = FUNCTIONS[request.param]
    return function, places(boxes(function))


def rectangles(function, at):
    """Each node's left, top, right and bottom."""
    for node in function.nodes.values():
        (x, y), (wide, high) = at.nodes[node.id], size(node)
        yield node.id, (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)


def test_every_node_and_edge_is_there(drawn):
    """Once each, and parallel edges in the order of the function."""
    function, at = drawn
    assert at.nodes.keys() == function.nodes.keys()
    assert [edge[:2] for edge in at.edges] == [(e.source, e.target) for e in function.edges]


def test_no_node_covers_another_or_leaves_the_picture(drawn):
    """With a little air between."""
    function, at = drawn
    found = dict(rectangles(function, at))
    for a, b in combinations(found.values(), 2):
        assert a[2] < b[0] or b[2] < a[0] or a[3] < b[1] or b[3] < a[1]
    for left, top, right, bottom in found.values():
        assert left >= -1
        assert top >= -1
        assert right <= at.width + 1
        assert bottom <= at.height + 1


def test_an_edge_leaves_its_node_and_ends_a_head_before_the_other(drawn):
    """At their upper or lower sides."""
    function, at = drawn
    found = dict(rectangles(function, at))
    for source, target, points, _ in at.edges:
        assert len(points) % 3 == 1
        left, top, right, bottom = found[source]
        assert left <= points[0][0] <= right
        assert min(abs(points[0][1] - top), abs(points[0][1] - bottom)) < 1
        left, top, right, bottom = found[target]
        assert left <= points[-1][0] <= right
        assert min(abs(points[-1][1] + HEAD - top), abs(points[-1][1] - HEAD - bottom)) < 1


def test_an_edge_runs_through_no_other_node(drawn):
    """Its stops are lanes of their own; curves stay between the layers."""
    function, at = drawn
    found = dict(rectangles(function, at))
    for source, target, points, _ in at.edges:
        for x, y in points[::3]:
            inside = [
                name
                for name, (left, top, right, bottom) in found.items()
                if left < x < right and top < y < bottom
            ]
            assert {*inside} <= {source, target}


def test_answers_stand_in_no_node_and_on_no_other_answer(drawn):
    """Where they would cover words."""
    function, at = drawn
    said = [
        (label[0] - 8, label[1] - 4, label[0] + 8, label[1] + 4) for *_, label in at.edges if label
    ]
    others = [box for _, box in rectangles(function, at)]
    for one in said:
        for left, top, right, bottom in others:
            assert one[2] < left or right < one[0] or one[3] < top or bottom < one[1]


def test_the_way_down_stays_down(drawn):
    """The first node is at the top."""
    function, at = drawn
    top = min(y for _, y in at.nodes.values())
    assert at.nodes[function.entry][1] == top


def test_the_same_text_has_the_same_places():
    """Wherever it is asked."""
    mips = boxes(FUNCTIONS["mips"])
    assert places(mips) == places(mips)


def test_an_empty_graph_has_no_place_to_fail():
    """Nothing in, nothing out."""
    assert places(Boxes({}, ())) == Places(0.0, 0.0, {}, ())
