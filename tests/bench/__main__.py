"""The benchmark: `python tests/bench` prints the table that stands in CONTRIBUTING.md.

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
    from player import key_press_to_paint

    steps, idle = key_press_to_paint(100)
    for name, at in (("median", 9), ("95 %", 18)):
        step, nothing = (statistics.quantiles(times, n=20)[at] for times in (steps, idle))
        yield f"a key that does nothing, to the next paint ({name} of 100)", nothing, "", 1.0
        yield f"key press to painted step ({name} of 100)", step, "the idle key", step / nothing


def main():
    """Print the table in Markdown."""
    print("| what | ms | compared with | ratio |\n|---|---:|---|---:|")
    for name, ms, against, ratio in rows():
        print(f"| {name} | {ms:.1f} | {against} | {ratio:.2f} |", flush=True)


main()
