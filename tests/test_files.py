"""Files of others: only plain ones are opened; what is written for oneself is closed to others."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import faultviz as fv
from faultviz import models
from faultviz.base import plain_files
from faultviz.base.errors import BadInput
from faultviz.cli import options
from faultviz.cli.main import main
from faultviz.course.grading.answer_file import LOCK, answers, book, record
from faultviz.models import as_data

KINDS = ("pipe", "socket", "device", "folder", "link to a pipe", "link to a device", "no link")
SAYS = {"no link": "a link to nothing", "folder": "a folder"}


def special(kind, place):
    """Make what is no plain file at this place."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "socket":
        here = os.open(".", os.O_RDONLY)
        os.chdir(place.parent)  # an address has at most 107 letters
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(place.name)
        os.fchdir(here)
        os.close(here)
    elif kind == "folder":
        place.mkdir()
    elif kind == "link to a pipe":
        os.mkfifo(place.with_name("the-pipe"))
        place.symlink_to("the-pipe")
    else:
        place.symlink_to("/dev/full" if "device" in kind else "nowhere")
    return place


@contextmanager
def at_once(seconds=20):
    """What hangs is a failure, not a test without an end."""

    def over(*_):
        raise AssertionError("It hangs.")

    before = signal.signal(signal.SIGALRM, over)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


# --- answers -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["answers.json", LOCK])
@pytest.mark.parametrize("kind", KINDS)
def test_answers_that_are_no_plain_file_are_refused_and_stay(work, kind, name):
    """Read and written: a sentence, the answers in memory, and the thing as it was."""
    there = special(kind, work / name)
    before = there.lstat()
    with at_once():
        record("ask", "one", {})
        mine = fv.work()
    assert repr(mine).startswith("Work: answers.json cannot be written (it is ")
    assert "no plain file): your answers are in memory only" in repr(mine)
    assert SAYS.get(kind, kind.split()[-1]) in repr(mine)
    assert [act.name for act in answers().acts] == ["one"]
    assert (there.lstat().st_ino, there.lstat().st_mode) == (before.st_ino, before.st_mode)
    assert not (work / "nowhere").exists()


@pytest.mark.parametrize("kind", ["plain", "pipe", "no link"])
def test_a_folder_of_answers_that_is_none_is_said(work, kind):
    """A file, a pipe, a link to nothing."""
    if kind == "plain":
        work.write_text("")
    else:
        special(kind, work)
    with at_once():
        record("ask", "one", {})
    assert book().said.startswith("answers.json cannot be written (")
    assert "is no folder)" in book().said


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_loaded_is_a_plain_file(tmp_path, kind):
    """By the widget, too."""
    there = special(kind, tmp_path / "other.json")
    with (
        at_once(),
        pytest.raises(fv.BadInput, match=r"other.json cannot be read: it is .*no plain"),
    ):
        fv.work().load(there)


