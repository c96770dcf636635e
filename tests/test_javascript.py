"""The browser's files: typed, linted, laid out and tested by tools of Node; joined to scripts."""

import json
import re
import subprocess

import javascript
import pytest

import faultviz as fv
from faultviz.player import bundle
from faultviz.player.pages.standalone import page
from faultviz.publish.export import page_scripts

SCRIPTS = {name: bundle.script(files) for name, files in javascript.BUNDLES.items()} | {
    f"export {to}": page_scripts.code(to) for to in page_scripts.ENDS
}


@pytest.fixture(scope="module")
def bench(node_tools, repo, tmp_path_factory):
    """The files, the tools, and what Python tells the page."""
    return javascript.bench(repo, tmp_path_factory.mktemp("javascript") / "bench")


@pytest.mark.parametrize("script", javascript.SCRIPTS)
def test_the_tool_has_nothing_to_say(bench, script):
    """What it says is the failure's text."""
    done = javascript.run(bench, script)
    assert done.returncode == 0, done.stdout + done.stderr
    if script == "test":
        assert int(re.search(r"# pass (\d+)", done.stdout)[1]) > 60, "nothing was tested"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((r'"noteWidth": \d+, ', ""), "Property 'noteWidth' is missing"),
        (('"noteWidth": ', '"ours": 1, "noteWidth": '), "'\"ours\"' does not exist in type 'Step'"),
        (('"inside": false', '"inside": 0'), "'number' is not assignable to type 'boolean'"),
    ],
)
def test_what_only_one_side_knows_is_found(bench, change, said):
    """A key that Python leaves out, one that it adds, and a value of another kind."""
    made = bench / "tests/js/made/payload.ts"
    text = made.read_text()
    made.write_text(re.sub(*change, text, count=1))
    try:
        assert said in javascript.run(bench, "types").stdout
    finally:
        made.write_text(text)


def test_the_lock_names_no_registry(repo):
    """Which one is asked is the machine's business."""
    assert '"resolved"' not in (repo / "tests/js/package-lock.json").read_text()


def test_what_prettier_leaves_is_there(repo):
    """And has a reason above it."""
    lines = (repo / "tests/js/.prettierignore").read_text().splitlines()
    files = {path.relative_to(repo) for path in (repo / "faultviz").rglob("*.js")}
    named = [line for line in lines if line.startswith("**/")]
    assert [line for line in named if not any(file.match(line) for file in files)] == []
    assert lines[0].startswith("# ")


MADE = {"glossary", "keepers"}
"""Values that Python puts in; here only their types stand."""


