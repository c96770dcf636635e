"""A page of one file: it holds what a notebook would play, it is light, and it asks nobody."""

import json
import random
import re
from html import escape

import pytest
from click.testing import CliRunner

import faultviz as fv
from faultviz import models
from faultviz.cli.main import main
from faultviz.ir.outcomes import KINDS
from faultviz.models.mm import memory
from faultviz.player import payload
from faultviz.player.choices import AUTO, Scenario
from faultviz.player.pages.packing import ValueTable, unpacked
from faultviz.player.pages.precomputed import Holding
from faultviz.player.pages.standalone import code, of_handler, page

LIMIT = 200_000


@pytest.fixture(scope="module")
def mips():
    """All that a page of mips holds."""
    return Holding(models.load("mips"), Scenario("mips"))


def places(steps):
    """Numbers from what each adds to the one before."""
    at, found = 0, []
    for step in steps:
        at += step
        found.append(at)
    return found


def value(table, place):
    """What js/table.js reads at a place."""
    plain = [*table["texts"], *table["values"]]
    if place < len(plain):
        return plain[place]
    place -= len(plain)
    if place < len(table["lists"]):
        return [value(table, one) for one in places(table["lists"][place])]
    place -= len(table["lists"])
    for count, names, columns in table["shapes"]:
        if place < count:
            return {
                name: value(table, places(column)[place])
                for name, column in zip(names, columns, strict=True)
            }
        place -= count
    raise AssertionError(place)


def test_a_table_gives_back_what_was_added():
    """Values of every kind; what is equal but not the same stays apart."""
    values = [
        {"a": 1, "b": [True, None, "", "x", 1.5, -2]}, [], {}, [[], [1], [1, 1]], True, 1, "1",
        {"b": 1, "a": 1}, {"a": {"a": {"a": "deep"}}},
    ]  # fmt: skip
    table = ValueTable()
    numbers = [table.add(one) for one in values]
    told, found = table.told()
    read = [value(told, found[number]) for number in numbers]
    assert read == values
    assert [*map(type, read)] == [*map(type, values)]


# --- what is held ----------------------------------------------------------------------------


def test_every_revision_outcome_and_page_event_is_there(mips):
    """Each is held, or it cannot happen and the page knows why."""
    there = {*mips.traces, *mips.impossible}
    asked = {
        Scenario("mips", revision, outcomes, context)
        for revision in models.load("mips").revisions
        for outcomes, context in [
            *((kind.replace("RETRY", "RETRY,OK"), "write") for kind in KINDS),
            *((AUTO, _context(event)) for event in memory.PAGE_EVENTS),
        ]
    }
    assert asked <= there
    assert [s.revision for s in mips.impossible] == ["before"]
    assert {s.without for s in mips.traces} == {"", "completed-check", "completed-body"}


def _context(event):
    return {"fresh": "write", "read": "read"}.get(event, ",".join(sorted([event, "write"])))


def test_what_breaks_a_rule_is_there_in_its_context():
    """For s390 the guest's fault of v3: the page of the lesson's defect can show it."""
    held = Holding(models.load("s390"), Scenario("s390"))
    assert held.contexts == ("write", "gmap,write")
    trace = held.traces[Scenario("s390", "v3", "COMPLETED", "gmap,write")]
    assert [b.invariant for b in trace.violations] == ["lock-required"]


def test_a_click_leads_where_it_leads_in_a_notebook(mips):
    """The same scenario, step and sentence as the player's own answer; or it says why not."""
    numbers = {scenario: n for n, scenario in enumerate(mips.traces)}
    drawn = random.Random(7)  # noqa: S311
    for scenario in drawn.sample([*mips.traces], 5):
        told = mips.choices(scenario)
        wishes = mips.wishes(scenario, told, numbers)
        for kind, choices in told.items():
            if kind in ("which", "handler"):
                continue
            name = "without" if kind == "missing" else kind
            open_ = [c for c in choices if c["why"] is None]
            assert {f"{name} {c['value']}" for c in open_} <= {*wishes}
            for choice in open_:
                player = fv.play(*scenario[:4], without=scenario.without, step=9)
                wish = {"kind": name, "value": choice["value"], "seq": 1}
                player.set_state({"_wish": wish})
                found = wishes[f"{name} {choice['value']}"]
                far, note, together = found if isinstance(found, list) else (found, "", 1)
                to = [*mips.traces][numbers[scenario] + far]
                assert (to, note) == (player.scenario, player._answer["problem"])
                assert min(9, together) == player.step


