"""The passes that serve all others: over parts of expressions, operations, statements and graphs.

What is tried is made from the classes' own fields, so a new class or field is tried, too.
"""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultviz import ir
from faultviz.ir.blocks import blocks, rebuilt
from faultviz.ir.reach import reachable
from faultviz.ir.statements import Label, SimpleStep, Statement, SwitchCase
from faultviz.kernel.view.naming import renamed

EXPRS, OPS = get_args(ir.Expr), get_args(ir.Op)


def holds(kind):
    """Whether a field of this type can hold expressions."""
    return kind in EXPRS or any(map(holds, get_args(kind)))


def filled(kind, place):
    """A value for a field of this type; it names its place, so that none is like another."""
    if kind == ir.Expr or ir.Free in get_args(kind):
        return ir.Free(place)
    if get_args(kind)[-1:] == (...,):
        return tuple(filled(get_args(kind)[0], f"{place} {n}") for n in (1, 2))
    if getattr(kind, "__origin__", None) is tuple:
        return tuple(filled(one, f"{place}.{n}") for n, one in enumerate(get_args(kind)))
    if str in (kind, *get_args(kind)):
        return place
    return kind in (bool, int) or int(int in get_args(kind))


def one_of(cls):
    """One of a class, with something in each of its fields, and the expressions put there."""
    hints = get_type_hints(cls)
    made = cls(**{field.name: filled(hints[field.name], field.name) for field in fields(cls)})
    return made, found_in([getattr(made, f.name) for f in fields(cls) if holds(hints[f.name])])


def found_in(value):
    """The expressions in a field's value, through tuples."""
    if isinstance(value, EXPRS):
        return [value]
    return (
        [one for part in value for one in found_in(part)] if isinstance(value, list | tuple) else []
    )


def other(expr):
    """Another expression for each that was put in."""
    return ir.Name(f"not {expr.word}") if isinstance(expr, ir.Free) else None


@pytest.mark.parametrize("cls", EXPRS)
def test_walk_reaches_and_rewrite_rebuilds_every_part_of_an_expression(cls):
    """And what is no expression stays as it is."""
    made, parts = one_of(cls)
    assert list(ir.walk(made)) == list(dict.fromkeys([made, *parts]))
    changed = ir.rewrite(made, other)
    if cls is not ir.Free:  # which is changed itself
        assert list(ir.walk(changed)) == [changed, *map(other, parts)]
        assert type(changed) is cls
    assert ir.rewrite(made, lambda _: None) == made


@pytest.mark.parametrize("cls", OPS)
def test_every_expression_of_an_operation_is_had_and_rebuilt(cls):
    """With nothing to change the same comes back, whatever its fields hold."""
    made, parts = one_of(cls)
    assert sorted(map(str, ir.expressions(made))) == sorted(map(str, parts))
    assert ir.rewritten(made, lambda expr: expr) == made
    changed = ir.rewritten(made, other)
    assert sorted(map(str, ir.expressions(changed))) == sorted(str(other(p)) for p in parts)


@pytest.mark.parametrize("cls", EXPRS)
def test_every_variable_is_renamed(cls):
    """Those that `names_of` tells, and no other field."""
    made, _ = one_of(cls)
    names = list(ir.names_of(made))
    changed = ir.renamed(made, str.upper)
    assert list(ir.names_of(changed)) == [name.upper() for name in names]
    assert ir.renamed(changed, str.lower) == made


def test_names_for_readers_drop_nothing():
    """The lock of a Fault and the pointer of a store stay, and their words get names."""
    cite = ir.Cite("", "")
    ops = {
        "fault": ir.Fault("vmf->flags", "ret", under="vma_lock"),
        "store": ir.Let("locked", ir.Without("ret", 1), None, ir.Free("unlocked")),
    }
    nodes = {id_: ir.Node(id_, "f", op, id_, "", cite) for id_, op in ops.items()}
    words = {"unlocked": ("a-pointer", True)}
    new = renamed(ir.Function("f", cite, "fault", nodes, ()), words).nodes
    assert new["fault"].op == ir.Fault("flags", "result", under="vma_lock")
    through = ir.Not(ir.Free("a-pointer"))
    assert new["store"].op == ir.Let("locked", ir.Without("result", 1), None, through)


@pytest.mark.parametrize("cls", get_args(Statement))
def test_every_block_and_step_of_a_statement_is_had_and_rebuilt(cls):
    """Those in its fields, whatever they are called."""
    hints = get_type_hints(cls)
    made, blocks_due, steps_due = {}, [], [cls] if cls is SimpleStep else []
    for field in fields(cls):
        kind = hints[field.name]
        if kind == Sequence[Statement]:
            made[field.name] = (Label(field.name),)
            blocks_due.append(made[field.name])
        elif kind == Sequence[SwitchCase]:
            made[field.name] = [SwitchCase(n, (Label(f"{field.name} {n}"),)) for n in (1, 2)]
            blocks_due += [one.body for one in made[field.name]]
        elif kind is SimpleStep:
            made[field.name] = SimpleStep(ir.Do(), "old", "", "")
            steps_due.append(field.name)
        else:
            made[field.name] = filled(kind, field.name) if kind is str else frozenset(("v3",))
    one = cls(**made)
    assert list(blocks(one)) == blocks_due
    new = rebuilt(one, lambda step: replace(step, text="new"), lambda _: (Label("new"),))
    assert list(blocks(new)) == [(Label("new"),)] * len(blocks_due)
    told = [new] if cls is SimpleStep else [getattr(new, name) for name in steps_due]
    assert [step.text for step in told] == ["new"] * len(steps_due)
    assert rebuilt(one, lambda step: step, lambda block: block) == one


@given(st.dictionaries(st.integers(0, 6), st.lists(st.integers(0, 6), max_size=3)))
def test_reachable_is_what_arrows_close(arrows):
    """Each once; nothing is missing, and nothing is met that no arrow leads to."""
    met = list(reachable([0], lambda one: arrows.get(one, ())))
    assert len(met) == len(set(met))
    closed = {0}
    for _ in range(7):
        closed |= {to for one in closed for to in arrows.get(one, ())}
    assert set(met) == closed