def test_each_file_is_joined_after_what_it_imports(repo):
    """So that no value is asked for before it is there; and no file lies about unused."""
    known = {name for files in javascript.BUNDLES.values() for name in files}
    for files in javascript.BUNDLES.values():
        for n, name in enumerate(files):
            text = (repo / f"faultviz/player/js/{name}.js").read_text()
            wanted = set(re.findall(r'^(?:import|\}) [^;]*?"\./(\w+)\.js";', text, re.MULTILINE))
            assert wanted - MADE <= {*files[:n]}, name
    known |= {name for names in bundle.KEEPERS.values() for name in names}
    assert known == {file.stem for file in (repo / "faultviz/player/js").glob("*.js")}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_joined_script_is_one_module(node_tools, tmp_path, name):
    """No two files give one name to two things, which each file for itself cannot show."""
    file = tmp_path / "joined.mjs"
    file.write_text(SCRIPTS[name])
    done = subprocess.run(
        [node_tools, "--check", str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


# --- in the browser --------------------------------------------------------------------------


@pytest.fixture
def thrown(browser_page, page_errors, node_tools):
    """A function that gives the places in real files of the next uncaught error's stack."""
    session = browser_page.context.new_cdp_session(browser_page)
    maps, errors = {}, []
    session.on("Debugger.scriptParsed", lambda one: maps.update({one["scriptId"]: one}))
    session.on("Runtime.exceptionThrown", lambda one: errors.append(one))  # noqa: PLW0108 (no builtin may hear)
    session.send("Debugger.enable")
    session.send("Runtime.enable")

    def read():
        browser_page.wait_for_function("window.failed")
        page_errors.clear()
        details = errors[-1]["exceptionDetails"]
        frames = details["stackTrace"]["callFrames"]
        script = maps[frames[0]["scriptId"]]
        data = browser_page.evaluate(
            "(url) => fetch(url).then((r) => r.json())", script["sourceMapURL"]
        )
        first = script["startLine"]  # of a script within a page
        places = [
            [f["lineNumber"] - first, f["columnNumber"]]
            for f in frames
            if f["scriptId"] == script["scriptId"]
        ]
        told = json.dumps([data, places])
        reader = (
            "const [data, places] = JSON.parse(require('fs').readFileSync(0, 'utf-8'));"
            "const map = new (require('module').SourceMap)(data);"
            "console.log(JSON.stringify(places.map((at) => map.findEntry(...at))));"
        )
        done = subprocess.run(
            [node_tools, "-e", reader], input=told, capture_output=True, text=True, check=True
        )
        return [(one["originalSource"], one["originalLine"]) for one in json.loads(done.stdout)]

    browser_page.add_init_script("addEventListener('error', () => { window.failed = true; });")
    return read


def lines_at(repo, places):
    """What stands there, each with its file."""
    found = []
    for source, number in places:
        name = source.removeprefix("faultviz://")
        found.append(
            (name.rsplit("/", 1)[1], (repo / name).read_text().splitlines()[number].strip())
        )
    return found


BROKEN = """async ([esm, trace]) => {
  const url = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
  const { default: widget } = await import(url);
  const state = { _kind: "one", _trace: trace, _token: "" };
  const model = { get: (name) => state[name], on() {}, off() {} };
  setTimeout(() => widget.render({ model, el: document.body }));
}"""


def test_an_error_in_a_notebook_names_its_file(browser_page, thrown, repo):
    """The script comes as anywidget brings it: as a blob."""
    browser_page.goto("about:blank")
    browser_page.evaluate(BROKEN, [fv.play("mips")._esm, {"frames": None}])
    (file, line), *callers = lines_at(repo, thrown())
    assert (file, "this.trace.frames" in line) == ("view.js", True)
    assert ("shown.js", "view.load();") in callers
    assert callers[-1] == ("main.js", "const render = ({ model, el }) => put(model, el, KINDS);")


def test_an_error_in_a_page_names_its_file(browser_page, thrown, repo, tmp_path):
    """The script lies packed in it, and is unpacked there."""
    file = tmp_path / "mips.html"
    file.write_text(page(fv.play("mips")))
    browser_page.goto(file.as_uri())
    browser_page.wait_for_function("window.faultviz")
    browser_page.evaluate("setTimeout(() => faultviz.model.put({ _trace: {} }))")
    found = lines_at(repo, thrown())
    assert found[0][0] == "view.js"
    assert "this.trace.frames" in found[0][1]
    assert [name for name, _ in found][-2:] == ["scenes.js", "scenes.js"]


def test_two_widgets_have_ids_of_their_own_and_the_same_each_time(browser_page):
    """Each brings its own copy of the script, and a page may show both."""
    show = """async ([esm, state]) => {
      const url = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
      const { default: widget } = await import(url);
      const model = { get: (name) => state[name], set() {}, save_changes() {}, on() {}, off() {} };
      widget.render({ model, el: document.body });
    }"""
    find = fv.exercise("find", "0")
    state = javascript.traits_of(find.desk)
    seen = []
    for _ in range(2):
        browser_page.goto("about:blank")
        for _ in range(2):
            browser_page.evaluate(show, [find.desk._esm, state])
        ids = browser_page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
        assert len(ids) > 20
        assert len({*ids}) == len(ids)
        groups = browser_page.evaluate(
            "[...document.querySelectorAll('[type=radio]')].map((one) => one.name)"
        )
        assert len({*groups}) == 2, "a choice in one is none in the other"
        seen.append(ids)
    assert seen[0] == seen[1]


def test_the_oldest_browsers_are_named_as_the_page_names_them(repo):
    """tests/js/browsers.test.js computes them; a page says them to whoever has an older one."""
    loader = repo.joinpath("faultviz/player/js/loader.js").read_text()
    oldest = re.search(r'OLDEST = "(.+)"', loader)[1]
    for name in ("README.md", "CONTRIBUTING.md"):
        assert oldest in (repo / name).read_text(), name