def test_what_is_left_out_says_so(mips):
    """A context that the page has not got cannot be chosen, with the reason."""
    told = mips.choices(Scenario("mips"))
    (kernel,) = (c for c in told["word"] if c["value"] == "kernel")
    assert kernel["why"] == "This page has the context write: a notebook has every context."
    assert told["handler"] == []


def test_a_page_may_hold_one_scenario():
    """For a place that has room for no more."""
    scenario = Scenario("mips", "before", "RETRY,OK")
    held = Holding(models.load("mips"), scenario, only=True)
    assert [*held.traces] == [scenario]
    assert {c["why"] for c in held.choices(scenario)["revision"] if not c["on"]} == {
        "This page has one scenario only: a notebook has them all."
    }


# --- the file --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["s390", "um"])
def test_the_largest_pages_are_light_and_ask_nobody(name):
    """They have the most pictures: below 200 KB, and nothing in them names another place."""
    text = page(fv.play(name))
    assert len(text.encode()) <= LIMIT
    parts = re.findall(r'<script type="text/plain" id="fv-\w+">([^<]+)</script>', text)
    assert len(parts) == 2
    whole = text + "".join(json.dumps(unpacked(part)) for part in parts)
    whole = re.sub(r"faultviz://faultviz/[\w./]+\.js", "", whole)  # names in the source map
    assert set(re.findall(r"\w+://[\w./]+", whole)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r'\b(?:src|href)="(?!data:,)', whole)
    assert "import(" not in whole


def test_the_script_is_that_of_jupyterlab():
    """File for file, but for what only a notebook or only a page needs."""
    from faultviz.player.bundle import FILES, PAGE

    assert [name for name in PAGE if name not in FILES] == ["table", "scenes", "link", "page"]
    assert {"view", "moving", "picture", "gate", "choices", "duo"} <= {*PAGE} & {*FILES}
    assert unpacked(code())["js"].count("class View") == 1


def test_the_page_holds_the_merged_trace_as_text():
    """For whom no script runs."""
    text = page(fv.play("mips", "before"))
    for line in fv.text(fv.run("mips", "merged")).splitlines():
        assert escape(line) in text
    assert "<noscript>" in text


@pytest.mark.parametrize(
    ("words", "name", "begins"),
    [
        (["ksm"], "ksm.html", ["merged", "auto", "write", ""]),
        (["hmm", "--outcomes", "OK", "--step", "2"], "hmm.html", ["merged", "OK", "write", ""]),
        (["mips", "--compare", "before,merged"], "mips-before-merged.html", None),
    ],
)
def test_the_command_writes_a_page(tmp_path, monkeypatch, words, name, begins):
    """Beside the learner, or where -o says."""
    monkeypatch.chdir(tmp_path)
    made = CliRunner().invoke(main, ["page", *words])
    assert made.exit_code == 0, made.output
    assert re.fullmatch(rf"wrote {name} \(\d+ KB\)\n", made.output)
    packed = re.search(r'id="fv-data">([^<]+)<', (tmp_path / name).read_text())[1]
    assert unpacked(packed).get("start") == begins


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["mop"], "Did you mean mips"),
        (["mips", "--revision", "v7"], "no revision"),
        (["mips", "--compare", "before"], "Two revisions are compared, not 1"),
        (["hmm", "--step", "99", "--outcomes", "OK"], "There is no step '99': choose 1 to 6."),
        (["mips", "--step", "9.45"], "There is no step '9.45': choose 1 to 12, or 9.1 to 9.44"),
        (["hmm", "--outcomes", "OK", "-o", "no/such/folder.html"], "cannot be written"),
    ],
)
def test_the_command_refuses_in_one_sentence(tmp_path, monkeypatch, words, says):
    """And leaves no file."""
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(main, ["page", *words])
    assert said.exit_code == 2
    assert says in said.output
    assert [*tmp_path.iterdir()] == []


