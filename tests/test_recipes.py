"""The recipe for a handler in CONTRIBUTING, followed in a copy: its steps are read from there."""

import hashlib
import re
import shlex
import shutil
import subprocess
import sys

import machine
import pytest

NAME = "toyarch"
MODEL = f"faultviz/models/{NAME}.py"
STORED = (
    "CONTRIBUTING.md", "LICENSE", "README.md", "binder", "faultviz", "figures", "notebooks",
    "pyproject.toml", "tests", "uv.lock",
)  # fmt: skip


def invented(mips):
    """A model file: mips, but RETRY is asked before ERROR."""
    errors, retry = re.search(
        r"(    when\(ERROR,.*?\n)(    when\(RETRY,.*?\n)", mips, re.DOTALL
    ).groups()
    return mips.replace(errors + retry, retry + errors).replace("mips", NAME)


BY_HAND = {
    "faultviz/models/catalogue.py": ('"um", "x86"', f'"{NAME}", "um", "x86"'),
    "README.md": ("um, x86", f"{NAME}, um, x86"),
    "tests/test_models.py": ('"um": "SCER"', f'"{NAME}": "SCRE", "um": "SCER"'),
}
"""What is found in a file, and what is put there."""


@pytest.fixture(scope="module")
def recipe(repo):
    """Its section of CONTRIBUTING."""
    text = (repo / "CONTRIBUTING.md").read_text("utf-8")
    return re.split(r"^##+ ", text.split("### A handler, in ten minutes\n")[1], flags=re.MULTILINE)[
        0
    ]


@pytest.fixture
def clone(repo, tmp_path):
    """What is stored of a clone."""
    for name in STORED:
        place = tmp_path / "clone" / name
        place.parent.mkdir(exist_ok=True)
        if (repo / name).is_dir():
            left = shutil.ignore_patterns("__pycache__", "node_modules", ".hypothesis")
            shutil.copytree(repo / name, place, ignore=left)
        else:
            shutil.copy(repo / name, place)
    return tmp_path / "clone"


def contents(folder):
    """Each file with a hash of what is in it."""
    files = (f for f in folder.rglob("*") if f.is_file() and f.parent.name != "__pycache__")
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }


def done(clone, command):
    """A command of the recipe, by this Python, in the clone and of it: exit code and output."""
    python, *words = shlex.split(command.replace("NAME", NAME))
    assert python == ".venv/bin/python"
    if "pytest" in words:
        words += ["-p", "no:cacheprovider", f"--basetemp={clone.parent / 'tests'}"]
    env = machine.in_a_shell() | {
        "PYTHONPATH": str(clone),
        "FAULTVIZ_REPO": "",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    env["HYPOTHESIS_STORAGE_DIRECTORY"] = str(clone.parent / "hypothesis")
    ran = subprocess.run(
        [sys.executable, *words], cwd=clone, env=env, capture_output=True, text=True, check=False
    )
    return ran.returncode, ran.stdout + ran.stderr


def change(clone, names):
    """What the recipe has one do by hand in some files."""
    for name in names:
        if name == MODEL:
            (clone / name).write_text(invented((clone / "faultviz/models/mips.py").read_text()))
            continue
        text, (old, new) = (clone / name).read_text("utf-8"), BY_HAND[name]
        assert text.count(old) == 1, name
        changed = text.replace(old, new)
        if name == "README.md":
            counted = re.search(r"any of (\d+) handlers", changed)
            changed = changed.replace(counted[0], f"any of {int(counted[1]) + 1} handlers")
        (clone / name).write_text(changed)


@pytest.mark.real
def test_a_handler_is_added_as_contributing_says(clone, recipe):
    """The tests that it names speak, no other; then all is well; taken back, all is as before."""
    files, commands = (
        block.splitlines() for block in re.findall(r"```\n(.*?)```", recipe, re.DOTALL)
    )
    named = [line.split()[0].replace("NAME", NAME) for line in files]
    assert {*named} == {MODEL, *BY_HAND}
    before = contents(clone)
    lessons = re.findall(r"\S+\.ipynb", " ".join(commands))
    kept = {name: (clone / name).read_bytes() for name in (*BY_HAND, *lessons)}
    change(clone, named[:2])
    code, told = done(clone, commands[-1])
    spoke = set(re.findall(r"^(?:FAILED|ERROR) [^:]+::(\w+)", told, re.MULTILINE))
    table = [line.split("|")[1] for line in recipe.splitlines() if line.startswith("| `")]
    assert (code, spoke) == (1, set(re.findall(r"`(\w+)`", "".join(table)))), told
    change(clone, named[2:])
    for command in commands:
        code, told = done(clone, command)
        assert code == 0, told
    assert [name for name in lessons if (clone / name).read_bytes() == kept[name]] == []
    (clone / MODEL).unlink()
    for name, content in kept.items():
        (clone / name).write_bytes(content)
    made = next(command for command in commands if command.endswith("anew.py figures"))
    assert done(clone, made)[0] == 0
    assert contents(clone) == before