HOLDER = """
import sys, time
from pathlib import Path
from faultviz.base import plain_files
with plain_files.alone(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_stopped_process_that_holds_the_lock_is_said_once_and_waited_for_once(work, monkeypatch):
    """The lesson goes on, does not wait at each answer, and all is written when it is free."""
    monkeypatch.setattr(plain_files, "PATIENCE", 0.3)
    record("ask", "before", {})
    command = [sys.executable, "-c", HOLDER, str(work / LOCK)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
        try:
            assert other.stdout.readline() == "held\n"
            other.send_signal(signal.SIGSTOP)
            with at_once():
                record("ask", "one", {})
            assert book().said == (
                f"answers.json cannot be written (another process holds {LOCK}; if it is stopped, "
                "let it go on or end it): your answers are in memory only, so download them before "
                "you leave."
            )
            monkeypatch.setattr(plain_files, "PATIENCE", 3600)
            with at_once():
                record("ask", "two", {})
        finally:
            other.kill()
    record("ask", "three", {})
    assert book().said == ""
    there = json.loads((work / "answers.json").read_bytes())["acts"]
    assert [act["name"] for act in there] == ["before", "one", "two", "three"]


# --- commands ----------------------------------------------------------------------------------


def commands(group=main, above=()):
    """Every command that there is, with its words."""
    for name in group.list_commands(None):
        found = group.get_command(click.Context(group), name)
        if isinstance(found, click.Group):
            yield from commands(found, (*above, name))
        else:
            yield (*above, name), found


def takes_files():
    """Each parameter that may name a file: paths, outputs, handlers (FILE.py is one)."""
    for words, command in commands():
        for one in command.params:
            path = isinstance(one.type, click.Path) or one.name in ("output", "recorded")
            model = isinstance(one, click.Argument) and one.type is click.STRING
            if path or model:
                yield words, command, one


BESIDE = {
    "tree": "tree", "where": "class", "notebook": "empty.ipynb", "name": "mips", "handler": "mips",
}  # fmt: skip
"""What a command needs beside the parameter that is tried."""
MORE = {
    ("measure", "folder"): ["--mode", "disk", "--mb", "1", "--repeat", "1"],
    ("measure", "output"): ["--mb", "1", "--repeat", "1"],
    ("export", "lessons"): ["--route", "lecture-90", "--to", "slides"],
}
"""And which options."""
FOLDERS = {(name, "output") for name in ("figures", "handout", "lite", "site")} | {
    ("measure", "folder")
}


@pytest.fixture
def room(tmp_path, monkeypatch, repo):
    """A folder with what commands need, and a clone for those that need one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(options, "clone", lambda: repo)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for path, text in {
        "tree/Makefile": "VERSION = 6\nPATCHLEVEL = 1\n",
        "tree/arch/mips/mm/fault.c": "int x;\n",
        "class/a.json": '{"format": 1, "code": "A", "acts": []}',
        "empty.ipynb": '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


LONG = ("export", "figures", "page")
"""Seconds each; all write by `files.put`."""
TAKES = list(takes_files())


@pytest.mark.parametrize(
    ("words", "command", "one"),
    [
        pytest.param(*take, marks=[pytest.mark.real] * (take[0][0] == "export"))  # a kernel runs
        for take in TAKES
    ],
    ids=[f"{' '.join(w)} {o.name}" for w, _, o in TAKES],
)
def test_no_command_waits_for_what_is_no_plain_file(room, words, command, one):
    """Each place where a file may be named, and all kinds: one sentence, no traceback, no 0."""
    for kind in KINDS:
        output = one.name == "output"
        if kind == "folder" and (words[0], one.name) in FOLDERS:
            continue  # that is what they want
        if output and words[0] in LONG and kind not in ("pipe", "link to a device"):
            continue
        place = special(kind, room / kind.replace(" ", "-") / ("x.svg" if output else "x.py"))
        before = place.lstat()
        arguments = [*words]
        for other in command.params:
            needed = isinstance(other, click.Argument) and (other.required or other.name in BESIDE)
            if other is not one and needed and one.name != "lessons":
                arguments += [BESIDE[other.name]]
        named = [str(place)] if isinstance(one, click.Argument) else [f"{one.opts[-1]}={place}"]
        with at_once(60):
            more = MORE.get((words[0], one.name), [])
            done = CliRunner().invoke(main, [*arguments, *named, *more])
        assert done.exception is None or isinstance(done.exception, SystemExit), (kind, done)
        assert done.exit_code not in (0, 1), (kind, done.output)
        said = done.stderr.strip().splitlines()
        assert said[0].startswith("Usage: ") or len(said) == 1, (kind, done.stderr)
        assert (place.lstat().st_ino, place.lstat().st_mode) == (before.st_ino, before.st_mode)
        if kind == "link to a pipe":
            place.with_name("the-pipe").unlink()


@pytest.mark.parametrize("kind", KINDS)
def test_a_class_is_graded_though_one_hands_in_no_plain_file(room, kind):
    """It is said and left out; a list of seeds is refused."""
    special(kind, room / "class" / "b.json")
    with at_once():
        done = CliRunner().invoke(main, ["grade", "class"])
    assert done.exit_code == 2
    assert "class/b.json: it is " in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "A " in done.stdout


# --- what is private ---------------------------------------------------------------------------

PRIVATE = """
import sys, tarfile
from faultviz.cli.main import main
from faultviz.course.grading.answer_file import record
record("ask", "one", {})
with tarfile.open("tree.tar", "w") as made:
    made.add("tree")
for words in (["kernel", "show", "tree.tar", "mips"], ["check", "mips"], ["list"],
              ["export", "empty.ipynb", "-o", "out/x.html"], ["show", "mips", "-o", "out/x.svg"],
              ["page", "mips", "-o", "out/p.html"], ["items", "-o", "out/items.txt"],
              ["handout", "mips", "-o", "out/more"], ["measure", "--mb", "1"]):
    try:
        main(words)
    except SystemExit as done:
        if done.code and words[0] != "kernel":
            raise
"""


@pytest.mark.real
@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_what_is_kept_outside_is_closed_and_results_are_as_the_umask_says(room, umask):
    """In an empty home: whatever appears there, in the caches, or among temporary files."""
    homes = {"HOME": "home", "XDG_CACHE_HOME": "home/.cache/x", "TMPDIR": "tmp"}
    for name in ("home", "tmp", "out"):
        (room / name).mkdir(mode=0o700)
    around = {**os.environ, **{name: str(room / place) for name, place in homes.items()}}
    around["FAULTVIZ_WORK"] = str(room / "home" / "lessons" / "work")
    subprocess.run(
        [sys.executable, "-c", PRIVATE], cwd=room, env=around, umask=umask, check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    kept = [*(room / "home").rglob("*"), *(room / "tmp").rglob("*")]
    names = {file.name for file in kept}
    assert {"answers.json", LOCK, "trees"} <= names
    assert any(name.endswith(".zip") for name in names)
    assert [str(f) for f in kept if stat.S_IMODE(f.lstat().st_mode) & 0o077] == []
    made = {file: stat.S_IMODE(file.stat().st_mode) for file in (room / "out").rglob("*")}
    assert len(made) == 6
    assert {m for f, m in made.items() if f.is_file()} == {0o666 & ~umask}
    assert {m for f, m in made.items() if f.is_dir()} == {0o777 & ~umask}


def test_a_cache_that_was_left_open_is_closed(room):
    """By an earlier version."""
    (room / "cache" / "faultviz" / "trees").mkdir(parents=True, mode=0o755)
    (room / "cache" / "faultviz").chmod(0o755)
    assert stat.S_IMODE(plain_files.cache("trees").stat().st_mode) == 0o700
    assert stat.S_IMODE((room / "cache" / "faultviz").stat().st_mode) == 0o700


def test_no_file_of_others_is_opened_but_in_one_place():
    """What reads or writes by itself is ours: part of the package, of the clone, or a lesson."""
    top = Path(fv.__file__).parent
    opening = ("read_text(", "read_bytes(", ".open(", "write_text(", "write_bytes(", "flock(")
    found = {
        file.relative_to(top).as_posix()
        for file in top.rglob("*.py")
        if any(word in file.read_text("utf-8") for word in opening)
        and file.relative_to(top).parts[:2] not in {("publish", "site"), ("publish", "figures")}
        and file.relative_to(top).parts[0] != "start"
    }
    assert found <= OURS


OURS = {
    "base/plain_files.py", "start/ending.py",
    # parts of the package
    "base/texts.py", "base/schemas/__init__.py", "course/banks/__init__.py",
    "publish/export/page_scripts.py", "publish/handouts/frame.py", "kernel/judge/expected.py",
    "lab/recorded/summary.py", "lab/recorded/records.py", "player/lanes.py", "player/stylesheet.py",
    "player/form_widget.py", "player/quiz_widget.py", "player/work_record.py",
    "picture/thumbnail.py", "picture/svg.py",
    "player/pages/standalone.py", "player/saved.py", "player/bundle.py", "picture/layout.py",
    "kernel/files/archive.py",  # a tar within what was opened
    # in a temporary folder
    "models/executed.py",
    "lab/boot/booted.py", "lab/boot/image.py", "lab/boot/initramfs.py", "lab/boot/probe.py",
    "lab/measure/machine.py", "lab/measure/touch_loops.py",  # /proc and /sys
    "cli/main.py",  # nowhere, where nobody reads
}  # fmt: skip
"""Modules that open files of their own."""


# --- model files -------------------------------------------------------------------------------

GOOD = (
    "from faultviz.models.words import *\n"
    "f = function('f', Cite('mine.c', 'f', 'unverified'), acquire(), fault(), release(),\n"
    "             leave(), locals={'flags': DEFAULT})\n"
    "MODEL = program('mine', 'handler', f, about='my own')\n"
)
ENDS = {
    "SystemExit": "raise SystemExit(0)",
    "sys.exit": "import sys; sys.exit()",
    "KeyboardInterrupt": "raise KeyboardInterrupt",
    "GeneratorExit": "raise GeneratorExit",
    "BaseException": "raise BaseException('x')",
    "ValueError": "raise ValueError('x')",
    "os._exit": "import os; os._exit(0)",
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("words", [["check"], ["trace"], ["show"], ["compare"]], ids=" ".join)
def test_a_model_file_is_read_as_data_and_to_end_is_no_success(room, words, end):
    """Without --run nothing of it happens; with it, that is said, and only a model is good."""
    file = room / "mine.py"
    file.write_text(f"open('done', 'w').close()\n{GOOD}{end}\n")
    read = CliRunner().invoke(main, [*words, "mine.py"])
    assert (read.exit_code, read.stdout) == (2, "")
    assert the_line(read.stderr).startswith("faultviz: Line ")
    assert "--run" in read.stderr
    assert not (room / "done").exists()
    done = CliRunner().invoke(main, [*words, "mine.py", "--run"])
    assert (done.exit_code, done.stdout) == (2, "")
    told, said = done.stderr.splitlines()
    assert told == "faultviz: executing mine.py, with all that it may do."
    assert said.startswith("faultviz: mine.py is no model: ")
    assert (room / "done").exists()


def the_line(text):
    """The one line that a text is."""
    (line,) = text.splitlines()
    return line


def test_a_model_file_gives_the_same_both_ways(room):
    """As a name, as data and executed; a free one only executed."""
    (room / "mine.py").write_text(GOOD)
    (room / "free.py").write_text(f"import os\n{GOOD}")
    plain = CliRunner().invoke(main, ["check", "mine.py", "--json"])
    assert plain.exit_code in (0, 1)
    assert plain.stderr == ""
    for name in ("mine.py", "free.py"):
        done = CliRunner().invoke(main, ["check", name, "--json", "--run"])
        assert (done.exit_code, done.stdout) == (plain.exit_code, plain.stdout)
        assert fv.load(name, run=True) == fv.load("mine.py")
        assert fv.check(fv.load(name, run=True)) == fv.check("mine.py")
    with pytest.raises(fv.BadInput, match=r"Line 1 of free.py: .* no Import; if you trust"):
        fv.load("free.py")


def test_a_model_comes_through_a_pipe_and_another_file_is_none(room):
    """What the shell opened is read as data; a file by another name is said to be none."""
    code = "import sys; from faultviz.cli.main import main; main(sys.argv[1:])"

    def call(*words):
        told = [sys.executable, "-c", code, *words]
        return subprocess.run(told, input=GOOD, capture_output=True, text=True, check=False)

    assert call("check", "/dev/stdin").stdout == CliRunner().invoke(main, ["check", plain()]).stdout
    executed = call("check", "/dev/stdin", "--run")
    assert (executed.returncode, executed.stdout) == (2, "")
    assert executed.stderr.splitlines()[1].startswith("faultviz: /dev/stdin cannot be executed: ")
    other = call("check", "/etc/passwd")
    assert (other.returncode, other.stderr) == (
        2, "faultviz: /etc/passwd is no model file: the name of one ends in .py.\n"
    )  # fmt: skip


def plain():
    Path("mine.py").write_text(GOOD)
    return "mine.py"


@pytest.mark.parametrize("name", models.HANDLERS + models.LATER)
def test_every_handler_can_be_read_as_data(name):
    """The shipped files are what a reader begins with."""
    file = Path(models.__file__).parent / f"{models.MODULES[name]}.py"
    assert fv.load(str(file)) == fv.load(name)


def test_what_the_shell_has_opened_is_read_and_written(tmp_path):
    """`<(git diff)` and `-o /dev/stdout` are pipes, and nobody waits for their other end."""
    done = subprocess.run(
        [sys.executable, "-m", "faultviz", "page", "nios2", "-o", "/dev/stdout"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "</html>" in done.stdout
    read, write = os.pipe()
    os.write(write, b"told")
    os.close(write)
    assert plain_files.given(Path(f"/dev/fd/{read}")) == b"told"
    os.close(read)


@pytest.mark.parametrize(
    "line", ["[*a{0}, *a{0}]", "any_of(a{0}, a{0})", "when(FATAL, a{0}, a{0})"]
)
def test_a_model_file_that_doubles_itself_is_refused_before_it_fills_the_memory(line):
    """Forty short lines, each with the one above it twice."""
    text = "a0 = FATAL\n" + "".join(f"a{n + 1} = {line.format(n)}\n" for n in range(40))
    with pytest.raises(BadInput, match=r"too large\b"):
        as_data.program_of(text)