# --- in a browser ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory, mips):
    """A folder with a page of mips, and one of two revisions."""
    folder = tmp_path_factory.mktemp("pages")
    others = {"mips": "mips.html", "two": "two.html"}
    (folder / "mips.html").write_text(of_handler(mips, Scenario("mips"), others=others))
    fv.play(fv.compare("mips")).to_html(folder / "two.html")
    return folder


@pytest.fixture
def opened(browser, site):
    """A function that opens a page from its file; in the end nothing else was asked for."""
    asked, bad, contexts = [], [], []

    def show(link="mips.html", fails=False, **settings):
        told = {"viewport": {"width": 1280, "height": 720}, "reduced_motion": "reduce", **settings}
        contexts.append(browser.new_context(**told))
        here = contexts[-1].new_page()
        here.route("**/*", lambda route: _only(route, site, asked))
        if not fails:
            here.on("pageerror", lambda error: bad.append(str(error)))
            here.on("console", lambda message: bad.append(message.text))
        here.goto(f"{site.as_uri()}/{link}")
        if not fails:
            here.wait_for_function("window.faultviz")
        return here

    yield show
    for context in contexts:
        context.close()
    assert bad == []
    assert asked == []


def _only(route, site, asked):
    """Let the pages themselves through, and count what else is asked for."""
    if route.request.url.startswith((site.as_uri(), "data:")):
        route.continue_()
    else:
        asked.append(route.request.url)
        route.abort()


def hash_of(here, words):
    """Wait until the address says this."""
    here.wait_for_function("(words) => location.hash === `#${words}`", arg=words)


def test_a_page_from_a_file_steps_with_the_keys(opened):
    """At once, without a click; the address says where it stands."""
    here = opened()
    for _ in range(3):
        here.keyboard.press("ArrowRight")
    assert here.locator(".fv-count span").first.inner_text() == "Step 4 of 12"
    hash_of(here, "mips,merged,at=4")
    here.get_by_role("button", name="before").click()
    here.get_by_role("button", name="RETRY", exact=True).click()
    here.keyboard.press("End")
    last = len(fv.run("mips", "before", "RETRY,OK").steps)
    hash_of(here, f"mips,before,RETRY,OK,at={last}")
    here.reload()
    here.wait_for_function("window.faultviz")
    assert here.locator(".fv-count span").first.inner_text() == f"Step {last} of {last}"


SHOWN = """() => [
  document.querySelector(".fv-count span").textContent,
  document.querySelector(".fv-trace [aria-current] .fv-n").textContent,
  document.querySelector(".fv-cell.now").title.split(":")[0],
  location.hash.split("at=")[1],
]"""
"""The number of a step: at the picture, in the text, in the lane, in the address."""


def test_a_step_has_one_number_in_the_whole_page(opened):
    """Inside handle_mm_fault, too; a link from before opens the step that it counted to."""
    here = opened("mips.html#mips,merged,inside,step=9")
    trace = fv.run("mips")
    for label in trace.labels[9:12]:
        here.keyboard.press("ArrowRight")
        hash_of(here, f"mips,merged,inside,at={label}")
        assert here.evaluate(SHOWN) == [f"Step {label} of 12", label, f"step {label}", label]
    for link, label in {"step=53": "9.44", "step=12": "9.3", "at=12": "12"}.items():
        here.evaluate("(link) => { location.hash = link; }", f"mips,merged,{link}")
        here.wait_for_function(f"({SHOWN})()[0] === 'Step {label} of 12'")


def test_all_traces_and_pictures_are_those_of_python(opened, mips):
    """Unpacked in the page, word for word."""
    here = opened()
    script = """(part) => {
      const { scenes } = window.faultviz;
      return scenes.names.map((_, n) => JSON.stringify(scenes.part(n, part)));
    }"""
    for part, own in (("trace", payload.told), ("pictures", lambda t: payload.pictures(t.program))):
        for text, (scenario, trace) in zip(
            here.evaluate(script, part), mips.traces.items(), strict=True
        ):
            found = json.loads(text)
            if part == "pictures":
                found = {name: "".join(pieces) for name, pieces in found.items()}
            assert found == own(trace), scenario


