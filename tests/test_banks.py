"""Banks: a form belongs to a bank, a kind and a seed, and stays what it was whatever is added."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import bank_forms
import pytest
from click.testing import CliRunner

import faultviz as fv
from faultviz.cli.main import main
from faultviz.course.banks import BANKS, bank
from faultviz.course.grading.answer_file import Act, answers
from faultviz.course.grading.scoring import replay
from faultviz.course.quiz.exam import OTHERS
from faultviz.course.quiz.forms import KINDS, form
from faultviz.course.quiz.result import given
from faultviz.models import HANDLERS

FEW = bank_forms.SEEDS[:12]
PACKAGE = Path(fv.__file__).parent


def as_stored(version, seeds):
    """The digests that were stored, and those of today, of some seeds."""
    stored = bank_forms.stored(version)
    assert set(stored) == set(bank_forms.KINDS)
    then = {kind: {seed: told[seed] for seed in seeds} for kind, told in stored.items()}
    now = {
        kind: {seed: bank_forms.digest(kind, seed, version) for seed in seeds} for kind in stored
    }
    return then, now


@pytest.mark.parametrize("version", BANKS)
def test_a_bank_is_frozen(version):
    """Whoever changes a form changes tests that were handed out: make another bank instead."""
    then, now = as_stored(version, FEW)
    assert now == then


@pytest.mark.long
@pytest.mark.parametrize("version", BANKS)
def test_a_bank_is_frozen_in_all_its_stored_seeds(version):
    """The same for 200 seeds."""
    assert all(len(told) == 200 for told in bank_forms.stored(version).values())
    then, now = as_stored(version, bank_forms.SEEDS)
    assert now == then


@pytest.mark.parametrize("version", BANKS)
def test_a_bank_names_what_there_is(version):
    """Its kinds of questions and its handlers."""
    of = bank(version)
    assert {*of.handlers} <= {*HANDLERS}
    assert {*of.exam} <= {*KINDS, *OTHERS}
    assert {kind for kinds in of.tests.values() for kind in kinds} <= {*KINDS, "transfer"}


# --- what is added -------------------------------------------------------------------------------


TINY = """
version = 2
exam = ["error", "rounds", "missing"]
handlers = ["mips", "roadrunner", "riscv", "x86"]
page_events = ["fresh", "read"]
answers_after_retry = ["OK"]
pages = [7]
kernels = ["6.1.176"]
series = ["ab400.csv"]
exam_pages = [7]
balanced = [[["s390", "v3", ""]]]
names = ["dodo"]
levels = [1]
faults = ["drop"]
subjects = ["dance"]
[tests]
pre = ["rounds", "invented"]
post = ["rounds", "transfer"]
"""


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """A copy of faultviz with a handler, a question, an item, a kind and a subject more."""
    copy = tmp_path_factory.mktemp("grown") / "faultviz"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))

    def put(file, *changes):
        text = (copy / file).read_text("utf-8")
        for old, new in changes:
            assert old in text, (file, old)
            text = text.replace(old, new, 1)
        (copy / file).write_text(text, "utf-8")

    mips = (copy / "models/mips.py").read_text("utf-8")
    (copy / "models/roadrunner.py").write_text(
        mips.replace('program("mips"', 'program("roadrunner"')
    )
    put("models/catalogue.py", ('"riscv", "s390"', '"riscv", "roadrunner", "s390"'))
    items = "course/questions/items/lesson00"
    put(
        f"{items}.toml", ("[00-M3]", '[00-new]\nask = "New?"\nanswers.yes = ["Y", "R."]\n\n[00-M3]')
    )
    put(f"{items}.py", ('    "00-M3":', '    "00-new": lambda: "yes",\n    "00-M3":'))
    kind = '        Kind("invented", locks.missing_cases, locks.missing, locks.reached),\n'
    put("course/quiz/forms.py", ('        Kind("rounds"', f'{kind}        Kind("rounds"'))
    put("course/quiz/exam.py", ('    "error":', '    "invented": exam_toy.error,\n    "error":'))
    subject = '[subjects]\ndance = "dance with the lock"\n'
    put("course/exercises/exercises.toml", ("[subjects]\n", subject))
    return copy


def asked_there(copy, code):
    """What a program prints that uses the copy."""
    env = {"PYTHONPATH": f"{copy.parent}:{Path(bank_forms.__file__).parent}", "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", f"import json\n{code}"], cwd=copy.parent, env=env,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


CHECK = """
import faultviz as fv
from faultviz.course.questions.items import ITEMS
assert "roadrunner" in fv.handlers() and "00-new" in ITEMS and "/grown" in fv.__file__
"""


def test_what_is_added_changes_no_form(grown):
    """Neither of the tests, nor of an exam, nor of an exercise."""
    code = f"""{CHECK}
from bank_forms import KINDS, digest
print(json.dumps({{kind: {{seed: digest(kind, seed, 1) for seed in {FEW}}} for kind in KINDS}}))
"""
    then, _ = as_stored(1, FEW)
    assert asked_there(grown, code) == then


def test_a_second_bank_is_a_second_file(grown):
    """It is drawn from then, and what bank 1 asked and kept stays what it was."""
    (grown / "course/banks/bank2.toml").write_text(TINY)
    code = f"""{CHECK}
