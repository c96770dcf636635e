"""What 0.1.0 wrote is read by today's faultviz: answers, notebooks, pages, links, JSON, names.

The files of `tests/data/0.1.0/` were made by that version (`helpers/kept.py` says how), and are
never made anew. When a test here fails, a key, a trait, an address, a name or an option was lost.
Put it back; or let old data be read by a converter, of which there is one for each kind of data, in
the one place through which all of it comes: answers in the function that reads answers.json (by its
`format`, one higher for new files, so that old ones are told apart), addresses where a page reads
its link, a renamed option or name as a second one with the old spelling. Today nothing needs one,
so there is none. Saved notebooks and pages bring their own script; what they need of today is that
their cells run, and that JupyterLab still shows their widgets.
"""

import json
import re
from pathlib import Path

import kept
import nbformat
import pytest
from click.testing import CliRunner
from nbformat.sign import NotebookNotary

import faultviz as fv

WHERE = Path(__file__).parent / "data"
VERSIONS = sorted(file.parent.name for file in WHERE.glob("*/promises.json"))
SCORE = ("kind", "name", "seed", "points", "of", "first", "misconception", "sure", "problem")


@pytest.fixture(scope="module", params=VERSIONS)
def data(request):
    """The files of a version."""
    return WHERE / request.param


@pytest.fixture(scope="module")
def promises(data):
    """What that version had: keys, names, commands, traits."""
    return kept.read(data / "promises.json")


@pytest.fixture
def folder(data):
    """A folder in which every command can run."""
    with kept.at_work(data) as here:
        yield here


# --- answers -------------------------------------------------------------------------------------


def test_answers_are_worth_what_they_were(data, folder):
    """Each act loads, and today's grading computes the same points for it."""
    now = json.loads(kept.called("grade", kept.LEARNER, "--json"))
    then = kept.read(data / "scores.json")
    assert [[row[n] for n in SCORE] for row in now] == [[row[n] for n in SCORE] for row in then]


def test_a_learner_goes_on_with_old_answers(data, promises, work):
    """They are taken over whole, and what is written then has the old keys, old and new acts."""
    old = kept.read(data / kept.LEARNER)
    said = str(fv.work().load(data / kept.LEARNER))
    assert said == f"{len(old['acts'])} answers taken over; your code is {old['code']}."
    fv.ask("02-M6").answer(1)
    new = kept.read(work / "answers.json")
    assert new["acts"][:-1] == old["acts"]
    assert set(promises["answers"]["file"]) <= set(new)
    assert set(promises["answers"]["act"]) <= set(new["acts"][-1])


def test_every_kind_of_answer_is_kept_with_its_keys(promises, folder):
    """Given again today, each kind of answer says at least what it said."""
    acts = json.loads(kept.answer_everything())["acts"]
    now = {}
    for act in acts:
        now.setdefault(act["kind"], set()).update(act["given"])
    then = {kind: set(keys) for kind, keys in promises["answers"]["given"].items()}
    assert {kind: keys - now[kind] for kind, keys in then.items() if keys - now[kind]} == {}


def test_a_model_of_a_learner_is_read(data, tmp_path):
    """Also after the modules it imports have moved."""
    file = tmp_path / "mine.py"
    file.write_bytes((data / kept.MODEL).read_bytes())
    assert {row.verdict for row in fv.check(str(file), "merged")} == {"holds"}


# --- names ---------------------------------------------------------------------------------------


def gone(then, now):
    """What is not there any more, by name."""
    left = {name: {*words} - {*now.get(name, ())} for name, words in then.items()}
    return {name: words for name, words in left.items() if words or name not in now}


def test_names_of_fv_are_there_with_their_parameters(promises):
    """Those of `__all__`, what `dir` gives, and by which words each is called."""
    now = kept.names()
    assert set(promises["all"]) <= set(fv.__all__)
    assert gone(promises["names"], now) == {}


