"""The tests before and after the course: parallel forms, computed keys, what the answers say."""

from collections import Counter

import pytest
from hypothesis import given as drawn_by
from hypothesis import settings
from hypothesis import strategies as st

import faultviz as fv
from faultviz import models
from faultviz.course.banks import FIRST, bank
from faultviz.course.exercises.seeded import judge
from faultviz.course.grading.answer_file import Act
from faultviz.course.grading.report import Share
from faultviz.course.questions.items.misconceptions import MISCONCEPTIONS
from faultviz.course.quiz import FIXED, books, form, forms, locks, paths, transfer
from faultviz.course.quiz.question import OBJECTIVES, Answer, question
from faultviz.course.quiz.result import QuizOutcome, grade, lesson_of, marked, outcome
from faultviz.course.quiz.result import given as kept_of
from faultviz.edit.ablate import ROLES
from faultviz.edit.listing import lines
from faultviz.engine.check import check

EIGHT = 8
seeds = st.text(st.characters(codec="utf-8"), max_size=12)


def is_sound(one):
    """One right answer among 2 to 5, distinct answers and reasons, a belief that is on the list."""
    texts, reasons, beliefs = zip(*one.answers, strict=True)
    assert 2 <= len(texts) == len(set(texts)) <= 5
    assert len(set(reasons)) == len(reasons)
    assert all(reason.endswith(".") for reason in reasons)
    assert texts.count(one.key) == 1
    assert one.answers[one.right - 1].about == ""
    assert set(beliefs) - {""} <= set(MISCONCEPTIONS)
    assert one.ask.endswith("?")
    assert one.objective in OBJECTIVES


@settings(max_examples=200)
@drawn_by(seeds)
def test_each_seed_has_two_sound_and_parallel_forms(seed):
    """The same questions, each of another handler, event or pair, with a belief to be caught by."""
    assert len(forms.KINDS) == EIGHT
    for kind in forms.KINDS.values():
        one, other = (forms.asked(kind, name, seed) for name in ("pre", "post"))
        assert (one.name, one.objective) == (other.name, other.objective)
        assert one.case[0] != other.case[0]
        for each in (one, other):
            is_sound(each)
            assert {answer.about for answer in each.answers} - {""}


def test_the_right_answers_place_is_no_hint():
    """No place has more than 45 % of them; each number of a question is right somewhere."""
    asked = [q for n in range(120) for q in form("pre", f"{n}").questions]
    places = Counter(q.right for q in asked)
    assert max(places.values()) < 0.45 * len(asked)
    for name in {q.name for q in asked}:
        assert len({q.right for q in asked if q.name == name}) >= 2


def test_a_seed_is_a_text_and_none_is_a_fixed_one():
    """So that a lesson's output is the same for all who name none."""
    assert form("pre") == form("pre", FIXED) == form("pre", " faultviz ")
    assert form("pre", "K7F2-9QXM") != form("pre")
    with pytest.raises(fv.BadInput, match="no test 'before'"):
        form("before")


@pytest.mark.parametrize("seed", [str(n) for n in range(25)])
def test_the_transfer_is_a_proven_fault_in_a_handler_of_no_kernel(seed):
    """Its three keys get all points of the exercise; some answer shows a belief."""
    rule, line, way = form("post", seed).questions[EIGHT:]
    for one in (rule, line, way):
        is_sound(one)
    assert {answer.about for answer in rule.answers} & {"M14", "M15"}
    exercise, first, _ = transfer._broken(seed)
    assert exercise.program.name not in models.HANDLERS
    assert rule.shown.splitlines()[-1].split()[0] == str(len(lines(exercise.program)))
    number = int(line.key.split(":")[0].removeprefix("line "))
    given = {"rule": rule.key.split(":")[0], "node": lines(exercise.program)[number - 1].node,
             "outcomes": first.outcomes, "context": first.context}  # fmt: skip
    assert judge(exercise, given).total == 4
    assert way.key == transfer._in_words(transfer._trace(exercise.program, first), first.steps)


def test_what_belongs_together_shares_a_number():
    """Nine, of which the last has three parts."""
    assert form("post").numbers == (*"12345678", "9a", "9b", "9c")
    assert repr(form("post")) == "Test after the course, 9 questions, seed faultviz"


# --- keys are computed ---------------------------------------------------------------------------


