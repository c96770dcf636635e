"""Exercises from seeds: the same everywhere, each fault proven, sound ones too, fair points."""

import ast
from hashlib import sha256

import pytest

import faultviz as fv
from faultviz.course.banks import FIRST, bank
from faultviz.course.exercises import invented, replies, reviews, seeded, writing
from faultviz.course.exercises.invented import features, handler, source
from faultviz.course.exercises.seeded import FAULTS, PARTS, judge, make, worked
from faultviz.course.grading.answer_file import Act
from faultviz.edit.edits import edited
from faultviz.edit.listing import lines
from faultviz.engine.check import search
from faultviz.engine.replay import replay
from faultviz.engine.run import run
from faultviz.models import as_data

LEVELS = bank(FIRST).levels
SEEDS = [str(n) for n in range(24)]


def digest(*texts):
    """Some letters that change with any of the texts."""
    return sha256("\0".join(texts).encode()).hexdigest()[:12]


def test_the_same_seed_gives_the_same_exercise_everywhere():
    """Golden: if this changes, seeds that teachers gave out mean something else."""
    found = [worked(make(seed)) for seed in SEEDS]
    mails = [reviews.make(seed).mail for seed in SEEDS[:20]]
    tasks = [writing.task(seed).starter for seed in SEEDS[:20]]
    assert (digest(*found), digest(*mails), digest(*tasks)) == GOLDEN


GOLDEN = ("cbde33aa400b", "06f9da63c0ec", "194e5b196bb6")


@pytest.mark.parametrize("level", LEVELS)
def test_invented_handlers_are_sound(level):
    """In both revisions no rule is broken, and each answer is treated as its contract says."""
    for seed in SEEDS:
        program = handler(seed, level)
        for revision in invented.REVISIONS:
            rows = fv.check(program.at(revision))
            assert [row for row in rows if row.verdict == "violated"] == []
        merged = program.at("merged")
        assert run(merged, outcomes="COMPLETED").counters["calls"] == 1
        assert run(merged, outcomes="RETRY,OK").counters["calls"] == 2
        assert run(program.at("before"), outcomes="RETRY,OK").mmap_lock_at_exit == 0


def test_levels_add_features():
    """The first has the plainest shape; what is hard comes with the third."""
    first = {features(seed, 1)[1:] for seed in SEEDS}
    third = {features(seed, 3)[1:] for seed in SEEDS}
    assert len(third) > len(first)
    assert all(f.lock == "label" and not (f.linked or f.paired) for f in map(by(1), SEEDS))
    assert any(f.linked for f in map(by(3), SEEDS))
    assert any(f.paired for f in map(by(3), SEEDS))


def by(level):
    """Features of a seed at a level."""
    return lambda seed: features(seed, level)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_fault_is_proven(seed):
    """It can be reached, its shortest way is one, and replayed it breaks the rule just there."""
    one = make(seed)
    found = sorted(search(one.program)[0].values())
    if one.sound:
        assert found == []
        assert (one.fault, one.edit) == (None, None)
        return
    assert one.first == found[0]
    assert len(found) == 1 or found[1].steps > found[0].steps
    trace = run(one.program, outcomes=one.first.outcomes, context=one.first.context)
    broken = trace.violations[0]
    assert (broken.invariant, broken.node, broken.n) == (
        one.first.invariant, one.first.node, one.first.steps)  # fmt: skip


def test_about_a_third_is_sound_and_every_kind_comes():
    """So that an ack can be right, and no kind of fault is never asked."""
    drawn = [make(str(seed)) for seed in range(100)]
    assert 0.2 <= sum(one.sound for one in drawn) / len(drawn) <= 0.4
    assert {one.fault for one in drawn} == {None, *FAULTS}
    assert {one.level for one in drawn} == set(LEVELS)
    patches = [reviews.make(str(seed)) for seed in range(60)]
    assert 0.15 <= sum(one.sound for one in patches) / len(patches) <= 0.45


def some(sound, module=seeded):
    """An exercise with or without a fault."""
    return next(one for seed in SEEDS if (one := module.make(seed)).sound is sound)


def test_points_are_given_part_by_part():
    """Rule, node, a way, the shortest way: one each."""
    one = some(sound=False)
    first = one.first
    full = {"rule": first.invariant, "node": first.node, "outcomes": first.outcomes,
            "context": first.context}  # fmt: skip
    assert judge(one, full).total == len(PARTS)
    assert set(judge(one, {**full, "node": "enter"}).points) == {"rule", "trace", "shortest"}
    other = next(r for r in fv.check(one.program) if r.verdict == "holds").invariant
    assert judge(one, {**full, "rule": other, "node": "enter"}).total == 0
    assert judge(one, {"ack": True}).total == 0
    assert "no rule 'x'" in repr(judge(one, {"rule": "x"}))
    steps = run(one.program, outcomes=first.outcomes, context=first.context).steps
    path = [step.node for step in steps[: first.steps]]
    by_hand = {"rule": first.invariant, "node": first.node, "path": path}
    assert judge(one, by_hand).total == len(PARTS)


