"""What a version writes, and what it promises: the files of `tests/data/VERSION/` are made here.

    .venv/bin/python tests/helpers/kept.py tests/data/0.1.0

writes all of them with the faultviz of that Python, from within the clone; it takes two minutes and
needs JupyterLab's packages. A folder is written once, by the version that it is named after, and
read for ever by `tests/test_kept.py`: a folder of an older version is never made anew. Only the
small kernel tree in it is written by hand.

Here: what is written and how, and what the test asks of today's faultviz in the same way. Nothing
is taken from a module of faultviz but `fv` and the command, so that modules may move.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import io
import json
import lzma
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner

import faultviz as fv

LEARNER, SAVED, PLAIN = "learner.json", "saved.ipynb.xz", "plain.ipynb.xz"
"""A learner's answers.json (git leaves out that name), notebooks with and without widgets."""
MODEL = "model.txt"
"""A model as a learner writes it, which names a module of faultviz; read as a .py."""

CELLS = {
    "player": 'fv.play("mips", "before", step=3)',
    "program": 'fv.play(fv.load("s390", "v3"), outcomes="COMPLETED", context="gmap,write")',
    "without": 'fv.play("um", outcomes="COMPLETED", without="completed-check", view="stage")',
    "questions": 'p = fv.play("mips", gate=True)\np.answer(1)\np',
    "compare": 'fv.play(fv.compare("mips", "before,merged"), step=12, reader=True)',
    "lanes": 'fv.lanes("before", threads=2, writers=1, clock=3)',
    "ask": 'q = fv.ask("00-M4")\nq.answer(2)\nq',
    "asks": 'fv.ask("00a-check")',
    "bench": 'b = fv.bench("mips")\nb.edit("18 off")\nb.predict("lock-underflow")\n'
    'b.trace(outcomes="COMPLETED", context="kernel,write")\nb.search()\nb',
    "before": 'fv.quiz("pre")',
    "after": 'fv.quiz("post", seed="K7F2-9QXM")',
    "find": 'x = fv.exercise("find", "0")\nx.answer(ack=True)\nx',
    "trace": 'fv.exercise("trace", 1, level=2)',
    "review": 'fv.exercise("review", "0")',
    "write": 'fv.exercise("write", "0")',
    "sorting": 's = fv.sort9("label")\ns.place("s390", 3)\ns',
    "work": "fv.work()",
    "record": "fv.work().record_of_work()",
    "glossary": 'fv.glossary("mmap_lock")',
    "gallery": "fv.gallery()",
    "table": 'fv.truth_table("mips", "mark TRIED", given="RETRY")',
    "condition": 'fv.condition("s390", "gmap_link")',
    "theorem": 'fv.theorem("orders")',
    "run": 'fv.run("mips", "before").counters',
    "check": 'fv.check("s390", "v3")',
    "text": 'fv.text(fv.run("mips", "merged"))',
    "simulate": 'fv.simulate(["merged"], [1], [0], 200)',
    "names": "fv.handlers(), fv.entries()",
}
"""Cells of a notebook, by id: everything that can be shown."""

PAGES = {
    "mips": ("mips",),
    "s390": ("s390", "--revision", "v3", "--outcomes", "COMPLETED", "--context", "gmap,write"),
    "gup": ("gup",),
    "mips-two": ("mips", "--compare", "before,merged"),
}
"""Pages of one file, by name: how `faultviz page` is called."""

