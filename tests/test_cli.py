"""The command line: what it prints, in words and as JSON, and how it exits."""

import json
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from faultviz import models
from faultviz.cli.main import main
from faultviz.cli.options import FORMATS, Excluding
from faultviz.engine.compare import compare


def commands(command, *before):
    """Every command with the words that call it."""
    if not isinstance(command, click.Group):
        yield before, command
        return
    here = click.Context(command)
    for name in command.list_commands(here):
        yield from commands(command.get_command(here, name), *before, name)


EXCLUDED = sorted(
    (words, one.opts[0], other.opts[0])
    for words, command in commands(main)
    for one in command.params
    for other in command.params
    if isinstance(one, Excluding) and other.name in one.excludes
)
"""Commands with two options of which one would be passed over."""


def typed(command, option):
    """An option as it is typed, with a value where it takes one."""
    (one,) = (param for param in command.params if option in param.opts)
    if one.is_flag or not one.nargs or getattr(one, "flag_value", None) == "all":
        return [option]
    return [option, "1"]


@pytest.mark.parametrize(("words", "one", "other"), EXCLUDED)
def test_no_option_is_passed_over(words, one, other):
    """Before anything is read or measured, in one sentence that names both."""
    command = dict(commands(main))[words]
    given = ["nowhere" for param in command.params if param.param_type_name == "argument"]
    done = CliRunner().invoke(main, [*words, *given, *typed(command, one), *typed(command, other)])
    assert done.exit_code == 2
    assert one in done.output
    assert other in done.output
    assert "one would be passed over" in done.output


def test_every_form_of_print_excludes_the_others():
    """A new one is made with the same class, and named in the list."""
    for words, command in commands(main):
        for one in command.params:
            if one.name in FORMATS or (getattr(one, "help", "") or "").startswith("Print "):
                assert isinstance(one, Excluding), (words, one.name)
                assert one.name in FORMATS, (words, one.name)
    assert len(EXCLUDED) > 10


def faultviz(*arguments):
    """Run the command in this process."""
    return CliRunner().invoke(main, list(arguments))


def test_trace_prints_the_fields_that_programs_read():
    """The shape of the JSON is a promise."""
    done = faultviz("trace", "s390", "--revision", "v3", "--outcomes", "COMPLETED", "--context",
                    "gmap,write", "--json")  # fmt: skip
    trace = json.loads(done.output)
    assert done.exit_code == 1
    assert set(trace) == {
        "handler", "revision", "outcomes", "context", "steps", "end", "result",
        "mmap_lock_at_exit", "counters", "violations",
    }  # fmt: skip
    assert set(trace["steps"][0]) == {
        "n", "function", "depth", "node", "event", "text", "why", "answer", "to", "mmap_lock",
        "result", "flags", "cite", "label",
    }  # fmt: skip
    assert trace["end"] == "leave"
    assert trace["mmap_lock_at_exit"] == 0
    assert [set(v) for v in trace["violations"]] == [{"invariant", "n", "why", "label"}]
    assert trace["violations"][0]["invariant"] == "lock-required"
    assert {s["event"] for s in trace["steps"]} <= {
        "enter", "acquire", "release", "test", "goto", "call", "fault", "let", "leave", "bug",
    }  # fmt: skip
    (fault,) = (s for s in trace["steps"] if s["event"] == "fault")
    assert fault["mmap_lock"] == 0
    assert fault["depth"] == 0


def test_trace_under_auto_calls_steps_inside_and_returns():
    """call, the inner steps, then fault."""
    steps = json.loads(faultviz("trace", "mips", "--json").output)["steps"]
    events = [s["event"] for s in steps if s["node"] == "handle_mm_fault"]
    assert events == ["call", "fault"]
    assert max(s["depth"] for s in steps) >= 5


def test_check_rows_and_exit_codes():
    """0 where all hold, 1 where one is violated."""
    fine = faultviz("check", "mips", "--json")
    assert fine.exit_code == 0
    rows = json.loads(fine.output)
    assert {row["verdict"] for row in rows} == {"holds"}
    assert set(rows[0]) == {
        "handler", "revision", "dropped", "invariant", "verdict", "node", "context", "outcomes",
        "steps", "reason",
    }  # fmt: skip
    broken = faultviz(
        "check", "mips", "--revision", "merged", "--drop", "completed-check", "--json"
    )
    assert broken.exit_code == 1
    (row,) = (r for r in json.loads(broken.output) if r["verdict"] == "violated")
    assert (row["dropped"], row["context"], row["outcomes"]) == (
        "completed-check", "write", "COMPLETED",
    )  # fmt: skip


def test_check_says_in_words_what_is_broken():
    """Rule, node, scenario and the rule's sentence."""
    said = " ".join(faultviz("check", "s390", "--revision", "v3").output.split())
    assert "lock-required" in said
    assert "A callee that needs mmap_lock is entered with it held." in said


def test_list_names_all():
    """24 handlers and 7 entries."""
    rows = json.loads(faultviz("list", "--json").output)
    assert [row["name"] for row in rows] == [*models.HANDLERS, *models.ENTRIES]
    assert all(row["about"] for row in rows)


