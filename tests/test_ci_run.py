"""What .ci/run brings to a machine: only what is missing, and not at once if a mirror is bad."""

import shutil
import subprocess

import pytest

TOOLS = [
    "bash",
    "sh",
    "dirname",
    "find",
    "id",
    "sleep",
    "mktemp",
    "mv",
    "rm",
    "sed",
    "head",
    "mkdir",
    "wc",
    "env",
]
"""What every Debian has."""

PROGRAMS = (
    "chromium", "firefox-esr", "WebKitWebDriver", "Xvfb", "node", "npm", "gcc",
    "qemu-system-x86_64",
)  # fmt: skip
"""What a machine has on which nothing is missing."""

APT_GET = """\
#!/bin/sh
# A mirror: what is asked of it is noted, and its first answers are bad.
echo "$@" >> "$MIRROR/asked"
case "$*" in
    *update*) kind=update ;;
    *) kind=other ;;
esac
if [ "$kind" = "$BAD" ]; then
    echo x >> "$MIRROR/bad"
    [ "$(wc -l < "$MIRROR/bad")" -gt "$TIMES" ] || exit 1
fi
case "$*" in *download*) for name; do :; done; : > "${name}_1.deb" ;; esac
"""


@pytest.fixture
def machine(tmp_path, repo):
    """A machine with all that tests need and a stand-in for apt-get; what is taken away lacks.

    The end of .ci/run, every test, only says that it was reached.
    """
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in TOOLS:
        (programs / name).symlink_to(shutil.which(name))
    said = dict.fromkeys(PROGRAMS, "")
    said["python3"] = 'echo "ran $*"'
    said["sudo"] = 'exec "$@"'
    said["apt-cache"] = 'echo "  Depends: linux-image-9"'
    for name, line in said.items():
        (programs / name).write_text(f"#!/bin/sh\n{line}\n")
    (programs / "apt-get").write_text(APT_GET)
    for path in programs.iterdir():
        if not path.is_symlink():
            path.chmod(0o755)
    kernels = tmp_path / "cache/faultviz/kernels"
    kernels.mkdir(parents=True)
    (kernels / "linux-image-9_1.deb").touch()
    (kernels / "user-mode-linux_6.deb").touch()

    def run(*lacking, bad="", times=0):
        for name in lacking:
            next(path for path in (programs / name, kernels / name) if path.exists()).unlink()
        surroundings = {
            "PATH": str(programs), "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache"),
            "FAULTVIZ_PAUSE": "0", "MIRROR": str(tmp_path), "BAD": bad, "TIMES": str(times),
        }  # fmt: skip
        done = subprocess.run(
            [programs / "bash", str(repo / ".ci/run")],
            env=surroundings, capture_output=True, text=True, check=False,
        )  # fmt: skip
        asked = tmp_path / "asked"
        return done, asked.read_text().splitlines() if asked.exists() else []

    return run


@pytest.mark.parametrize(
    ("lacking", "package"),
    [("chromium", "chromium"), ("node", "nodejs"), ("npm", "npm"), ("gcc", "gcc"),
     ("qemu-system-x86_64", "qemu-system-x86")],
)  # fmt: skip
def test_only_what_is_missing_is_installed(machine, lacking, package):
    """And that is said in one line."""
    done, asked = machine(lacking)
    assert done.stdout.startswith("ran -m faultviz test"), done.stderr
    install = next(line for line in asked if " install " in line).split()
    others = {"chromium", "nodejs", "npm", "gcc", "qemu-system-x86"} - {package}
    assert package in install
    assert not others & {*install}
    assert not any("download" in line for line in asked)
    assert len(done.stderr.splitlines()) == 1
    assert package in done.stderr


@pytest.mark.parametrize(
    ("bad", "lacking"),
    [("update", "chromium"), ("other", "chromium"), ("other", "user-mode-linux_6.deb")],
)
def test_a_mirror_in_mid_sync_is_tried_three_times(machine, tmp_path, bad, lacking):
    """What went well is not done again, but that lists are read anew before what they name."""
    done, asked = machine("linux-image-9_1.deb", lacking, bad=bad, times=2)
    failed = [line for line in asked if ("update" in line) == (bad == "update")]
    assert len(failed) >= 3
    assert failed[0] == failed[1] == failed[2]
    assert done.stdout.startswith("ran -m faultviz test"), done.stderr
    kernels = (tmp_path / "cache/faultviz/kernels").iterdir()
    assert {path.name.split("_")[0] for path in kernels} == {"linux-image-9", "user-mode-linux"}


@pytest.mark.parametrize("bad", ["update", "other"])
def test_a_mirror_that_stays_bad_ends_in_one_sentence(machine, bad):
    """After the third time; no test runs."""
    done, asked = machine("chromium", bad=bad, times=99)
    assert done.returncode == 1
    assert "ran" not in done.stdout
    assert "in three tries" in done.stderr.splitlines()[-1]
    assert len([line for line in asked if ("update" in line) == (bad == "update")]) == 3
