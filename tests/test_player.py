"""The player without a browser: traits, what is sent, what can be chosen, how it looks on paper."""

import json
import re
import subprocess
import sys
from importlib import resources
from xml.etree import ElementTree as ET

import javascript
import pytest
from IPython.core.formatters import DisplayFormatter

import faultviz as fv
from faultviz import ir, models
from faultviz.base.errors import BadInput
from faultviz.engine import narrate
from faultviz.engine.run import run
from faultviz.picture import layout, shape
from faultviz.picture import svg as draw
from faultviz.player import Player, bundle, one_per_cell, payload, play
from faultviz.player.choices import Scenario
from faultviz.player.player_widget import WIDE
from faultviz.player.still import still

NAMES = models.HANDLERS + models.ENTRIES
OUTCOMES = ("auto", "OK", "RETRY,OK", "COMPLETED", "SIGBUS")
HERE = resources.files("faultviz.player")
SCRIPT = """
from faultviz.models.words import *
root = function("h", Cite("f.c", "h", "unverified"), acquire(),
    do("<script>window.hacked = 1</script>", why='A name with <b>markup</b> & "quotes".'),
    fault(), release(), leave(), locals={"flags": DEFAULT}, why="For the test.")
MODEL = program("marked", "handler", root, about="a name that is markup")
"""


@pytest.fixture
def marked(tmp_path):
    """A model file in which a node's text is markup."""
    file = tmp_path / "marked.py"
    file.write_text(SCRIPT)
    return str(file)


def traces(name):
    """One trace for each outcome that can happen."""
    for outcomes in OUTCOMES:
        for revision in ("before", "merged"):
            try:
                yield run(name, revision, outcomes)
            except BadInput:
                continue


def nodes_of(svg):
    """Ids of an SVG's nodes, and its edges."""
    parts = ET.fromstring(svg)  # noqa: S314 (we drew it)
    every = [e.attrib for e in parts.iter() if "data-node" in e.attrib or "data-from" in e.attrib]
    nodes = {e["data-node"] for e in every if "data-node" in e}
    ways = {(e["data-from"], e["data-to"], e["data-when"]) for e in every if "data-from" in e}
    return nodes, ways


# --- state -----------------------------------------------------------------------------------


def test_the_repr_is_the_state():
    """Where it stands and what the task holds."""
    p = play("s390", context="gmap,write", outcomes="COMPLETED")
    p.step = next(s.n for s in p.trace.steps if s.node == "out_gmap")
    said = f"Player(s390 merged, step {p.step}/{len(p.trace.steps)}, node=out_gmap, mmap_lock=1)"
    assert repr(p) == said


def test_no_repr_is_cut_by_a_front_end():
    """110 characters hold any step of any handler, and the count stands at the end."""
    for name in NAMES:
        p = play(name)
        for step in p.trace.steps:
            p.step = step.n
            assert len(repr(p)) <= WIDE
            assert repr(p).endswith(f"mmap_lock={step.mmap_lock})")


def test_the_traits_are_those_of_the_scenario():
    """Read as set, in one spelling."""
    p = play("mips", context="write, kernel", outcomes="retry,ok")
    assert (p.handler, p.revision, p.outcomes, p.context, p.step) == (
        "mips", "merged", "RETRY,OK", "kernel,write", 1,
    )  # fmt: skip
    p.step = 5
    p.outcomes = "SIGBUS"
    assert p.step == 1, "a new trace starts at its beginning"
    assert p.trace.used == ("SIGBUS",)
    p.choose(handler="s390", context="gmap,write", outcomes="auto")
    assert (p.now.function, p.context) == ("do_exception", "gmap,write")


