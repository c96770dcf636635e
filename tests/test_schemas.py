"""What programs exchange with us: what is printed fits its schema, and what fits is read.

A schema lets later versions add fields; here, where nothing is later, a field that it does not name
is a fault.
"""

import json
import re

import click
import hypothesis.strategies as st
import kept
import pytest
from click.testing import CliRunner
from hypothesis import assume, example, given, settings
from jsonschema import Draft202012Validator, ValidationError

from faultviz import models
from faultviz.base.errors import BadInput
from faultviz.base.schemas import names, schema
from faultviz.cli.main import main
from faultviz.cli.options import BAD
from faultviz.course.glossary import GLOSSARY
from faultviz.course.grading import answer_file
from faultviz.course.grading.scoring import GRADERS
from faultviz.course.routes import ROUTES
from faultviz.kernel.judge.expected import known
from faultviz.lab.recorded.records import CAVEATS

READ = {"answers": "answers.json", "kernel-known": "kernel check --known"}
"""Schemas of files that are read; every other one is a command's --json."""


def loaded(name):
    """A schema as it is given away."""
    return json.loads(schema(name))


def closed(part):
    """The same, in which no object has a field that is not named."""
    if isinstance(part, list):
        return [closed(one) for one in part]
    if not isinstance(part, dict):
        return part
    made = {key: closed(value) for key, value in part.items()}
    if isinstance(part.get("properties"), dict) and part.get("type") == "object":
        made.setdefault("additionalProperties", False)
    return made


def fits(name, value):
    """Fail with the first thing that the schema does not say."""
    Draft202012Validator(closed(loaded(name))).validate(value)


# --- which there are -------------------------------------------------------------------------


def printing(of=main, path=()):
    """The commands with --json, groups walked through; each by its schema's name."""
    if isinstance(of, click.Group):
        context = click.Context(of)
        for name in of.list_commands(context):
            yield from printing(of.get_command(context, name), (*path, name))
    elif any("--json" in one.opts for one in of.params):
        yield "-".join(path)


def test_every_command_with_json_has_a_schema():
    """And every schema is of a command, or of a file that is read."""
    assert sorted([*printing(), *READ]) == names()


