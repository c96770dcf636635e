"""What fits in which size, on phones and projectors; the map, folded exits, loops, lanes."""

import pytest

import faultviz as fv

SIZES = ((320, 640), (390, 844), (690, 800), (1280, 720), (1366, 768))

WRONG = """() => {
  // What is cut, lies under something else, or leads out of the widget or the page.
  const root = document.querySelector(".fv-player, .fv-lanes");
  const frame = root.getBoundingClientRect();
  const bad = [], name = (e) => `${e.className} ${e.textContent.slice(0, 30)}`;
  const seen = (e) => e.checkVisibility() && e.getBoundingClientRect().width > 0;
  const parts = root.querySelectorAll("button, select, h3, .fv-say, .fv-count, .fv-lane, .fv-pane,"
    + " .fv-legend, .fv-map, .fv-lane-name, .fv-crumbs, .fv-lane-row, .fv-lanes-said");
  for (const part of [...parts].filter(seen)) {
    const box = part.getBoundingClientRect();
    const out = box.left < frame.left - 1 || box.right > frame.right + 1;
    if (out || box.bottom > frame.bottom + 1) bad.push(`out: ${name(part)}`);
    const whole = part.matches("button, h3, .fv-lane-name, .fv-crumbs");
    if (whole && part.scrollWidth > part.clientWidth + 2) bad.push(`cut: ${name(part)}`);
  }
  const buttons = [...root.querySelectorAll("button, select")].filter(seen);
  for (const one of buttons) {
    one.scrollIntoView({ block: "nearest" });
    const a = one.getBoundingClientRect();
    const top = document.elementFromPoint((a.left + a.right) / 2, (a.top + a.bottom) / 2);
    if (!one.contains(top)) bad.push(`under ${top?.className}: ${name(one)}`);
    for (const other of buttons) {
      const b = other.getBoundingClientRect();
      const across = a.left < b.right - 2 && b.left < a.right - 2;
      const down = a.top < b.bottom - 2 && b.top < a.bottom - 2;
      if (one !== other && across && down) bad.push(`on another: ${name(one)}`);
    }
  }
  // A label below a lane is whole or not there.
  for (const lane of root.querySelectorAll(".fv-lane-box")) {
    const room = lane.getBoundingClientRect();
    for (const said of [...lane.querySelectorAll(".fv-run:not(.aside) > span")].filter(seen)) {
      if (getComputedStyle(said).visibility === "hidden") continue;
      const box = said.getBoundingClientRect();
      const run = said.parentNode, end = run.getBoundingClientRect().right;
      const cut = box.left < room.left - 1 || (!run.matches(".here") && box.right > end + 1);
      if (cut && box.right > room.left) bad.push(`a piece: ${name(said)}`);
      if (box.bottom > room.bottom + 1) bad.push(`cut below: ${name(said)}`);
      const [from, to] = said.parentNode.style.gridColumn.split("/").map((n) => parseInt(n));
      const now = parseInt(lane.querySelector(".now").style.gridColumn);
      const own = from <= now && (to < 0 || now < to);
      if (own && box.right > room.right + 1) bad.push(`cut beside: ${name(said)}`);
    }
  }
  // On a phone a sentence is whole; the current node is, anywhere; so is a word on a bar.
  for (const said of [...root.querySelectorAll(".fv-say")].filter(seen)) {
    const cut = said.scrollHeight > said.clientHeight + 1;
    if ((innerWidth <= 500 || said.closest(".fv-side")) && cut) bad.push(`cut: ${name(said)}`);
  }
  for (const pane of [...root.querySelectorAll(".fv-pane")].filter(seen)) {
    const a = pane.getBoundingClientRect();
    const b = pane.querySelector(".fv-picture:not([hidden]) .now .shape").getBoundingClientRect();
    if (b.left < a.left || b.right > a.right || b.top < a.top || b.bottom > a.bottom) {
      bad.push(`the current node is cut: ${b.left} to ${b.right} in ${a.left} to ${a.right}`);
    }
  }
  for (const word of root.querySelectorAll(".fv-span:not(.later, .narrow) > span")) {
    if (!word.checkVisibility() || !word.offsetWidth) continue;
    const [a, b] = [word.parentNode, word].map((e) => e.getBoundingClientRect());
    if (b.left < a.left - 1 || b.right > a.right + 1) bad.push(`cut: ${name(word.parentNode)}`);
  }
  if (document.documentElement.scrollWidth > innerWidth) bad.push("the page scrolls sideways");
  return bad;
}"""


