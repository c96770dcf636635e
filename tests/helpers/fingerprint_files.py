"""What commands print and write, for a fingerprint, and how pages look in Chromium.

Here: functions that take a store and one argument; the command is found in its room, or where it
stood before there were any. Not here: what Python gives (`fingerprint_python`).
"""

from __future__ import annotations

import base64
import hashlib
import importlib
import importlib.util
import json
import os
import re
import tempfile
import zlib
from pathlib import Path

from click.testing import CliRunner
from fingerprint_python import REVISIONS

import faultviz as fv

REPO = Path(os.environ.get("FAULTVIZ_REPO") or Path(__file__).resolve().parents[2])
TREE = Path(os.environ.get("FAULTVIZ_TREE", "/usr/src/linux-source-6.1.tar.xz"))
IGNORED = "# NBVAL_IGNORE_OUTPUT"
FLAGS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
LOOKS = ("full,step=1", "first,step=1", "stage,step=1", "gate,step=1", "full,step=LAST",
         "first,step=LAST", "stage,step=LAST")  # fmt: skip
LEARNER = {"format": 1, "code": "K7F2-9QXM", "acts": [
    {"kind": "ask", "name": "00-M4", "seed": "", "given": {"answer": "twice"}},
    {"kind": "exercise", "name": "find", "seed": "3", "given": {"level": 1, "ack": True}},
    {"kind": "exercise", "name": "find", "seed": "0", "given": {"ack": True}},
    {"kind": "trace", "name": "mips merged", "seed": "", "given": {"edits": ["18 off"],
     "rule": "lock-underflow", "outcomes": "COMPLETED", "context": "kernel,write"}},
    {"kind": "gate", "name": "mips", "seed": "", "given": {"revision": "merged", "outcomes": "auto",
     "context": "write", "without": "", "inside": False, "step": 1, "question": 0, "value": 1}},
]}  # fmt: skip


def called(*words):
    """What a command prints, and its exit code."""
    rooms = importlib.util.find_spec("faultviz.cli.main") is not None
    command = importlib.import_module("faultviz.cli.main" if rooms else "faultviz.cli")
    done = CliRunner(env={"COLUMNS": "100"}).invoke(command.main, [str(word) for word in words])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return f"{done.output}exit {done.exit_code}"


def printed(store, *words, name=""):
    """A command and what it prints."""
    store.add(f"text faultviz {name or ' '.join(words)}", called(*words))


def commands(store, name):
    """What is printed of a handler, for people and as JSON, and its sheet."""
    for words in (
        ("check", name), ("trace", name), ("trace", name, "--outcomes", "RETRY,COMPLETED"),
        ("compare", name), ("show", name),
    ):  # fmt: skip
        printed(store, *words)
        printed(store, *words, "--json")
    with tempfile.TemporaryDirectory() as folder:
        for revision in REVISIONS:
            printed(store, "show", name, "--revision", revision, "--json")
            for end in ("svg", "dot"):
                file = Path(folder, f"{revision}.{end}")
                called("show", name, "--revision", revision, "-o", file)
                if file.exists():
                    store.add(f"payload sheet/{name}/{revision}/{end}", file.read_text("utf-8"))


def common(store, _):
    """What is printed of all handlers, of no handler, of what cannot be; JSON of the rest."""
    for words in (
        ("list",), ("list", "--json"), ("check",), ("check", "--json"), ("glossary",),
        ("glossary", "--json"), ("route",), ("handout",), ("trace", "nobody"),
        ("trace", "mips", "--revision", "v9"), ("trace", "mips", "--outcomes", "MAYBE"),
        ("check", "x86-6.12", "--json"), ("measure", "--recorded", "--json"),
        ("measure", "--recorded"), ("simulate", "--json"),
        ("simulate", "--threads", "4", "--writers", "1", "--faults", "300"),
        ("simulate", "--caller", "fixup-user-fault", "--faults", "300", "--json"),
    ):  # fmt: skip
        printed(store, *words)
    for route in ("lecture-90", "lecture-45", "self-study", "newcomer"):
        for form in ((), ("--json",), ("--markdown",)):
            printed(store, "route", route, *form)
    with tempfile.TemporaryDirectory() as folder:
        acts = [
            {"id": f"{n:012x}", "at": f"2026-01-02T03:04:{n:02}.000Z", **act}
            for n, act in enumerate(LEARNER["acts"])
        ]
        Path(folder, "one.json").write_text(json.dumps(LEARNER | {"acts": acts}))
        for form in ("--json", "--csv", "--summary"):
            store.add(f"text grade {form}", called("grade", folder, form).replace(folder, "DIR"))


