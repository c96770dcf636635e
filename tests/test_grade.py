"""A class's answers graded again: points, seeds, what is not believed, the tables and the CSV."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

from faultviz.base.errors import BadInput
from faultviz.base.texts import texts
from faultviz.cli.main import main
from faultviz.course.grading import class_files, report, scoring
from faultviz.course.grading.answer_file import KINDS, Act, Answers, written
from faultviz.course.grading.scoring import Score, replay
from faultviz.course.questions import gate_rules
from faultviz.course.questions.gate import gates, rule_of
from faultviz.course.questions.items import ITEMS, right
from faultviz.engine.run import run
from faultviz.models import ENTRIES, HANDLERS

MIPS = {"revision": "merged", "outcomes": "auto", "context": "write", "without": "",
        "inside": False}  # fmt: skip


def acts(code, *told):
    """Acts of a learner, one a second: kind, name, given and, if there is one, a seed."""
    return tuple(
        Act(f"{code}-{n}", f"2026-01-01T00:00:{n:02}.000Z", kind, name, "".join(seed), given)
        for n, (kind, name, given, *seed) in enumerate(told)
    )


def asked(name, number=None):
    """An answer to a question of a lesson: by its number, or the right one."""
    one = ITEMS[name]
    return ("ask", name, {"answer": one.answers[(number or right(one)) - 1][0]})


def wrong(name):
    """The number of the first wrong answer."""
    return next(n for n in (1, 2) if n != right(ITEMS[name]))


def at_step(step, question, value, name="mips", **more):
    """An answer to a question at a step."""
    told = {**MIPS, "step": step, "question": question, "value": value, **more}
    return ("gate", name, told)


def hand_in(folder, code, *told, file=None):
    """A file as a learner hands it in."""
    path = folder / (file or f"{code}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(written(Answers(code, acts(code, *told))))
    return path


def grade(*arguments):
    """Run the command in this process."""
    return CliRunner().invoke(main, ["grade", *map(str, arguments)])


def rows_of(done):
    """What --csv printed, as dictionaries."""
    return list(csv.DictReader(io.StringIO(done.stdout)))


# --- what an answer is worth -------------------------------------------------------------------


def test_an_answer_is_worth_what_the_key_says_now(monkeypatch):
    """The key is computed: another model, another score."""
    (act,) = acts("A", asked("00-M4"))
    assert scoring.grade(act)[0].points == 1
    changed = ITEMS["00-M4"]._replace(key=lambda: ITEMS["00-M4"].answers[0][0])
    monkeypatch.setattr("faultviz.course.grading.lesson_graders.item", lambda _: changed)
    assert scoring.grade(act)[0].points == 0


@pytest.mark.parametrize(("name", "outcomes"), [("mips", "auto"), ("s390", "RETRY,OK")])
@pytest.mark.parametrize("inside", [False, True])
def test_every_option_at_a_step_is_worth_what_the_gate_says(name, outcomes, inside):
    """Each question of each gate: the right option a point, any other and a skip none."""
    trace = run(name, "merged", outcomes)
    for gate in gates(trace, inside=inside):
        for n, question in enumerate(gate.questions):
            for value, points in [(o.value, o.right) for o in question.options] + [(None, 0)]:
                told = at_step(gate.n, n, value, name, outcomes=outcomes, inside=inside)
                ((score,),) = (scoring.grade(act) for act in acts("A", told))
                assert score.points == points
                assert score.rule == rule_of(trace, gate, question)


def test_rules_have_words_and_all_are_met():
    """Those of every handler's first picture are the six that the report knows."""
    met = set()
    for name in HANDLERS + ENTRIES:
        trace = run(name, "merged")
        for gate in gates(trace):
            met |= {rule_of(trace, gate, question) for question in gate.questions}
    assert met == set(report.RULES)