def test_a_longer_way_is_worth_less():
    """It breaks the rule, but there is a shorter one."""
    one = next(
        one for n in range(200)
        if not (one := make(str(n), 1)).sound
        and one.first.outcomes == "COMPLETED" and one.first.invariant == "lock-underflow"
    )  # fmt: skip
    longer = {"rule": "lock-underflow", "node": one.first.node, "outcomes": "RETRY,SIGBUS",
              "context": "kernel,write"}  # fmt: skip
    assert set(judge(one, longer).points) == {"rule", "node"}


def test_an_ack_of_a_sound_one_is_full_marks():
    """And an objection to it is none."""
    one = some(sound=True)
    assert judge(one, {"ack": True}).total == len(PARTS)
    assert judge(one, {"rule": "lock-balance", "node": "enter"}).total == 0
    assert "nothing is wrong" in worked(one)


def test_grading_computes_again():
    """What a file says of its points does not count."""
    one = some(sound=False)
    given = {"ack": False, "rule": one.first.invariant, "node": "enter", "points": 4}
    scores = seeded.grade(Act("", "", "exercise", "find", one.seed, given))
    assert [score.points for score in scores] == [1, 0, 0, 0]


# --- ways by hand ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mips", "x86", "s390", "um", "sh", "sparc64", "gup"])
def test_any_trace_can_be_followed(name):
    """The nodes of a trace lead to a scenario with the same nodes."""
    program = fv.load(name, "merged")
    rows = [row for row in fv.check(name, "before") if row.verdict == "violated"]
    for outcomes, context in [("OK", "write"), *((r.outcomes, r.context) for r in rows)]:
        steps = [s.node for s in run(program, outcomes=outcomes, context=context).steps]
        found = replay(program, steps)
        assert [s.node for s in found.trace.steps][: found.steps] == steps


def test_a_way_that_no_edge_allows_names_the_step():
    """And says what comes there."""
    mips = fv.load("mips", "merged")
    with pytest.raises(fv.BadInput, match="At step 3 “handle_mm_fault” cannot come"):
        replay(mips, ["no_mm_or_faults_off", "handle_mm_fault"])
    with pytest.raises(fv.BadInput, match="is no node of mips"):
        replay(mips, ["nowhere"])
    with pytest.raises(fv.BadInput, match="The way is empty"):
        replay(mips, [])


def test_a_way_that_breaks_the_same_for_ever_is_ended():
    """A loop that gives up mmap_lock each time round is followed as far as the search goes."""
    loops = edited(fv.load("mips", "merged"), "6 off", "32 to retry")
    trace = run(loops, outcomes="OK,OK", context="write")
    with pytest.raises(fv.BadInput, match="a lock count is beyond 2"):
        replay(loops, [step.node for step in trace.steps])


# --- patches ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS[:20])
def test_a_patch_is_what_its_mail_says(seed):
    """Applied to the old listing the diff gives the new one, and the fault is in it."""
    one = reviews.make(seed)
    old, new = ([str(line) for line in lines(p)] for p in (one.before, one.after))
    assert applied(old, one.mail.split("\n\n")[-1].splitlines()) == new
    assert one.sound is (sorted(search(one.after)[0].values()) == [])
    if not one.sound:
        assert one.places <= {line.number for line in lines(one.after)}


def applied(old, diff):
    """A unified diff, applied."""
    new, at = [], 0
    for row in diff:
        if row.startswith("@@"):
            start = int(row.split()[1].split(",")[0][1:]) - 1
            new += old[at:start]
            at = start
        elif row.startswith("+") and not row.startswith("+++"):
            new.append(row[1:])
        elif row.startswith("-") and not row.startswith("---"):
            assert old[at] == row[1:]
            at += 1
        elif row.startswith(" "):
            assert old[at] == row[1:]
            new.append(old[at])
            at += 1
    return new + old[at:]


def test_a_review_has_points_for_rule_line_and_scenario():
    """And model replies that meet the whole rubric."""
    for seed in SEEDS[:20]:
        one = reviews.make(seed)
        for reply in replies.replies(one):
            assert replies.rubric(one, reply).total == 5, reply
    one = some(sound=False, module=reviews)
    first = one.first
    full = {"rule": first.invariant, "line": min(one.places), "outcomes": first.outcomes,
            "context": first.context}  # fmt: skip
    assert reviews.judge(one, full).total == 3
    assert reviews.judge(one, {**full, "line": "x"}).total == 2
    assert reviews.judge(one, {"ack": True}).total == 0
    given = {"ack": False, **full, "reply": "No."}
    scores = replies.grade(Act("", "", "review", "review", one.seed, given))
    assert [score.points for score in scores] == [1, 1, 1, 0]
    assert [score.of for score in scores] == [1, 1, 1, 5]