def settled(page):
    """Wait until what was asked for has been painted."""
    page.evaluate(
        "async () => { for (let i = 0; i < 4; i++) await new Promise(requestAnimationFrame); }"
    )


@pytest.fixture(scope="module")
def shown():
    """What is looked at in every size, each with its views, and where."""
    return {
        "player": (fv.play("x86", "merged"), ("first", "full", "stage"), "step", (9, 56)),
        "two": (fv.play(fv.compare("mips")), ("full", "stage"), "clock", (1, 7, 13, 27)),
        "others": (fv.play(fv.compare("x86")), ("full",), "clock", (1, 9, 13)),
        "lanes": (fv.lanes("before", threads=2, writers=1), ("full", "stage"), "clock", (3,)),
    }


@pytest.mark.parametrize("name", ["player", "two", "others", "lanes"])
def test_nothing_is_cut_or_covered_in_any_size(alone, shown, name):
    """Phones, a narrow cell, projectors: every button can be reached, every label read."""
    widget, views, place, stops = shown[name]
    page = alone(widget)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for view in views:
            if view == "stage" and width < 700:
                continue
            page.evaluate(f"model.set('view', '{view}')")
            for n in stops:
                page.evaluate(f"model.set('{place}', {n})")
                settled(page)
                assert page.evaluate(WRONG) == [], (width, view, n)
            least = 10_000 if name == "lanes" else 500
            assert page.locator(".fv-map").first.is_visible() is (width >= least)


def test_the_map_is_one_control(alone):
    """One stop of Tab: arrows, Home and End choose a node, a click the nearest one; no step."""
    page = alone(fv.play("mips", view="first"))
    graph = page.locator(".fv-map")
    page.evaluate("model.set('step', 4)")
    settled(page)
    assert graph.locator("[tabindex]").count() == 0
    assert graph.get_attribute("role") == "slider"
    many = int(graph.get_attribute("aria-valuemax"))
    assert page.locator(".fv-picture:not([hidden]) .node:not(.folded)").count() == many
    graph.focus()
    for key, number in (("End", many), ("ArrowDown", many), ("ArrowUp", many - 1), ("Home", 1)):
        page.keyboard.press(key)
        settled(page)
        assert graph.get_attribute("aria-valuenow") == str(number), key
    assert page.evaluate("model.get('step')") == 4
    assert page.locator(".node.cursor .say").text_content() == "enter __do_page_fault"
    nodes = page.locator(".fv-picture:not([hidden]) .node")
    names = nodes.evaluate_all("(all) => all.map((node) => node.dataset.node)")
    box = graph.locator("rect").nth(names.index("handle_mm_fault")).bounding_box()
    page.mouse.click(box["x"] - 2, box["y"] + box["height"] / 2)
    settled(page)
    assert page.locator(".node.cursor").get_attribute("data-node") == "handle_mm_fault"
    assert page.evaluate("document.activeElement.className") == "fv-player"
    page.keyboard.press("ArrowRight")
    assert page.evaluate("model.get('step')") == 5


def test_the_callers_stand_above_the_graph(alone):
    """In every view, as soon as there is a caller."""
    page = alone(fv.play("mips", view="first"), 1280, 720)
    page.keyboard.press("i")
    for view in ("first", "full", "stage"):
        page.evaluate(f"model.set('view', '{view}')")
        page.evaluate("model.set('step', 20)")
        chain = page.locator(".fv-crumbs")
        assert chain.is_visible(), view
        assert chain.inner_text().replace("\n", "").split(">")[:2] == [
            "__do_page_fault",
            "handle_mm_fault",
        ]
        top = page.locator(".fv-pane").bounding_box()["y"]
        at = chain.bounding_box()
        assert at["y"] + at["height"] <= top + 1


