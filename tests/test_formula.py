"""The cost of a write as a formula that is read off its trace."""

import pytest
import sympy

from faultviz import models
from faultviz.base.errors import BadInput
from faultviz.engine.run import run
from faultviz.lab.recorded import cost_formula
from faultviz.lab.recorded.intervals import AUTHOR, Measured, difference, ratio


@pytest.mark.parametrize("name", models.HANDLERS)
def test_each_step_counts_once(name):
    """With every cost 1 a formula is as long as its trace."""
    for revision in ("before", "merged"):
        trace = run(name, revision)
        ones = dict.fromkeys(cost_formula.PARTS, 1)
        assert cost_formula.put(cost_formula.formula(trace), ones) == len(trace.steps)


@pytest.mark.parametrize("name", ["mips", "x86", "arm64", "riscv"])
def test_the_page_is_made_once_either_way(name):
    """So its cost is no part of what is saved; a walk, a look-up and a round trip are."""
    saved = cost_formula.saving(name)
    by = {part: saved.coeff(cost_formula.symbol(part)) for part in cost_formula.PARTS}
    assert (by["page"], by["install"], by["trap"], by["throttle"]) == (0, 0, 0, 0)
    assert (by["walk"], by["vma"], by["lock"]) == (1, 1, 2)


def test_where_nothing_was_retried_nothing_is_saved():
    """A private page, a page that is dirty already, a read."""
    for context in ("private", "dirty", "read"):
        saved = cost_formula.saving("mips", context)
        assert saved.free_symbols <= {cost_formula.symbol("step")}
        tests = saved.subs(cost_formula.symbol("step"), 1)  # that of COMPLETED
        assert tests in (0, -1), context


def test_the_saving_shrinks_when_the_page_costs_more():
    """The reason why the relative gain differs from machine to machine."""
    saved = cost_formula.saving() / cost_formula.formula(run("mips", "before"))
    costs = dict.fromkeys(cost_formula.PARTS, 1.0)
    by = cost_formula.sensitivity(saved, costs)
    assert by["page"] < 0 < by["walk"]
    cheap, dear = (float(cost_formula.put(saved, costs | {"page": page})) for page in (10, 1000))
    assert cheap > dear


def test_sensitivity_agrees_with_a_small_change():
    """One per cent more of one cost, computed anew."""
    saved = cost_formula.saving() / cost_formula.formula(run("mips", "before"))
    costs = {part: 1.0 + n for n, part in enumerate(cost_formula.PARTS)}
    whole = float(cost_formula.put(saved, costs))
    for part, by in cost_formula.sensitivity(saved, costs).items():
        more = float(cost_formula.put(saved, costs | {part: costs[part] * 1.0001}))
        assert (more / whole - 1) * 10000 == pytest.approx(by, abs=1e-3)


def test_carried_errors_agree_with_the_short_forms():
    """A ratio and a difference, by derivatives."""
    before, after = AUTHOR
    named = {"before": before, "after": after}
    x, y = sympy.symbols("before after")
    assert cost_formula.carried(y / x, named) == pytest.approx(ratio(after, before))
    assert cost_formula.carried(x - y, named) == pytest.approx(difference(before, after))


def test_what_is_missing_is_named():
    """A part, a cost, a value, the steps below."""
    with pytest.raises(BadInput, match=r"no part 'wlk'.*mean walk"):
        cost_formula.symbol("wlk")
    with pytest.raises(BadInput, match="No cost is given for lock, step, vma, walk"):
        cost_formula.sensitivity(cost_formula.saving(), {"books": 1})
    with pytest.raises(BadInput, match="No value is given for b"):
        cost_formula.carried(sympy.Symbol("b"), {"a": Measured(1, 0.1)})
    with pytest.raises(BadInput, match="outcomes auto"):
        cost_formula.formula(run("mips", outcomes="OK"))