LINKS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("mips", "#mips", {"revision": "merged", "outcomes": "auto", "context": "write", "step": 1}),
    ("mips", "#merged,OK", {"revision": "merged", "outcomes": "OK"}),
    ("mips", "#mips,before,step=7", {"revision": "before", "outcomes": "auto", "step": 7}),
    ("mips", "#mips,v3,auto,step=2", {"revision": "v3", "outcomes": "auto", "step": 2}),
    ("mips", "#mips,v4,COMPLETED", {"revision": "v4", "outcomes": "COMPLETED"}),
    ("mips", "#mips,before,RETRY,OK,step=9", {"outcomes": "RETRY,OK", "step": 9}),
    ("mips", "#mips,before,RETRY,step=9", {"outcomes": "RETRY,OK", "step": 9}),
    ("mips", "#mips,merged,OOM", {"outcomes": "OOM"}),
    ("mips", "#mips,merged,read", {"context": "read", "outcomes": "auto"}),
    (
        "mips",
        "#mips,merged,COMPLETED,without=completed-check,step=5",
        {"without": "completed-check", "outcomes": "COMPLETED", "step": 5},
    ),
    ("mips", "#mips,merged,stage,step=4", {"view": "stage", "step": 4, "gate": False}),
    ("mips", "#mips,merged,first,step=4", {"view": "first", "step": 4}),
    ("mips", "#mips,merged,full,step=4", {"view": "full", "step": 4}),
    ("mips", "#mips,merged,gate", {"gate": True, "step": 1}),
    ("mips", "#mips,merged,inside,step=10", {"inside": True, "step": 10}),
    ("mips", "#mips,merged,reader,step=6", {"reader": True, "step": 6}),
    ("mips", "#mips,before,%52ETRY,step%3D3", {"outcomes": "RETRY,OK", "step": 3}),
    (
        "s390",
        "#s390,v3,COMPLETED,gmap,step=7",
        {"revision": "v3", "outcomes": "COMPLETED", "context": "gmap,write", "step": 7},
    ),
    ("gup", "#gup,merged,step=2", {"handler": "gup", "step": 2}),
    ("mips-two", "#mips,before,merged,clock=12", {"clock": 12, "reader": False, "view": "full"}),
    (
        "mips-two",
        "#mips,before,merged,reader,stage,clock=3",
        {"clock": 3, "reader": True, "view": "stage"},
    ),
)  # fmt: skip
"""Every form of an address that is given away: page, address, and what it opens."""

EXPORTS = {
    "html": "00-start.html",
    "slides": "00-start-slides.html",
    "print": "00-start-print.html",
}
SHEETS = ("text", "gift", "table")

JSON_CALLS: dict[str, tuple[str, ...]] = {
    "check": ("s390", "--revision", "v3"),
    "compare": ("mips",),
    "glossary": (),
    "grade": (LEARNER,),
    "kernel check": ("tree", "--handler", "um"),
    "kernel conform": ("tree", "--handler", "um"),
    "kernels": ("vmlinuz",),
    "list": (),
    "measure": ("--recorded",),
    "route": ("lecture-90",),
    "show": ("mips",),
    "simulate": ("--threads", "1,2", "--writers", "0,1", "--faults", "200", "--replications", "2"),
    "trace": ("s390", "--revision", "v3", "--outcomes", "COMPLETED", "--context", "gmap,write"),
}
"""Each command with `--json`, and how it is called; in a folder with these files."""

MORE_CALLS: dict[str, tuple[str, ...]] = {
    "grade --summary": ("grade", LEARNER, "--summary"),
    "kernel check --function": (
        "kernel", "check", "tree", "--function", "toy_fault", "--file", "arch/toy/mm/fault.c",
    ),
    "check --drop": ("check", "um", "--drop", "completed-check"),
    "measure --mb": ("measure", "--mb", "1"),
}  # fmt: skip
"""Further calls whose JSON has other fields."""

OF_A_MACHINE = ("measure --mb",)
"""Calls that say what a machine is: of them only the fields are kept."""

CALLS = {name: (*name.split(), *words) for name, words in JSON_CALLS.items()} | MORE_CALLS


# --- what is asked of a faultviz -----------------------------------------------------------------


def command() -> click.Group:
    """The command, wherever it lives."""
    from faultviz.cli.main import main

    return main


def called(*words: str) -> str:
    """What a command prints; exit code 2 is a failure, 1 and 3 are verdicts."""
    done = CliRunner().invoke(command(), words)
    assert done.exit_code in (0, 1, 3), (words, done.output, done.exception)
    assert done.exception is None or isinstance(done.exception, SystemExit), (words, done.exception)
    return done.stdout


def commands(of: click.Command | None = None, path: str = "") -> dict[str, list[str]]:
    """Every command with its options and arguments, groups walked through."""
    of = of or command()
    if not isinstance(of, click.Group):
        return {path: sorted(name for one in of.params for name in _spelled(one))}
    found: dict[str, list[str]] = {}
    for name in of.list_commands(click.Context(of)):
        below = of.get_command(click.Context(of), name)
        assert below
        found |= commands(below, f"{path} {name}".strip())
    return found


def _spelled(one: click.Parameter) -> list[str]:
    if isinstance(one, click.Option):
        return [*one.opts, *one.secondary_opts]
    return [f"{one.nargs} {one.human_readable_name.upper()}"]


def names() -> dict[str, list[str]]:
    """The public names of `fv`, each with the parameters by which it may be called."""
    found: dict[str, list[str]] = {}
    for name in dir(fv):
        one = getattr(fv, name)
        found[name] = [*inspect.signature(one).parameters] if inspect.isfunction(one) else []
    return found


