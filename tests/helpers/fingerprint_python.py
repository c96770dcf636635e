"""What `import faultviz as fv` gives, for a fingerprint: runs, verdicts, widgets, tests, exercises.

Here: functions that take a store and one argument. Only public names are used, so that they run
before and after modules are moved. Not here: commands, files and pages (`fingerprint_files`).
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from functools import partial
from itertools import product
from pathlib import Path

import ipywidgets

import faultviz as fv

REVISIONS = ("before", "v3", "v4", "merged")
ROLES = ("completed-check", "completed-body", "relock", "result-clear", "locked-clear",
         "eagain-case")  # fmt: skip
OUTCOMES = ("OK", "OK+MAJOR", "RETRY", "RETRY,RETRY", "RETRY,COMPLETED", "COMPLETED", "OOM",
            "SIGBUS", "SIGSEGV", "HWPOISON")  # fmt: skip
EVENTS = ("fresh", "wp", "dirty", "mkwrite", "private", "read")
PLAYED = (("auto", "write"), ("auto", "read"), ("RETRY", "write"), ("RETRY", "signal,write"),
          ("COMPLETED", "write"), ("COMPLETED", "kernel,write"), ("SIGBUS", "write"))  # fmt: skip
SEEDS, SENT = 200, 8
"""How many are asked, and of how many all is recorded that is sent to the browser."""


def all_names():
    """Handlers and other callers."""
    return [*fv.handlers(), *fv.entries()]


def told(make):
    """What a call gives; where it refuses, the sentence."""
    try:
        return make()
    except fv.BadInput as reason:
        return f"BadInput: {reason}"


def traces(store, name):
    """Each scenario of a fixed set, step by step; some as text."""
    contexts = ["write", "none", "kernel,signal,write", "fatal,kernel,write"]
    contexts += [f"{word},write" for word in fv.load(name).words if word != "write"]
    for revision in REVISIONS:
        asked = [*product(OUTCOMES, contexts), *product(["auto"], [*contexts, *EVENTS])]
        for outcomes, context in asked:
            ran = partial(fv.run, name, revision, outcomes, context)
            store.add(f"text trace/{name}/{revision}/{outcomes}/{context}", _by_step(told(ran)))
        later = told(partial(fv.run, name, revision, accounting="6.4"))
        store.add(f"text trace/{name}/{revision}/6.4", repr(later))
        for outcomes in ("auto", "RETRY", "COMPLETED"):
            ran = told(partial(fv.run, name, revision, outcomes))
            text = ran if isinstance(ran, str) else fv.text(ran)
            store.add(f"text story/{name}/{revision}/{outcomes}", text)


def _by_step(ran):
    if isinstance(ran, str):
        return ran
    made = ran.as_dict()
    steps = [json.dumps(step) for step in made.pop("steps")]
    return "\n".join([json.dumps(made), *steps])


def verdicts(store, name):
    """The rules as they are, and with each role taken away; when each node is reached."""
    for role in (None, *ROLES):
        rows = told(lambda r=role: [row.as_dict() for row in fv.check(name, drop=r)])
        store.add(f"text check/{name}/{role}", rows)


def conditions(store, name):
    """When each node is reached."""
    for node in fv.load(name, "merged").nodes:
        store.add(f"text condition/{name}/{node}", told(lambda n=node: repr(fv.condition(name, n))))


def claims(store, _):
    """Theorems, a truth table, the gallery, the glossary."""
    for name in ("orders", "completed-flags", "no-pointer"):
        for assume in (True, False):
            said = told(lambda n=name, a=assume: repr(fv.theorem(n, assume=a)))
            store.add(f"text theorem/{name}/{assume}", said)
    store.add("text table", repr(fv.truth_table("mips", "mark TRIED")))
    store.add("text gallery", fv.gallery()._repr_html_())
    store.add("text sort9", repr(fv.sort9()))
    send(store, "sort9", fv.sort9())


# --- widgets: what they send to the browser --------------------------------------------------


def send(store, name, widget):
    """All synced traits of a widget and of those within it; where it has text forms, those."""
    for trait in sorted(widget.keys):
        value = getattr(widget, trait)
        if trait == "_anywidget_id":  # the name of its module
            continue
        if trait in {"_esm", "_css"}:
            if (known := f"code {type(widget).__name__}/{trait}") not in store.items:
                store.add(known, str(value))
            continue
        if isinstance(value, ipywidgets.Widget):
            store.add(f"payload {name}/{trait}", _set_traits(value))
        elif _widgets(value):
            for n, child in enumerate(value):
                send(store, f"{name}/{n}", child)
        else:
            store.add(f"payload {name}/{trait}", widget.get_state(trait)[trait])
    texts(store, name, widget)


def texts(store, name, widget):
    """The text forms of a widget, but those that say where something lies in memory."""
    forms = {form: getattr(widget, form, None) for form in ("text", "as_text", "solution")}
    for form, make in {"repr": partial(repr, widget), **forms}.items():
        said = str(told(make)) if make else " object at 0x"
        if " object at 0x" not in said:
            store.add(f"text {name}/{form}", said)


def _set_traits(layout):
    state = {name: layout.get_state(name)[name] for name in sorted(layout.keys)}
    return {name: value for name, value in state.items() if value is not None}


def _widgets(value):
    return isinstance(value, list | tuple) and value and isinstance(value[0], ipywidgets.Widget)


def plays(store, name):
    """Players, with roles taken away, and with their questions answered by leaving them."""
    for revision in REVISIONS:
        whole = [(*scenario, "") for scenario in PLAYED]
        roles = ROLES if revision == "merged" else ()
        for outcomes, context, role in [*whole, *product(["auto"], ["write"], roles)]:
            key = f"play/{name}/{revision}/{outcomes}/{context}/{role}"
            try:
                send(store, key, fv.play(name, revision, outcomes, context, without=role))
            except fv.BadInput as reason:
                store.add(f"text {key}", str(reason))
        pairs = [f"{old},{revision}" for old in REVISIONS[: REVISIONS.index(revision)]]
        for pair in pairs:
            both = told(lambda p=pair: fv.compare(name, p))
            store.add(f"text compare/{name}/{pair}", repr(both))
            if not isinstance(both, str):
                store.add(f"text compare/{name}/{pair}/html", both._repr_html_())
                send(store, f"duo/{name}/{pair}", fv.play(both))
        try:
            asked(store, f"gate/{name}/{revision}", fv.play(name, revision, gate=True))
            if revision in ("v3", "merged"):
                send(store, f"bench/{name}/{revision}", fv.bench(name, revision))
        except fv.BadInput as reason:
            store.add(f"text bench/{name}/{revision}", str(reason))


def asked(store, key, player):
    """Each question of a player and its reasons."""
    said = [str(player.ask())]
    while said[-1] != "No question is left." and len(said) < 100:
        said += [told(lambda: str(player.answer(0))), told(lambda: str(player.skip()))]
        said.append(str(player.ask()))
    store.add(f"text {key}", "\n".join([*said, str(player.tally)]))


def broken(store, name):
    """A bench on which a line here and there is switched off in turn."""
    bench = told(lambda: fv.bench(name))
    said = []
    for n in range(4, 400, 25) if not isinstance(bench, str) else ():
        answer = told(lambda n=n: str(bench.edit(f"{n} off")))
        if "There is no line" in answer:
            break
        rows = fv.check(bench.program)
        said += [answer, *(str(row.as_dict()) for row in rows if row.verdict == "violated")]
        bench.reset()
    store.add(f"text broken/{name}", "\n".join(said))


def lanes(store, _):
    """Threads on one clock."""
    for revision, threads, writers in product(("before", "merged"), (1, 2, 4), (0, 1, 2)):
        key = f"lanes/{revision}/{threads}/{writers}"
        shown = told(lambda r=revision, t=threads, w=writers: fv.lanes(r, threads=t, writers=w))
        if isinstance(shown, str):
            store.add(f"text {key}", shown)
        else:
            send(store, key, shown)
            store.add(f"text {key}/chart", shown.chart)


# --- tests and exercises of many seeds -------------------------------------------------------


def quizzes(store, seeds):
    """The tests before and after, how they are marked, and what is said of the two together."""
    for seed in seeds:
        with nothing_answered():
            for form in ("pre", "post"):
                quiz = fv.quiz(form, str(seed))
                send_some(store, f"quiz/{form}/{seed}", quiz, seed)
                count = int(str(told(quiz.answer)).split(" has ")[1].split()[0])
                given = [(seed + n) % 3 + 1 for n in range(count)]
                said = told(lambda q=quiz, g=given: str(q.answer(*g)))
                store.add(f"text quiz/{form}/{seed}/said", said)
                store.add(f"text quiz/{form}/{seed}/text", quiz.as_text())


def exercises(store, seeds):
    """Each kind of exercise, and what a simple answer is worth."""
    given = {
        "find": {"ack": True},
        "review": {"ack": True},
        "trace": {"outcomes": "COMPLETED", "context": "kernel,write"},
        "write": {},
    }
    for seed, (kind, answer) in product(seeds, given.items()):
        with nothing_answered():
            made = fv.exercise(kind, seed)
            key = f"exercise/{kind}/{seed}"
            send_some(store, key, made, seed)
            text = [made.starter] if kind == "write" else []
            said = told(lambda m=made, a=answer, t=text: str(m.answer(*t, **a)))
            store.add(f"text {key}/said", said)


def send_some(store, key, widget, seed):
    """All that a widget sends for some seeds, its texts for all."""
    if seed < SENT:
        send(store, key, widget)
    else:
        texts(store, key, widget)


@contextlib.contextmanager
def nothing_answered():
    """A folder for a learner's answers that is empty before and gone after."""
    folder = Path(os.environ["FAULTVIZ_WORK"])
    shutil.rmtree(folder, ignore_errors=True)
    yield
    shutil.rmtree(folder, ignore_errors=True)