@pytest.mark.parametrize(
    ("trait", "value", "says"),
    [
        ("outcomes", "COMPLETED", "arrives as RETRY"),
        ("outcomes", "COMPLETE", "Did you mean COMPLETED"),
        ("revision", "v9", "no revision 'v9'"),
        ("handler", "mop", "Did you mean mips"),
        ("context", "gmap", "never tests the word"),
        ("step", 0, "no step 0"),
        ("step", 999, "no step 999: this trace has steps 1 to"),
    ],
)
def test_what_cannot_be_changes_nothing(trait, value, says):
    """Set from Python it raises, and the state is what it was."""
    p = play("mips", "before", "RETRY,OK")
    p.step = 7
    state, sent = repr(p), dict(p._trace)
    with pytest.raises(BadInput, match=says):
        setattr(p, trait, value)
    assert repr(p) == state
    assert p._trace == sent
    assert getattr(p, trait) != value


def test_bad_input_makes_no_player():
    """And one sentence says why."""
    with pytest.raises(BadInput, match="no step 40"):
        play("mips", outcomes="OK", step=40)
    with pytest.raises(BadInput, match="no 'speed'"):
        play().choose(speed="high")


def test_a_step_inside_opens_the_inside():
    """The generic code is passed over until a step in it is asked for."""
    p = play("mips")
    assert p.inside is False
    p.step = 20
    assert p.inside is True
    p.inside = False
    assert p.now.event == "fault", "out to the return of handle_mm_fault"


def test_programs_and_model_files_play(marked):
    """One's own handler, and one with a step taken away."""
    from faultviz.engine.check import without

    p = play(without(models.load("mips", "merged"), "completed-check"), outcomes="COMPLETED")
    assert repr(p).startswith("Player(mips without completed-check merged, step 1/")
    assert p.trace.violations
    assert [c["value"] for c in p._choices["revision"]] == ["merged"]
    own = play(marked)
    assert own._choices["handler"][0] == {
        "value": marked, "label": "marked.py", "group": "own models", "on": True, "why": None,
    }  # fmt: skip


# --- what the browser gets -------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_text_trace_and_picture_agree(name):
    """Every line of the text is a step that was sent, at a node of the picture it names."""
    drawn = {}
    for trace in traces(name):
        told = payload.told(trace)
        lines = [
            f"{label:>{max(3, *map(len, trace.labels))}} {s['lock']:2}  "
            f"{'  ' * s['depth']}{s['short']}"
            for s, label in zip(told["steps"], trace.labels, strict=True)
        ]
        assert lines == narrate.text(trace).splitlines()[2 : 2 + len(lines)]
        assert told["end"] in narrate.text(trace)
        pictures = {
            **payload.generic_pictures(trace.revision), **payload.pictures(trace.program),
        }  # fmt: skip
        for function, svg in pictures.items():
            drawn.setdefault((trace.revision, function), nodes_of(svg))
        for step in told["steps"]:
            frames = told["frames"]
            nodes, _ = drawn[trace.revision, frames[step["frame"]]["function"]]
            assert step["node"] in nodes
            for frame, *way, _ in step["ways"]:
                _, ways = drawn[trace.revision, frames[frame]["function"]]
                assert tuple(way) in ways


@pytest.mark.parametrize("name", ["mips", "sh", "um", "sparc64", "gup"])
def test_the_ways_lead_to_the_token(name):
    """In each call they form one path, from its entry to the node where the token stands."""
    for trace in traces(name):
        ends = {}
        for step in payload.told(trace)["steps"]:
            assert ends.get(step["frame"], step["node"]) == step["node"]
            for frame, source, target, _, _ in step["ways"]:
                assert ends.get(frame, source) == source
                ends[frame] = target


def test_a_second_round_is_told_from_the_first():
    """After `goto retry` the ways of the first round are old ones."""
    told = payload.told(run("mips", "before", "RETRY,OK"))
    again = [s for s in told["steps"] if s["node"] == "retry"]
    assert [s["round"] for s in again] == [0, 1]
    assert told["steps"][-1]["round"] == 1


