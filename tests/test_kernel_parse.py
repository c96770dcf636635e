"""From C to graphs: what C means is what the graph does."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faultviz.kernel.c.clean import clean
from faultviz.kernel.c.expressions import defines, enumerators, expression
from faultviz.kernel.c.parse import functions
from faultviz.kernel.c.source import source
from faultviz.kernel.c.syntax import constant, text


def ways(body):
    """All ways through a function without loops, as what is done, asked and returned."""
    (function,) = functions(f"int f(int a, int b) {{ {body} }}", "f.c")
    found = []

    def go(n, said):
        step = function.steps[n]
        said = [*said, *([step.said] if step.kind in ("do", "return", "stop") else [])]
        if not step.ways:
            found.append(", ".join(s for s in said if not s.startswith("goto")))
        for answer, to in step.ways.items():
            asked = [] if answer is None else [f"{text(step.expr)}:{answer}"]
            go(to, [*said, *asked])

    go(function.entry, [])
    return found


def test_short_circuits_are_branches():
    """Each asks one thing, in C's order."""
    assert ways("if (a && !b) x(); return 1;") == [
        "a:True, b:True, return 1", "a:True, b:False, x(), return 1", "a:False, return 1",
    ]  # fmt: skip
    assert ways("return a || b;") == [
        "a:True, return 1", "a:False, b:True, return 1", "a:False, b:False, return 0",
    ]  # fmt: skip
    assert ways("a = b ? x() : y();") == [
        "b:True, a = x(), }", "b:False, a = y(), }",
    ]  # fmt: skip


def test_jumps_go_where_labels_are():
    """Into a block, too, as sparc64 does."""
    assert ways("if (a) { x(); in: y(); } else goto in; return 0;") == [
        "a:True, x(), in:, y(), return 0", "a:False, in:, y(), return 0",
    ]  # fmt: skip
    (body,) = functions("void f(void) { goto nowhere; }", "f.c")
    assert [s.kind for s in body.steps.values()].count("stop") == 1


def test_switches_fall_through():
    """And default is where nothing else fits."""
    told = ways("switch (a) { case 1: x(); case 2: y(); break; default: z(); } return 0;")
    assert told == [
        "a:1, x(), y(), return 0", "a:2, y(), return 0", "a:default, z(), return 0",
    ]  # fmt: skip


def test_build_options_are_branches():
    """The same word wherever it is asked; #ifndef the other way round."""
    assert ways("\n#ifdef CONFIG_X\nx();\n#else\ny();\n#endif\nreturn 0;") == [
        "CONFIG_X:True, x(), return 0", "CONFIG_X:False, y(), return 0",
    ]  # fmt: skip
    assert ways("\n#ifndef CONFIG_X\nx();\n#endif\nreturn 0;")[0] == "CONFIG_X:True, return 0"


def test_loops_go_round():
    """while, do and for have a head that is met again."""
    for loop in ("while (a) x();", "do x(); while (a);", "for (a = 0; a < b; a++) x();"):
        (body,) = functions(f"void f(int a, int b) {{ {loop} }}", "f.c")
        heads = [n for n, s in body.steps.items() if s.said == "loop"]
        assert len(heads) == 1
        assert sum(heads[0] in s.ways.values() for s in body.steps.values()) == 1 + (
            not loop.startswith("do")
        )


def test_annotations_keep_lines():
    """What is blanked is as long as it was."""
    given = "static vm_fault_t __kprobes\nf(void) __must_hold(&a)\n{\n}\nNOKPROBE_SYMBOL(f);\n"
    assert [len(line) for line in clean(given).split("\n")] == [
        len(line) for line in given.split("\n")
    ]
    (body,) = functions(given, "f.c")
    assert (body.name, body.line, body.errors) == ("f", 1, 0)


@pytest.mark.parametrize(
    ("c", "value"),
    [
        ("1 << 3", 8), ("A | B", 6), ("~0x0f", -16), ("-EFAULT", -14), ("(unsigned) 0x10", 16),
        ("010", 8), ("A == 2", 1), ("!A", 0), ("NULL", 0), ("unknown + 1", None),
    ],
)  # fmt: skip
def test_constants_are_computed(c, value):
    """As C does, with names from the tree."""
    assert constant(expression(c), {"A": 2, "B": 4, "EFAULT": 14}) == value


def test_enums_and_macros_give_constants():
    """Enumerators count on from the one before."""
    assert list(enumerators("enum e { A = 1 << 2, B, /* no */ C = (__force t) 0x10, };")) == [
        [("A", "1 << 2"), ("B", None), ("C", "(__force t) 0x10")]
    ]
    assert list(defines("#define A 1 /* one */\n#define F(x) x\n#define B \\\n  (A | 2)\n")) == [
        ("A", "1"), ("B", "(A | 2)"),
    ]  # fmt: skip


@given(st.text(alphabet="ifelse{}()&|!=;,0ax \n#/*\"'\\", max_size=120))
@settings(max_examples=150)
def test_no_text_makes_it_fall(body):
    """Whatever stands in a file, there is a graph or none."""
    for function in functions(f"int f(void)\n{{\n{body}\n}}\n", "f.c"):
        assert function.entry in function.steps
        assert all(to in function.steps for s in function.steps.values() for to in s.ways.values())


def test_the_handlers_files_are_read_whole(tree):
    """Of their functions only those with unusual macros have places that were not understood."""
    files = tree.files("arch/*/mm/fault*.c")
    bodies = [b for f in files for b in source(tree, f).own.values()]
    bad = [b for b in bodies if b.errors]
    assert len(bodies) > 200
    assert len(bad) <= 12


def test_without_a_parser_the_command_says_so():
    """The extra is missing: --help is whole, and `kernel` is one sentence with exit code 2."""
    code = (
        "import sys; sys.modules['tree_sitter'] = None\n"
        "from faultviz.cli.main import main; main(sys.argv[1:], prog_name='faultviz')"
    )

    def call(*words):
        return subprocess.run(
            [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False
        )

    assert call("--help").returncode == 0
    told = call("kernel", "check", "/usr/src", "--json")
    assert told.returncode == 2
    assert told.stderr == (
        "faultviz: Reading C needs tree_sitter, which the extra kernel brings: "
        "pip install 'faultviz[kernel]' installs it.\n"
    )