@pytest.mark.parametrize("sound", [True, False])
def test_a_full_review_is_scored_in_full(sound):
    """Every part and the reply: who makes no mistake gets all points, as many as `judge` names."""
    one = some(sound=sound, module=reviews)
    given = {"ack": True} if sound else {
        "rule": one.first.invariant, "line": min(one.places), "outcomes": one.first.outcomes,
        "context": one.first.context,
    }  # fmt: skip
    reply = replies.replies(one)[0]
    *parts, last = replies.grade(
        Act("", "", "review", "review", one.seed, {**given, "reply": reply})
    )
    assert [(score.points, score.of) for score in parts] == [(1, 1)] * len(reviews.PARTS)
    assert sum(score.of for score in parts) == reviews.judge(one, given).of
    assert last.points == last.of == len(replies.rubric(one, reply).met)


# --- handlers of one's own -------------------------------------------------------------------


def test_the_sound_handler_is_a_full_answer():
    """And the starter is not."""
    for seed in SEEDS[:10]:
        one = writing.task(seed)
        whole = source(features(f"write {seed}", one.level))
        assert writing.judge(one, whole).total == writing.judge(one, whole).of
        assert writing.BLANK in one.starter
        with pytest.raises(fv.BadInput, match=r"nothing leads to|runs off the end"):
            writing.judge(one, one.starter)


def test_what_is_missing_is_said():
    """The rule with its scenario, and the cases in which the handler does something else."""
    one = writing.task("7", 1)
    whole = source(features("write 7", 1))
    without = whole.replace("    since(MERGED, completed(LEAVE_COMPLETED)),\n", "")
    assert without != whole
    verdict = writing.judge(one, without)
    assert verdict.total < verdict.of
    assert "Broken: lock-underflow" in repr(verdict)
    swapped = whole.replace('signal("SIGBUS")', 'do("say nothing", why="Wrong.")')
    assert "SIGBUS (write): told or fixed up is nobody" in repr(writing.judge(one, swapped))


@pytest.mark.parametrize(
    ("text_", "said"),
    [
        ("import os", "only the vocabulary can be used here, no Import"),
        ("x = (lambda: 1)()", "no Lambda"),
        ("x = [i for i in (1,)]", "no ListComp"),
        ("x = ().__class__", "a dot may only follow Flag or Result"),
        ("Flag.MINE = 1", "a dot may only follow Flag or Result"),
        ("FIX_UP.why = 1", "a dot may only follow Flag or Result"),
        ("x = FIX_UP.__class__", "a dot may only follow Flag or Result"),
        ("from faultviz.ir.bits import EAGAIN, annotations", "no ImportFrom"),
        ("from faultviz.models import MODULES", "no ImportFrom"),
        ("open('x')", "NameError"),
        ("__import__('os')", "NameError"),
        ("when = 1", "when has a meaning already"),
        ("x = f'{1}'", "no JoinedStr"),
        ("x = (", "is no Python"),
        ("x = 1", "binds no MODEL"),
        ("MODEL = 3", "binds no MODEL"),
        ("acquire(1, 2, 3)", "Your handler fails: TypeError"),
    ],
)
def test_only_data_can_be_written(text_, said):
    """So that a teacher may read what a student sent."""
    with pytest.raises(fv.BadInput, match=said):
        writing.read(text_)


def test_what_one_learner_calls_a_word_binds_no_other():
    """Nor a handler that is read later: `debug-vm` is a word of arm."""
    for meaning in ("this", "that"):
        with pytest.raises(fv.BadInput, match="binds no MODEL"):
            writing.read(f"x = word('mine', '{meaning}')")
    with pytest.raises(fv.BadInput, match="'debug-vm' has two meanings"):
        writing.read("x = word('debug-vm', 'this')")


def test_every_form_that_is_allowed_makes_data():
    """No form of Python that could call what is no vocabulary is among them."""
    names = {form.__name__ for form in as_data.FORMS}
    assert not names & {"Lambda", "FunctionDef", "Import", "Subscript", "While", "For", "Await"}
    assert all(issubclass(form, ast.AST) for form in as_data.FORMS)


def test_a_listing_of_an_exercise_fits_a_page():
    """About as long as a real handler's."""
    assert all(25 <= len(lines(make(seed).program)) <= 70 for seed in SEEDS)