def test_compare_marks_the_first_difference():
    """In words the counts, in JSON the index."""
    both = json.loads(faultviz("compare", "mips", "--json").output)
    assert [t["revision"] for t in both["traces"]] == ["before", "merged"]
    said = faultviz("compare", "mips").output
    assert "before: mmap_lock taken 2 times" in said
    assert "merged: mmap_lock taken once" in said


@pytest.mark.parametrize(
    ("name", "outcomes", "revisions"),
    [
        ("mips", "auto", "before,merged"),
        ("s390", "COMPLETED", "v3,v4"),
        ("gup", "auto", "before,merged"),
        ("mips", "OK", "v4,merged"),
    ],
)
def test_text_and_table_of_a_comparison_mark_one_row(name, outcomes, revisions):
    """That of the first difference, and none where there is none."""
    both = compare(name, revisions, outcomes)
    marked = [] if both.first is None else [both.first]
    lines = repr(both).splitlines()[1:-1]
    rows = re.findall("<tr.*?</tr>", both._repr_html_())[1:-1]
    assert len(lines) == len(rows) == len(list(both.pairs()))
    assert [n for n, line in enumerate(lines, start=1) if line.startswith(">")] == marked
    for mark in ("<tr style='outline", "first difference"):
        assert [n for n, row in enumerate(rows, start=1) if mark in row] == marked


def test_show_prints_words_and_nodes():
    """Each context word with its meaning."""
    said = faultviz("show", "s390").output
    assert "gmap" in said
    assert "out_gmap" in said
    described = json.loads(faultviz("show", "s390", "--json").output)
    assert any(node["patch"] for node in described["nodes"])


@pytest.mark.parametrize("ending", ["svg", "dot", "png"])
def test_show_writes_pictures(tmp_path, ending):
    """All functions of a handler on one sheet."""
    file = tmp_path / f"sh.{ending}"
    assert faultviz("show", "sh", "-o", str(file)).exit_code == 0
    data = file.read_bytes()
    starts = {"svg": b"<svg", "dot": b"digraph", "png": b"\x89PNG"}
    assert data.startswith(starts[ending])
    if ending != "png":
        assert b"do_sigbus" in data


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["trace", "mop"], "Did you mean mips"),
        (["trace", "mips", "--revision", "v7"], "no revision"),
        (["trace", "mips", "--outcomes", "COMPLETED", "--revision", "before"], "arrives as RETRY"),
        (["check", "mips", "--drop", "everything"], "no role"),
        (["compare", "mips", "--revisions", "before"], "Two revisions"),
        (["show", "mips", "-o", "x.gif"], "none of .svg, .dot and .png"),
        (["show", "mips", "-o", "/nowhere/at/all/x.svg"], "cannot be written"),
        (["trace", "none.py"], "no model file"),
        (["measure", "--mb", "0"], "mb"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_2(arguments, says):
    """On stderr, without a traceback."""
    done = faultviz(*arguments)
    assert done.exit_code == 2
    assert says in done.stderr
    assert "Traceback" not in done.output
    assert len(done.stderr.strip().splitlines()) == 1


def test_measure_prints_this_machine_beside_the_recorded_ones():
    """The JSON fields are a promise."""
    made = json.loads(faultviz("measure", "--mb", "4", "--json").output)
    fields = {"kernel", "pages", "minor_per_page", "major_per_page", "pgfault_per_page", "seconds"}
    assert fields <= set(made["rows"][0])
    assert {"5.10", "6.1", "6.12"} <= {
        ".".join(row["kernel"].split(".")[:2]) for row in made["recorded"]
    }


def test_importing_the_package_loads_nothing_heavy():
    """Names are looked up when they are used."""
    code = (
        "import sys, faultviz; "
        "print([m for m in ('anywidget', 'graphviz', 'sympy', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_package_offers_its_names():
    """No more than one can remember, each of them callable or a class."""
    import faultviz as fv

    assert 10 <= len(fv.__all__) <= 24
    for name in fv.__all__:
        assert callable(getattr(fv, name))


def test_glossary_explains_one_word_or_all():
    """A word in any of its forms; what is none is one sentence."""
    assert len(json.loads(faultviz("glossary", "--json").output)) == 30
    assert "get_user_pages" in faultviz("glossary", "gup").output
    assert json.loads(faultviz("glossary", "tmpfs", "--json").output)["shmem"]["lesson"] == "00a"
    refused = faultviz("glossary", "GUPP")
    assert refused.exit_code == 2
    assert refused.stderr.startswith("faultviz: The glossary has no 'GUPP'. Did you mean GUP?")


@pytest.mark.parametrize("words", [["list"], ["check", "mips", "--json"], ["--help"]])
def test_where_there_is_no_room_for_what_is_printed_one_sentence_says_so(words):
    """As where it goes to a file on a full disk."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "faultviz", *words],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    said = "faultviz: The output cannot be written: No space left on device.\n"
    assert (done.returncode, done.stderr) == (2, said)
