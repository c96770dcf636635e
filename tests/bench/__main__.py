"""The benchmark: `python tests/bench` prints the table that stands in CONTRIBUTING.md.

`python tests/bench player` prints its rows about the player alone.

Every row is a ratio of two things measured in this one run, because machines are shared and noisy;
the milliseconds beside it are only for orientation. No test asserts any of this.
"""

import statistics
import subprocess
import sys
import time

from faultviz import models
from faultviz.check import check
from faultviz.drop import ROLES

RUNS = 7


def timed(work, runs=RUNS):
    """Milliseconds of each run."""
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        work()
        times.append((time.perf_counter() - begin) * 1000)
    return times


def python(code):
    """A fresh Python that runs a line."""
    return lambda: subprocess.run([sys.executable, "-c", code], check=True)


def reference():
    """A fixed piece of pure Python, to have something that a slow machine slows down as well."""
    table = {}
    for i in range(1_000_000):
        table[i % 1000] = table.get(i % 1000, 0) + i
    return table


def rows():
    """Name, milliseconds (median), what it is compared with, ratio."""
    unit = statistics.median(timed(reference))
    bare = statistics.median(timed(python("pass")))
    package = statistics.median(timed(python("import faultviz")))
    yield "start Python", bare, "", 1.0
    yield "import faultviz", package, "start Python", package / bare
    for name in models.HANDLERS + models.ENTRIES:
        models.load(name)
    whole = statistics.median(timed(check, 3))
    yield "reference: 1,000,000 dict updates", unit, "", 1.0
    yield "check of everything, all revisions", whole, "reference", whole / unit
    dropped = statistics.median(timed(lambda: [check(drop=role) for role in ROLES], 3))
    yield f"the same for each of {len(ROLES)} dropped roles", dropped, "reference", dropped / unit
    yield from player_rows()


def player_rows():
    """Steps of the player beside the same graph drawn in other ways."""
    from player import measure

    times = measure(100)
    middle = statistics.median(times.steps)
    frame, one = 1000 / 60, "one frame of 60 a second"
    for name, at in (("median", 9), ("95 %", 18)):
        step = statistics.quantiles(times.steps, n=20)[at]
        yield f"key press to painted step ({name} of 100)", step, one, step / frame
    others = {"ipywidgets.HTML, cached SVG sent again": times.html, "ipycytoscape": times.cytoscape}
    for name, each in others.items():
        if not each:
            print(f"{name} could not be installed.", file=sys.stderr)
            continue
        other = statistics.median(each)
        yield (
            f"the same step in {name} (median of 100)",
            other,
            "a step of the player",
            other / middle,
        )
    change = statistics.median(times.handlers)
    frames = "two frames of 60 a second"
    yield (
        "change of handler to painted picture (median of 24)",
        change,
        frames,
        change / (2000 / 60),
    )


def main():
    """Print the table in Markdown."""
    print("| what | ms | compared with | ratio |\n|---|---:|---|---:|")
    chosen = player_rows() if sys.argv[1:] == ["player"] else rows()
    for name, ms, against, ratio in chosen:
        print(f"| {name} | {ms:.1f} | {against} | {ratio:.2f} |", flush=True)


main()
