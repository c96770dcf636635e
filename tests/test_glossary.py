"""The thirty words: one sentence each, explained in their lesson, and used in none before it."""

import json
import re

import pytest

import faultviz as fv
from faultviz.course.glossary import GLOSSARY, forms
from faultviz.course.questions.items import CHECKS, ITEMS

LESSONS = ("00a", "00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11")
EXCEPTIONS = {
    ("00a", "items"): "the self-check of 00a stands before the lesson, to see who may skip it"
}
"""Where a word may come first, and why."""


def lesson(repo, number):
    """The sources of a lesson's cells, with their kinds and tags."""
    (found,) = (repo / "notebooks").glob(f"{number}-*.ipynb")
    cells = json.loads(found.read_text("utf-8"))["cells"]
    return [(c["cell_type"], "".join(c["source"]), c["metadata"].get("tags", [])) for c in cells]


def pattern(name):
    """A word in any of its forms, on its own; small words may begin a sentence."""
    own = sorted((form for form, of in forms() if of == name), key=len, reverse=True)
    any_case = "(?i:" if name.islower() else "(?:"
    return re.compile(rf"(?<![\w-]){any_case}{'|'.join(map(re.escape, own))})(?![\w-])")


def prose(source):
    """A markdown cell without links, which name files."""
    return re.sub(r"\]\([^)]*\)", "]", source)


def uses(cells, word):
    """The numbers of the markdown cells that use a word, but for the head and the teacher's."""
    return [
        n
        for n, (kind, source, tags) in enumerate(cells)
        if n and kind == "markdown" and "instructor" not in tags and word.search(prose(source))
    ]


def explained(cells, word):
    """The numbers of the cells in which it stands in bold, as what is explained there does."""
    return [
        n
        for n in uses(cells, word)
        if any(word.search(bold) for bold in re.findall(r"\*\*(.+?)\*\*", cells[n][1], re.DOTALL))
    ]


def test_there_are_thirty_words_of_one_sentence():
    """In the order of the lessons; a sentence ends once."""
    assert len(GLOSSARY) == 30
    order = [LESSONS.index(term.lesson) for term in GLOSSARY.values()]
    assert order == sorted(order)
    for name, term in GLOSSARY.items():
        assert term.sentence.endswith("."), name
        assert len(re.findall(r"[.!?](?:\s|$)", term.sentence)) == 1, name
        assert len(term.sentence) < 150, name
    every = [form for form, _ in forms()]
    assert len(every) == len(set(every))


@pytest.mark.parametrize("name", GLOSSARY)
def test_each_word_is_explained_in_its_lesson(repo, name):
    """In bold, in the first cell that uses it."""
    cells = lesson(repo, GLOSSARY[name].lesson)
    bold = explained(cells, pattern(name))
    assert bold, f"{name} is nowhere in bold in {GLOSSARY[name].lesson}"
    assert bold[0] == uses(cells, pattern(name))[0], f"{name} is used before it is explained"


@pytest.mark.parametrize("number", LESSONS)
def test_no_lesson_uses_a_word_before_it_is_introduced(repo, number):
    """In its text and in what its questions ask and answer."""
    cells = lesson(repo, number)
    later = LESSONS[LESSONS.index(number) + 1 :]
    asked = " ".join(
        " ".join([one.ask, *(part for answer in one.answers for part in answer)])
        for name, one in ITEMS.items()
        if name.partition("-")[0] == number
    )
    for name, term in GLOSSARY.items():
        if term.lesson in later:
            word = pattern(name)
            assert uses(cells, word) == [], f"{name} comes in lesson {term.lesson}"
            assert not word.search(asked), f"{name} comes in lesson {term.lesson}"


def test_questions_within_a_lesson_come_after_their_words(repo):
    """A question asked by a cell uses only what was explained above; exceptions have a reason."""
    for number in LESSONS:
        seen = {
            name for name, t in GLOSSARY.items() if LESSONS.index(t.lesson) < LESSONS.index(number)
        }
        cells = lesson(repo, number)
        places = {
            name: (explained(cells, pattern(name)) or [len(cells)])[0]
            for name in GLOSSARY
            if name not in seen
        }
        for at, (_, source, _) in enumerate(cells):
            for one in re.findall(r'fv\.ask\("([^"]+)"\)', source):
                if one in CHECKS:
                    assert (number, "items") in EXCEPTIONS
                    continue
                text = " ".join([ITEMS[one].ask, *(text for text, _ in ITEMS[one].answers)])
                early = [n for n, place in places.items() if place > at and pattern(n).search(text)]
                assert early == [], one


def test_the_glossary_is_a_table():
    """As text and as HTML; one word in any of its forms."""
    table = fv.glossary()
    assert len(repr(table).splitlines()) == 30
    assert table._repr_html_().count("<tr>") == 31
    assert repr(fv.glossary("GUP")).startswith("GUP  05   get_user_pages")
    assert fv.glossary("tmpfs") == fv.glossary("shmem")
    assert [name for name, _ in fv.glossary("vma")] == ["VMA"]
    with pytest.raises(fv.BadInput, match="The glossary has no 'counterexampel'"):
        fv.glossary("counterexampel")
