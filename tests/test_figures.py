"""Every picture in a file is today's; labels stay in their boxes; nothing is shipped twice."""

import json
import re
import xml.etree.ElementTree as ET
from importlib import resources

import pytest
from click.testing import CliRunner

from faultviz import models
from faultviz.cli.main import main
from faultviz.edit import ablate
from faultviz.engine.run import run
from faultviz.picture import layout, shape, svg, thumbnail
from faultviz.publish import figures
from faultviz.publish.figures.moving import beats, moving

SVG = "{http://www.w3.org/2000/svg}"
NAMES = (*models.HANDLERS, *models.ENTRIES, *models.LATER, models.GENERIC)


def drawn():
    """The picture of every stored layout: each function in each revision, whole or cut, once."""
    found = {}
    for name in NAMES:
        program = models.load(name)
        for whole in map(program.at, program.revisions):
            cuts = [ablate.without(whole, role) for role in ablate.ROLES]
            for one in (whole, *filter(None, cuts)):
                for of, function in one.functions.items():
                    key = layout.digest(shape.dot(function).source)
                    if key not in found:
                        found[key] = svg.svg(one, of, style=False)
    return found


# --- what is stored --------------------------------------------------------------------------


def test_no_figure_and_no_layout_is_stale(repo):
    """`faultviz figures` would change nothing."""
    assert figures.stale(repo / "figures", figures.LAYOUTS) == []


def test_the_readme_shows_every_figure(repo):
    """A picture that nobody shows is no figure."""
    readme = (repo / "README.md").read_text("utf-8")
    assert [name for name in figures.FIGURES if f"figures/{name}" not in readme] == []
    assert re.findall(r"\]\((figures/[^)]+)\)", readme) == [f"figures/{n}" for n in figures.FIGURES]


def test_a_layout_is_shipped_once_and_no_picture_at_all():
    """Pictures are drawn from it, of any size."""
    package = resources.files("faultviz")
    files = package.joinpath("picture/layouts").iterdir()
    keys = [key for file in files for key in json.loads(file.read_text("utf-8"))]
    assert sorted(set(keys)) == sorted(keys)
    assert list(package.rglob("*.svg")) == []


def test_what_is_taken_away_is_drawn_where_nothing_renders(monkeypatch):
    """All that the player can take away, as Graphviz lays it out."""
    monkeypatch.setattr(layout, "can_render", lambda: pytest.fail("not stored"))
    assert len(drawn()) == sum(len(texts) for texts in layout.shelves().values())


def test_what_is_stale_is_named(tmp_path):
    """One line each, and exit code 1; nothing is changed."""
    folder = tmp_path / "figures"
    made = CliRunner().invoke(main, ["figures", "-o", str(folder)])
    assert made.exit_code == 0, made.output
    assert CliRunner().invoke(main, ["figures", "-o", str(folder), "--check"]).exit_code == 0
    for stored in sorted(figures.LAYOUTS.iterdir()):
        assert (folder / "layouts" / stored.name).read_text() == stored.read_text(), stored.name
    (folder / "gallery" / "um.svg").write_text("<svg/>")
    (folder / "mips-merged.svg").unlink()
    (folder / "gallery" / "pdp11.svg").write_text("<svg/>")
    (folder / "layouts" / "sh.json").write_text('{"0123456789abcdef": ""}')
    before = {p: p.read_bytes() for p in folder.rglob("*.*")}
    checked = CliRunner().invoke(main, ["figures", "-o", str(folder), "--check"])
    assert checked.exit_code == 1
    assert checked.output.splitlines() == [
        f"layouts/sh.json: {len(layout.shelves()['sh'])} layouts missing, 1 left over",
        "mips-merged.svg: missing",
        "gallery/um.svg: another picture than today's",
        "gallery/pdp11.svg: nothing makes it",
        "4 stale.",
    ]
    assert {p: p.read_bytes() for p in folder.rglob("*.*")} == before


def test_outside_a_clone_a_folder_is_asked_for(monkeypatch, tmp_path):
    """An installed package has no figures of its own."""
    monkeypatch.setattr("faultviz.cli.figures.HOME", tmp_path)
    said = CliRunner().invoke(main, ["figures"])
    assert said.exit_code == 2
    assert said.output == "faultviz: This is no clone of faultviz: name a folder with -o.\n"


# --- small -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", models.HANDLERS)
def test_a_small_picture_has_each_node_and_no_word(name):
    """The fault, the locks and what the patch brought are told apart; a name is there to hear."""
    program = models.load(name, "merged")
    picture = thumbnail.small(program, style=False)
    root = ET.fromstring(picture)  # noqa: S314 (our own)
    shapes = [e for e in root if "at" in (e.get("class") or "").split()]
    function = program.function
    assert len(shapes) == len(function.nodes)
    assert len([e for e in root if e.tag == f"{SVG}path"]) == len(function.edges)
    patched = [n for n in function.nodes.values() if "before" not in n.revisions]
    assert picture.count(" patch") == len(patched)
    assert root.get("aria-label").startswith(f"{name} merged, drawn small")
    assert not root.findall(f".//{SVG}text")


# --- the moving picture ----------------------------------------------------------------------


