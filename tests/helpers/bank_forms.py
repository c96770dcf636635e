"""What the forms of a bank are, as a digest for each kind and seed.

`.venv/bin/python tests/helpers/bank_forms.py 2` writes those of a new bank into tests/data/. What
is there stays: a bank that was given out is frozen. Not here: what must hold (`test_banks`).
"""

import json
import sys
from hashlib import sha256
from pathlib import Path

from faultviz.course.exercises import counterexamples, reviews, seeded, writing
from faultviz.course.quiz.exam import exam
from faultviz.course.quiz.forms import form
from faultviz.edit.listing import lines, text

DATA = Path(__file__).parents[1] / "data"
SEEDS = [str(n) for n in range(200)]


def _found(one):
    return json.dumps((one.program.name, one.level, text(lines(one.program)), one.first))


def _posted(seed, bank):
    one = reviews.make(seed, None, bank)
    return json.dumps((one.mail, one.level, text(lines(one.after)), one.first, sorted(one.places)))


def _task(seed, bank):
    one = writing.task(seed, None, bank)
    return json.dumps((one.about, one.level, one.starter, text(lines(one.sound))))


KINDS = {
    "pre": lambda seed, bank: json.dumps(form("pre", seed, bank).questions),
    "post": lambda seed, bank: json.dumps(form("post", seed, bank).questions),
    "exam": lambda seed, bank: json.dumps(exam(seed, bank)),
    "find": lambda seed, bank: _found(seeded.make(seed, None, bank)),
    "trace": lambda seed, bank: _found(counterexamples.make(seed, None, bank)),
    "review": _posted,
    "write": _task,
}
"""What is asked, what may be answered, and the key."""


def digest(kind, seed, bank):
    """Some letters that change with anything of a form."""
    return sha256(KINDS[kind](seed, bank).encode()).hexdigest()[:10]


def stored(bank):
    """Kind to seed to digest, as they were when the bank was frozen."""
    head, *rows = (DATA / f"bank{bank}.txt").read_text("utf-8").splitlines()
    kinds = head.split()[1:]
    found = {kind: {} for kind in kinds}
    for row in rows:
        seed, *told = row.split()
        for kind, one in zip(kinds, told, strict=True):
            found[kind][seed] = one
    return found


if __name__ == "__main__":
    number = int(sys.argv[1])
    told = [" ".join(["seed", *KINDS])]
    told += [" ".join([seed, *(digest(kind, seed, number) for kind in KINDS)]) for seed in SEEDS]
    with (DATA / f"bank{number}.txt").open("x", encoding="utf-8") as file:
        file.write("\n".join(told) + "\n")