def test_an_error_exit_is_one_box_until_it_is_wanted_or_walked(alone):
    """`e`, a click on the box, and a trace that goes there each bring it back."""
    page = alone(fv.play("mips", view="first"))
    boxes = page.locator(".exit-box:not(.folded)")
    gone = page.locator(".fv-picture:not([hidden]) .node.folded")
    assert boxes.count() > 1
    hidden = gone.count()
    assert hidden > 10
    page.keyboard.press("e")
    assert (boxes.count(), gone.count()) == (0, 0)
    assert page.get_by_role("button", name="Error exits").get_attribute("aria-pressed") == "true"
    page.keyboard.press("e")
    assert gone.count() == hidden
    boxes.first.evaluate("(box) => box.dispatchEvent(new MouseEvent('click', { bubbles: true }))")
    assert 0 < gone.count() < hidden or boxes.count() == 0
    page.keyboard.press("m")
    assert gone.count() == 0
    page = alone(fv.play("mips", "merged", "SIGBUS", view="first"))
    page.keyboard.press("End")
    settled(page)
    assert page.locator(".node.now").is_visible()
    assert "exit" in page.locator(".node.now").get_attribute("class").split()


def test_a_loop_is_seen_whole_when_it_is_closed(alone):
    """All its nodes and the edge back, at the step of the goto; then letters are large again."""
    p = fv.play("mips", "before", view="first")
    page = alone(p)
    (n,) = [step.n for step in p.trace.steps if step.node == "goto_retry"]
    size = "document.querySelector('.fv-picture:not([hidden]) svg').getScreenCTM().a"
    page.evaluate(f"model.set('step', {n})")
    settled(page)
    assert page.evaluate(size) < 1
    pane = page.locator(".fv-pane").bounding_box()
    for node in ("retry", "handle_mm_fault", "RETRY", "goto_retry"):
        box = page.locator(f".fv-picture:not([hidden]) [data-node='{node}'] .shape").bounding_box()
        assert pane["y"] <= box["y"], node
        assert box["y"] + box["height"] <= pane["y"] + pane["height"], node
    back = page.locator("[data-from='goto_retry'] .line").bounding_box()
    assert pane["x"] <= back["x"]
    assert back["x"] + back["width"] <= pane["x"] + pane["width"]
    page.keyboard.press("ArrowRight")
    settled(page)
    assert page.evaluate(size) == 1


def test_two_lanes_on_one_clock_scroll_as_one(alone):
    """At each tick, and when one of them is scrolled by hand; the tick stands in one column."""
    page = alone(fv.play(fv.compare("mips")), 690)
    left = "[...document.querySelectorAll('.fv-lane-box')].map((lane) => lane.scrollLeft)"
    for key in ("End", "Home", "d", "End"):
        page.keyboard.press(key)
        settled(page)
        one, other = page.evaluate(left)
        assert one == other, key
    cells = page.locator(".fv-cell.differs")
    assert cells.nth(0).bounding_box()["x"] == cells.nth(1).bounding_box()["x"]
    page.locator(".fv-lane-box").first.evaluate("(lane) => { lane.scrollLeft = 7; }")
    settled(page)
    assert page.evaluate(left) == [7, 7]


def test_a_new_view_of_an_output_fits_its_panel(alone):
    """As JupyterLab shows it, in a panel of less than the page; its buttons are within."""
    page = alone(fv.play("mips", view="first"), 1366, 1000)
    page.evaluate("""() => {
      const panel = document.createElement("div"), root = document.querySelector(".fv-player");
      panel.className = "jp-LinkedOutputView";
      panel.style.cssText = "position: absolute; inset: 0 0 auto; height: 420px; overflow: auto;";
      root.parentElement.append(panel);
      panel.append(root);
    }""")
    for view in ("first", "full"):
        page.evaluate(f"model.set('view', '{view}')")
        settled(page)
        at = page.locator(".fv-legend").bounding_box()
        assert at["y"] + at["height"] <= 420, view
        assert page.locator(".fv-pane").bounding_box()["height"] > 60, view