def test_two_keys_take_the_check_away(opened):
    """It runs on to what breaks, stays at the step it had, and puts it back."""
    here = opened("mips.html#mips,merged,COMPLETED,step=11")
    here.keyboard.press("w")
    here.keyboard.press("1")
    cut = fv.play("mips", outcomes="COMPLETED", without="completed-check").trace
    (bad,) = cut.violations
    broken = bad.n
    here.wait_for_function(f"window.faultviz.model.get('step') === {broken}")
    assert here.locator(".fv-broken").inner_text().startswith("Rule broken. lock-underflow")
    hash_of(here, f"mips,merged,COMPLETED,without=completed-check,at={bad.label}")
    here.keyboard.press("w")
    here.keyboard.press("1")
    here.wait_for_function("window.faultviz.model.get('without') === ''")
    here.goto(here.url.split("#")[0] + "#mips,merged,OK,step=9")
    here.keyboard.press("w")
    here.keyboard.press("1")
    here.get_by_text("Nothing breaks").wait_for()


def test_what_two_traces_have_in_common_is_as_in_python(opened, mips):
    """For each scenario and each thing that can be taken away."""
    here = opened()
    script = """([a, b, step]) => {
      const { scenes } = window.faultviz;
      const model = scenes.model(a, { step });
      scenes.wished(model, "without", scenes.names[b][3]);
      return model.get("step");
    }"""
    numbers = {scenario: n for n, scenario in enumerate(mips.traces)}
    for scenario, n in numbers.items():
        cut = scenario._replace(without="completed-check")
        if (scenario.revision, scenario.without) != ("merged", ""):
            continue
        last = len(mips.traces[scenario].steps)
        for step in (9, last):
            player = fv.play(*scenario[:4], step=min(step, last))
            wish = {"kind": "without", "value": "completed-check", "seq": 1}
            player.set_state({"_wish": wish})
            found = here.evaluate(script, [n, numbers[cut], min(step, last)])
            assert found == player.step, (scenario, step)


def test_a_gate_is_answered_without_a_kernel(opened):
    """Wrong gets its reason, the second miss is shown; the box at the top turns it on and off."""
    here = opened("mips.html#mips,merged,COMPLETED,gate")
    panel = here.locator(".fv-gate")
    assert panel.get_by_text("How many calls").is_visible()
    here.keyboard.press("End")
    assert here.evaluate("window.faultviz.model.get('step')") == 1, "no way past a question"
    here.keyboard.press("0")
    assert panel.locator(".fv-verdict").inner_text().startswith("No. ")
    here.keyboard.press("1")
    assert panel.locator(".fv-verdict").inner_text().startswith("Right. ")
    here.get_by_label("ask before it shows").uncheck()
    here.keyboard.press("End")
    hash_of(here, "mips,merged,COMPLETED,at=12")
    here.keyboard.press("Home")
    here.get_by_label("ask before it shows").check()
    here.keyboard.press("End")
    assert panel.is_visible()


WRONG = {
    "x86,merged": "This page is about mips, and the link about “x86”.",
    "mips,v9": "The link says “v9”, which is no revision (before, v3, v4, merged), answer, page "
    "event or context of mips.",
    "mips,before,COMPLETED": "COMPLETED cannot be answer 1 at handle_mm_fault: this revision has "
    "no COMPLETED: there the same event arrives as RETRY.",
    "mips,kernel,write": "mips merged has nothing of that kind here. This page has the context "
    "write: a notebook has every context.",
    "mips,OK,step=99": "There is no step 99: choose 1 to 15.",
    "mips,step=x": "There is no step x: choose 1 to 56.",
    "mips,at=9.45": "There is no step 9.45: choose 1 to 12, or 9.1 to 9.44.",
    "mips,at=": "In this link at says no step: write at=9, or at=9.3.",
    "mips,step": "In this link step says no step: write at=9, or at=9.3.",
    "mips,at=9=3": "There is no step 9=3: choose 1 to 12, or 9.1 to 9.44.",
    "mips,step=1e1": "There is no step 1e1: choose 1 to 56.",
    "mips,before,at=9.99": "There is no step 9.99: choose 1 to 25, or 9.1 to 9.42 or 20.1 to "
    "20.15.",
    "mips,without=luck": "From mips merged nothing called “luck” can be taken away.",
    "mips,before,without=relock": "From mips before nothing called “relock” can be taken away.",
    "mips,%E0%A4%A": "This link is damaged: a % in it says nothing.",
}
RIGHT = {
    "mips,v3,COMPLETED,step=7": ["v3", "COMPLETED", "write", "", 7],
    "mips,v3,at=9.44": ["v3", "auto", "write", "", 53],
    "before": ["before", "auto", "write", "", 1],
    "mips,RETRY,step=2": ["merged", "RETRY,OK", "write", "", 2],
    "mips,merged,wp": ["merged", "auto", "wp,write", "", 1],
    " mips , COMPLETED , without=completed-check ": [
        "merged", "COMPLETED", "write", "completed-check", 1
    ],
}  # fmt: skip