def test_the_moving_picture_tells_what_the_traces_say():
    """Lock counts and counters beat by beat, from two runs."""
    before, merged = (beats(run("mips", revision)) for revision in ("before", "merged"))
    assert [beat.lock for beat in before] == [1, 1, 0, 0, 1, 1, 1, 1, 0, 0]
    assert [beat.lock for beat in merged] == [1, 1, 0, 0, 0]
    assert [one[-1].counts for one in (before, merged)] == [
        "calls 2, pgfault 2",
        "calls 1, pgfault 1",
    ]
    assert [beat.note for beat in (*before, *merged) if beat.note] == [
        "RETRY: lock given up inside",
        "OK: lock still held",
        "COMPLETED: lock given up inside",
    ]


def test_the_moving_picture_is_one_light_file():
    """No script, nothing from outside, and still where no motion is wanted."""
    picture = moving()
    assert len(picture) < 60_000
    root = ET.fromstring(picture)  # noqa: S314 (our own)
    assert {e.tag.removeprefix(SVG) for e in root.iter()} <= {
        "svg", "style", "rect", "text", "g", "path", "polygon", "circle"
    }  # fmt: skip
    assert set(re.findall(r"\w+://[\w./]+", picture)) == {"http://www.w3.org/2000/svg"}
    assert "@media (prefers-reduced-motion:reduce){*{animation:none!important}}" in picture
    said = " ".join(root.itertext())
    for trace in (run("mips", "before"), run("mips", "merged")):
        assert f"calls {trace.counters['calls']}, pgfault {trace.counters['pgfault']}" in said


# --- in a browser ----------------------------------------------------------------------------

OUTSIDE = """() => {
  // For each label of a node: do the corners of its letters lie within the node's shape?
  const found = [];
  let labels = 0, smallest = 99;
  for (const node of document.querySelectorAll(".node")) {
    const shape = node.querySelector(".shape");
    for (const text of node.querySelectorAll("text")) {
      labels += 1;
      smallest = Math.min(smallest, parseFloat(getComputedStyle(text).fontSize));
      const home = text.closest(".patch-tag")?.querySelector("rect") ?? shape;
      const box = text.getBBox(), base = Number(text.getAttribute("y"));
      const corner = (x, y) => home.isPointInFill(new DOMPoint(x, y));
      const ends = [box.x, box.x + box.width];
      if (!ends.every((x) => corner(x, base - 8) && corner(x, base + 2))) {
        found.push([node.closest("svg").getAttribute("aria-label"), text.textContent]);
      }
    }
  }
  for (const text of document.querySelectorAll(".edge text")) {
    smallest = Math.min(smallest, parseFloat(getComputedStyle(text).fontSize));
  }
  return { labels, smallest, found };
}"""


def test_every_label_is_in_its_box(browser_page):
    """In all pictures that are stored; the smallest letter has 12 px at 1:1, 20 on the stage."""
    pictures = drawn()
    browser_page.set_content(f"<style>{svg.STYLE}</style>{''.join(pictures.values())}")
    said = browser_page.evaluate(OUTSIDE)
    assert said["found"] == []
    assert said["labels"] > 3000
    assert said["smallest"] >= 12


FITS = """() => {
  const boxes = [...document.querySelectorAll("rect.box")].map((rect) => rect.getBBox());
  const wide = document.querySelector("svg").viewBox.baseVal.width;
  return [...document.querySelectorAll("text")].map((text) => {
    const { x, y, width, height } = text.getBBox();
    const at = [x + width / 2, y + height / 2];
    const within = (b) => b.x < at[0] && at[0] < b.x + b.width
      && b.y < at[1] && at[1] < b.y + b.height;
    const home = boxes.find(within) ?? { x: 0, width: wide };
    const fits = x >= home.x + 2 && x + width <= home.x + home.width - 2;
    return [text.textContent, parseFloat(getComputedStyle(text).fontSize), fits];
  });
}"""


def test_the_moving_picture_can_be_read_on_a_projector(browser_page):
    """Whole at 1280 by 720, letters of 15 px, each word within its box and the picture."""
    browser_page.set_content(moving())
    told = browser_page.evaluate(FITS)
    assert [text for text, _, fits in told if not fits] == []
    assert min(size for _, size, _ in told) >= 15
    box = browser_page.locator("svg").bounding_box()
    assert box["width"] <= 1280
    assert box["height"] <= 720


SEEN = """() => [...document.querySelectorAll("svg *")].map((part) => {
  const { opacity, transform } = getComputedStyle(part);
  return [part.textContent, opacity, transform];
})"""
AT = "(ms) => document.getAnimations().forEach((a) => { a.pause(); a.currentTime = ms; })"


def test_the_moving_picture_begins_as_it_stands_still(browser_page):
    """Who wants no motion sees the whole story; the others see it first, then as it happens."""
    browser_page.emulate_media(reduced_motion="reduce")
    browser_page.set_content(moving())
    still = browser_page.evaluate(SEEN)
    assert browser_page.evaluate("document.getAnimations().length") == 0
    browser_page.emulate_media(reduced_motion="no-preference")
    browser_page.evaluate(AT, 0)
    assert browser_page.evaluate(SEEN) == still
    browser_page.evaluate(AT, 2500 + 2.5 * 1100)  # the third beat
    seen = {text for text, opacity, _ in browser_page.evaluate(SEEN) if opacity == "1"}
    assert "returns RETRY: lock given up inside" in seen
    assert "calls 1, pgfault 1" in seen
    assert "returns OK: lock still held" not in seen
    assert "calls 2, pgfault 2" not in seen