from bank_forms import KINDS, digest
from faultviz.course import banks
from faultviz.course.exercises import reviews, seeded
from faultviz.course.grading.answer_file import Act
from faultviz.course.grading.scoring import grade
from faultviz.course.quiz.exam import exam
from faultviz.course.quiz.forms import form
from faultviz.course.quiz.result import given
told = {{"current": banks.CURRENT}}
told["one"] = {{kind: {{seed: digest(kind, seed, 1) for seed in {FEW[:2]}}} for kind in KINDS}}
two = form("pre", "7")
told["two"] = [two.bank, [q.name for q in two.questions], two.text().splitlines()[0]]
told["handlers"] = sorted({{form("pre", str(n)).questions[0].case[0] for n in range(20)}})
told["exam"] = [item.question.name for item in exam("7")]
told["find"] = [seeded.make("7").program.name, seeded.make("7", None, 1).program.name]
told["subject"] = "dance with the lock" in reviews.make("7").mail
points = []
for bank in (1, 2):
    of = form("pre", "7", bank)
    kept = given(of, [q.right for q in of.questions], [True] * len(of.questions))
    points.append([score.points for score in grade(Act("", "", "quiz", "pre", "7", kept))])
    if bank == 1:
        del kept["bank"]
        points.append([score.points for score in grade(Act("", "", "quiz", "pre", "7", kept))])
told["points"] = points
print(json.dumps(told))
"""
    told = asked_there(grown, code)
    (grown / "course/banks/bank2.toml").unlink()
    then, _ = as_stored(1, FEW[:2])
    assert told.pop("one") == then
    first = bank_forms.seeded.make("7").program.name
    title = "Test before the course, 2 questions, bank 2, seed 7"
    assert told == {
        "current": 2,
        "two": [2, ["rounds", "missing"], title],
        "handlers": ["mips", "riscv", "roadrunner", "x86"],
        "exam": ["error", "rounds", "missing"],
        "find": ["dodo", first],
        "subject": True,
        "points": [[1] * 8, [1] * 8, [1] * 2],
    }


# --- kept, printed, graded -----------------------------------------------------------------------


def test_the_bank_is_kept_with_what_is_drawn(work):
    """Of a test, and of each kind of exercise; a reply keeps it, too."""
    test = fv.quiz("pre", "7")
    test.answer(*[1] * 8)
    for kind, answer in (("find", {"ack": True}), ("trace", {"outcomes": "OK"})):
        fv.exercise(kind, "7").answer(**answer)
    review = fv.exercise("review", "7")
    review.answer(ack=True)
    review.reply("No.")
    write = fv.exercise("write", "7")
    write.answer(write.solution())
    kept = [(act.kind, act.given["bank"]) for act in answers().acts]
    kinds = ("quiz", "exercise", "trace", "review", "review", "write")
    assert kept == [(kind, 1) for kind in kinds]


def right_of(version):
    """A test of seed 7 with all answers right, as one of a version keeps it."""
    of = form("pre", "7")
    return given(of, [q.right for q in of.questions], [True] * 8) | version


@pytest.mark.parametrize("version", [{}, {"bank": 1}])
def test_an_answer_without_a_bank_is_of_the_first(version):
    """As the files of 0.1.0 have them."""
    kept = right_of({}) | version
    if not version:
        del kept["bank"]
    rows = replay([Act("", "", "quiz", "pre", "7", kept)])
    assert [row.score.points for row in rows] == [1] * 8


@pytest.mark.parametrize("version", [2, 99, 0, "1", None, True, 1.0, 1.5, "x", [], {}])
def test_an_unknown_bank_is_refused_in_a_sentence(version):
    """For a test and for exercises; the answers beside it have their points."""
    good = Act("", "", "ask", "00-M4", "", {"answer": "twice"})
    drawn = [
        Act("", "", "quiz", "pre", "7", right_of({"bank": version})),
        Act("", "", "exercise", "find", "7", {"ack": True, "bank": version}),
        Act("", "", "trace", "trace", "7", {"outcomes": "OK", "bank": version}),
        Act("", "", "review", "review", "7", {"ack": True, "bank": version}),
        Act("", "", "write", "write", "7", {"text": "", "bank": version}),
    ]
    first, *refused, last = replay([good, *drawn, good])
    assert first.score.points == last.score.points == 1
    said = f"This faultviz has no bank {version} of questions, only 1: use a newer faultviz, or "
    assert {row.problem for row in refused} == {f"{said}one of these."}
    assert {(row.score.points, row.score.of) for row in refused} == {(0, 0)}


def test_the_bank_is_printed_on_the_sheet():
    """On the paper with the questions, with its key, and in Moodle's file; another one is none."""

    def call(*words):
        return CliRunner().invoke(main, ["items", "--seed", "7", *words])

    sheet = call("--bank", "1").output
    assert sheet == call().output
    assert sheet.startswith("20 items, bank 1, seed 7. ")
    assert "\fKey, bank 1, seed 7\n" in sheet
    assert call("--format", "gift").output.startswith("// faultviz, bank 1, seed 7. ")
    bad = call("--bank", "9")
    assert bad.exit_code != 0
    assert "no bank 9 of questions" in f"{bad.output}{bad.exception}"
    for made in (lambda: fv.quiz("pre", bank=9), lambda: fv.exercise("find", "7", bank=9)):
        with pytest.raises(fv.BadInput, match="no bank 9 of questions, only 1"):
            made()