def test_a_link_is_followed_or_refused_in_one_sentence(opened):
    """When the address changes; what was shown stays where it cannot be followed."""
    here = opened()
    state = """() => ["revision", "outcomes", "context", "without", "step"]
      .map((name) => window.faultviz.model.get(name))"""
    said = here.get_by_role("alert").first
    for link, told in RIGHT.items():
        here.evaluate("(link) => { location.hash = link; }", link)
        here.wait_for_function(
            f"(told) => JSON.stringify(({state})()) === JSON.stringify(told)", arg=told
        )
        assert not said.is_visible()
    for link, sentence in WRONG.items():
        here.evaluate("(link) => { location.hash = link; }", link)
        here.wait_for_function(
            "(text) => document.querySelector('.fv-said span').textContent === text", arg=sentence
        )
        assert said.is_visible()
        assert here.evaluate(state) == told
    here.get_by_role("button", name="Close").first.click()
    assert not said.is_visible()


SEEN = """(e) => {
  const b = e.getBoundingClientRect();
  return e.contains(document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2));
}"""
"""Nothing lies over the middle of an element."""


def test_the_stage_is_part_of_a_link_and_its_complaint_is_seen(opened):
    """On the projector, too."""
    here = opened("mips.html#mips,merged,stage,step=9")
    assert here.locator(".fv-player").bounding_box() == {
        "x": 0, "y": 0, "width": 1280, "height": 720
    }  # fmt: skip
    here.evaluate("location.hash = 'mips,v9'")
    box = here.locator(".fv-said")
    box.wait_for()
    assert box.evaluate(SEEN)
    here.keyboard.press("Escape")  # the stage goes, the complaint stays
    here.wait_for_function("document.querySelector('dialog') === null")
    assert box.evaluate(SEEN)
    box.get_by_role("button", name="Close").click()
    assert not box.is_visible()


@pytest.mark.parametrize("link", ["mips.html#mips%2Cmerged%2Cstage%2Cstep=9", "two.html#stage"])
def test_a_narrow_window_has_no_stage(opened, link):
    """Nor has one that is turned: what was wide is seen as usual, and the other way round."""
    here = opened(link)
    staged = "() => document.querySelector('.fv-player').matches('dialog > [data-view=stage]')"
    button = here.locator(".fv-stage")
    here.wait_for_function(staged)
    here.set_viewport_size({"width": 390, "height": 844})
    here.wait_for_function("document.querySelector('dialog') === null")
    assert here.locator(".fv-player").get_attribute("data-view") == "full"
    assert not button.is_visible()
    here.reload()
    here.wait_for_function("document.activeElement.matches('.fv-player[data-view=full]')")
    assert here.evaluate("document.documentElement.scrollWidth") <= 390
    here.set_viewport_size({"width": 844, "height": 390})
    here.wait_for_function(staged)
    assert button.is_visible()


YOUNG = ("DecompressionStream", "ResizeObserver", "matchMedia", "Array.prototype.at")
"""What the script cannot do without."""


@pytest.mark.parametrize("name", ["mips.html", "two.html"])
def test_a_browser_that_is_too_old_shows_a_picture_and_text(browser, site, name):
    """Whichever function it lacks: nothing is black, or empty."""
    for gone in YOUNG:
        here = browser.new_page()
        here.add_init_script(f"delete {gone}; {gone} = undefined;")
        here.goto((site / name).as_uri())
        here.locator("#fv-why").get_by_text("cannot be stepped here").wait_for()
        node = here.locator("#fv-text .fv-svg .now .shape").first
        assert node.evaluate("(e) => getComputedStyle(e).fill") == "rgb(255, 238, 187)", gone
        assert here.locator("#fv-text pre").is_visible()
        here.close()


