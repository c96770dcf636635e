"""What a screen reader has of a lesson: each widget as a tree of roles and names, and what is said.

Here: the widgets of the lesson, how they are played from the keyboard, and the golden file. It is
made by `.venv/bin/python tests/helpers/anew.py spoken`. Not here: what a real screen reader makes
of it (`orca`), or what must hold of any widget (test_spoken).
"""

from __future__ import annotations

import ast
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

LESSON = "notebooks/00-start.ipynb"
FILE = "tests/data/spoken-00-start.txt"

LISTEN = """() => {
  window.heard_ = [];
  const places = "[aria-live], [role=alert], [role=status]";
  new MutationObserver((all) => {
    const nodes = all.map(({ target }) => (target.closest ? target : target.parentElement));
    for (const one of new Set(nodes.map((node) => node?.closest(places)))) {
      const text = one?.textContent.trim();
      if (text) window.heard_.push(text);
    }
  }).observe(document.body, { childList: true, characterData: true, subtree: true });
}"""
"""Listen to whatever a screen reader says by itself."""

HEARD = "() => window.heard_.splice(0)"

WANTED = """() => {
  const { closed, n } = model.get("_gated");
  const all = model.get("_gates")[model.get("inside") ? "inside" : "over"];
  const gate = all.find((one) => !(one.n in closed));
  if (!model.get("gate") || gate?.n !== model.get("step")) return null;
  const question = gate.questions[gate.n === n ? model.get("_gated").q : 0];
  return question.options.map(({ right }) => right);
}"""
"""Of the open question: which of its answers are right."""


def widgets(repo: Path) -> Iterator[str]:
    """The lesson's own calls that bring a widget that talks, in their order."""
    for cell in json.loads((repo / LESSON).read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            last = ast.parse("".join(cell["source"])).body[-1]
            said = ast.unparse(last)
            if said.startswith(("fv.play(", "fv.ask(")):
                yield said


def played(page: object) -> Iterator[str]:
    """A player to its end: the first answer is a wrong one, and then the right one is given."""
    missed = False
    while True:
        wanted = page.evaluate(WANTED)
        if wanted is None:
            if page.evaluate("model.get('step') === model.get('_trace').steps.length"):
                return
            keys = ["n"]
        else:
            right = "abcdefghi"[wanted.index(True)]
            keys = [right] if missed else ["n", "abcdefghi"[wanted.index(False)], right]
            missed = True
        for key in keys:
            page.keyboard.press(key)
            yield from told(key, page.evaluate(HEARD))


def walked(page: object) -> Iterator[str]:
    """Along the edges of the graph; what has the focus is said by its name."""
    at = """() => {
      const pane = document.activeElement;
      const node = document.getElementById(pane.getAttribute("aria-activedescendant"));
      return [pane.getAttribute("role"), node.ariaLabel];
    }"""
    for key in ("ArrowDown", "Shift+ArrowRight", "Shift+ArrowDown", "Shift+ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
        heard = page.evaluate(HEARD)
        yield from told(key, [*heard, f"(in the {': '.join(page.evaluate(at))})"])


def answered(page: object) -> Iterator[str]:
    """A question with each of its answers."""
    for n in range(page.get_by_role("radio").count()):
        page.get_by_role("radio").nth(n).check()
        page.get_by_role("button", name="Answer").click()
        page.wait_for_function("window.heard_.length > 0")
        yield from told(f"answer {n + 1}", page.evaluate(HEARD))


def told(act: str, heard: list[str]) -> list[str]:
    """An act, and what was said of it."""
    return [f"> {act}", *(f"  {text}" for text in heard)]


def text(repo: Path, show: Callable[..., object]) -> str:
    """The golden file; `show` brings a widget into an empty page."""
    import faultviz as fv

    lines = [f"{LESSON} as a screen reader has it: made by tests/helpers/anew.py spoken"]
    for call in widgets(repo):
        ask = call.startswith("fv.ask")
        widget = eval(call, {"fv": fv})  # noqa: S307 (a cell of our own lesson)
        page = show(widget, answers=ask)
        page.evaluate(LISTEN)
        tree = page.locator("#here").aria_snapshot().splitlines()
        acts = answered(page) if ask else [*walked(page), *played(page)]
        lines += ["", f"# {call}", *tree, *acts]
    return "\n".join(lines) + "\n"


def files(repo: Path) -> dict[str, bytes]:
    """The golden file as it is made now, in a browser of its own."""
    import machine
    from playwright.sync_api import sync_playwright
    from widget_page import shown

    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        os.environ["FAULTVIZ_WORK"] = folder
        path = machine.chromium()
        browser = playwright.chromium.launch(executable_path=path, args=machine.FLAGS)

        def show(widget: object, **more: bool) -> object:
            return shown(browser.new_page(), widget, **more)

        made = text(repo, show)
        browser.close()
    return {FILE: made.encode()}