def test_the_lane_says_who_gave_the_lock_up():
    """Inside handle_mm_fault, where the generic code was stepped through, by its name."""
    steps = payload.told(run("mips"))["steps"]
    assert steps[-1]["since"] == "given up in handle_mm_fault, by maybe_unlock_mmap_for_io"
    call, back = [s for s in steps if s["node"] == "handle_mm_fault"]
    assert call["note"] == ["called", "mmap_lock held"]
    assert back["note"] == ["returned COMPLETED", "lock given up inside"]
    scripted = payload.told(run("mips", outcomes="COMPLETED"))["steps"]
    assert scripted[-1]["since"] == "given up in handle_mm_fault"
    assert {s["since"] for s in scripted[:3]} == {"not taken yet"}


def test_a_broken_rule_is_told_at_its_step():
    """s390 as posted: the guest's page is linked without the lock."""
    steps = payload.told(run("s390", "v3", "COMPLETED", "gmap,write"))["steps"]
    (broken,) = [s for s in steps if s["broken"]]
    assert broken["short"] == "__gmap_link"
    assert broken["broken"][0].startswith("lock-required: ")


def test_nobody_calls_the_lock_free():
    """Others may hold it: it is not held by this task."""
    for name in ("mips", "s390", "sh"):
        for trace in traces(name):
            assert not re.search(r"\bfree\b", json.dumps(payload.told(trace)))


# --- the picture that stays ------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_still_marks_the_current_node_alone(name):
    """One node, one token, its padlock as the lock is."""
    trace = run(name)
    for step in trace.steps[::5]:
        drawn = ET.fromstring(still(trace, step.n))  # noqa: S314 (we drew it)
        classes = [(e.get("class", "").split(), e.get("data-node")) for e in drawn.iter()]
        assert [node for names, node in classes if "now" in names] == [step.node]
        (token,) = [names for names, _ in classes if "token" in names]
        assert ("held" in token) is (step.mmap_lock > 0)


def test_a_cell_keeps_a_picture_and_a_line():
    """Beside the live view, for where no widget can live."""
    p = play("mips", outcomes="COMPLETED", step=9)
    data, _ = p._repr_mimebundle_()
    assert data["text/plain"] == repr(p)
    assert 'class="node k-fault now"' in data["image/svg+xml"]
    assert "step 9 of 12: mmap_lock not held by this task" in data["image/svg+xml"]
    assert "application/vnd.jupyter.widget-view+json" in data
    p.close()
    data, _ = DisplayFormatter().format(p)
    assert set(data) == {"text/plain", "image/svg+xml"}


def test_markup_in_a_name_is_text(marked):
    """It is escaped wherever it is drawn."""
    p = play(marked)
    p.step = 3
    for svg in (*p._pictures.values(), p._repr_mimebundle_()[0]["image/svg+xml"]):
        tags = {e.tag.rpartition("}")[2] for e in ET.fromstring(svg).iter()}  # noqa: S314
        assert "script" not in tags
        assert "b" not in tags
        assert "&lt;script&gt;" in svg


# --- one live player in a cell ---------------------------------------------------------------


def test_a_cell_that_runs_again_closes_what_it_made_before(monkeypatch):
    """Two players of one run live side by side; those of an earlier run do not."""
    here = {"cell": ("a", "run 1")}
    monkeypatch.setattr(one_per_cell, "_alive", {})
    monkeypatch.setattr(one_per_cell, "_cell", lambda: here["cell"])
    first, second = play(), play("x86")
    here["cell"] = ("b", "run 2")
    other = play()
    here["cell"] = ("a", "run 3")
    third = play()
    assert [p.comm is not None for p in (first, second, other, third)] == [False, False, True, True]
    assert repr(first).startswith("Player(mips"), "a closed player still says where it stood"


# --- what can be chosen ----------------------------------------------------------------------


def choice(p, kind, value):
    return next(c for c in p._choices[kind] if value in (c["value"], c["label"]))


def wish(p, kind, value):
    """A click in the browser, and the sentence that comes back."""
    p.set_state({"_wish": {"kind": kind, "value": value, "seq": f"{kind} {value}"}})
    assert p._answer["seq"] == f"{kind} {value}"
    return p._answer["problem"]