def made(store, _):
    """Figures, layouts and hand-outs, byte for byte."""
    for words in (("figures",), ("handout", "all")):
        with tempfile.TemporaryDirectory() as folder:
            called(*words, "-o", folder)
            for file in sorted(Path(folder).rglob("*")):
                if file.is_file():
                    data, name = file.read_bytes(), file.relative_to(folder)
                    store.add(f"text {words[0]}/{name}", _read(data))
                    store.add(f"text {words[0]}/{name}/bytes", hashlib.sha256(data).hexdigest())


def _read(data):
    try:
        return data.decode()
    except UnicodeDecodeError:
        return "binary"


def items(store, seeds):
    """Exam items of seeds, in each format."""
    for seed in seeds:
        for form in ("text", "gift", "table"):
            printed(store, "items", "--seed", str(seed), "--format", form)


def kernel(store, form):
    """What is found in real source, where there is some."""
    if TREE.exists():
        words = ("kernel", form[0], str(TREE), *form[1:])
        printed(store, *words, name=f"kernel {' '.join(form)}")


def exports(store, lesson):
    """A lesson as a page; what differs from machine to machine is left out."""
    cells = json.loads((REPO / "notebooks" / f"{lesson}.ipynb").read_text("utf-8"))["cells"]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "lesson.html")
        said = called("export", REPO / "notebooks" / f"{lesson}.ipynb", "-o", file)
        assert said.endswith("t 0"), said
        html = file.read_text("utf-8")
    for cell in cells:
        if IGNORED in "".join(cell["source"]):
            html = re.sub(rf'<section class="cell code" id="{cell["id"]}">.*?</section>', "", html,
                          flags=re.DOTALL)  # fmt: skip
    html = re.sub(
        r'<pre class="code".*?</pre>', lambda code: re.sub(r"</?span[^>]*>", "", code[0]), html,
        flags=re.DOTALL,
    )  # fmt: skip
    document(store, f"lesson/{lesson}", html, "export")


def document(store, name, html, kind="text"):
    """A page's markup; its styles, scripts and packed data by themselves."""
    parts = []

    def apart(found):
        parts.append(found)
        return f"<{found[1]} {len(parts)}/>"

    html = re.sub(r"<(style|script)\b([^>]*)>(.*?)</\1>", apart, html, flags=re.DOTALL)
    store.add(f"{kind} {name}", re.sub(r"held-[0-9a-f]{10}", "held", html))
    for n, part in enumerate(parts):
        if "text/plain" not in part[2]:
            store.add(f"code {name}/{n}", part[3])
            continue
        packed = base64.b85decode(part[3].replace(",", "<"))
        data = json.loads(zlib.decompress(packed, -zlib.MAX_WBITS))
        if {*data} == {"css", "js"}:
            for what, code in data.items():
                store.add(f"code {name}/{what}", code)
        else:
            store.add(f"texts {name}/{n}", "\n".join(sorted(_texts(data))))


def _texts(value):
    """The texts anywhere within; a text of several lines as one."""
    if isinstance(value, str):
        return {value.replace("\n", "\\n")}
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return set().union(*map(_texts, parts))


# --- in Chromium -----------------------------------------------------------------------------


def pages(store, names):
    """The pages of one file of these handlers: text and accessibility tree, at several steps."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        chromium = os.environ.get("FAULTVIZ_CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        context = browser.new_context(
            viewport={"width": 1280, "height": 720}, reduced_motion="reduce"
        )
        shown = context.new_page()
        for name in names:
            one, two = Path(folder, f"{name}.html"), Path(folder, f"{name}-two.html")
            called("page", name, "-o", one)
            last = len(fv.run(name).steps)
            document(store, f"page/{name}", one.read_text("utf-8"))
            for look in (look.replace("LAST", str(last)) for look in LOOKS):
                seen(store, shown, f"{one.as_uri()}?{look}#{name},{look}", f"{name}/{look}")
            called("page", name, "--compare", "before,merged", "-o", two)
            for look in ("clock=1", "stage,clock=5") if two.exists() else ():
                seen(store, shown, f"{two.as_uri()}?{look}#{look}", f"{name}/two/{look}")
        browser.close()


def seen(store, shown, address, name):
    """What a page says, and what it tells a screen reader."""
    shown.goto(address)
    shown.wait_for_selector(".fv-picture .node.now, .fv-player, .fv-duo")
    store.add(f"text dom/{name}", shown.evaluate("document.body.innerText"))
    session = shown.context.new_cdp_session(shown)
    tree = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    told = [_node(node) for node in tree if not node["ignored"]]
    store.add(f"text tree/{name}", "\n".join(told))


def _node(node):
    said = [node[part].get("value") for part in ("role", "name", "description", "value")
            if part in node]  # fmt: skip
    states = [f"{p['name']}={p['value']['value']}" for p in node.get("properties", ())
              if "value" in p["value"] and p["name"] != "url"]  # fmt: skip
    # An id that a description is pointed at by is made by chance.
    return re.sub(r"\bfv-[a-z0-9]{1,8}-(?=\d)", "fv-ID-", " ".join([*map(repr, said), *states]))