def test_the_rules_that_show_a_misconception_are_offered():
    """Each of those that the file names is a wrong rule of some question."""
    shown = {}
    for outcomes in ("OK", "RETRY,OK", "COMPLETED"):
        for gate in gates(run("mips", "merged", outcomes)):
            for question in gate.questions:
                shown |= {o.about: o.right for o in question.options}
    shown |= {r.about: r.decides for way in ((0, 1), (1, 0)) for r in gate_rules.hold_rules(*way)}
    del shown[""]
    rules = texts("faultviz.course.questions", "gate")["rules"].values()
    assert shown == {rule["about"]: False for rule in rules if "about" in rule}


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (("dance", "tango", {}), "no answers of the kind 'dance'"),
        (("ask", "00-M99", {"answer": "x"}), "no question '00-M99'"),
        (("ask", "00-M4", {"answer": "a million"}), "has no answer 'a million'"),
        (("ask", "00-M4", {}), "has no sense: KeyError"),
        (("ask", "00-M4", []), "has no sense: TypeError"),
        (("gate", "mips", {}), "has no sense: KeyError"),
        (at_step(2, 0, "1"), "no such question in this faultviz: step 2, number 1"),
        (at_step(1, -1, "1"), "no such question"),
        (at_step([], 0, "1"), "has no sense: TypeError"),
        (at_step(1, 0, "77"), "'77' is no answer to"),
        (at_step(1, 0, "1", "mops"), "'mops' is no handler"),
        (at_step(1, 0, "1", revision="v9"), "no revision 'v9'"),
        (at_step(1, 0, "1", without="everything"), "has no everything to take away"),
        (("exercise", "find", {"ack": True, "level": "high"}, "1"), "has no sense: ValueError"),
    ],
)
def test_what_cannot_be_judged_is_said_and_stops_nothing(told, says):
    """One sentence for it, and the answers beside it have their points."""
    before, bad, after = replay(acts("A", asked("00-M4"), told, asked("02-M6")))
    assert says in bad.problem
    assert (bad.score.of, bad.score.first) == (0, False)
    assert (before.score.points, after.score.points) == (1, 1)


def test_no_program_of_a_file_is_run(tmp_path):
    """A handler is taken by its name only, never by its path."""
    evil = tmp_path / "evil.py"
    evil.write_text(f"open({str(tmp_path / 'done')!r}, 'w')")
    (row,) = replay(acts("A", at_step(1, 0, "1", str(evil))))
    assert "is no handler of this faultviz" in row.problem
    assert not (tmp_path / "done").exists()


def test_each_kind_has_a_grader():
    """Every kind that is recorded can be judged."""
    assert set(scoring.GRADERS) == set(KINDS)


def test_the_first_answer_is_marked_and_stays_first():
    """By what was asked: later ones are no first tries, whichever way they went."""
    told = (asked("00-M4", wrong("00-M4")), asked("02-M6"), asked("00-M4"), asked("00-M4"))
    rows = replay(acts("A", *told))
    assert [row.score.first for row in rows] == [True, True, False, False]
    assert report.by_objective(rows) == {"lesson 00": (0, 1), "lesson 02": (1, 1)}
    assert class_files.total(rows) == (2, 2)


def test_a_misconception_is_left_until_it_is_answered_right():
    """What was said last counts."""
    bad, good = asked("02-M6", wrong("02-M6")), asked("02-M6")
    assert report.left(replay(acts("A", good, bad))) == {"M6": ["02-M6"]}
    assert report.left(replay(acts("A", bad, good))) == {}


# --- files and seeds ---------------------------------------------------------------------------


def test_the_csv_has_a_row_for_each_answer(tmp_path):
    """The columns are a promise."""
    hand_in(tmp_path, "BBBB-3333", asked("00-M4", 1), asked("00-M4", 2))
    hand_in(tmp_path, "AAAA-2222", at_step(1, 0, "1"))
    done = grade(tmp_path, "--csv")
    assert done.exit_code == 0
    head = done.stdout.splitlines()[0]
    assert head.startswith("code,kind,name,seed,points,of,first,objective,misconception,")
    found = [tuple(row.values())[:9] for row in rows_of(done)]
    assert found == [
        ("AAAA-2222", "gate", "mips", "", "1", "1", "1", "questions at steps: calls", ""),
        ("BBBB-3333", "ask", "00-M4", "", "0", "1", "1", "lesson 00", "M4"),
        ("BBBB-3333", "ask", "00-M4", "", "1", "1", "0", "lesson 00", "M4"),
    ]
    assert done.stderr == ""


def test_json_says_the_same(tmp_path):
    """For programs."""
    hand_in(tmp_path, "AAAA-2222", asked("00-M4", 1))
    (row,) = json.loads(grade(tmp_path, "--json").stdout)
    assert set(row) == set(class_files.COLUMNS)
    assert (row["points"], row["of"], row["first"], row["chosen"]) == (0, 1, True, "once")


def test_files_below_are_found_and_hidden_ones_are_not(tmp_path):
    """As a course's platform unpacks them; one file alone will do as well."""
    one = hand_in(tmp_path, "AAAA-2222", asked("00-M4"), file="one/deep/answers.json")
    hand_in(tmp_path, "BBBB-3333", asked("00-M4"), file="two.json")
    hand_in(tmp_path, "CCCC-4444", asked("00-M4"), file=".ipynb_checkpoints/answers.json")
    (tmp_path / "one" / "package.json").write_text("{}")
    assert {row["code"] for row in rows_of(grade(tmp_path, "--csv"))} == {"AAAA-2222", "BBBB-3333"}
    assert {row["code"] for row in rows_of(grade(one, "--csv"))} == {"AAAA-2222"}


