"""Whether a change of structure changes behaviour: all that the package gives, before and after.

    VENV/bin/python tests/helpers/fingerprint.py -o before.json.gz
    VENV/bin/python tests/helpers/fingerprint.py --compare before.json.gz after.json.gz

Here: the command, and what is recorded in which process. Not here: what is recorded of each thing
(`fingerprint_python`, `fingerprint_files`), how two records are compared (`fingerprint_store`).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path


def tasks(names):
    """The module, the function and the argument of each task, the long ones first."""
    import fingerprint_files as files
    import fingerprint_python as python

    names = names or python.all_names()
    seeds = [range(first, python.SEEDS, 4) for first in range(4)]
    lessons = sorted(file.stem for file in (files.REPO / "notebooks").glob("*.ipynb"))
    conform = ("conform", "--json")
    return [
        *((files.exports, lesson) for lesson in lessons),
        *((files.kernel, form) for form in (("check", "--json"), conform, ("show", "x86"))),
        *((files.pages, names[first::6]) for first in range(min(6, len(names)))),
        *((make, some) for make in (python.exercises, python.quizzes, files.items)
          for some in seeds),
        *((make, name) for make in (python.plays, python.traces, python.conditions,
                                    python.verdicts, python.broken, files.commands)
          for name in names),
        *((make, None) for make in (python.claims, python.lanes, files.common, files.made)),
    ]  # fmt: skip


def recorded(task):
    """What one task gives, and how long it took."""
    from fingerprint_store import Store

    make, given = task
    began, store = time.perf_counter(), Store()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FAULTVIZ_WORK"] = str(Path(folder, "work"))
        make(store, given)
    return store, make.__name__, time.perf_counter() - began


def record(output, only, names):
    """Everything, by as many processes as there are processors, written in a fixed order."""
    from fingerprint_store import Store

    whole, spent = Store(), {}
    wanted = [task for task in tasks(names) if not only or task[0].__name__ in only]
    with ProcessPoolExecutor() as pool:
        for store, what, seconds in pool.map(recorded, wanted):
            whole.absorb(store)
            spent[what] = spent.get(what, 0) + seconds
    whole.write(output)
    took = ", ".join(f"{what} {seconds:.0f} s" for what, seconds in spent.items())
    return f"{len(whole.items)} items in {output}; {took}\n"


def compare(files, renames, everything):
    """The report, and whether there is a difference."""
    from fingerprint_store import Store, differences

    before, after = map(Store.read, files)
    words = json.loads(Path(renames).read_text("utf-8")) if renames else {}
    found = differences(before, after, words)
    if not found:
        return f"No difference in {len(after.items)} items.\n", False
    told = []
    for said, names in sorted(found.items(), key=lambda one: one[1][0]):
        shown = names if everything else names[:3]
        more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
        told.append(f"{'; '.join(shown)}{more}\n  {said}\n")
    number = sum(map(len, found.values()))
    told.append(f"{number} items differ, in {len(found)} ways.\n")
    return "".join(told), True


def main():
    """Record with -o, or compare two records; exit code 1 where they differ."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("-o", "--output", help="record what is installed into FILE.json[.gz]")
    parser.add_argument("--only", action="append", help="record only this, such as plays or pages")
    parser.add_argument("--handler", action="append", help="record only this one")
    parser.add_argument("--compare", nargs=2, metavar=("BEFORE", "AFTER"))
    parser.add_argument("--renames", help="JSON of old to new words, applied to BEFORE")
    parser.add_argument("--all", action="store_true", help="name every item that differs")
    asked = parser.parse_args()
    if asked.compare:
        said, different = compare(asked.compare, asked.renames, asked.all)
        sys.stdout.write(said)
        sys.exit(different)
    if not asked.output:
        parser.error("name a file with -o, or two with --compare")
    if "PYTHONHASHSEED" not in os.environ:
        # Where the order of a set decides something, it decides the same before and after.
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | {"PYTHONHASHSEED": "0"})  # noqa: S606
    sys.stdout.write(record(asked.output, asked.only, asked.handler))


if __name__ == "__main__":
    main()