def test_keys_follow_the_runs(monkeypatch):
    """Were each first answer OK, the lock would be taken once, and that would be the key."""
    monkeypatch.setattr(locks, "ran", lambda name, *_: fv.run(name, "merged", "OK"))
    one = locks.rounds(("mips", "merged", "OK"), locks.Draw("x"))
    assert one.key == "once"


def test_keys_follow_the_events(monkeypatch):
    """Were each event a fresh write, all four would end in COMPLETED."""
    monkeypatch.setattr(books, "ran", lambda name, *_, **__: fv.run(name, "merged"))
    one = books.events(("fresh,dirty,private,read", "mips"), books.Draw("x"))
    assert one.key == "a, b, c and d"


def test_keys_follow_the_measurements(monkeypatch):
    """A series whose pairs all lie on one side says something, and then that is the key."""
    case = next(case for case in books.evidence_cases(bank(FIRST)) if books.apart(case))
    assert books.evidence(case, books.Draw("x")).key == "nothing yet"
    monkeypatch.setattr(books, "unsettled", lambda _: False)
    assert books.evidence(case, books.Draw("x")).key.startswith("the patch ")


def test_the_saving_is_read_from_the_recorded_instructions():
    """About an eighth, on both kernels."""
    for kernel in bank(FIRST).kernels:
        part, kept = books._saved(kernel)
        assert part == "8"
        assert 0.85 < kept < 0.9


def test_taken_once_before_each_call():
    """The reason that the right answer gives holds for each case."""
    for name in models.HANDLERS:
        if locks.may_retry((name,)):
            trace = locks.ran(name, "merged", "RETRY,OK")
            assert locks._taken(trace) == trace.counters["calls"] == 2


def test_balanced_faults_are_looked_for_where_the_search_finds_them():
    """Every handler, as posted and merged, whole and with something taken out."""
    found = set()
    for name in models.HANDLERS:
        for revision in ("v3", "merged"):
            for role in ("", *sorted(set(ROLES) - {"completed-check", "completed-body"})):
                program = models.load(name, revision)
                if not role or any(n.role == role for n in program.nodes.values()):
                    rules = {rule for rule, _ in paths.balanced(name, revision, role)}
                    found |= {(name, revision, role, rule) for rule in rules}
    whole = {
        (name, rule) for name, revision, role, rule in found if (revision, role) == ("merged", "")
    }
    new = {one for one in found if (one[0], one[3]) not in whole} | {
        (name, "merged", "", rule) for name, rule in whole
    }
    places = [place for group in bank(FIRST).balanced for place in group]
    listed = {(*place, rule) for place in places for rule, _ in paths.balanced(*place)}
    assert listed == new
    assert {rule for *_, rule in listed} <= {*paths.OFFERED, "flags-kept"}


def test_a_balanced_fault_shows_what_breaks_it():
    """The step that the reason names stands in the trace above the question."""
    for n, group in enumerate(bank(FIRST).balanced):
        for place in group:
            one = paths.balance((str(n), *place), paths.Draw("x"))
            step = one.answers[one.right - 1].reason.split(":")[0].removeprefix("Step ")
            assert any(line.split()[0] == step for line in one.shown.splitlines())
            assert check(place[0], place[1], place[2] or None)


def test_two_beliefs_that_agree_are_one_answer():
    """The first of them keeps its reason."""
    answers = [Answer("a", "Right."), Answer("b", "No."), Answer("a", "Twice.", "M1")]
    one = question("x", "path", "?", answers, "a", ())
    assert [answer.reason for answer in one.answers] == ["Right.", "No."]


# --- what answers say ----------------------------------------------------------------------------


def chosen(of, *wrong):
    """All right, but for the named questions: there the first answer that shows a belief."""
    numbers = []
    for one in of.questions:
        tagged = [i for i, answer in enumerate(one.answers, start=1) if answer.about]
        numbers.append(tagged[0] if one.name in wrong else one.right)
    return numbers


def act(of, numbers, sure=True, seed=FIXED):
    """A test as it is kept."""
    given = kept_of(of, numbers, [sure] * len(numbers))
    return Act("id", "2026", "quiz", of.name, seed, given)