def test_bad_files_are_a_sentence_each_and_the_others_are_graded(tmp_path):
    """And the exit code says that something was left out."""
    hand_in(tmp_path, "AAAA-2222", asked("00-M4"))
    for name, text in (("a", "{"), ("b", '{"format": 7}'), ("c", "\udcff")):
        (tmp_path / f"{name}.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    (tmp_path / "d.json").mkdir()
    done = grade(tmp_path, "--csv")
    assert done.exit_code == 2
    lines = done.stderr.splitlines()
    assert [line.split(": ")[1].rsplit("/")[-1] for line in lines] == [
        "a.json", "b.json", "c.json", "d.json",
    ]  # fmt: skip
    assert "use a newer faultviz" in lines[1]
    assert [row["code"] for row in rows_of(done)] == ["AAAA-2222"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["{folder}/none"], "There is no folder"),
        (["{folder}"], "There are no answers in"),
        (["{folder}/full", "--seed-file", "{folder}/none.csv"], "cannot be read: No such file"),
        (["{folder}/full", "--seed-file", "{folder}/odd.csv"], "odd.csv, line 2: a code, a comma"),
        (["{folder}/full", "--seed-file", "{folder}/two.csv"], "has the seed '1' already"),
    ],
)
def test_bad_input_is_one_sentence(tmp_path, arguments, says):
    """Exit code 2, nothing printed."""
    hand_in(tmp_path / "full", "AAAA-2222", asked("00-M4"))
    (tmp_path / "odd.csv").write_text("code,seed\nAAAA-2222\n")
    (tmp_path / "two.csv").write_text("AAAA-2222,1\naaaa-2222,2\n")
    done = grade(*(word.format(folder=tmp_path) for word in arguments))
    assert done.exit_code == 2
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


def test_a_seed_file_is_csv_as_a_spreadsheet_saves_it(tmp_path):
    """With or without a head, a byte order mark, spaces, small letters, empty lines."""
    file = tmp_path / "seeds.csv"
    file.write_bytes("\ufeffCode,Seed,name\r\n aaaa-2222 , 7 ,x\r\n\r\nBBBB-3333,8\r\n".encode())
    assert class_files.seeds(file) == {"AAAA-2222": "7", "BBBB-3333": "8"}


def test_another_seed_gets_no_points_and_is_named(tmp_path):
    """Also no seed at all, and a code that is not in the list; questions of lessons have none."""
    good = ("exercise", "find", {"ack": True, "level": 1})
    sound = "7"
    assert scoring.grade(acts("A", (*good, sound))[0])[0].points == 1
    hand_in(tmp_path, "AAAA-2222", (*good, sound), (*good, "8"), asked("00-M4"))
    hand_in(tmp_path, "BBBB-3333", (*good, sound))
    (tmp_path / "seeds.csv").write_text(f"code,seed\nAAAA-2222,{sound}\n")
    done = grade(tmp_path, "--seed-file", tmp_path / "seeds.csv", "--csv")
    assert done.exit_code == 0
    found = {}
    for row in rows_of(done):
        key = (row["code"], row["kind"], row["seed"])
        points, _ = found.get(key, (0, ""))
        found[key] = (points + float(row["points"]), row["problem"])
    assert found == {
        ("AAAA-2222", "exercise", "7"): (4, ""),
        ("AAAA-2222", "exercise", "8"): (0, "The seed is '8', and '7' was to be used."),
        ("AAAA-2222", "ask", ""): (1, ""),
        ("BBBB-3333", "exercise", "7"): (0, "This code has no seed in the list."),
    }
    said = grade(tmp_path, "--seed-file", tmp_path / "seeds.csv").stdout
    assert "AAAA-2222: exercise find: The seed is '8'" in " ".join(said.split())


def test_two_files_of_one_code_are_one_learner_and_copies_are_named(tmp_path):
    """An older download beside a newer one counts once; another's answers are said."""
    both = (asked("00-M4"), asked("02-M6"))
    hand_in(tmp_path, "AAAA-2222", *both)
    hand_in(tmp_path, "AAAA-2222", both[0], file="older.json")
    stolen = written(Answers("ZZZZ-9999", acts("AAAA-2222", *both)))
    (tmp_path / "stolen.json").write_text(stolen)
    done = grade(tmp_path, "--csv")
    assert done.exit_code == 0
    assert [row["name"] for row in rows_of(done) if row["code"] == "AAAA-2222"] == [
        "00-M4", "02-M6",
    ]  # fmt: skip
    same, copied = done.stderr.splitlines()
    assert "AAAA-2222 is also the code of" in same
    assert "stolen.json: 2 of its answers came from" in copied


