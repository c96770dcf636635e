"""Exam items: keys, paper, and Moodle's GIFT, read back by a small reader of its own."""

import re
from html import unescape

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from faultviz.cli.main import main
from faultviz.course.questions.items.misconceptions import MISCONCEPTIONS
from faultviz.course.quiz import exam_sheet, form
from faultviz.course.quiz.exam import exam
from faultviz.course.quiz.exam_item import CHOICE, MATCH, NUMBER, TRUTH
from faultviz.course.quiz.gift import escaped, gift
from faultviz.course.quiz.question import OBJECTIVES

SEEDS = [f"{n}" for n in range(40)]


# --- the items -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", SEEDS)
def test_each_seed_has_twenty_sound_items(seed):
    """Of four kinds, over all objectives, each with a belief that it can show."""
    items = exam(seed)
    assert len(items) == len({item.question.name for item in items}) == 20
    assert {item.kind for item in items} == {CHOICE, TRUTH, NUMBER, MATCH}
    assert {item.question.objective for item in items} == set(OBJECTIVES)
    assert {about for item in items for about in item.about} == set(MISCONCEPTIONS)
    for item in items:
        one = item.question
        texts = [answer.text for answer in one.answers]
        assert item.about
        if item.kind == MATCH:
            assert len({left for left, _ in item.pairs}) == len(item.pairs) == 4
            continue
        assert texts.count(one.key) == 1
        assert len(set(texts)) == len(texts)
        assert item.kind != NUMBER or one.key.isdigit()
        assert item.kind != TRUTH or texts == ["true", "false"]


def test_an_exam_repeats_no_question_of_the_tests():
    """Of the same seed: whoever took them has not seen these."""
    for seed in SEEDS:
        asked = {(q.name, q.case) for name in ("pre", "post") for q in form(name, seed).questions}
        assert not asked & {(item.question.name, item.question.case) for item in exam(seed)}


def test_both_answers_to_a_statement_occur():
    """Whoever always says false is wrong often enough."""
    keys = {}
    for seed in SEEDS:
        for item in exam(seed):
            if item.kind == TRUTH:
                keys.setdefault(item.question.name, set()).add(item.question.key)
    assert {name for name, both in keys.items() if both == {"true", "false"}} >= {
        "error", "readers", "proves", "ran-long", "retry",
    }  # fmt: skip


# --- on paper ------------------------------------------------------------------------------------


def test_the_key_stands_on_a_page_of_its_own():
    """Nothing before the form feed says what is right, and no reason stands there."""
    items = exam("paper")
    asked, key = exam_sheet.text(items, "paper").split(exam_sheet.PAGE)
    assert max(map(len, asked.splitlines())) <= 100
    assert "Not tried with a class" in asked
    whole = " ".join(asked.split())
    for n, item in enumerate(items, start=1):
        assert f"\n{n}. " in asked
        assert f"\n{n}. " in key
        assert all(answer.reason not in whole for answer in item.question.answers)
        if item.kind == CHOICE:
            letter = exam_sheet.LETTERS[item.question.right - 1]
            assert f"\n{n}. {letter}: " in key


def test_the_key_of_what_belongs_together_can_be_followed():
    """Number by number, the letter leads to the right side."""
    (item,) = (item for item in exam("paper") if item.kind == MATCH)
    (line,) = (
        line
        for line in exam_sheet.text([item], "s").split(exam_sheet.PAGE)[1].splitlines()
        if line[:2] == "1."
    )
    letters = exam_sheet._offered(item)
    told = [letters[letter] for letter in re.findall(r"\d([A-D])", line)]
    assert told == [right for _, right in item.pairs]