def shown(source: str) -> Any:
    """What a cell shows."""
    *first, last = ast.parse(source).body
    assert isinstance(last, ast.Expr)
    space = {"fv": fv}
    exec(compile(ast.Module(first, []), "cell", "exec"), space)  # noqa: S102 (cells of this file)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), space)  # noqa: S307


OF_THE_LIBRARY = ("_model", "_view", "_dom", "_esm", "_css", "_anywidget_id")
"""Beginnings of traits that are not ours; the last one names a module, and nobody reads it."""
BESIDE = {"layout", "tabbable", "tooltip", "children", "box_style"}


def own(traits: Any) -> list[str]:
    """Names of traits that are ours."""
    return sorted(n for n in set(traits) - BESIDE if not n.startswith(OF_THE_LIBRARY))


def states(widget: Any) -> Iterator[tuple[Any, list[str]]]:
    """Each of our widgets in a widget, with its own traits."""
    if getattr(widget, "_model_module", "") == "anywidget":
        yield widget, own(widget.keys)
    for part in getattr(widget, "children", ()):
        yield from states(part)


def saved_states(state: dict[str, Any], model: str) -> Iterator[dict[str, Any]]:
    """The same of a saved notebook: state by state, from a model on."""
    one = state[model]
    if one["model_module"] == "anywidget":
        yield {name: one["state"][name] for name in own(one["state"])}
    for part in one["state"].get("children", ()):
        yield from saved_states(state, part.removeprefix("IPY_MODEL_"))


KINDS = {int: "number", float: "number", type(None): "null"}


def file_of(name: str) -> str:
    """The file of a call."""
    return f"{name.replace(' --', '-').replace(' ', '-')}.json"


def fields(value: Any, path: str = "") -> dict[str, list[str]]:
    """Each place of a JSON value with the types that stand there; of a list all alike."""
    found = {path: [KINDS.get(type(value), type(value).__name__)]}
    inner: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        inner = [(f"{path}.{name}", one) for name, one in value.items()]
    elif isinstance(value, list):
        inner = [(f"{path}[]", one) for one in value]
    for place, one in inner:
        for there, kinds in fields(one, place).items():
            found[there] = sorted({*found.get(there, ()), *kinds})
    return found


def read(file: Path) -> Any:
    """A JSON file, also one that is packed."""
    data = file.read_bytes()
    return json.loads(lzma.decompress(data) if file.suffix == ".xz" else data)


# --- a folder in which every command can run -----------------------------------------------------

TOLD = """#!/bin/sh
echo "faultviz kernel 6.1.9"
echo "faultviz row shared 0 8 1000 40000 8 0 9"
echo "faultviz row read_first 0 8 1000 40 0 0 0"
echo "faultviz without madv_populate_write 22"
echo "faultviz end"
"""
COMPILER = "#!/bin/sh\nprintf '\\177ELF--------------\\076\\000' > \"$6\"\n"


@contextlib.contextmanager
def at_work(data: Path) -> Iterator[Path]:
    """A folder with the kept files, a compiler and a machine that do nothing; one works in it."""
    with tempfile.TemporaryDirectory(prefix="faultviz-kept-") as name, contextlib.chdir(name):
        folder = Path(name)
        shutil.copytree(data / "tree", folder / "tree")
        if (data / LEARNER).exists():
            shutil.copy(data / LEARNER, folder)
        image = bytearray(0x400)
        image[0x1FE:0x200], image[0x202:0x206] = b"\x55\xaa", b"HdrS"
        image[0x20E:0x210] = (0x100).to_bytes(2, "little")
        image[0x300:0x30C] = b"6.1.0-kept \0"
        (folder / "vmlinuz").write_bytes(image)
        for program, text in (("cc", COMPILER), ("qemu-system-x86_64", TOLD)):
            (folder / program).write_text(text)
            (folder / program).chmod(stat.S_IRWXU)
        before = {name: os.environ.get(name) for name in ("PATH", "CC", "FAULTVIZ_WORK")}
        os.environ["PATH"] = f"{folder}{os.pathsep}{before['PATH']}"
        os.environ["CC"] = str(folder / "cc")
        os.environ["FAULTVIZ_WORK"] = str(folder / "work")
        try:
            yield folder
        finally:
            for variable, value in before.items():
                if value is None:
                    os.environ.pop(variable, None)
                else:
                    os.environ[variable] = value


# --- writing ---------------------------------------------------------------------------


