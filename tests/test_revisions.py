"""A revision that is asked for is what one gets, or is refused: it is never passed over."""

import inspect

import pytest

import faultviz as fv
from faultviz import BadInput

CALLS = {
    "bench": lambda revision: fv.bench("mips", revision),
    "check": lambda revision: fv.check("mips", revision),
    "compare": lambda revision: fv.compare("mips", ("before", revision)),
    "condition": lambda revision: fv.condition("mips", "handle_mm_fault", revision),
    "lanes": fv.lanes,
    "load": lambda revision: fv.load("mips", revision),
    "play": lambda revision: fv.play("mips", revision),
    "run": lambda revision: fv.run("mips", revision),
    "simulate": lambda revision: fv.simulate([revision], [1], [0], 10),
    "truth_table": lambda revision: fv.truth_table("mips", "handle_mm_fault", revision),
}
"""Every public function that takes a revision."""

OF_PROGRAMS = {
    "check": fv.check,
    "compare": lambda program, revision: fv.compare(program, ("before", revision)),
    "condition": lambda program, revision: fv.condition(program, "handle_mm_fault", revision),
    "play": fv.play,
    "run": fv.run,
}
"""Those that take a program, which may be cut to a revision already."""


def test_every_public_function_with_a_revision_is_here():
    """So that a new one is tried as well."""
    takes = {
        name
        for name in fv.__all__
        if inspect.isfunction(getattr(fv, name))
        and {"revision", "revisions"} & {*inspect.signature(getattr(fv, name)).parameters}
    }
    assert takes == {*CALLS}


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("revision", ["nonsense", ""])
def test_an_unknown_revision_is_refused(name, revision):
    """In one sentence that names it; an empty name is one, too."""
    with pytest.raises(BadInput, match=f"{revision!r}") as refused:
        CALLS[name](revision)
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize("name", OF_PROGRAMS)
@pytest.mark.parametrize("revision", ["merged", "v3", "nonsense"])
def test_a_revision_that_contradicts_the_program_is_refused(name, revision):
    """The program is cut to another."""
    with pytest.raises(BadInput, match=revision):
        OF_PROGRAMS[name](fv.load("mips", "before"), revision)


@pytest.mark.parametrize("name", OF_PROGRAMS)
def test_the_revision_of_the_program_may_be_said_again(name):
    """It contradicts nothing."""
    assert OF_PROGRAMS[name](fv.load("mips", "before"), "before")


def test_a_program_brings_its_own_revision():
    """Where none is asked for it is that one, and of a program that has all it is merged."""
    cut = fv.load("mips", "before")
    assert fv.run(cut).revision == fv.play(cut).revision == "before"
    assert {row.revision for row in fv.check(cut)} == {"before"}
    assert fv.run(fv.load("mips")).revision == fv.play("mips").revision == "merged"


@pytest.mark.parametrize(
    "asked",
    [
        {"revision": "v3"},
        {"outcomes": "OK"},
        {"context": "none"},
        {"without": "relock"},
        {"tree": 3},
    ],
)
def test_a_comparison_is_asked_nothing_that_it_has(asked):
    """What would be ignored is refused."""
    with pytest.raises(BadInput, match=r"give them to compare\(\)"):
        fv.play(fv.compare("mips"), **asked)


def test_a_tree_beside_a_program_is_refused():
    """It would be ignored: a program of its own has no file in the tree."""
    with pytest.raises(BadInput, match="by name"):
        fv.play(fv.load("mips"), tree=3)
