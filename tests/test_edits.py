"""Edits: what each kind does, what is refused, and that none makes a program that cannot run."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import faultviz as fv
from faultviz import models
from faultviz.edit.ablate import without
from faultviz.edit.allowances import NEW, Edit, allowed, block, refused
from faultviz.edit.edits import edited, edited_lines
from faultviz.edit.listing import lines, text

MIPS = fv.load("mips", "merged")
LISTING = lines(MIPS)


def at(words, listing=LISTING):
    """The number of the first line that says this."""
    return next(line.number for line in listing if line.text == words)


def violated(program):
    """Rules and nodes of what is broken."""
    return [(r.invariant, r.node) for r in fv.check(program) if r.verdict == "violated"]


@pytest.mark.parametrize("name", ["mips", "x86", "um", "sparc64", "gup", "s390", "sh"])
def test_off_is_what_drop_does(name):
    """A check that is switched off breaks what a dropped check breaks."""
    program = fv.load(name, "merged")
    listing = lines(program)
    (check,) = [n for n in program.nodes.values() if n.role == "completed-check"][:1]
    line = next(one for one in listing if one.of and getattr(one.of, "role", "") == check.role)
    for how, role in (("off", "completed-check"), ("empty", "completed-body")):
        if how == "empty" and line.kind != "if":
            continue
        mine = violated(edited(program, Edit(line.number, how)))
        assert {rule for rule, _ in mine} == {rule for rule, _ in violated(without(program, role))}


def test_each_kind():
    """One of each, as the listing then says."""
    new = edited_lines(LISTING, f"{at('mark TRIED')} off", f"{at('if COMPLETED?')} not")
    assert "mark TRIED" not in text(new)
    assert "if not COMPLETED?" in text(new)
    goto = at("goto retry")
    assert "goto bad_area" in text(edited_lines(LISTING, Edit(goto, "to", "bad_area")))
    tail = at("give up mmap_lock")
    first = at("if COMPLETED?")
    moved = edited_lines(LISTING, Edit(tail, "move", str(first)))
    assert at("give up mmap_lock", moved) == first
    added = edited_lines(LISTING, Edit(first + 1, "add", "take mmap_lock"))
    assert added[first].text == "take mmap_lock"
    assert added[first].depth == LISTING[first].depth
    write = at("WRITE, if a store")
    assert "flags = WRITE, if a store" in text(edited_lines(LISTING, Edit(write, "flags")))


BRANCHES = [
    (name, line.number)
    for name in (*models.HANDLERS, *models.ENTRIES)
    for line in lines(fv.load(name, "merged"))
    if line.kind in ("if", "unless")
]


def test_a_test_that_is_gone_leaves_just_what_no_does():
    """Every if and unless of every program: no statement of its no is lost, none of yes stays."""
    with_else = 0
    for name, number in BRANCHES:
        listing = lines(fv.load(name, "merged"))
        whole = block(listing, listing[number - 1])
        head, inner = whole[0], whole[1:]
        ends = [one for one in inner if one.depth == head.depth]
        no = inner[inner.index(ends[0]) + 1 :] if ends else inner if head.kind == "unless" else []
        with_else += bool(ends)
        left = edited_lines(listing, Edit(number, "off"))
        want = [*listing[: number - 1], *no, *listing[number - 1 + len(whole) :]]
        assert [one.text for one in left] == [one.text for one in want], (name, number)
        depths = [one.depth for one in left[number - 1 : number - 1 + len(no)]]
        assert depths == [one.depth - 1 for one in no], (name, number)
    assert with_else


def test_nios2s_flags_from_a_healthy_handler():
    """Assigned instead of added: the default flags get lost, and COMPLETED cannot come."""
    cut = edited(MIPS, Edit(at("WRITE, if a store"), "flags"))
    assert ("flags-kept", "handle_mm_fault") in violated(cut)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ("99 off", "there is no line 99"),
        ("1 off", "allows no edit"),
        ("2 to out", "allows off, empty, not"),
        ("19 to nowhere", "no label 'nowhere'"),
        ("2 move 3", "belongs to what is moved"),
        ("2 move x", "names the line before which"),
        ("2 add a cat", "cannot be added"),
        ("off", "is no edit"),
        ("2 move 13; 13 off", "line 13 is gone"),
    ],
)
def test_refusals_are_sentences(edit, said):
    """Each says which line and what it allows."""
    with pytest.raises(fv.BadInput, match=said):
        edited_lines(LISTING, *edit.split("; ")[::-1])


def some_edit(data, listing):
    """Any edit that a line allows."""
    line = data.draw(st.sampled_from(listing[1:]))
    plain = allowed(listing, line)
    plain += [Edit(line.number, "add", what) for what in NEW]
    plain += [Edit(line.number, "move", str(n)) for n in range(2, len(listing), 5)]
    fine = [edit for edit in plain if refused(listing, edit) is None]
    return data.draw(st.sampled_from(fine)) if fine else None


@settings(max_examples=150)
@given(st.sampled_from(["mips", "x86", "um", "sparc64", "s390", "sh", "arm", "gup", "powerpc"]),
       st.data())  # fmt: skip
def test_any_edit_gives_a_program_that_can_be_judged(name, data):
    """Or one sentence: no edit of a shipped handler makes the search fail."""
    program = fv.load(name, "merged")
    edit = some_edit(data, lines(program))
    if edit is None:
        return
    returns = any(function.result for function in program.functions.values())
    with contextlib.nullcontext() if not returns else contextlib.suppress(fv.BadInput):
        assert fv.check(edited(program, edit))


def test_a_block_is_what_belongs_to_a_line():
    """With its else."""
    listing = lines(fv.load("s390", "merged"))
    line = next(one for one in listing if one.text == "unless from a guest?")
    assert [one.text for one in block(listing, line)][1:] == ["result = 0", "goto out"]
