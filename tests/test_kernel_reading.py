"""Real functions as a class sees them: folded, played, with their source."""

from itertools import pairwise

import pytest

import faultviz as fv
from faultviz import models
from faultviz.kernel.view.reading import reading
from faultviz.kernel.view.source_view import with_source
from faultviz.picture import svg


@pytest.mark.parametrize("handler", models.HANDLERS)
def test_a_folded_graph_fits_a_slide_and_does_the_same(tree, handler):
    """Few nodes; the lock goes as in the whole graph, whatever is answered."""
    folded = reading(tree, handler)
    assert folded.origin.whole
    sizes = {"s390": 24, "sh": 32}
    assert 12 <= len(folded.nodes) <= sizes.get(handler, 20)
    assert len(folded.origin.whole.nodes) > 3 * len(folded.nodes)
    for outcomes in ("OK", "COMPLETED", "RETRY,OK", "SIGBUS"):
        try:
            small = fv.run(folded, outcomes=outcomes)
        except fv.BadInput:
            assert handler in ("nios2", "powerpc-copro")
            continue
        large = fv.run(folded.origin.whole, outcomes=outcomes)
        counts = [[s.mmap_lock for s in t.steps if s.event != "call"] for t in (small, large)]
        changes = [[b - a for a, b in pairwise(c) if a != b] for c in counts]
        assert changes[0] == changes[1], outcomes
        assert small.counters == large.counters


def test_names_are_the_models(tree):
    """One name per thing: the C stands in the source pane."""
    texts = {node.text for node in reading(tree, "x86").nodes.values()}
    assert {
        "handle_mm_fault", "COMPLETED?", "RETRY?", "ERROR?", "RETRY and a signal pending?",
        "take mmap_lock", "give up mmap_lock", "mark TRIED", "WRITE, if a store",
    } <= texts  # fmt: skip
    assert any(text.startswith("find_vma") for text in texts)


def test_steps_have_their_lines(tree):
    """Every node of the folded graph stands for a line of the tree, and shows it."""
    folded = reading(tree, "s390")
    for node in folded.nodes.values():
        head, *lines = folded.origin.excerpts[node.id].split("\n")
        assert head == f"{node.cite.file}, Linux {tree.version}"
        (marked,) = [line for line in lines if line.startswith(">")]
        assert int(marked[1:6]) == node.cite.line
    check = next(n for n in folded.nodes.values() if n.text == "COMPLETED?")
    assert "VM_FAULT_COMPLETED" in folded.origin.excerpts[check.id]


def test_the_player_takes_it(tree):
    """With its source, what if the check is missing, and the whole graph one choice away."""
    player = fv.play(tree["s390"], outcomes="COMPLETED", context="gmap,write", step=11)
    assert repr(player).startswith("Player(s390 of Linux 6.1")
    assert "VM_FAULT_COMPLETED" in player._trace["steps"][10]["source"]
    names = [option["value"] for option in player._choices["handler"]]
    assert f"s390 of Linux {tree.version}, unfolded" in names
    cut = fv.play(tree["s390"], outcomes="COMPLETED", without="completed-check")
    assert [b.invariant for b in cut.trace.violations] == ["lock-underflow"]


@pytest.mark.parametrize("handler", ["mips", "s390", "x86", "sparc64"])
def test_models_nodes_show_the_lines_they_stand_for(tree, handler):
    """The entry, the lock, the call, each test of the result, and the ends."""
    model = with_source(models.at(models.load(handler), "merged"), tree, handler)
    by_text = {model.nodes[n].text: said for n, said in model.origin.excerpts.items()}
    for asked, word in (
        ("COMPLETED?", "VM_FAULT_COMPLETED"), ("RETRY?", "VM_FAULT_RETRY"),
        ("handle_mm_fault", "handle_mm_fault("), ("give up mmap_lock", "mmap_read_unlock("),
    ):  # fmt: skip
        (marked,) = [line for line in by_text[asked].split("\n") if line.startswith(">")]
        assert word in marked
    assert len(model.origin.excerpts) >= 8


@pytest.mark.parametrize("handler", ["x86", "s390", "sparc64"])
def test_labels_stay_in_their_boxes(tree, handler):
    """The picture is drawn, and each node is as wide as its text."""
    folded = reading(tree, handler)
    picture = svg.svg(folded, folded.root)
    assert picture.count('class="node') == len(folded.nodes)


def test_the_source_pane_follows_the_step(tree, alone):
    """On the screen: the marked line is the step's, and goes on with it; hidden on a projector."""
    player = fv.play(tree["mips"], outcomes="COMPLETED")
    page = alone(player)
    pane = page.locator(".fv-source")
    marked = []
    page.locator(".fv-player").focus()
    for step in player.trace.steps:
        head = pane.inner_text().split("\n")[0]
        assert head == player._trace["steps"][step.n - 1]["source"].split("\n")[0]
        marked.append(pane.locator("b").inner_text())
        page.keyboard.press("n")
    assert any("handle_mm_fault(" in line for line in marked)
    assert any("VM_FAULT_COMPLETED" in line for line in marked)
    assert pane.bounding_box()["width"] > 300
    page.keyboard.press("f")
    assert not pane.is_visible()