def test_nothing_of_a_file_is_computed_by_a_spreadsheet_or_obeyed_by_a_terminal(tmp_path):
    """Formulas stay texts, control characters are gone, markup is no markup."""
    evil = "=cmd|'/c calc'!A0"
    hand_in(tmp_path, "AAAA-2222", ("ask", evil, {}), ("ask", "[red]\x1b[2J", {}))
    (first, second) = rows_of(grade(tmp_path, "--csv"))
    assert first["name"] == f"'{evil}"
    assert "\x1b" not in second["name"]
    said = grade(tmp_path).stdout
    assert "\x1b[2J" not in said
    assert "[red]" in said


# --- the class ---------------------------------------------------------------------------------


@pytest.fixture
def of_a_class(tmp_path):
    """Four learners on one question, one of them twice, and two at a step."""
    bad = wrong("02-M6")
    hand_in(tmp_path, "AAAA-2222", asked("02-M6", bad), asked("02-M6"))
    hand_in(tmp_path, "BBBB-3333", asked("02-M6", bad), at_step(1, 0, "1"))
    hand_in(tmp_path, "CCCC-4444", asked("02-M6"), at_step(1, 0, None))
    hand_in(tmp_path, "DDDD-5555", asked("02-M6"))
    return tmp_path


def test_the_table_of_a_class_counts_first_tries(of_a_class):
    """Per item and per misconception, with the wrong answer that was given most often."""
    lines = json.loads(grade(of_a_class, "--summary", "--json").stdout)
    chosen = ITEMS["02-M6"].answers[wrong("02-M6") - 1][0]
    assert lines == [
        {"table": "item", "name": "ask 02-M6", "answered": 4, "right": 2, "wrong": chosen,
         "times": 2, "sure": 0},
        {"table": "item", "name": "gate mips merged, auto, write, step 1: calls", "answered": 2,
         "right": 1, "wrong": "skipped", "times": 1, "sure": 0},
        {"table": "misconception", "name": "M6", "answered": 4, "right": 2, "wrong": chosen,
         "times": 2, "sure": 0},
    ]  # fmt: skip
    head, *found = grade(of_a_class, "--summary", "--csv").stdout.splitlines()
    assert head == "table,name,answered,right,wrong,times,sure"
    assert len(found) == 3
    said = grade(of_a_class, "--summary").stdout
    assert "2 (50 %)" in said
    assert "4 learners; first tries only." in " ".join(said.split())


def test_the_table_of_learners_has_a_row_each(of_a_class):
    """First and last tries, what is left, and what these points are not."""
    said = grade(of_a_class).stdout
    (row,) = [line for line in said.splitlines() if line.startswith("AAAA-2222")]
    assert row.split() == ["AAAA-2222", "2", "0", "of", "1", "1", "of", "1"]
    (row,) = [line for line in said.splitlines() if line.startswith("BBBB-3333")]
    assert row.split() == ["BBBB-3333", "2", "1", "of", "2", "1", "of", "2", "M6"]
    assert "points that count need supervision" in " ".join(said.split())


def test_sure_but_wrong_is_counted_and_a_mistake_belongs_to_what_it_shows(monkeypatch):
    """A wrong answer that shows another misconception says nothing of the first."""
    marks = {
        "right": Score("one", 1),
        "sure": Score("one", 0, 1, "", "M4", chosen="b", sure=True),
        "doubt": Score("one", 0, 1, "", "M4", chosen="b", sure=False),
        "other": Score("one", 0, 1, "", "M9", chosen="c", sure=True),
    }
    monkeypatch.setattr(scoring, "grade", lambda act: [marks[act.given]])
    learners = {
        str(n): replay(acts(str(n), ("quiz", "pre", given)))
        for n, given in enumerate(("right", "sure", "doubt", "other"))
    }
    assert report.per_item(learners) == [("quiz one", 4, 1, "b", 2, 2)]
    assert report.per_misconception(learners) == [
        ("M4", 3, 1, "b", 2, 1), ("M9", 2, 1, "c", 1, 1),
    ]  # fmt: skip


def test_an_unknown_kind_of_another_module_is_said(monkeypatch):
    """Where this version has no such grader."""
    monkeypatch.setitem(scoring.GRADERS, "quiz", "not_there")
    (act,) = acts("A", ("quiz", "pre", {}))
    with pytest.raises(BadInput, match="cannot grade answers of the kind 'quiz'"):
        scoring.grade(act)
