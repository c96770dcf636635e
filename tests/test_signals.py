"""Ctrl-C, SIGTERM and a closed terminal: one line, no process, no temporary file, no half output.

A real process of each command stops at a moment (a file is written or renamed, a program started, a
module imported: Python's audit events), tells so, waits, and gets a real signal.
"""

import io
import itertools
import json
import os
import select
import signal
import subprocess
import sys
import tarfile
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from faultviz.base.plain_files import put
from faultviz.cli.main import main
from faultviz.start.ending import SAID

pytestmark = pytest.mark.real  # each case is a process that is interrupted

DEADLINE = 60.0
DRIVER = """
import os, runpy, signal, sys
event, part, told = sys.argv[1:4]
came, comes = os.pipe()
os.set_blocking(comes, False)
signal.set_wakeup_fd(comes)
waited = []
def hook(name, args):
    if name == event and not waited and part in repr(args):
        waited.append(name)
        with open(told, "w") as file:
            file.write("here")
        os.read(came, 1)
sys.argv[1:] = sys.argv[4:]
sys.addaudithook(hook) if event else None
if sys.argv[1] in ("lab", "test"):  # in the environment of these tests, wherever it is
    from faultviz.start import launch
    launch.clone, launch.ready = lambda: launch.Path.cwd(), lambda *_: sys.executable
runpy.run_module("faultviz", run_name="__main__", alter_sys=True)
"""
HANG = """
import subprocess, sys, tempfile, pathlib
def test_it():
    tempfile.mkdtemp()
    subprocess.Popen(["tail", "-f", "/dev/null"], start_new_session=True)
    with open({told!r}, "w") as file:
        file.write("here")
    while True:
        pass
test_it()
"""


class Case(NamedTuple):
    """A command at a moment: an audit event whose arguments hold `part`; none: it tells itself."""

    words: str
    event: str = ""
    part: str = ""
    whole: bool = False
    """Whether its output is all there: this moment is between two steps that nothing parts."""
    code: int | None = None
    """Another exit code than 128 and the signal's number."""

    def __str__(self) -> str:
        return f"{self.words} {self.event}".replace("/", "-")


RENAME, OPEN, RUN, IMPORT, FOLDER, STDOUT = (
    "os.rename", "open", "subprocess.Popen", "import", "tempfile.mkdtemp", "the first line",
)  # fmt: skip
LONG = (
    Case("export hang.ipynb -o out/new.html", RUN, "ipykernel"),
    Case("export hang.ipynb -o out/old.html"),
    Case("figures -o out/new", FOLDER),
    Case("figures -o out/new", OPEN, "alpha.json"),
    Case("grade .", OPEN, "hang.json"),
    Case("kernel check tree.tar", OPEN, "tree.tar"),
    Case("kernel conform tree.tar", OPEN, "tree.tar"),
    Case("kernel self-test tree.tar", OPEN, "tree.tar"),
    Case("kernel show tree.tar x86 -o out/old.svg", OPEN, "tree.tar"),
    Case("kernel show tree.tar x86 -o out/old.svg", RENAME, "out/cache"),
    Case("kernels vmlinuz", RUN, "cc"),
    Case("kernels vmlinuz"),
    Case("measure --mb 8 --repeat 100000 -o out/old.svg", "mmap.__new__"),
    Case("measure --mb 8 --repeat 100000 --threads 2 --mapper", "mmap.__new__"),
    Case("simulate --faults 10000000", IMPORT, "faultviz.lab.contention.lock_queue"),
    Case("site --no-lite -o out/new", "os.mkdir", ".new."),
    Case("test tests/hang_test.py -s -p no:cacheprovider"),
    Case("lab --no-browser", RUN, "jupyterlab", code=0),
)
"""One or more moments of every command that may take longer than a breath."""

WRITE = (
    Case("export brief.ipynb -o out/old.html", RENAME),
    Case("handout all -o out/new", OPEN, "s390.html"),
    Case("handout all -o out/new", RENAME, "s390.html", whole=True),
    Case("items -o out/old.txt", RENAME),
    Case("measure --mb 1 -o out/old.svg", RENAME),
    Case("page mips -o out/old.html", RENAME),
    Case("show mips -o out/old.svg", RENAME),
)
"""The moment in which an output takes its place: it is the old one until then."""

SHORT = {
    "check": "all of it takes half a second",
    "compare": "two traces",
    "glossary": "thirty words",
    "list": "a table",
    "route": "a table",
    "schema": "one file of the package",
    "trace": "one trace",
}
"""Commands that run no program, write nothing and are over at once."""

SITE = (
    Case("site --no-lite -o out/old", STDOUT),
    Case("site -o out/new", RUN, "hatchling"),
    Case("lite -o out/new", RUN, "jupyterlite_core"),
)
"""Those that need npm, or start several processes, each with a kernel."""

HOW = {"ctrl-c": (signal.SIGINT, True), "int": (signal.SIGINT, False),
       "term": (signal.SIGTERM, False), "hup": (signal.SIGHUP, True)}  # fmt: skip


def named(command, before=""):
    """Each command of the tree by its words."""
    context = click.Context(command)
    for name in command.list_commands(context):
        one = command.get_command(context, name)
        if isinstance(one, click.Group):
            yield from named(one, f"{before}{name} ")
        else:
            yield f"{before}{name}"


def test_every_command_is_in_a_table():
    """A new one needs a moment, or a reason why it has none; one that writes is no short one."""
    known = {*named(main)}
    tried = {
        name for name in known for case in (*LONG, *SITE) if f"{case.words} ".startswith(f"{name} ")
    }
    writing = {name for name in known for case in WRITE if case.words.startswith(f"{name} ")}
    assert tried | writing | {*SHORT} == known
    assert not {*SHORT} & (tried | writing)


