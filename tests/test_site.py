"""The site: every link leads somewhere, its pages work from any file server, an old one is kept."""

import doctest
import json
import re
import sys
import threading
from functools import partial
from html import unescape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner

import faultviz as fv
from faultviz import models
from faultviz.analysis.classification import BINS
from faultviz.base import schemas
from faultviz.base.errors import BadInput, CannotHere
from faultviz.cli.main import main
from faultviz.course.routes import FILES
from faultviz.publish.site import index, jupyterlite, reference
from faultviz.publish.site.assemble import MARK, build
from faultviz.publish.site.site_pages import DECKS, LITE, OTHERS, Plan
from faultviz.start.child import CannotStart

pytestmark = pytest.mark.real  # the site is made once for all, with its lessons run

SMALL = Plan(("mips", "s390", "hmm"), ("00a", "00"), ())


@pytest.fixture(scope="module")
def site(repo, tmp_path_factory):
    """A small site: three pages of handlers, two lessons."""
    folder = tmp_path_factory.mktemp("made") / "site"
    build(repo, folder, SMALL)
    return folder


class Quiet(SimpleHTTPRequestHandler):
    """A file server like any other; for what there is not it shows 404.html."""

    def log_message(self, *words):
        """Say nothing."""

    def send_error(self, code, message=None, explain=None):
        """As static hosts do it."""
        body = Path(self.directory, "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def served(site):
    """Its address, below a folder as on a host that has several sites."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


# --- what is made --------------------------------------------------------------------------------


def links(page):
    """What a page leads to or shows, without what lies in it."""
    text = re.sub(r"<script.*?</script>", "", page.read_text("utf-8"), flags=re.DOTALL)
    return [one for one in re.findall(r'(?:href|src)="([^"]+)"', text) if one != "data:,"]


def test_every_link_leads_to_a_file_of_the_site(site):
    """From every page; and nothing leads outside."""
    lost = []
    for page in site.rglob("*.html"):
        for link in links(page):
            to, anchor = urldefrag(urljoin(page.relative_to(site).as_posix(), link))
            target = page if not to else site / to
            if urlsplit(link).scheme or not target.exists():
                lost.append((page.name, link))
            elif anchor and (
                target.name in ("index.html", "glossary.html") or reference.FOLDER in to
            ):
                assert f'id="{anchor}"' in target.read_text("utf-8")
    assert lost == []


def test_pages_name_no_other_place(site):
    """No address in any file but the names of SVG and what a page shows as text."""
    for page in site.rglob("*.html"):
        found = set(re.findall(r"https?://[\w./-]+", page.read_text("utf-8")))
        assert found <= {"http://www.w3.org/2000/svg"}, page


def test_the_gallery_has_all_handlers(repo):
    """Each with picture, sentence, page and pair; and each in one family of each kind."""
    page = index.index(repo, Plan())
    files = {job.file for job in Plan().jobs}
    shown = page.split('<ul class="gallery">')[1].split("</ul>")[0]
    assert re.findall(r'<li id="([\w-]+)">', shown) == list(models.HANDLERS)
    assert shown.count('<svg class="fv-small') == len(models.HANDLERS)
    assert set(re.findall(r'href="(handlers/[^"#]+)"', page)) <= files
    assert len({*re.findall(r'href="(handlers/[^"#]+)"', page)}) == 2 * len(models.HANDLERS) + len(
        OTHERS
    )
    families = page.split("<h2>Families</h2>")[1]
    for name in models.HANDLERS:
        assert families.count(f'href="#{name}"') == len(BINS)


def test_the_whole_course_is_in_the_plan():
    """All lessons and both lectures; loongarch is shown with its repair."""
    files = {job.file for job in Plan().jobs}
    assert {f"lessons/{name}.html" for name in FILES.values()} <= files
    assert {f"slides/{name}.html" for name in DECKS} <= files
    assert "handlers/loongarch-merged-fixed.html" in files


def test_what_was_left_out_is_said(repo, site):
    """JupyterLite, in one sentence; with it, each lesson can be run."""
    assert index.NO_LITE in (site / "index.html").read_text("utf-8")
    with_lite = index.index(repo, SMALL._replace(lite=True))
    assert index.NO_LITE not in with_lite
    assert f'href="{LITE}/lab/index.html?path=00-start.ipynb"' in with_lite
    assert "Run it" not in (site / "lessons" / "00-start.html").read_text("utf-8")


# --- for programs and for those who write them ---------------------------------------------------


@pytest.mark.parametrize("name", fv.__all__)
def test_each_public_name_has_a_page_and_an_example_that_runs(site, name):
    """On the page the example stands as it is run here; the list leads to it."""
    one = getattr(fv, name)
    page = reference.file(one.__module__)
    assert f'href="{page.removeprefix("reference/")}#{name}"' in (site / reference.LIST).read_text()
    text = (site / page).read_text("utf-8")
    assert f'<section id="{name}">' in text
    shown = unescape(re.sub("<[^>]+>", "", text.split(f'<section id="{name}">')[1]))
    found = [t for t in doctest.DocTestFinder(recurse=False).find(one, name) if t.examples]
    assert found, f"fv.{name} has no example"
    for test in found:
        assert test.examples[0].source.splitlines()[0] in shown.partition("</section>")[0]
        said = []
        runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
        runner.run(test, out=said.append)
        assert said == []


def test_the_schemas_are_given_away(site):
    """As they are in the package; the first page leads to each."""
    first = (site / "index.html").read_text("utf-8")
    for name in schemas.names():
        assert (site / f"schemas/{name}.schema.json").read_text("utf-8") == schemas.schema(name)
        assert f'href="schemas/{name}.schema.json"' in first


def test_without_pdoc_the_reference_names_the_extra(monkeypatch):
    """In one sentence."""
    monkeypatch.setitem(sys.modules, "pdoc", None)
    with pytest.raises(CannotHere, match=r"needs pdoc, .*: pip install 'faultviz\[site\]'"):
        reference.page("faultviz.engine.run")


# --- an old site ---------------------------------------------------------------------------------

NONE = Plan((), (), (), reference=False)


def test_an_old_site_is_replaced_and_nothing_else(repo, tmp_path):
    """A folder that holds other things is refused, and stays as it is."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").write_text("mine")
    with pytest.raises(BadInput, match="name an empty folder"):
        build(repo, other, NONE)
    assert [file.name for file in other.iterdir()] == ["mine.txt"]
    folder = tmp_path / "site"
    build(repo, folder, NONE)
    (folder / "old.html").write_text("old")
    build(repo, folder, NONE)
    assert not (folder / "old.html").exists()
    assert json.loads((folder / MARK).read_text())["lite"] is False