def test_a_test_is_graded_by_drawing_it_again():
    """Points, the belief of a wrong answer, and whether one was sure."""
    of = form("pre")
    scores = grade(act(of, chosen(of, "rounds"), sure=False))
    assert [score.points for score in scores] == [0, *[1] * 7]
    assert scores[0].what == "pre: rounds"
    assert scores[0].objective == OBJECTIVES["rounds"].sentence
    assert (scores[0].misconception, scores[0].sure) == ("M4", False)
    assert {score.misconception for score in scores[1:]} == {""}
    empty = grade(act(of, [0] * EIGHT))
    assert {(score.points, score.chosen, score.misconception) for score in empty} == {(0, "", "")}


def test_an_answer_of_another_form_is_refused():
    """Nothing is trusted: neither a question nor an answer that this seed does not have."""
    of = form("pre")
    good = act(of, chosen(of))
    for answers, said in (
        ({"rounds": "seven times"}, "no answer 'seven times'"),
        ({"dance": "tango"}, "no question 'dance'"),
    ):
        with pytest.raises(fv.BadInput, match=said):
            grade(good._replace(given={"answers": answers, "sure": {}}))
    with pytest.raises(fv.BadInput, match="no test 'final'"):
        grade(good._replace(name="final"))


def test_the_gain_stands_beside_each_objective():
    """Before and after, right or wrong, sure or not."""
    pre, post = form("pre"), form("post")
    acts = [act(pre, chosen(pre, "rounds", "books", "path"), sure=False), act(post, chosen(post))]
    seen = outcome(acts[1], acts)
    assert seen.total().startswith("Before 5 of 8 right, after 8 of 8: 3 more.")
    rows = {row[0]: row[1:] for row in seen.rows()}
    assert rows[OBJECTIVES["rounds"].sentence] == ("wrong, not sure", "right, sure")
    assert rows[OBJECTIVES["events"].sentence] == ("right, not sure", "right, sure")
    assert "No misconception is left" in repr(seen)
    assert "Not tried with a class" in repr(seen)
    assert seen.read_again().startswith("Nothing is left")


def test_a_belief_held_when_sure_is_the_one_to_read_about():
    """It weighs more, and its lesson comes first."""
    of = form("post")
    given = kept_of(of, chosen(of, "rounds", "missing"), [True] * len(of.questions))
    given["sure"]["rounds"] = False
    seen = QuizOutcome(of, marked(of, given))
    (first, weight), (second, less) = seen.left()
    assert (second, weight, less) == ("M4", 2, 1)
    assert first in {"M8", "M9"}
    shown = next(q for q in of.questions if q.name == "missing")
    assert seen.read_again().startswith(f"Read lesson {lesson_of(first, shown)} again")
    assert f"({first}, and you were sure)" in repr(seen)
    assert "(M4)" in repr(seen)


def test_without_a_test_before_there_is_no_gain():
    """One of another seed, or of another version, is none."""
    pre, post = form("pre", "other"), form("post")
    after = act(post, chosen(post))
    broken = Act("x", "1", "quiz", "pre", FIXED, {"answers": 7})
    for acts in ([], [act(pre, chosen(pre), seed="other")], [broken]):
        seen = outcome(after, [*acts, after])
        assert seen.before == ()
        assert "No test before the course with this seed" in seen.total()


def test_the_first_test_before_is_the_one_that_counts():
    """Whoever takes it again knows more by then."""
    pre, post = form("pre"), form("post")
    acts = [act(pre, chosen(pre, "rounds")), act(pre, chosen(pre)), act(post, chosen(post))]
    assert sum(one.good for one in outcome(acts[2], acts).before) == 7


def test_first_answers_at_steps_are_told_by_rule():
    """As they were kept, graded again."""
    of = form("post")
    where = {"revision": "merged", "outcomes": "COMPLETED", "context": "write", "without": ""}
    gate = {**where, "inside": False, "step": 9, "question": 0, "value": "1"}
    acts = [Act(f"{n}", "1", "gate", "mips", "", {**gate, "value": v}) for n, v in enumerate("10")]
    seen = outcome(act(of, chosen(of)), acts)
    assert seen.gates == {"contract": Share(0, 1)}
    assert seen.steps() == [
        "Questions at steps, right at the first try: what an answer says of mmap_lock 0 of 1."
    ]


def test_each_objective_has_a_lesson_and_each_kind_an_objective():
    """So that there is always something to read."""
    assert set(forms.KINDS) <= set(OBJECTIVES)
    assert all(lesson[:2].isdigit() for _, lesson in OBJECTIVES.values())