@pytest.mark.parametrize("name", names())
def test_a_schema_is_one_and_says_its_version(name):
    """By the draft that it names; the version and its rule stand in every one."""
    told = loaded(name)
    assert told["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(told)
    assert told["$id"] == f"urn:faultviz:{name}:1"
    assert told["$comment"].startswith(("Version 1.", "`format` is the version."))
    assert told["title"].removeprefix("faultviz ").removesuffix(" --json") in (
        name.replace("-", " "), "answers.json", "Findings that do not count",
    )  # fmt: skip


def test_the_command_prints_them():
    """All names, or one schema; another name is refused in a sentence."""
    assert kept.called("schema").split() == names()
    assert json.loads(kept.called("schema", "check")) == loaded("check")
    with pytest.raises(BadInput, match=r"There is no schema 'x': choose one of answers, check"):
        schema("x")


# --- what is printed -------------------------------------------------------------------------


NAMES = (*models.HANDLERS, *models.ENTRIES, *models.LATER)
REVISIONS = [(name, revision) for name in NAMES for revision in models.load(name).revisions]
OUTCOMES = ("auto", "OK", "ERROR", "RETRY,OK", "COMPLETED")


def printed(*words):
    """What a command prints with --json, whatever its verdict."""
    return json.loads(kept.called(*words, "--json"))


QUICK = ("mips", "s390", "um", "gup")
"""A handler like most, the one of the defect, a small one, and another caller."""


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[] if n in QUICK else [pytest.mark.real]) for n in NAMES]
)
def test_handlers_fit(name):
    """Shown, traced, compared and checked: in all revisions, with all outcomes, cut or whole."""
    revisions = models.load(name).revisions
    for revision in revisions:
        fits("show", printed("show", name, "--revision", revision))
        for outcomes in OUTCOMES:
            words = ["trace", name, "--revision", revision, "--outcomes", outcomes, "--json"]
            done = CliRunner().invoke(main, words)
            if done.exit_code == BAD:  # an outcome that this one does not have
                assert done.stderr.startswith("faultviz: ")
            else:
                fits("trace", json.loads(done.stdout))
        if revision != revisions[0]:
            pair = f"{revisions[0]},{revision}"
            fits("compare", printed("compare", name, "--revisions", pair, "--outcomes", "OK"))
    fits("check", printed("check", name))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("list", ["list"]),
        ("check", ["check", "--drop", "completed-check"]),
        ("trace", ["trace", "s390", "--revision", "v3", "--outcomes", "COMPLETED", "--context",
                   "gmap,write"]),
        ("glossary", ["glossary"]),
        *(("glossary", ["glossary", word]) for word in GLOSSARY),
        *(("route", ["route", name]) for name in ROUTES),
        *(("measure", ["measure", "--recorded", file]) for file in ("all", *CAVEATS)),
        ("measure", ["measure", "--mb", "1"]),
        ("measure", ["measure", "--mb", "1", "--mode", "all", "--repeat", "2"]),
        ("measure", ["measure", "--mb", "1", "--threads", "1,2", "--mapper", "--repeat", "7"]),
        ("simulate", ["simulate", "--threads", "1,2", "--writers", "0,1", "--faults", "100",
                      "--replications", "1"]),
        ("simulate", ["simulate", "--threads", "2", "--writers", "1", "--faults", "100",
                      "--replications", "2"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_every_other_output_fits(name, words):
    """With each option that changes its form."""
    fits(name, printed(*words))


@pytest.fixture
def folder(repo):
    """A small tree, a learner's answers, an emulator that boots nothing."""
    with kept.at_work(repo / "tests/data/0.1.0") as place:
        yield place


CALLS = ("kernel check", "kernel check --function", "kernel conform", "kernels", "grade",
         "grade --summary")  # fmt: skip


@pytest.mark.parametrize("call", CALLS)
def test_outputs_of_files_fit(folder, call):
    """Trees, kernels and answers."""
    fits("-".join(call.partition(" --")[0].split()), printed(*kept.CALLS[call]))


@pytest.mark.parametrize("command", ["check", "conform"])
def test_a_real_tree_fits(archive, command):
    """Every handler of a whole kernel."""
    fits(f"kernel-{command}", printed("kernel", command, str(archive)))


def test_what_older_versions_printed_still_fits(repo):
    """The rule of a version: what was there is there, and means the same."""
    folder = repo / "tests/data"
    old = [file for file in folder.glob("*/json/*.json") if file.stem != "measure-mb"]
    assert old
    for file in old:
        told = kept.read(file)
        name = "-".join(w for w in told["words"][:2] if w in ("kernel", "check", "conform"))
        name = name if name in names() else told["words"][0]
        Draft202012Validator(loaded(name)).validate(told["said"])
    for file in folder.glob("*/learner.json"):
        fits("answers", kept.read(file))


def test_a_field_that_is_not_named_would_be_noticed():
    """Or the tests above would let everything pass."""
    made = printed("trace", "mips")
    made["steps"][0]["more"] = 1
    with pytest.raises(ValidationError, match="'more' was unexpected"):
        fits("trace", made)


# --- what is read ----------------------------------------------------------------------------


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


def of(name):
    """JSON that fits a schema. (hypothesis-jsonschema 0.23 does not run on today's hypothesis.)"""
    told = loaded(name)
    return values(told, told)


def values(part, whole):
    """JSON that fits a part of a schema, of those keywords that ours of files have."""
    if "$ref" in part:
        return values(whole["$defs"][part["$ref"].rpartition("/")[2]], whole)
    if "const" in part:
        return st.just(part["const"])
    match part.get("type"):
        case "string":
            pattern = re.compile(part.get("pattern", ""))
            return st.text(max_size=8).filter(pattern.search)
        case "integer":
            return st.integers(min_value=part.get("minimum"))
        case "array":
            return st.lists(values(part["items"], whole), max_size=4)
        case "object":
            fields = {key: values(one, whole) for key, one in part["properties"].items()}
            needed = {key: fields.pop(key) for key in part["required"]}
            known = st.fixed_dictionaries(needed, optional=fields)
            if part.get("additionalProperties") is False:
                return known
            more = st.dictionaries(st.text(max_size=3), JSON, max_size=2)
            return st.builds(lambda old, new: {**new, **old}, known, more)
    assert set(part) <= {"description"}, part
    return JSON


ANSWERS = of("answers")


def refused(read, what):
    """The sentence that refuses it; nothing where it is read."""
    try:
        read(what)
    except BadInput as problem:
        return str(problem)
    return ""


@given(ANSWERS)
@settings(max_examples=150)
def test_answers_that_fit_are_read_and_written_as_they_were(value):
    """What a later version adds is let be; the rest is all there, and fits again."""
    found = answer_file.read(json.dumps(value))
    assert found.code == value["code"]
    assert [act._asdict().items() <= one.items() for act, one in zip(
        found.acts, value["acts"], strict=True)] == [True] * len(found.acts)  # fmt: skip
    fits("answers", json.loads(answer_file.written(found)))


def places(value):
    """Each container in some JSON with each of its keys."""
    if isinstance(value, (dict, list)):
        for key in [*value] if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from places(value[key])


@st.composite
def damaged(draw, whole):
    """JSON that fits, with one value in it changed or taken away."""
    value = draw(whole)
    container, key = draw(st.sampled_from([*places(value)]))
    if draw(st.booleans()):
        del container[key]
    else:
        container[key] = draw(JSON)
    return value


@given(damaged(ANSWERS) | JSON)
@example({"format": True, "code": "", "acts": []})
@example({"format": 0, "code": "", "acts": []})
@example({"format": -1, "code": "", "acts": []})
@settings(max_examples=300)
def test_answers_are_read_just_where_they_fit(value):
    """Else it is one sentence; nothing is read that the schema refuses."""
    fitting = Draft202012Validator(loaded("answers")).is_valid(value)
    # To the schema 1.0 is an integer; nobody writes it.
    assume(not (isinstance(value, dict) and isinstance(value.get("format"), float)))
    said = refused(answer_file.read, json.dumps(value))
    assert fitting == (said == ""), said
    assert "\n" not in said


@given(ANSWERS, st.integers(2, 10**9))
@settings(max_examples=30)
def test_a_newer_version_is_refused_in_one_sentence(value, version):
    """By its number alone, whatever else it brings or lacks."""
    for one in ({**value, "format": version}, {"format": version}):
        with pytest.raises(answer_file.Newer) as problem:
            answer_file.read(json.dumps(one))
        assert str(problem.value) == (
            f"These answers have format {version}, and this faultviz knows 1: use a newer faultviz."
        )


def test_a_newer_version_is_refused_by_every_reader(tmp_path, work):
    """The teacher's command says whose it is; a learner's own file is never written over."""
    text = '{"format": 2, "code": "K7F2-9QXM", "acts": {}}'
    file = tmp_path / "answers.json"
    file.write_text(text)
    done = CliRunner().invoke(main, ["grade", str(tmp_path)])
    assert done.exit_code == 2
    (said,) = done.stderr.splitlines()
    assert "use a newer faultviz" in said
    assert str(file) in said or "answers.json" in said
    with pytest.raises(answer_file.Newer):
        answer_file.load(text)
    work.mkdir()
    (work / "answers.json").write_text(text)
    answer_file.record("ask", "00-M4", {"chosen": 1})
    assert (work / "answers.json").read_text() == text
    assert "use a newer faultviz" in answer_file.book().said


def test_the_schema_names_the_kinds():
    """All that are graded, and those alone."""
    told = loaded("answers")["$defs"]["act"]["properties"]["kind"]["description"]
    assert tuple(told.partition(";")[0].replace(" or ", ", ").split(", ")) == answer_file.KINDS
    assert {*answer_file.KINDS} == {*GRADERS}


@given(damaged(of("kernel-known")) | of("kernel-known") | JSON)
@example({"findings": {}})
@example({"findings": [{"handler": "um", "function": "f", "rule": "r", "reason": 5}]})
@settings(max_examples=150)
def test_known_findings_are_read_just_where_they_fit(tmp_path_factory, value):
    """And refused in one sentence, without a traceback."""
    file = tmp_path_factory.getbasetemp() / "known.json"
    file.write_text(json.dumps(value))
    fitting = Draft202012Validator(loaded("kernel-known")).is_valid(value)
    said = refused(known, file)
    assert fitting == (said == ""), said
    assert "\n" not in said
