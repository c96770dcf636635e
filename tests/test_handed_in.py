"""Whatever a model file hands in is a program that can be searched, run and compared, or refused.

The words, their parameters and what fits them are found from the vocabulary itself.
"""

import inspect
import typing
from enum import EnumType

import pytest

import faultviz as fv
from faultviz.models import MODULES, as_data, handed_in, words

HEAD = """
HERE = Cite("a.c", "f", "read", "s")
MARK = let(flags=add(Flag.TRIED), why="w")
BARE = function("r", HERE, leave(why="w"), why="w")
ONE = case(1, MARK)
"""
WHERE = (
    ("X, MARK", "WRITE", "BARE", "HERE"), ("MARK", "X", "BARE", "HERE"),
    ("MARK", "WRITE", "X", "HERE"), ("MARK", "WRITE", "BARE", "X"),
)  # fmt: skip
"""A value as a statement, as a condition, as what is called, as a cite."""
TAIL = """
X = {made}
ROOT = function("f", {cite}, acquire(), when({asks}, {body}, why="w"), fault(),
                call({calls}, why="w"), leave(why="w"), locals={{"flags": DEFAULT}}, why="w")
MODEL = program("mine", "handler", ROOT, about="a")
"""
VALUES = (
    '"v3"', "0", "WRITE", "MARK", "HERE", "FIXUP", "Flag.WRITE", "BARE", "ONE", "[]", "{}", "None",
    "-7", "3.5", "[1]", '{"a": "b"}', 'b"x"', '("v9",)', "10000000000000000000000000000", '""',
    "Result.RETRY", "add(Flag.TRIED)", "(ERROR, MARK)",
)  # fmt: skip
names = {name: getattr(words, name) for name in words.__all__}
MAKERS = [n for n, one in names.items() if callable(one) and not isinstance(one, EnumType)]


@pytest.fixture(scope="module")
def values():
    known = dict(names)
    exec(HEAD, known)  # noqa: S102 (text of this file)
    return {text: eval(text, known) for text in VALUES}  # noqa: S307 (the same)


def calls(name, values):
    """The word with each of the values in place of each argument, the others fitting."""
    hints = typing.get_type_hints(names[name])
    params = inspect.signature(names[name]).parameters.values()

    def written(one, text):
        by_name = one.kind is one.KEYWORD_ONLY or one.default is not one.empty
        if one.kind is one.VAR_KEYWORD:
            return f"flags={text}"
        return f"{one.name}={text}" if by_name else text

    def fits(one):
        return next(t for t, v in values.items() if handed_in._fitting(v, hints[one.name]))

    for bad in params:
        needed = [
            one for one in params
            if one is bad or one.kind in {one.VAR_POSITIONAL, one.VAR_KEYWORD}
            or one.default is one.empty
        ]  # fmt: skip
        for text in values:
            given = [written(one, text if one is bad else fits(one)) for one in needed]
            yield f"{name}({', '.join(sorted(given, key=lambda one: '=' in one[:9]))})"


def judged(text):
    """The sentence that refuses it, or nothing: then it was searched, run and compared."""
    try:
        program = as_data.program_of(text, "mine.py")
        fv.check(program)
        both = fv.compare(program)
    except fv.BadInput as refused:
        return str(refused)
    assert repr(both)
    assert fv.text(both.new)
    return ""


@pytest.mark.parametrize("name", MAKERS)
def test_a_word_takes_what_it_can_use_or_refuses(name, values):
    """No other error gets through, wherever the value stands."""
    said = set()
    for made in calls(name, values):
        for body, asks, called, cite in WHERE:
            text = HEAD + TAIL.format(made=made, body=body, asks=asks, calls=called, cite=cite)
            said.add(judged(text))
    assert all(one.startswith(("", "mine.py", "Line ")) for one in said)
    assert any("must be" in one for one in said)
    assert all("\n" not in one for one in said)


def model(*lines, where="acquire()"):
    return "\n".join(
        [
            HEAD,
            *lines,
            "X = 0",
            TAIL.format(made="0", body="MARK", asks="WRITE", calls="BARE", cite="HERE").replace(
                "acquire()", where
            ),
        ]
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (model().replace('{"flags": DEFAULT}', '{"flags": "abc"}'), "['flags'] is 'abc', and must"),
        (model("C0 = WRITE", *(f"C{n + 1} = not_(C{n})" for n in range(3000)),
               where="when(C3000, MARK)"), "too deep into each other"),
        (model('A = function("r", HERE, leave(why="v"), why="w")',
               where="call(A, why='w')"), "has two functions 'r'"),
        (model(where='count("sheep", why="w")'), "counts 'sheep'"),
        (model(where='when("WRITE", MARK)'), "in line 10 condition of when is 'WRITE', and must"),
    ],
    ids=["type", "depth", "name", "counter", "argument"],
)  # fmt: skip
def test_the_sentence_says_what_and_where(text, says):
    """Not the search's error, ten functions further down."""
    assert says in judged(text)


def test_what_ships_is_as_it_says():
    """The classes and their annotations are true."""
    for name in MODULES:
        handed_in.refuse_what_is_wrong(fv.load(name), name)


# --- executed ----------------------------------------------------------------------------------

ENDED = "it ended its process (exit code 0) before it handed one over."
FOREIGN = """
class Word(str):
    def __str__(self):
        raise SystemExit(0)
    __repr__ = __str__
MARK = let(flags=0, why=Word("w"))
"""


@pytest.mark.parametrize(
    ("more", "says"),
    [("import os; os._exit(0)", ENDED), (FOREIGN, "it hands over what is no data")],
    ids=["exit", "class"],
)
def test_an_executed_file_hands_over_a_program_or_is_refused(tmp_path, more, says):
    """It cannot end this process, with a code that says that all is well."""
    file = tmp_path / "mine.py"
    file.write_text("from faultviz.models.words import *\n" + model(more))
    with pytest.raises(fv.BadInput, match=r"mine\.py is no model: ") as refused:
        fv.load(str(file), run=True)
    assert says in str(refused.value)


def test_what_an_executed_file_does_at_its_end_is_over_then(tmp_path, capfd):
    """The program is there, and what follows is done here."""
    file = tmp_path / "mine.py"
    late = "import atexit, os\natexit.register(os._exit, 0)\n"
    own = 'OWN = word("late-word", "said late", why="w")'
    file.write_text(
        "from faultviz.models.words import *\n" + late + model(own, where="when(OWN, MARK)")
    )
    program = fv.load(str(file), run=True)
    assert words.MEANING["late-word"] == "said late"
    assert fv.run(program, context="late-word").steps
    assert fv.check(program)
