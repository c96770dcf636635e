"""Graphs: how statements become nodes, and which models are refused."""

import operator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultviz import ir
from faultviz.base.errors import BadInput
from faultviz.engine.run import run
from faultviz.ir.build import parts, program
from faultviz.ir.conditions import free
from faultviz.ir.statements import (
    acquire,
    call,
    do,
    fault,
    function,
    goto,
    label,
    leave,
    let,
    only,
    release,
    repeat,
    since,
    when,
)
from faultviz.models.words import RETRY, Cite, completed

HERE = Cite("mm/test.c", "f", "unverified")
A = free("a", "a?", "To ask.")


def made(*body, cite=HERE, **more):
    """A program of one function."""
    return program("t", "entry", function("f", cite, *body, **more), about="a test")


def test_revisions_share_ids_and_differ_in_edges():
    """`since` gives a node to some revisions; the others go past it."""
    graph = made(acquire(), since("v3", do("new", why="New.")), release(), leave(), locals={})
    assert "new" not in graph.at("before").nodes
    assert "new" in graph.at("merged").nodes
    assert set(graph.at("before").nodes) < set(graph.at("v3").nodes)


def test_a_forward_goto_is_an_edge_and_a_second_round_a_node():
    """Only the jump that closes a loop is drawn."""
    graph = made(
        label("again"),
        do("work", why="Work."),
        when(A, goto("again")),
        when(RETRY, goto("out")),
        do("more", why="More."),
        label("out"),
        leave(),
    )
    gotos = [n.id for n in graph.nodes.values() if isinstance(n.op, ir.Goto)]
    assert gotos == ["goto_again"]
    assert graph.nodes["again"].labels == ("again",)
    assert graph.nodes["out"].labels == ("out",)


def test_labels_inside_blocks_can_be_jumped_to_from_outside():
    """As sparc64 does: the label stands in the block of a failed try."""
    graph = made(
        when(A, label("inside"), do("in", why="In.")), when(RETRY, goto("inside")), leave()
    )
    ways = {e.target for e in graph.function.out_edges["goto_inside"]}
    assert ways == {"inside"}


def test_repeat_leads_back_to_its_first_node():
    """do { } while: the test's yes goes to the start of the body."""
    graph = made(repeat(do("one", why="One."), do("two", why="Two."), while_=A), leave())
    (back,) = (e for e in graph.function.out_edges["a"] if e.when is True)
    assert back.target == "one"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ([goto("nowhere")], "names the label 'nowhere', which is not there"),
        ([leave(), do("dead", why="Dead."), leave()], "nothing leads to the node 'dead'"),
        ([do("last", why="Last.")], "runs off the end"),
        ([do("mute", why=""), leave()], "has no why"),
        ([label("x"), do("a", why="A."), label("x"), leave()], "label 'x' stands twice"),
    ],
)
def test_a_broken_model_is_refused_with_its_place(body, says):
    """The message names the model, the function and what is wrong."""
    with pytest.raises(BadInput, match=says) as caught:
        made(*body)
    assert "model t, function f" in str(caught.value)


def test_a_node_without_cite_is_refused():
    """Nothing is drawn that we cannot say the origin of."""
    with pytest.raises(BadInput, match="has no cite"):
        made(leave(), cite=None)


def test_only_gives_a_node_to_one_revision():
    """`only` is for what just one posting had."""
    graph = made(only("v4", body=[do("then", why="Then.")]), leave())
    assert graph.nodes["then"].revisions == {"v4"}


def test_inner_calls_are_modelled_once_and_keep_their_names():
    """A function called twice is one graph; its ids carry its name."""
    inner = function("g", HERE, leave(), why="Inside.")
    graph = made(call(inner), call(inner), leave())
    assert list(graph.functions) == ["f", "g"]
    assert "g.return" in graph.nodes


class Counted(list):
    """Statements that count how often they are gone through."""

    looked = 0

    def __iter__(self):
        self.looked += 1
        return super().__iter__()


def test_what_is_called_from_many_places_is_looked_at_once():
    """Else the work doubles with each level of calls: 12 levels, twice each, are 4096 looks."""
    deepest = function("g0", HERE, leave(), why="Inside.")
    body = Counted(deepest.body)
    model = deepest = replace(deepest, body=body)
    for n in range(1, 13):
        model = function(f"g{n}", HERE, call(model), call(model), leave(), why="Inside.")
    assert [part.name for part in parts(model)] == [f"g{n}" for n in range(12, -1, -1)]
    assert body.looked == 1


def test_the_state_of_a_let_can_depend_on_a_word():
    """A guarded assignment is one node, not a test."""
    graph = made(
        let(x=1, if_=A, why="Set."), fault(), leave("x", why="Out."),
        locals={"x": 0, "flags": 0}, held=1,
    )  # fmt: skip
    assert run(graph, "merged", "OK", "a").result == 1
    assert run(graph, "merged", "OK", "none").result == 0


@given(st.integers(0, 7), st.integers(1, 7))
def test_evaluate_agrees_with_python(value, mask):
    """The expressions mean what the operators mean."""
    look = {"x": value}.get
    bit = ir.Bits("x", mask)
    assert ir.evaluate(bit, look, {}) == int(bool(value & mask))
    assert ir.evaluate(ir.Not(bit), look, {}) == int(not value & mask)
    assert ir.evaluate(ir.With("x", mask), look, {}) == value | mask
    assert ir.evaluate(ir.Without("x", mask), look, {}) == value & ~mask


MATH = {
    "|": operator.or_, "&": operator.and_, "^": operator.xor, "+": operator.add,
    "-": operator.sub, "*": operator.mul, "<<": operator.lshift, ">>": operator.rshift,
    "==": operator.eq, "<": operator.lt,
}  # fmt: skip


@pytest.mark.parametrize("op", MATH)
@given(st.integers(0, 7), st.integers(0, 7))
def test_math_agrees_with_python(op, left, right):
    """Each operator of real source, on numbers that are often equal; a comparison is 1 or 0."""
    asked = ir.Math(op, ir.Name("x"), ir.Const(right))
    value = ir.evaluate(asked, {"x": left}.get, {})
    assert type(value) is int
    assert value == int(MATH[op](left, right))


@given(st.booleans(), st.booleans())
def test_and_and_or_stop_where_c_stops(first, second):
    """A word after the deciding part is not asked for."""
    look = {"x": int(first)}.get
    both = ir.And((ir.Name("x"), ir.Free("w")))
    either = ir.Or((ir.Name("x"), ir.Free("w")))
    assert isinstance(ir.evaluate(both, look, {}), ir.Undecided) is first
    assert isinstance(ir.evaluate(either, look, {}), ir.Undecided) is not first
    assert ir.evaluate(both, look, {"w": second}) == int(first and second)
    assert ir.evaluate(either, look, {"w": second}) == int(first or second)


def test_completed_is_the_patch(tmp_path):
    """What `before` lacks is cited as the patch where a model says so."""
    patch = Cite("mm/test.c", "f", "derived", "posting")
    graph = made(fault(), since("v3", completed(leave())), leave(), held=1, patch=patch,
                 locals={"flags": 0})  # fmt: skip
    assert graph.nodes["COMPLETED"].cite is patch
    assert graph.nodes["handle_mm_fault"].cite is HERE