def answer_everything() -> str:
    """The text of answers.json after every kind of answer: right, partly right, wrong, again."""
    for number in (1, 2, 3):
        fv.ask("00-M4").answer(number)
    fv.ask("00a-check").answer(1, 1, 1, 1, 1, 1)
    at_steps("auto", skip=False)
    at_steps("RETRY,OK", skip=True)
    inside = fv.play("mips", gate=True)
    inside.inside = True
    inside.answer(1)
    for name, seed in (("pre", ""), ("pre", "K7F2-9QXM"), ("post", ""), ("post", "K7F2-9QXM")):
        test = fv.quiz(name, seed)
        right = [one.question.right for one in test.asked]
        good = [n if k % 3 or seed else n % 2 + 1 for k, n in enumerate(right)]
        test.answer(*good, sure=[k % 2 == 0 for k in range(len(good))])
    find()
    reach()
    review()
    write = fv.exercise("write", "0", 1)
    lines = write.solution().splitlines(keepends=True)
    write.answer("".join(line for line in lines if "completed(" not in line))
    write.answer(write.solution())
    benches()
    for by, number in (("label", 3), ("label", 1), ("order", 1), ("target", 2), ("returns", 1)):
        fv.sort9(by).place("s390", number)
    for letters in ("yynnyn??", "yyyyyyyy"):
        fv.truth_table("mips", "mark TRIED", given="RETRY").check(letters)
    return (Path(os.environ["FAULTVIZ_WORK"]) / "answers.json").read_text("utf-8")


def at_steps(outcomes: str, *, skip: bool) -> None:
    """Every question of a player, the first option each; or skipped."""
    player = fv.play("mips", "merged", outcomes, gate=True)
    for gate in player.trace_gates:
        player.step = gate.n
        for question in gate.questions:
            wrong = next((one for one in question.options if not one.right), question.options[0])
            right = next(one for one in question.options if one.right)
            if skip:
                player.skip()
                break
            if gate.n % 2:
                player.answer(wrong.value)
            player.answer(right.value)


def find() -> None:
    """The exercise find: all right, partly, not at all, entered node by node, and a sound one."""
    one = fv.exercise("find", "0").one
    trace = fv.run(one.program, outcomes=one.first.outcomes, context=one.first.context)
    path = [step.node for step in trace.steps]
    for ack, level in ((True, None), (False, None), (False, 1)):
        fv.exercise("find", "0", level).answer(ack=ack, rule="lock-balance", outcomes="RETRY")
    right = {"rule": one.first.invariant, "node": one.first.node}
    fv.exercise("find", "0").answer(**right, outcomes="RETRY")
    fv.exercise("find", "0").answer(**right, path=path)
    fv.exercise("find", "7", 1).answer(ack=True)
    asked = {"do": "check", "seq": 1, "ack": False, "how": "path", "path": path, **right}
    fv.exercise("find", "0").desk.set_state({"_given": asked})  # as the page hands it in


def reach() -> None:
    """The exercise trace: the shortest way, another one, none."""
    ones = ((str(n), fv.exercise("trace", n).one) for n in range(20))
    seed, one = next(some for some in ones if some[1].first.invariant == "lock-balance")
    trace = fv.run(one.program, outcomes=one.first.outcomes, context=one.first.context)
    fv.exercise("trace", seed).answer(outcomes="OK", context="write")
    fv.exercise("trace", seed).answer(outcomes=one.first.outcomes, context=one.first.context)
    fv.exercise("trace", seed).answer(path=[step.node for step in trace.steps])
    fv.exercise("trace", seed).answer()


def review() -> None:
    """The exercise review: acked, objected to in part and in whole; replies, poor and good."""
    wrong = fv.exercise("review", "0")
    wrong.answer(ack=True)
    wrong.reply("No.")
    one = wrong.one
    good = fv.exercise("review", "0")
    good.answer(rule=one.first.invariant, line=1, outcomes="OK", context="none")
    told = {"outcomes": one.first.outcomes, "context": one.first.context}
    good.answer(rule=one.first.invariant, line=min(one.places), **told)
    good.reply(
        f"Please look at line {min(one.places)} of {one.after.root} for {told['outcomes']}. There "
        "mmap_lock is given up twice. Another reader would lose its hold. It should return before."
    )
    sound = next(some for n in range(20) if (some := fv.exercise("review", n)).one.sound)
    sound.answer(rule="lock-balance", line=3)
    sound.answer(ack=True)
    sound.reply(
        "Every way of this handler was read for COMPLETED. mmap_lock is as it was. Acked-by: me."
    )
    asked = {"do": "check", "seq": 1, "ack": False, "rule": one.first.invariant, "line": "3"}
    fv.exercise("review", "0").desk.set_state({"_given": asked})