def test_reasons_are_given_before_a_click():
    """By trying: what cannot happen says why."""
    p = play("mips", "before")
    assert "arrives as RETRY" in choice(p, "outcome", "COMPLETED")["why"]
    p = play("mips", context="read")
    assert "WRITE is not set" in choice(p, "outcome", "COMPLETED")["why"]
    p = play("mips", outcomes="COMPLETED")
    assert "arrives as RETRY" in choice(p, "revision", "before")["why"]
    assert choice(p, "revision", "v3")["why"] is None
    assert choice(play(), "word", "write")["why"].startswith("The page event says")


@pytest.mark.parametrize("name", ["mips", "s390", "loongarch", "nios2", "gup", "fixup-user-fault"])
@pytest.mark.parametrize("outcomes", ["auto", "OK"])
def test_what_is_offered_can_be_had_and_the_rest_is_refused(name, outcomes):
    """Every choice, clicked from the same place."""
    p = play(name, outcomes=outcomes)
    start = p.scenario
    offered = [(k, c) for k in ("revision", "event", "outcome", "word") for c in p._choices[k]]
    for kind, c in offered:
        if c["on"] or (kind == "word" and c["value"] == "write" and outcomes == "auto"):
            continue
        said = wish(p, kind, c["value"])
        assert said == (c["why"] or "")
        assert (p.scenario == start) is (c["why"] is not None)
        p.choose(**start._asdict())


def test_page_events_are_the_first_choice():
    """The outcome follows from them; a scripted answer is the second way, and back."""
    p = play("mips")
    assert choice(p, "event", "fresh")["on"]
    wish(p, "event", "wp")
    assert (p.outcomes, p.context, p.trace.used) == ("auto", "wp,write", ("COMPLETED",))
    wish(p, "event", "dirty")
    assert p.trace.used == ("OK",)
    wish(p, "word", "kernel")
    assert p.context == "dirty,kernel,write"
    wish(p, "outcome", "RETRY,OK")
    assert (p.outcomes, p.context) == ("RETRY,OK", "kernel,write")
    assert choice(p, "outcome", "RETRY")["on"]
    wish(p, "event", "read")
    assert (p.outcomes, p.context) == ("auto", "kernel,read")
    wish(p, "event", "fresh")
    assert p.context == "kernel,write"


def test_another_handler_keeps_what_it_can():
    """Words and revisions that it does not have are left out, and a sentence says so."""
    p = play("s390", context="gmap,kernel,write")
    assert wish(p, "handler", "mips") == "mips: it never tests gmap."
    assert (p.handler, p.context) == ("mips", "kernel,write")
    p = play("loongarch", "fixed")
    assert "no revision fixed" in wish(p, "handler", "mips")
    assert p.revision == "merged"
    p = play("mips", outcomes="COMPLETED")
    assert wish(p, "handler", "nios2") == "nios2: COMPLETED cannot happen there."
    assert p.outcomes == "auto"
    p = play("mips", context="wp")
    assert "its answers are chosen" in wish(p, "handler", "x86-6.12")
    assert (p.outcomes, p.context) == ("OK", "write")


def test_all_handlers_and_entries_are_offered():
    """24 and 7, and then those of later kernels."""
    offered = [c["value"] for c in play()._choices["handler"]]
    assert offered == [*NAMES, *models.LATER]


def test_what_the_browser_says_is_never_lost():
    """A step of the trace before, a trait that cannot be, a click on nothing, a bug of ours."""
    p = play("mips", "before", outcomes="OK")
    p.set_state({"step": 400})
    assert p.step == len(p.trace.steps)
    p.set_state({"outcomes": "COMPLETED"})
    assert "arrives as RETRY" in p._answer["problem"]
    assert p.outcomes == "OK"
    assert "no choice 'colour'" in wish(p, "colour", "red")
    assert "Did you mean mips" in wish(p, "handler", "mop")