def test_the_table_leaves_difficulty_to_the_teacher():
    """Each row has an objective, a belief and a lesson; what nobody measured is blank."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in exam_sheet.table(exam("t")).splitlines()
        if line.startswith("|")
    ]
    assert rows[0][-2:] == ["difficulty", "discrimination"]
    assert len(rows) == 22
    for row in rows[2:]:
        assert all(row[:5])
        assert row[5:] == ["", ""]


# --- Moodle --------------------------------------------------------------------------------------


def read_gift(text):
    """A small reader of GIFT: title, text, kind and answers of each question."""
    blocks = [block for block in re.split(r"\n\s*\n", text) if block.strip()]
    return [
        question(block) for block in blocks if not block.lstrip().startswith(("//", "$CATEGORY"))
    ]


def question(block):
    head = re.fullmatch(r"::(.*?)(?<!\\)::\[html\](.*?)(?<!\\)\{(.*)(?<!\\)\}\s*", block, re.DOTALL)
    title, asked, inner = head.groups()
    parts = {"title": plain(title), "ask": plain(asked)}
    inner = inner.strip()
    if re.match(r"(TRUE|FALSE)(#|$)", inner):
        key, *remarks = cut(inner, "#")
        return {**parts, "kind": TRUTH, "key": key.lower(), "remarks": [plain(r) for r in remarks]}
    if inner.startswith("#"):
        (answer,) = [a for a in cut(inner[1:].strip(), "=") if a.strip()]
        number, remark = cut(answer, "#")
        value, within = number.split(":")
        assert within == "0"
        return {**parts, "kind": NUMBER, "key": value, "remarks": [plain(remark)]}
    if "->" in inner and not re.search(r"(?<!\\)~", inner):
        pairs = [a.split("->") for a in cut(inner, "=") if a.strip()]
        return {**parts, "kind": MATCH, "pairs": [(plain(a), plain(b)) for a, b in pairs]}
    found = re.findall(r"(?<!\\)([=~])((?:\\.|[^=~\\])*)", inner, re.DOTALL)
    answers = [(mark, *[plain(part) for part in cut(text, "#")]) for mark, text in found]
    return {**parts, "kind": CHOICE, "answers": answers}


def cut(text, mark):
    """The parts between marks that are not escaped."""
    return re.split(rf"(?<!\\){re.escape(mark)}", text)


def plain(text):
    """What a reader sees: no escapes, no HTML."""
    text = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], text.strip(), flags=re.DOTALL)
    return unescape(re.sub(r"</?pre>", "\n", text)).strip()


@pytest.mark.parametrize("seed", SEEDS[:12])
def test_moodle_reads_back_what_was_written(seed):
    """Every text, key, reason and pair."""
    items = exam(seed)
    found = read_gift(gift(items, seed))
    assert [one["kind"] for one in found] == [item.kind for item in items]
    for one, item in zip(found, items, strict=True):
        asked = item.question
        assert one["title"].endswith(asked.name)
        assert one["ask"] == f"{asked.ask}\n{asked.shown}".strip()
        if item.kind == CHOICE:
            told = [("=" if a.text == asked.key else "~", a.text, a.reason) for a in asked.answers]
            assert one["answers"] == told
        elif item.kind == MATCH:
            assert one["pairs"] == list(item.pairs)
        else:
            assert one["key"] == asked.key
            assert set(one["remarks"]) == {asked.answers[asked.right - 1].reason}


@settings(max_examples=200)
@given(st.text(alphabet="ab~=#{}:\\n\n %-<&", max_size=30))
def test_any_text_survives_the_escapes(text):
    r"""Special characters, a backslash before an n, markup, line breaks."""
    asked = text.replace("\r", "")
    body = escaped(asked)
    assert not re.search(r"(?<!\\)(\\\\)*[~=#{}:]", body)
    assert "\n" not in body
    back = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], body)
    assert back == asked


# --- the command ---------------------------------------------------------------------------------


def call(*words):
    return CliRunner().invoke(main, ["items", *words])


def test_the_command_prints_each_format():
    """The same seed, the same text; another seed, another one."""
    one = call("--format", "gift", "--seed", "7")
    assert one.exit_code == 0
    assert one.output == gift(exam("7"), "7")
    assert call("--seed", "7").output == exam_sheet.text(exam("7"), "7")
    assert call("--seed", "8").output != call("--seed", "7").output
    assert call("--format", "table").output.startswith("| item")
    assert "items" in CliRunner().invoke(main, ["--help"]).output


def test_the_command_writes_a_file_or_says_why_not(tmp_path):
    """What it cannot write is one sentence."""
    file = tmp_path / "exam.gift"
    assert call("--format", "gift", "-o", str(file)).output == f"wrote {file}\n"
    assert len(read_gift(file.read_text("utf-8"))) == 20
    bad = call("-o", str(tmp_path / "no" / "exam.txt"))
    assert bad.exit_code == 2
    assert "cannot be written: No such file or directory." in bad.output
    assert call("--format", "pdf").exit_code == 2