def benches() -> None:
    """The bench: with a way by outcomes, by nodes, with none, and with nothing that breaks."""
    for way in ({"outcomes": "COMPLETED", "context": "kernel,write"}, {}, {"path": True}):
        bench = fv.bench("mips")
        bench.edit("18 off")
        bench.predict("lock-underflow")
        if "path" in way:
            steps = fv.run(bench.program, outcomes="COMPLETED", context="write").steps
            bench.trace([step.node for step in steps])
        elif way:
            bench.trace(**way)
        bench.search()
    bench = fv.bench("mips", "before")
    bench.edit("14 empty")
    bench.predict("none")
    bench.search()


def notebook(folder: Path) -> dict[str, Any]:
    """A notebook with all cells, run, with the state of its widgets."""
    import nbformat
    from nbclient import NotebookClient

    cells = [{"import": "import faultviz as fv"}, CELLS]
    book = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(source, id=name)
            for some in cells
            for name, source in some.items()
        ]
    )
    NotebookClient(
        book, kernel_name="python3", timeout=300, store_widget_state=True,
        extra_arguments=["--log-level=ERROR"], resources={"metadata": {"path": str(folder)}},
    ).execute()  # fmt: skip
    text = nbformat.writes(book).replace(str(folder), "/home/learner")
    return json.loads(text)  # type: ignore[no-any-return]


def put(file: Path, value: Any) -> None:
    """Write text as it is, all else as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    text = value if isinstance(value, str) else f"{json.dumps(value, indent=1, sort_keys=True)}\n"
    if file.suffix == ".xz":
        file.write_bytes(lzma.compress(text.encode(), preset=9))
    else:
        file.write_text(text, "utf-8")


def make(data: Path, clone: Path) -> None:
    """Write everything into a folder."""
    with at_work(data) as folder:
        put(data / LEARNER, answer_everything())
        shutil.copy(data / LEARNER, folder)
        put(data / "scores.json", json.loads(called("grade", LEARNER, "--json")))
        put(data / MODEL, fv.exercise("write", "0", 1).solution())
        for name, words in CALLS.items():
            said = json.loads(called(*words, "--json"))
            told = fields(said) if name in OF_A_MACHINE else said
            put(data / "json" / file_of(name), {"words": words, "said": told})
        for place in ("pages", "exports"):
            (data / place).mkdir(exist_ok=True)
        for name, words in PAGES.items():
            called("page", *words, "-o", str(data / "pages" / f"{name}.html"))
        put(data / "links.json", LINKS)
        for to, file in EXPORTS.items():
            lesson = str(clone / "notebooks" / "00-start.ipynb")
            called("export", lesson, "--to", to, "-o", str(data / "exports" / file))
        for form in SHEETS:
            put(data / "sheets" / f"items-{form}.txt", called("items", "--format", form))
        called("handout", "all", "-o", str(data / "handouts"))
        book = notebook(folder)
    put(data / SAVED, book)
    traits = {name: own_traits(book, name) for name in CELLS if own_traits(book, name)}
    del book["metadata"]["widgets"]
    put(data / PLAIN, book)
    kept = read(data / LEARNER)
    acts: dict[str, set[str]] = {}
    for act in kept["acts"]:
        given = act["given"]
        acts.setdefault(act["kind"], set()).update(given)
    promises = {
        "answers": {
            "file": sorted(kept), "act": sorted(kept["acts"][0]),
            "given": {kind: sorted(keys) for kind, keys in acts.items()},
        },
        "names": names(), "all": sorted(fv.__all__), "commands": commands(), "traits": traits,
    }  # fmt: skip
    put(data / "promises.json", promises)


def own_traits(book: dict[str, Any], cell: str) -> list[str]:
    """The names of our traits that a saved cell has."""
    state = book["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    found = {n for one in views(book, cell) for some in saved_states(state, one) for n in some}
    return sorted(found)


def views(book: dict[str, Any], cell: str) -> list[str]:
    """The models that the outputs of a cell show."""
    (outputs,) = (one["outputs"] for one in book["cells"] if one["id"] == cell)
    view = "application/vnd.jupyter.widget-view+json"
    return [one["data"][view]["model_id"] for one in outputs if view in one.get("data", {})]


if __name__ == "__main__":
    with contextlib.redirect_stdout(io.StringIO()):
        make(Path(sys.argv[1]).resolve(), Path(__file__).resolve().parents[2])
