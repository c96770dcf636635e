"""What is on the screen in each view: first, full and stage; motion, themes, access."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

import faultviz as fv
from faultviz.player import Player

PLAYER = ".fv-player"
NOW = ".fv-picture:not([hidden]) .node.now"
SHOWN = """(root) => {
  // Every text that can be seen, with the size of its letters on the screen.
  const found = [], walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const text = node.textContent.trim(), box = node.parentElement;
    const within = box.closest(".fv-pane, .fv-live, .fv-lane-box");
    if (!text || box.closest("option") || within?.matches(".fv-live")) continue;
    if (!box.checkVisibility({ visibilityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const r = range.getBoundingClientRect();
    if (!r.width || r.bottom < 0 || r.top > innerHeight) continue;
    const scale = box instanceof SVGElement ? box.getScreenCTM().a : 1;
    found.push([text, parseFloat(getComputedStyle(box).fontSize) * scale]);
  }
  return found;
}"""


def texts(page):
    """What can be read on the screen, with the size of its letters in px."""
    return page.locator(PLAYER).evaluate(SHOWN)


def box(page, selector):
    """Left, top, right and bottom of what a selector finds first."""
    b = page.locator(selector).first.bounding_box()
    return b["x"], b["y"], b["x"] + b["width"], b["y"] + b["height"]


def look_at(page, n):
    """Stand at a step."""
    page.evaluate(f"model.set('step', {n})")


# --- first -----------------------------------------------------------------------------------


def test_the_first_view_shows_what_a_beginner_needs(alone):
    """Page event, Back, Step, Play, sentence, lane; and neither hex nor flags at any step."""
    p = fv.play("mips", "before", view="first")
    page = alone(p)
    buttons = page.locator(f"{PLAYER} button:visible").all_inner_texts()
    assert buttons == ["More", "Stage", "?", "Back", "Step", "Play", "Error exits", "What if…"]
    assert page.locator(f"{PLAYER} select:visible").count() == 1
    for step in p.trace.steps:
        look_at(page, step.n)
        seen = " ".join(text for text, _ in texts(page))
        assert not re.search(r"0x[0-9a-f]|INTERRUPTIBLE|KILLABLE", seen), step.n
        assert page.locator(".fv-say b").is_visible()
    for gone in (".fv-trace", ".fv-facts", ".fv-crumbs", ".fv-cite"):
        assert not page.locator(gone).is_visible()


def test_more_and_less_with_one_key(alone):
    """`m` brings the rest and takes it away; breakpoints and calls are of the rest."""
    page = alone(fv.play("mips", view="first"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    assert page.evaluate("model.get('breakpoints')") == []
    page.keyboard.press("m")
    assert page.locator(".fv-trace").is_visible()
    assert page.get_by_role("combobox", name="handler").is_visible()
    page.keyboard.press("x")
    assert len(page.evaluate("model.get('breakpoints')")) == 1
    page.keyboard.press("m")
    assert not page.locator(".fv-trace").is_visible()


def test_the_first_view_fits_a_cell(alone):
    """At most 560 px high, lane and buttons within it, at each step."""
    p = fv.play("s390", "v3", "COMPLETED", "gmap,write", view="first")
    page = alone(p)
    for step in p.trace.steps:
        look_at(page, step.n)
        _, top, _, bottom = box(page, PLAYER)
        assert bottom - top <= 560
        for part in (".fv-lane", ".fv-buttons", ".fv-legend", NOW):
            assert top <= box(page, part)[1] < box(page, part)[3] <= bottom + 1


# --- stage -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mips", "s390", "sparc64"])
def test_the_stage_fills_a_projector_and_nothing_scrolls(alone, name):
    """1280 by 720: letters of 20 px and more, the sentence of 26 and more right above the lane."""
    p = fv.play(name)
    page = alone(p, 1280, 720)
    page.keyboard.press("f")
    own = [step.n for step in p.trace.steps if "." not in step.node]
    for n in own:
        look_at(page, n)
        assert min(size for _, size in texts(page)) >= 20
        left, top, right, bottom = box(page, ".fv-pane")
        x0, y0, x1, y1 = box(page, f"{NOW} .shape")
        assert left <= x0 < x1 <= right, n
        assert top <= y0 < y1 <= bottom, n
        said = page.locator(".fv-say")
        assert said.evaluate("(e) => e.scrollHeight <= e.clientHeight"), n
    assert page.evaluate(
        "document.documentElement.scrollHeight <= innerHeight"
        " && getComputedStyle(document.querySelector('.fv-pane')).overflow === 'hidden'"
    )
    assert page.locator(".fv-say").evaluate("(e) => parseFloat(getComputedStyle(e).fontSize)") >= 26
    assert abs(box(page, ".fv-say")[3] - box(page, ".fv-lane")[1]) <= 3
    lane = box(page, ".fv-lane")
    assert lane[2] - lane[0] >= 1270
    assert box(page, ".fv-legend")[3] <= 720


def test_the_map_shows_where_the_window_is(alone):
    """One box per node, the current one marked, the window's frame round it."""
    p = fv.play("mips")
    page = alone(p, 1280, 720)
    page.keyboard.press("f")
    for n in (1, 9, 54):
        look_at(page, n)
        page.wait_for_timeout(50)
        nodes = page.locator(".map-node").count() + page.locator(".map-now").count()
        assert nodes == page.locator(".fv-picture:not([hidden]) .node").count()
        x0, y0, x1, y1 = box(page, ".map-now")
        left, top, right, bottom = box(page, ".map-window")
        assert left <= x0 < x1 <= right
        assert top <= y0 < y1 <= bottom


@pytest.mark.parametrize("name", ["alpha", "um", "mips"])
def test_the_map_of_the_stage_covers_nothing_that_is_looked_at(alone, name):
    """Neither the node of a step nor the note beside a fault: it goes to the other corner."""
    page = alone(fv.play(name, view="stage"), 1280, 720)
    covered, corners = page.evaluate("""async () => {
      const bad = [], corners = new Set(), map = document.querySelector(".fv-map");
      for (const { n } of model.get("_trace").steps) {
        model.set("step", n);
        for (let i = 0; i < 4; i++) await new Promise(requestAnimationFrame);
        const a = map.getBoundingClientRect();
        corners.add(map.classList.contains("left"));
        for (const one of document.querySelectorAll(".fv-pane :is(.now .shape, .note.shown)")) {
          const b = one.getBoundingClientRect();
          const beside = a.left >= b.right || b.left >= a.right;
          if (b.width && !beside && a.top < b.bottom && b.top < a.bottom) bad.push(n);
        }
      }
      return [bad, [...corners].length];
    }""")
    assert covered == []
    assert corners == (1 if name == "mips" else 2)


def test_the_stage_is_left_as_it_was_entered(alone):
    """`f` and Escape; the player is back in its place, with the focus."""
    page = alone(fv.play("mips", view="first"), 1280, 720)
    for leave in ("f", "Escape"):
        page.keyboard.press("f")
        assert page.locator("#here :modal > .fv-player").is_visible()
        page.keyboard.press("n")
        page.keyboard.press(leave)
        assert page.evaluate("model.get('view')") == "first"
        assert page.evaluate("document.activeElement.parentElement.id") == "here"


def test_a_link_may_open_the_stage(alone):
    """The view is a part of the state, so a page can begin with it."""
    page = alone(fv.play("mips", view="stage"), 1280, 720)
    assert box(page, PLAYER) == (0, 0, 1280, 720)
    with pytest.raises(fv.BadInput, match="no view 'big'"):
        fv.play("mips", view="big")


# --- full ------------------------------------------------------------------------------------


def test_calls_are_stepped_over_and_out_of(alone):
    """`o` and `u`, with the inside of handle_mm_fault open."""
    p = fv.play("mips")
    page = alone(p)
    page.keyboard.press("i")
    look_at(page, 9)
    page.keyboard.press("o")
    assert page.evaluate("model.get('step')") == 53
    look_at(page, 20)
    depth = p.trace.steps[19].depth
    page.keyboard.press("u")
    n = page.evaluate("model.get('step')")
    assert p.trace.steps[n - 1].depth == depth - 1
    assert all(step.depth >= depth for step in p.trace.steps[19 : n - 1])


def test_a_click_runs_to_a_node_and_a_breakpoint_stops(alone):
    """To its next visit; the keys do the same; breakpoints work in both directions."""
    p = fv.play("mips", "before", "RETRY,OK")
    page = alone(p)
    nodes = [step.node for step in p.trace.steps]
    page.locator('.node[data-node="RETRY"]').click()
    first = nodes.index("RETRY") + 1
    assert page.evaluate("model.get('step')") == first
    page.locator('.node[data-node="SIGBUS"]').click()
    assert "does not come to that node" in page.get_by_role("alert").inner_text()
    page.keyboard.press("Home")
    for _ in range(40):
        page.keyboard.press("ArrowDown")
        if page.locator(".node.cursor").get_attribute("data-node") == "COMPLETED":
            break
        if page.locator(".node.cursor").get_attribute("data-node") == "handle_mm_fault":
            page.keyboard.press("x")
            break
    assert page.evaluate("model.get('breakpoints')") == ["handle_mm_fault"]
    assert page.locator(".stop").count() == 1
    visits = [i + 1 for i, node in enumerate(nodes) if node == "handle_mm_fault"]
    for n in visits:
        page.keyboard.press("c")
        assert page.evaluate("model.get('step')") == n
    page.keyboard.press("c")
    assert "No breakpoint lies that way" in page.get_by_role("alert").inner_text()
    page.keyboard.press("C")
    assert page.evaluate("model.get('step')") == visits[-2]
    page.keyboard.press("Enter")
    assert page.evaluate("model.get('step')") == visits[-1]
    page.keyboard.press("Home")
    page.select_option(".fv-speed", "fast")
    page.locator(PLAYER).focus()
    page.keyboard.press("p")
    page.wait_for_function("document.querySelector('.fv-play').textContent === 'Pause'")
    page.wait_for_function("document.querySelector('.fv-play').textContent === 'Play'")
    assert page.evaluate("model.get('step')") == visits[0], "play stops at a breakpoint"


def test_patch_tags_are_a_choice(alone):
    """Off at first; `t` shows the tags and their line in the legend."""
    page = alone(fv.play("mips"))
    tag = page.locator('.node[data-node="COMPLETED"] .patch-tag')
    assert not tag.is_visible()
    page.keyboard.press("t")
    assert tag.is_visible()
    assert page.get_by_text("new in the patch").is_visible()


def test_a_second_readers_hold_is_consumed(alone):
    """Drawn below the lane; an unlock too many takes it away, and that is said."""
    p = fv.play("mips", "merged", "COMPLETED", without="completed-check", reader=True)
    page = alone(p)
    row = page.locator(".fv-run.row-3")
    assert row.all_inner_texts() == ["another reader holds mmap_lock"]
    page.keyboard.press("End")
    assert page.locator(".fv-cell.under").count() > 0
    assert row.nth(1).inner_text().startswith("the other reader's hold is consumed")
    page.keyboard.press("r")
    assert not row.first.is_visible()


# --- motion, themes, access ------------------------------------------------------------------


def test_the_token_moves_along_the_edge_and_then_the_lane_grows(alone):
    """One move of 250 ms; its padlock closes on arrival; under reduced motion none of it."""
    page = alone(fv.play("mips", outcomes="OK"), motion="no-preference")
    moves = (
        "document.querySelector('.token').getAnimations().map((a) => a.effect.getTiming().duration)"
    )
    page.evaluate("model.set('step', 3)")
    page.wait_for_timeout(400)
    held = "document.querySelector('.token').classList.contains('held')"
    state = page.evaluate(f"""() => {{
      model.set("step", 4);
      const cell = getComputedStyle(document.querySelector(".fv-cell.now"));
      return [{moves}, {held}, cell.animationName, parseFloat(cell.animationDelay)];
    }}""")
    assert state == [[250], False, "fv-grow", 0.23]
    page.wait_for_function(held)
    path = page.evaluate("""() => {
      model.set("step", 3); model.set("step", 4);
      const [move] = document.querySelector(".token").getAnimations();
      return move.effect.getKeyframes().map((k) => k.transform.match(/-?[\\d.]+/g).map(Number));
    }""")
    line = page.locator('.edge[data-to="retry"] .line').first
    assert len(path) >= 8
    for x, y in path[1:-1]:
        near = line.evaluate(
            """(line, [x, y]) => {
          const long = line.getTotalLength();
          const at = (i) => line.getPointAtLength(long * i / 199);
          return Math.min(...Array.from({ length: 200 }, (_, i) => at(i))
            .map((p) => Math.hypot(p.x - x, p.y - y)));
        }""",
            [x, y],
        )
        assert near < 2
    page.emulate_media(reduced_motion="reduce")
    page.evaluate("model.set('step', 5)")
    assert page.evaluate("document.getAnimations().length") == 0


OVERLAPS = """(selectors) => {
  // Pairs of texts, one of each selector, whose letters lie on each other.
  const rects = (selector) => [...document.querySelectorAll(selector)]
    .filter((e) => e.checkVisibility()).flatMap((e) => {
      const range = document.createRange();
      range.selectNodeContents(e);
      return e.matches("select") ? [e.getBoundingClientRect()] : [...range.getClientRects()];
    });
  const [some, others] = selectors.map(rects);
  if (!some.length || !others.length) throw Error("nothing is seen");
  return some.flatMap((a) => others.filter((b) =>
    a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)).length;
}"""


@pytest.mark.parametrize(
    ("name", "context", "gone"),
    [
        ("mips", "write", "completed-check"), ("mips", "write", ""),
        ("fixup-user-fault", "unlocked,write", "completed-check"),
    ],
)  # fmt: skip
def test_what_is_taken_away_is_said_and_nothing_lies_on_another(alone, name, context, gone):
    """In every view, at the step at which the rule breaks and at all others, on the stage too."""
    p = fv.play(name, "merged", "COMPLETED", context, without=gone, view="stage")
    page = alone(p, 1280, 720)
    for step in p.trace.steps:
        look_at(page, step.n)
        assert page.evaluate(OVERLAPS, [".fv-count span", ".fv-head :is(select, .fv-which)"]) == 0
        for words in (".fv-say b", *[".fv-broken p"] * bool(page.locator(".fv-broken p").count())):
            assert page.evaluate(OVERLAPS, [words, ".fv-counters span"]) == 0
    for view in ("stage", "first", "full"):
        page.evaluate(f"model.set('view', '{view}')")
        assert page.locator(".fv-gone:visible").all_inner_texts() == [
            f"without {one}" for one in (gone,) if one
        ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("view", ["first", "full", "stage"])
def test_axe_finds_nothing(alone, view, dark):
    """Within the player's root, with a question open, a list open and the help open."""
    page = alone(fv.play("s390", view=view, gate=True), 1280, 720)
    page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
    page.keyboard.press("t")

    def found():
        result = Axe().run(page, context=PLAYER)
        return [
            (v["id"], [n["html"][:120] for n in v["nodes"]]) for v in result.response["violations"]
        ]

    assert found() == []
    for _ in range(12):
        page.keyboard.press("s")
        page.keyboard.press("n")
    assert found() == []
    page.keyboard.press("End")
    page.keyboard.press("w")
    assert found() == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert found() == []


def test_axe_finds_nothing_in_two_on_one_clock(alone):
    """The comparison, too."""
    page = alone(fv.play(fv.compare("mips"), reader=True), 1280, 720)
    page.keyboard.press("d")
    result = Axe().run(page, context=PLAYER)
    assert [v["id"] for v in result.response["violations"]] == []


GREY = """async ([selector]) => {
  // Luminance classes without colour: what tells held from not held must be a shape.
  const of = (s) => getComputedStyle(document.querySelector(s));
  return {
    held: [of(".fv-cell.held").borderTopStyle, of(".fv-cell.held").fontWeight],
    open: [of(".fv-cell.open").borderBottomStyle, of(".fv-cell.open").fontWeight],
    ways: ["way-held", "way-open"].map((w) => of(`.edge.${w} .line`).strokeDasharray),
    padlock: of(".token .is-open").display,
  };
}"""


def test_the_meaning_survives_greyscale(alone):
    """Held and not held differ in line and weight, ways in dashes, the token in its padlock."""
    p = fv.play("mips", outcomes="COMPLETED")
    page = alone(p)
    look_at(page, 11)
    page.locator(PLAYER).evaluate("(e) => { e.style.filter = 'grayscale(1)'; }")
    grey = page.evaluate(GREY, [PLAYER])
    assert grey["held"] == ["double", "700"]
    assert grey["open"] == ["dashed", "400"]
    assert grey["ways"][0] == "none"
    assert grey["ways"][1] != "none"
    assert grey["padlock"] == "inline"
    cells = page.locator(".fv-cell").all_inner_texts()
    assert cells == [str(step.mmap_lock) for step in p.trace.steps[:11]], "and the digits say it"


def test_the_sentence_is_told_once_a_step_and_seldom_while_playing(alone):
    """For a screen reader: at once after a key, at most every third second while it plays."""
    page = alone(fv.play("mips", outcomes="OK"))
    live = page.locator("[aria-live=polite]")
    page.keyboard.press("n")
    live.get_by_text("No mm, or faults off? No.").wait_for()
    page.evaluate("""() => {
      window.said = 0;
      new MutationObserver(() => { window.said += 1; })
        .observe(document.querySelector("[aria-live=polite]"),
          { childList: true, characterData: true, subtree: true });
    }""")
    page.select_option(".fv-speed", "fast")
    page.locator(PLAYER).focus()
    page.keyboard.press("p")
    page.wait_for_function("model.get('step') >= 6")
    assert page.evaluate("said") <= 1
    page.keyboard.press("p")
    assert page.evaluate("said") <= 2


# --- what if the check is missing? -----------------------------------------------------------


def test_a_check_is_taken_away_and_the_reason_said():
    """By the trait and by the wish; the step they have in common is kept."""
    p = fv.play("mips", outcomes="COMPLETED")
    p.step = 11
    p.set_state({"_wish": {"kind": "without", "value": "completed-check", "seq": 1}})
    assert p._answer["problem"] == ""
    assert p.trace.violations[0].invariant == "lock-underflow"
    assert p.step <= 10
    assert repr(p).startswith("Player(mips merged without completed-check, step ")
    p.without = ""
    assert not p.trace.violations
    p = fv.play("mips", outcomes="OK")
    p.set_state({"_wish": {"kind": "without", "value": "completed-check", "seq": 2}})
    assert p._answer["problem"].startswith("Nothing breaks")
    with pytest.raises(fv.BadInput, match="mips before has nothing of that kind"):
        fv.play("mips", "before", without="completed-check")
    with pytest.raises(fv.BadInput, match="cannot be taken away: choose completed-check"):
        fv.play("mips", without="colour")


@pytest.mark.parametrize("name", fv.handlers())
def test_in_any_handler_something_can_be_taken_away_or_it_says_why_not(name):
    """The list is never empty."""
    rows = fv.play(name)._choices["missing"]
    assert rows
    assert any(row["why"] is None for row in rows) or name == "loongarch"
    assert all(row["label"] for row in rows)


def test_two_keys_run_on_to_what_breaks(alone):
    """`w` and a number ask for it; the trace that comes plays on to the broken step."""
    p = fv.play("mips", outcomes="COMPLETED", step=9)
    page = alone(p)
    page.keyboard.press("w")
    assert page.get_by_role("dialog", name="What if").is_visible()
    page.keyboard.press("1")
    wish = page.evaluate("model.get('_wish')")
    assert (wish["kind"], wish["value"]) == ("without", "completed-check")
    cut = Player(p.scenario._replace(without="completed-check"))
    page.evaluate("(trace) => model.set('_trace', trace)", cut._trace)
    broken = cut.trace.violations[0].n
    page.wait_for_function(f"model.get('step') === {broken}")
    assert page.locator(".fv-broken").inner_text().startswith("Rule broken. lock-underflow")
    page.wait_for_timeout(600)
    assert page.evaluate("model.get('step')") == broken


# --- two on one clock ------------------------------------------------------------------------


def test_two_scenarios_stand_on_one_clock(alone):
    """At each tick both take one step of their own; the first difference is marked."""
    both = fv.compare("mips")
    duo = fv.play(both)
    assert repr(duo) == "Duo(mips before | mips merged, step 1/25, first difference 11)"
    page = alone(duo, 1100)
    page.keyboard.press("d")
    assert page.evaluate("model.get('clock')") == both.first
    pairs = list(both.pairs())
    sides = page.locator(".fv-side")
    for tick in (1, both.first - 1, both.first, both.first + 1, duo.ticks):
        page.evaluate(f"model.set('clock', {tick})")
        for i, step in enumerate(pairs[tick - 1]):
            if step:
                assert sides.nth(i).locator(NOW).get_attribute("data-node") == step.node
                count = page.locator(".fv-lane").nth(i).locator(".fv-cell.now").inner_text()
                assert count.lstrip("≠") == str(step.mmap_lock)
            else:
                assert sides.nth(i).locator(".fv-say").inner_text().startswith("Over.")
    assert page.locator(".fv-cell.differs").count() == 2
    said = {1: "the same so far", 12: "the first difference", 13: "after the first difference"}
    for tick, words in said.items():
        page.evaluate(f"model.set('clock', {tick})")
        assert page.locator(".fv-where").last.inner_text() == words
    with pytest.raises(fv.BadInput, match="There is no tick 99"):
        duo.clock = 99


def test_the_two_fit_a_projector(alone):
    """In stage view nothing scrolls and no letter is below 20 px."""
    duo = fv.play(fv.compare("mips"))
    page = alone(duo, 1280, 720)
    page.keyboard.press("f")
    for tick in (1, 12, duo.ticks):
        page.evaluate(f"model.set('clock', {tick})")
        assert min(size for _, size in texts(page)) >= 20
    assert box(page, ".fv-legend")[3] <= 720
