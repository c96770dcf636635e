"""The benchmark: `python tests/bench` prints the table that stands in CONTRIBUTING.md.

`python tests/bench player` prints its rows about the player alone, `python tests/bench reach`
seconds and MB of JupyterLite, of Binder's image and of a Hub with ten learners.

Every row is a ratio of two things measured in this one run, because machines are shared and noisy;
the milliseconds beside it are only for orientation. No test asserts any of this.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from faultviz import models
from faultviz.edit.ablate import ROLES
from faultviz.engine.check import check

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
    yield from course_rows(unit)
    yield from kernel_rows()
    yield from player_rows()
    yield from page_rows()


def course_rows(unit):
    """Exercises made from seeds, and a large crowd simulated."""
    from faultviz.course.exercises import reviews, seeded
    from faultviz.lab.contention.cost_model import PER_STEP
    from faultviz.lab.contention.lock_queue import Setting, contend

    seeds = [f"bench {n}" for n in range(50)]
    (find,) = timed(lambda: [seeded.make(seed) for seed in seeds], 1)
    yield "50 exercises of kind find, made and proven", find, "reference", find / unit
    (review,) = timed(lambda: [reviews.make(seed) for seed in seeds], 1)
    yield "50 exercises of kind review, made and proven", review, "reference", review / unit
    many = Setting("before", 64, 1, 100_000, hold=10_000.0, think=20_000.0)
    (crowded,) = timed(lambda: contend(many, PER_STEP, "bench"), 1)
    yield "simulate 64 threads, 1 writer, 100,000 faults", crowded, "20 s", crowded / 20000


def listed(archive):
    """What `xz -dc | tar -t` does."""
    with subprocess.Popen(["xz", "-dc", archive], stdout=subprocess.PIPE) as xz:
        subprocess.run(["tar", "-t"], stdin=xz.stdout, stdout=subprocess.DEVNULL, check=True)


def kernel_rows():
    """Reading a tree against unpacking it, and what is done with its functions."""
    archive = Path(os.environ.get("FAULTVIZ_TREE") or "/usr/src/linux-source-6.1.tar.xz")
    if not archive.is_file():
        print(f"{archive} is not there: no rows about real source.", file=sys.stderr)
        return
    from faultviz.kernel import KernelTree
    from faultviz.kernel.c.parse import functions
    from faultviz.kernel.judge.conform import conform
    from faultviz.kernel.judge.findings import check as judge

    (unpack,) = timed(lambda: listed(archive), 1)
    (read,) = timed(lambda: KernelTree(archive, cache=False), 1)
    yield "xz -dc piped to tar -t, of a kernel archive", unpack, "", 1.0
    yield "read the tree out of the archive", read, "xz -dc piped to tar -t", read / unpack
    tree = KernelTree(archive)
    files = [*tree.files("arch/*/mm/*.c"), *tree.files("mm/*.c")]
    (graphs,) = timed(lambda: [list(functions(tree.read(f), f)) for f in files], 1)
    yield "all functions of mm/ and arch/*/mm to graphs", graphs, "5 s", graphs / 5000
    (checked,) = timed(lambda: list(judge(tree)), 1)
    yield "kernel check of every handler", checked, "12 s", checked / 12000
    (held,) = timed(lambda: list(conform(tree)), 1)
    yield "kernel conform of every handler", held, "5 s", held / 5000


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


def reach():
    """Print what is waited for and held, as it comes."""
    from reach import measure

    print("| what | s or MB |\n|---|---:|")
    for name, value in measure():
        print(f"| {name} | {value:.1f} |", flush=True)


def page_rows():
    """Pages of one file, from opening to painting."""
    from page import measure

    for name, times in measure().items():
        shown = statistics.median(times)
        yield f"page of {name}, opened until painted (median of 7)", shown, "0.3 s", shown / 300


def main():
    """Print the table in Markdown."""
    if sys.argv[1:] == ["reach"]:
        reach()
        return
    print("| what | ms | compared with | ratio |\n|---|---:|---|---:|")
    chosen = {"player": player_rows, "page": page_rows}.get("".join(sys.argv[1:]), rows)()
    for name, ms, against, ratio in chosen:
        print(f"| {name} | {ms:.1f} | {against} | {ratio:.2f} |", flush=True)


main()