def test_a_site_that_fails_leaves_the_old_one(repo, tmp_path, monkeypatch):
    """Here JupyterLite cannot be built; the sentence is one, and no half site lies about."""
    build(repo, tmp_path / "site", NONE)
    before = sorted(tmp_path.rglob("*"))

    def refuse(root, output):
        raise CannotStart("There is no npm here.")

    monkeypatch.setattr(jupyterlite, "build", refuse)
    with pytest.raises(BadInput, match=r"no npm.*--no-lite"):
        build(repo, tmp_path / "site", NONE._replace(lite=True))
    assert sorted(tmp_path.rglob("*")) == before


def test_jupyterlite_is_put_into_the_site(repo, tmp_path, monkeypatch):
    """Below lite/, and said to whoever made it."""

    def made(root, output):
        output.mkdir()
        (output / "index.html").write_text("lite")

    monkeypatch.setattr(jupyterlite, "build", made)
    said = []
    pages = build(repo, tmp_path / "site", NONE._replace(lite=True), said.append)
    assert tmp_path / "site" / LITE / "index.html" in pages
    assert said == [f"{LITE}/"]


def test_jupyterlite_is_part_of_a_site_unless_it_is_left_out(monkeypatch, tmp_path):
    """The command as it is typed."""
    plans = []
    monkeypatch.setattr("faultviz.cli.options.clone", lambda: tmp_path)
    monkeypatch.setattr(
        "faultviz.publish.site.assemble.build", lambda root, output, plan, say: plans.append(plan)
    )
    for words in ([], ["--no-lite"]):
        told = CliRunner().invoke(main, ["site", "-o", str(tmp_path / "site"), *words])
        assert told.exit_code == 0, told.output
    assert [plan.lite for plan in plans] == [True, False]