def test_a_bug_in_a_callback_is_said(monkeypatch):
    """In the widget, and raised for the log."""
    p = play()
    monkeypatch.setattr(payload, "told", lambda trace: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        p.set_state({"_wish": {"kind": "revision", "value": "v3", "seq": 1}})
    assert p._answer["problem"] == "The player failed: ZeroDivisionError: division by zero"


# --- files of the browser's side -------------------------------------------------------------


def test_the_script_asks_little_of_its_surroundings():
    """model.get, set, save_changes, on and off: a page of ten lines can serve it."""
    script = bundle.script(tuple(name for name in bundle.FILES if name not in bundle.KEEPING))
    assert set(re.findall(r"\bmodel\.(\w+)", script)) == {"get", "set", "save_changes", "on", "off"}
    addresses = set(re.findall(r"(?<!%22)\b[a-z]+://[\w./]+", script))  # %22: in the map of sources
    assert addresses == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"^import|\bimport\(", script, re.MULTILINE)
    assert "eval(" not in script


def test_only_the_player_needs_the_widget_library():
    """The core is loaded without it."""
    code = (
        "import sys, faultviz.engine.check, faultviz.cli.main, faultviz.picture.svg\n"
        "sys.exit('anywidget' in sys.modules or 'ipywidgets' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- stored layouts --------------------------------------------------------------------------


def test_a_stored_layout_is_graphviz_own():
    """Rounded to whole px, and not moved."""
    program = models.load("sparc64", "merged")
    stored = layout.layout(program.function, "sparc64")
    fresh = layout._read_plain(layout.render(shape.dot(program.function).source, "plain"))
    assert stored.nodes.keys() == fresh.nodes.keys()
    for id_, (x, y) in fresh.nodes.items():
        assert stored.nodes[id_] == pytest.approx((x, y), abs=1)
    for old, new in zip(stored.edges, fresh.edges, strict=True):
        assert old[:2] == new[:2]
        for one, other in zip(old[2], new[2], strict=True):
            assert one == pytest.approx(other, abs=1)
        assert (old[3] is None) is (new[3] is None)


def test_the_generic_code_is_drawn_from_its_own_store(monkeypatch):
    """Within a handler, too: nothing is laid out anew."""
    monkeypatch.setattr(layout, "render", lambda *_: pytest.fail("not stored"))
    program = run("x86", "before").program
    assert len([draw.svg(program, name) for name in program.functions]) > 10


def test_every_kind_of_node_is_drawn():
    """A picture for each operation that a model may have."""
    assert set(shape.KINDS) | {ir.Lock} == set(ir.Op.__args__)


def test_a_player_is_a_widget():
    """With the script and the rules that it needs."""
    p = play()
    assert isinstance(p, Player)
    assert "export default" in str(p._esm)
    assert ".fv-player" in str(p._css)
    assert ".way-held" in str(p._css)
    assert Scenario(*p.scenario) == Scenario("mips")


@pytest.mark.parametrize("name", ["player", "compare", "lanes", "quiz", "sorter", "exercises"])
def test_a_widget_tells_plain_values_only(name):
    """A front end may write a text with attributes of its own, such as a picture, as an object."""
    made = {
        "player": lambda: [play("mips", gate=True)],
        "compare": lambda: [play(fv.compare("mips"))],
        "lanes": lambda: [fv.lanes("before", writers=1)],
        "quiz": lambda: [fv.quiz("pre")],
        "sorter": lambda: [fv.sort9("label")],
        "exercises": javascript.desks,
    }
    for widget in made[name]():
        if name == "sorter":
            widget.wanted({"do": "draw", "handler": "mips"})
        parts = [getattr(widget, key) for key in widget.keys if key not in ("layout", "_esm")]
        for part in parts:
            if isinstance(part, dict):
                parts += [*part, *part.values()]
            elif isinstance(part, list | tuple):
                parts += part
        assert {*map(type, parts)} <= {dict, list, tuple, str, int, float, bool, type(None)}