def test_every_output_is_in_a_table():
    """What has -o is tried with it."""

    def options(command, words):
        for word in words.split():
            command = command.get_command(click.Context(command), word)
        return {option for one in command.params for option in one.opts}

    having = {name for name in named(main) if "-o" in options(main, name)}
    tried = {name for name in having for case in (*LONG, *WRITE, *SITE)
             if case.words.startswith(f"{name} ") and "-o out/" in case.words}  # fmt: skip
    assert tried == having


@pytest.fixture
def place(tmp_path):
    """A folder with what the commands of the tables name; its out/ has old outputs."""
    for name in ("out/new-not", "out/old", "tmp", "bin", "cache", "tests"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "out/old/faultviz-site.json").write_text("{}")
    for end in ("html", "svg", "txt"):
        (tmp_path / f"out/old.{end}").write_text("old")
    told = tmp_path / "told"
    os.mkfifo(told)
    hang = HANG.format(told=str(told))
    for name, source in (("hang", hang), ("brief", "1")):
        cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": source,
                "outputs": [], "execution_count": None}  # fmt: skip
        book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
        (tmp_path / f"{name}.ipynb").write_text(json.dumps(book))
    (tmp_path / "tests/hang_test.py").write_text(hang.replace("\ntest_it()\n", "\n"))
    (tmp_path / "hang.json").write_text("{}")
    with tarfile.open(tmp_path / "tree.tar", "w") as tree:
        for name in ("Makefile", "arch/x86/mm/fault.c"):
            member = tarfile.TarInfo(f"linux/{name}")
            tree.addfile(member, io.BytesIO())
    head = bytearray(0x2000)
    head[0x1FE:0x200], head[0x202:0x206] = b"\x55\xaa", b"HdrS"
    (tmp_path / "vmlinuz").write_bytes(head)
    scripts = {
        "cc": "printf '\\177ELF--------------\\076\\000' > \"$6\"",
        "qemu-system-x86_64": f"tail -f /dev/null & echo here > '{told}'; exec tail -f /dev/null",
    }
    for name, text in scripts.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    return tmp_path


def living(mark):
    """What still runs of that which inherited the mark."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
            if state not in "ZX" and mark.encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_bytes())
    return found


def outputs(place):
    """Every file and folder of out/, and what is in the files."""
    return {str(p.relative_to(place)): p.read_bytes() if p.is_file() else b""
            for p in (place / "out").rglob("*")}  # fmt: skip


def interrupted(case, how, place, root):
    """Run to the moment, send the signal, and look at what is left."""
    number, group = HOW[how]
    mark = f"FAULTVIZ_MARK={place}"
    tools = f"{place / 'bin'}{os.pathsep}{os.environ['PATH']}"
    around = {
        **os.environ, "TMPDIR": str(place / "tmp"), "FAULTVIZ_MARK": str(place),
        "PYTHONSAFEPATH": "1", "PATH": tools, "CC": str(place / "bin/cc"),
        "XDG_CACHE_HOME": str(place / "cache"), "JUPYTER_RUNTIME_DIR": str(place / "runtime"),
    }  # fmt: skip
    words = [word.replace("out/", f"{place}/out/") for word in case.words.split()]
    if case.part == "out/cache":
        case = case._replace(part=str(place / "cache"))
    before = outputs(place)
    told = os.open(place / "told", os.O_RDWR | os.O_NONBLOCK)
    with (place / "said").open("wb") as said, (place / "shown").open("wb") as shown:
        child = subprocess.Popen(
            [sys.executable, "-c", DRIVER, case.event, case.part, str(place / "told"), *words],
            cwd=root, env=around, stdin=subprocess.DEVNULL,
            stdout=told if case.event == STDOUT else shown, stderr=said,
            start_new_session=True,
        )  # fmt: skip
    try:
        came = select.select([told], [], [], DEADLINE)[0]
        assert came, (place / "said").read_text()
        (os.killpg if group else os.kill)(child.pid, number)
        assert child.wait(DEADLINE) == (128 + number if case.code is None else case.code)
    finally:
        os.close(told)
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    assert living(mark) == []
    lines = (place / "said").read_text().splitlines()
    assert "Traceback" not in "\n".join(lines) + (place / "shown").read_text()
    assert [*(place / "tmp").iterdir()] == []
    assert [*(place / "cache").rglob(".*")] == []
    assert not [*(place / "runtime").glob("*")]
    return lines, before, outputs(place)


EVERY = [
    *((case, how) for case in LONG for how in ("ctrl-c", "int", "term")),
    *zip(WRITE, itertools.cycle(HOW), strict=False),
    *(pytest.param(*one, marks=pytest.mark.site) for one in zip(SITE, HOW, strict=False)),
]  # fmt: skip


@pytest.mark.parametrize(("case", "how"), EVERY, ids=str)
def test_a_signal_leaves_nothing(case, how, place, repo):
    """Whichever it is, and whatever was going on."""
    root = repo if case in SITE or case.words.startswith("site") else place
    lines, before, after = interrupted(case, how, place, root)
    if case.code is None:
        assert [line for line in lines if line + "\n" == SAID] == [SAID.strip()]
        assert len(lines) == 1
    if case.whole:
        assert {"out/new/s390.html", "out/new/glossary.html"} < {*after}
        assert not [name for name in after if "/." in name]
    else:
        assert after == before


def test_an_output_that_is_a_link_leads_where_it_led(tmp_path):
    """What it leads to is written, and nothing lies beside it."""
    link, file = (tmp_path / name for name in ("link", "file"))
    file.write_text("old")
    link.symlink_to(file)
    put(link, b"new")
    assert file.read_bytes() == b"new"
    assert link.is_symlink()
    assert len([*tmp_path.iterdir()]) == 2