def test_commands_have_their_options_and_arguments(promises):
    """Group by group."""
    now = kept.commands()
    assert gone(promises["commands"], now) == {}


# --- JSON ----------------------------------------------------------------------------------------


def test_every_command_with_json_is_kept():
    """A new one goes into the list of `helpers/kept.py`, and into the next version's files."""
    assert {name for name, words in kept.commands().items() if "--json" in words} == set(
        kept.JSON_CALLS
    )


def lost(then, now):
    """Places that are gone, or have another type; null stands for any."""
    for place, kinds in then.items():
        old, new = ({*some} - {"null"} for some in (kinds, now.get(place, ())))
        if place not in now or (old and new and not old & new):
            yield place, kinds, now.get(place)


@pytest.mark.parametrize("name", kept.CALLS)
def test_json_has_all_that_it_had(data, folder, name):
    """Each field that was there is there, with its type; there may be more."""
    old = kept.read(data / "json" / kept.file_of(name))
    now = kept.fields(json.loads(kept.called(*old["words"], "--json")))
    then = old["said"] if name in kept.OF_A_MACHINE else kept.fields(old["said"])
    assert [*lost(then, now)] == []


# --- notebooks -----------------------------------------------------------------------------------


REPRS = {"text/html": "_repr_html_", "image/svg+xml": "_repr_svg_"}


def test_cells_of_saved_notebooks_run_and_keep_their_outputs(data, folder):
    """Each kind of output that a cell had, it has; so a notebook without widgets is no poorer."""
    book = nbformat.reads(json.dumps(kept.read(data / kept.PLAIN)), as_version=4)
    nbformat.validate(book)
    for cell in book.cells[1:]:
        shown = kept.shown(cell.source)
        bundle = getattr(shown, "_repr_mimebundle_", dict)()
        now = {"text/plain", *(bundle[0] if isinstance(bundle, tuple) else bundle)}
        now |= {kind for kind, name in REPRS.items() if hasattr(shown, name)}
        then = {kind for output in cell.outputs for kind in output.get("data", {})}
        assert then <= now, cell.id