def test_the_command_needs_a_clone(monkeypatch, tmp_path):
    """The lessons are not in the package."""
    monkeypatch.setattr("faultviz.cli.options.clone", lambda: None)
    told = CliRunner().invoke(main, ["site", "-o", str(tmp_path / "site")])
    assert told.exit_code == 2
    assert "get a clone" in told.output


# --- in a browser --------------------------------------------------------------------------------


@pytest.fixture
def here(served, browser_page, page_errors):
    """A page, to be opened at an address of the site."""
    yield lambda path="", **media: _opened(browser_page, f"{served}/{path}", media)
    assert page_errors == []


def _opened(page, address, media):
    page.emulate_media(reduced_motion="reduce", **media)
    page.goto(address)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_gallery(here, scheme):
    """And none of its texts lies outside the window."""
    page = here("index.html", color_scheme=scheme)
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:100]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(
    "path",
    [
        "index.html", "glossary.html", "lessons/00a-what-a-fault-is.html", "lessons/00-start.html",
        "handlers/mips.html#mips,before,first,gate", "handlers/s390.html#v3",
        "handlers/s390-before-merged.html",
    ],
)  # fmt: skip
def test_a_phone_shows_it_whole(here, path):
    """Nothing is cut off at the right, nor lies outside the page; what is wider is scrolled."""
    page = here()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{page.url.rsplit('/', 1)[0]}/{path}")
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    cut = page.evaluate(
        """() => [...document.querySelectorAll(".fv-player :is(button, select, .fv-legend *)")]
          .filter((e) => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth)
          .map((e) => e.textContent.slice(0, 40))"""
    )
    assert cut == []


def test_one_click_leads_to_a_moving_picture(here):
    """From the index to the first write in mips, which asks before it shows."""
    page = here()
    page.get_by_role("link", name="Step the first write").click()
    page.wait_for_selector(".fv-player")
    assert page.locator(".fv-ask").is_visible()
    page.keyboard.press("s")
    page.keyboard.press("ArrowRight")
    assert page.get_by_text("Step 2 of").is_visible()
    page.get_by_role("link", name="two on one clock").click()
    page.wait_for_selector(".fv-two")
    page.get_by_role("link", name="All handlers").click()
    page.wait_for_url("**/index.html")


def test_another_handler_is_chosen_in_the_picture(here):
    """The list of handlers leads to their pages."""
    page = here("handlers/mips.html")
    page.get_by_role("combobox", name="handler").select_option("s390")
    page.wait_for_url("**/handlers/s390.html*")


def test_a_lesson_of_the_site_is_stepped(here):
    """Served as a file; from it one comes to the lesson before."""
    page = here("lessons/00-start.html")
    page.locator("#c02 .fv-player").focus()
    page.keyboard.press("s")
    page.keyboard.press("ArrowRight")
    assert page.locator("#c02").get_by_text("Step 2 of").is_visible()
    page.get_by_role("link", name="Before: 00a").click()
    page.wait_for_url("**/lessons/00a-what-a-fault-is.html")


def test_an_address_that_there_is_not_says_so(here, page_errors):
    """Wherever it is, its link leads to the course."""
    page = here("lessons/12-nowhere.html")
    assert page.get_by_role("heading", name="There is no such page").is_visible()
    page.get_by_role("link", name="To the course").click()
    assert page.get_by_role("heading", name="faultviz: one write").is_visible()
