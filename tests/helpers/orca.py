"""A page played under Orca, the screen reader of Debian's desktop, and what it said.

    python tests/helpers/orca.py              writes tests/data/orca-mips.txt, in two minutes

By hand, for a person to read: it needs the packages NEEDS, and sets up nothing. There is no sound:
what Orca would speak stands in its debug log. Not here: what is compared in each run (`spoken`).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path

import machine

import faultviz as fv
from faultviz.player.pages.standalone import write

NEEDS = ("orca", "at-spi2-core", "xvfb", "xauth", "dbus-x11", "xdotool", "openbox", "chromium")
FILE = Path(__file__).resolve().parents[2] / "tests/data/orca-mips.txt"
SPOKEN = re.compile(r"^(\d\d:\d\d:\d\d\.\d+) - SPEECH OUTPUT: '(.*)'\s*(?:\{.*)?$", re.MULTILINE)
START, COME, PACE = 8, 20, 3  # seconds: Orca writes its log late, so nothing says when it is done

TO_THE_GRAPH = ("Tab",) * 5
GRAPH = ("Down", "shift+Right", "shift+Down", "shift+Up", "Up")
PLAY = ("n", "a", "b", "b", "c", *"nnnnnnnnn", "a", "c", "n", "n")
ON = ("Tab",) * 3


def play(folder: Path) -> list[str]:
    """All of it, within a display and a bus of its own."""
    log = folder / "orca.log"
    book = write(fv.play("mips", "before", gate=True, view="first"), folder / "mips.html")
    chromium = [
        machine.chromium(), "--no-sandbox", f"--user-data-dir={folder / 'profile'}",
        "--force-renderer-accessibility", *machine.FLAGS, "--window-size=1280,900",
        f"--app={book.as_uri()}",
    ]  # fmt: skip
    status = ["dbus-send", "--session", "--dest=org.a11y.Bus", "--print-reply", "/org/a11y/bus",
              "org.freedesktop.DBus.Properties.Set", "string:org.a11y.Status"]  # fmt: skip
    acts: list[tuple[str, str]] = []

    def mark(act: str) -> None:
        acts.append((datetime.now().strftime("%H:%M:%S.%f"), act))  # noqa: DTZ005 (as Orca's)

    with ExitStack() as stack, (folder / "others.log").open("wb") as others:

        def start(*command: str) -> None:
            child = subprocess.Popen(command, stdout=others, stderr=others)
            stack.callback(child.wait)
            stack.callback(child.terminate)

        for name in ("IsEnabled", "ScreenReaderEnabled"):
            told = [*status, f"string:{name}", "variant:boolean:true"]
            subprocess.run(told, check=True, stdout=others)
        start("openbox")
        start("orca", "--replace", f"--debug-file={log}")
        time.sleep(START)
        mark("# the page comes up")
        start(*chromium)
        time.sleep(COME)
        for title, keys in (
            ("from control to control", TO_THE_GRAPH), ("along the edges", GRAPH),
            ("played", PLAY), ("and on", ON),
        ):  # fmt: skip
            mark(f"# {title}")
            for key in keys:
                mark(f"> {key}")
                subprocess.run(["xdotool", "key", key], check=True)  # noqa: S607
                time.sleep(PACE)
        subprocess.run(["xwd", "-root", "-silent", "-out", folder / "end.xwd"], check=False)  # noqa: S607
    return [*between(acts, SPOKEN.findall(log.read_text("utf-8", errors="replace")))]


def between(acts: list[tuple[str, str]], said: list[tuple[str, str]]) -> Iterator[str]:
    """Acts with what was said after each; without the key's own name, which Orca echoes."""
    ends = [when for when, _ in acts[1:]] + ["99"]
    for (start, act), end in zip(acts, ends, strict=True):
        yield act
        echoed = {"shift", act[2:].lower(), act.rpartition("+")[2].lower()}
        for when, text in said:
            if start <= when < end and text.strip() and text.strip().lower() not in echoed:
                yield f"  {text}"


def main() -> None:
    """Within a display and a bus, play; else begin them, and this again in them."""
    if len(sys.argv) > 1:
        folder = Path(sys.argv[1])
        (folder / "said.txt").write_text("\n".join(play(folder)) + "\n", "utf-8")
        return
    lacks = [name for name in ("orca", "xvfb-run", "xdotool", "openbox") if not shutil.which(name)]
    if lacks:
        raise SystemExit(f"{', '.join(lacks)} is not here: apt-get install {' '.join(NEEDS)}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "run").mkdir(mode=0o700)
        silent = folder / ".config/speech-dispatcher/speechd.conf"
        silent.parent.mkdir(parents=True)
        silent.write_text("DisableAutoSpawn\n")  # without sound it would wait for ever
        around = {**os.environ, "HOME": name, "XDG_RUNTIME_DIR": f"{name}/run",
                  "GSETTINGS_BACKEND": "memory"}  # fmt: skip
        within = ["xvfb-run", "-a", "-s", "-screen 0 1280x1000x24", "dbus-run-session", "--"]
        subprocess.run([*within, sys.executable, __file__, name], env=around, check=True)
        said = (folder / "said.txt").read_text("utf-8")
    orca = [shutil.which("orca") or "orca", "--version"]
    version = subprocess.run(orca, capture_output=True, text=True, check=True)
    head = f"Orca {version.stdout.strip()}, {date.today()}: the page of mips before, with its gate."  # noqa: DTZ011
    FILE.write_text(f"{head}\nMade by tests/helpers/orca.py; '>' is a key.\n\n{said}", "utf-8")


if __name__ == "__main__":
    main()