def test_widgets_of_saved_notebooks_have_their_traits(data, promises, folder):
    """Today's widget of the same cell knows every trait, and takes its saved value."""
    book = kept.read(data / kept.SAVED)
    state = book["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    checked = {}
    for name, source in kept.CELLS.items():
        models = kept.views(book, name)
        if not models:
            continue
        now = [*kept.states(kept.shown(source))]
        then = [one for model in models for one in kept.saved_states(state, model)]
        there = {trait for _, traits in now for trait in traits}
        checked[name] = sorted({trait for one in then for trait in one})
        assert set(checked[name]) <= there, name
        for saved in then:
            widget = next((w for w, traits in now if set(saved) <= set(traits)), None)
            assert widget is not None, (name, sorted(saved))
            open_ = {trait: value for trait, value in saved.items() if trait[0] != "_"}
            widget.set_state(open_)
            assert {trait: getattr(widget, trait) for trait in open_} == open_, name
    assert {name: traits for name, traits in checked.items() if traits} == promises["traits"]


# --- exams and hand-outs -------------------------------------------------------------------------


def key(text):
    """Of an exam: the number of each item with its key."""
    return re.findall(r"^(\d+)\. ([^:\n]+)", text[text.rindex("\n1. ") :], re.MULTILINE)


def test_an_exam_that_was_printed_has_the_same_key(data, folder):
    """The sheet of a seed has today's key, and Moodle's items have their names."""
    old, new = (data / "sheets" / "items-text.txt").read_text(), kept.called("items")
    assert len(key(old)) == 20
    assert key(new) == key(old)
    gift, table = (data / "sheets" / f"items-{form}.txt" for form in ("gift", "table"))
    names = re.findall(r"^::([^:]+)::", gift.read_text(), re.MULTILINE)
    now = kept.called("items", "--format", "gift")
    assert re.findall(r"^::([^:]+)::", now, re.MULTILINE) == names
    assert len(kept.called("items", "--format", "table").splitlines()) == len(
        table.read_text().splitlines()
    )


def test_hand_outs_have_their_names(data, folder):
    """Each file that was written is written."""
    kept.called("handout", "all", "-o", "now")
    then = {file.name for file in (data / "handouts").iterdir()}
    assert then
    assert then <= {file.name for file in (folder / "now").iterdir()}


# --- pages and links -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pages(data, tmp_path_factory):
    """The kept pages in one folder, and those of today's command in another."""
    now = tmp_path_factory.mktemp("pages")
    for name, words in kept.PAGES.items():
        done = CliRunner().invoke(kept.command(), ["page", *words, "-o", str(now / f"{name}.html")])
        assert done.exit_code == 0, done.output
    return {"then": data / "pages", "now": now}


@pytest.mark.parametrize("made", ["then", "now"])
def test_links_open_what_they_opened(data, pages, browser_page, page_errors, made):
    """Of each form of address; in the page that was saved, and in one that is written today."""
    links = kept.read(data / "links.json")
    assert len(links) > 20
    for page, link, opens in links:
        browser_page.goto("about:blank")
        browser_page.goto(f"{(pages[made] / f'{page}.html').as_uri()}{link}")
        browser_page.wait_for_function("window.faultviz")
        found = browser_page.evaluate(
            "(names) => Object.fromEntries(names.map((n) => [n, window.faultviz.model.get(n)]))",
            [*opens],
        )
        assert found == opens, (page, link)
        refused = browser_page.locator(".fv-said[role=alert]").first
        assert not refused.is_visible(), link
    assert page_errors == []


@pytest.mark.parametrize("page", kept.PAGES)
def test_saved_pages_are_stepped(data, browser_page, page_errors, page):
    """A page of one file has its own script, and needs of today a browser only."""
    browser_page.goto((data / "pages" / f"{page}.html").as_uri())
    browser_page.wait_for_function("window.faultviz")
    where = "clock" if page.endswith("two") else "step"
    at = browser_page.evaluate(f"window.faultviz.model.get('{where}')")
    browser_page.keyboard.press("ArrowRight")
    browser_page.wait_for_function(f"window.faultviz.model.get('{where}') === {at + 1}")
    assert page_errors == []


@pytest.mark.parametrize("to", kept.EXPORTS)
def test_exports_open(data, browser_page, page_errors, to):
    """A page and a deck with players that step, and paper that says the same."""
    browser_page.goto((data / "exports" / kept.EXPORTS[to]).as_uri() + "#2")
    if to == "html":
        browser_page.wait_for_selector(".fv-player")
    elif to == "slides":
        assert browser_page.locator(".deck-count").inner_text().startswith("2 of ")
        while not browser_page.locator(".slide.shown .fv-here").count():
            browser_page.keyboard.press("ArrowRight")
        browser_page.wait_for_selector(".slide.shown .fv-player")
    assert browser_page.locator("body").inner_text()
    assert page_errors == []


def test_jupyterlab_shows_the_widgets_that_were_saved(data, jupyterlab, browser):
    """Opened and not run: the players that the notebook brings are there, and step."""
    book = nbformat.reads(json.dumps(kept.read(data / kept.SAVED)), as_version=4)
    home = jupyterlab.folder / ".DATA"
    home.mkdir(exist_ok=True)
    NotebookNotary(data_dir=str(home)).sign(book)  # as whoever ran it there trusts it
    nbformat.write(book, jupyterlab.folder / "saved.ipynb")
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.goto(jupyterlab.link("saved.ipynb"))
    player = page.locator(".fv-player").first
    player.wait_for()
    assert "Step 3 of" in player.locator(".fv-count").inner_text()
    player.focus()
    page.keyboard.press("ArrowRight")
    player.get_by_text("Step 4 of").wait_for()
    page.close()