def test_another_handler_is_another_page(opened):
    """Where the page was told of others."""
    here = opened()
    here.get_by_role("combobox", name="handler").select_option("two")
    here.wait_for_url("**/two.html")
    here.wait_for_function("window.faultviz?.model.get('_kind') === 'two'")


def test_two_on_one_clock_have_a_link(opened):
    """The step is in the address, and read from it; a link from before says the tick."""
    here = opened("two.html#mips,before,merged,clock=12")
    assert here.get_by_text("Step 11 of 25").is_visible()
    assert here.get_by_role("button", name="First difference (11)").is_visible()
    here.keyboard.press("ArrowRight")
    hash_of(here, "mips,before,merged,at=12")
    for link, said in {"at=9.44": "Step 9.42 and 9.44 of 25", "at=25": "Step 25 of 25"}.items():
        here.evaluate("(link) => { location.hash = link; }", link)
        here.get_by_text(said).wait_for()
    for link, sentence in {
        "mips,clock=99": "There is no tick 99: choose 1 to 27.",
        "mips,at=26": "There is no step 26: choose 1 to 25, or 9.42 or 20.15.",
        "mips,v4": "The link says “v4”, and this page shows mips, before, merged only.",
    }.items():
        here.evaluate("(link) => { location.hash = link; }", link)
        here.get_by_role("alert").get_by_text(sentence).wait_for()


@pytest.mark.parametrize(
    ("name", "dark"), [("mips.html#mips,merged,gate", False), ("two.html#clock=12", True)]
)
def test_axe_finds_nothing_and_the_theme_can_be_chosen(opened, name, dark):
    """In the whole document, as the system wants it and against it, with a complaint shown."""
    from axe_playwright_python.sync_playwright import Axe

    here = opened(name, color_scheme="dark" if dark else "light")
    assert Axe().run(here).response["violations"] == []
    here.get_by_label("theme").select_option("light" if dark else "dark")
    here.evaluate("location.hash = 'v9'")
    here.locator(".fv-said").wait_for()
    lights = here.evaluate("""() => [document.body, document.querySelector(".fv-player")]
      .map((e) => getComputedStyle(e).backgroundColor.match(/\\d+/g).map(Number)[0])""")
    assert all((light > 128) is dark for light in lights)
    assert [v["id"] for v in Axe().run(here).response["violations"]] == []


def test_the_page_fits_a_small_projector(opened):
    """Player, head and foot within 1280 by 720."""
    here = opened()
    assert here.evaluate("document.documentElement.scrollHeight <= innerHeight")


# --- where it cannot be stepped --------------------------------------------------------------


def _text_is_read(here, sentence):
    here.get_by_text(sentence).wait_for()
    assert here.get_by_text("give up mmap_lock").first.is_visible()
    assert "mips merged, COMPLETED, write" in here.locator("pre").inner_text()


def test_without_scripts_the_trace_is_read(opened):
    """Scripts are off: at once."""
    here = opened(fails=True, java_script_enabled=False)
    _text_is_read(here, "scripts are off, or blocked")


def test_with_blocked_scripts_the_trace_is_read(browser, site):
    """A server that forbids what stands in the page: after a second."""
    context = browser.new_context()
    here = context.new_page()
    forbids = {"content-security-policy": "script-src 'self'", "content-type": "text/html"}
    text = (site / "mips.html").read_text()
    here.route("**/*", lambda route: route.fulfill(body=text, headers=forbids))
    here.goto("http://127.0.0.1/mips.html")
    _text_is_read(here, "scripts are off, or blocked")
    context.close()


@pytest.mark.parametrize(
    ("breaks", "sentence"),
    [
        ("delete window.DecompressionStream", "the browser is older than the page"),
        (
            "window.Blob = class { constructor() { throw Error('damaged'); } }",
            "cannot be stepped here: damaged",
        ),
    ],
)
def test_what_hinders_the_script_is_said(browser, site, breaks, sentence):
    """An old browser, a damaged file."""
    context = browser.new_context()
    here = context.new_page()
    here.add_init_script(breaks)
    here.goto(f"{site.as_uri()}/mips.html")
    _text_is_read(here, sentence)
    context.close()
