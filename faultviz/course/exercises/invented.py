"""Fault handlers that no kernel has: drawn from a seed, written like a model file, and right.

A learner who knows all 24 can still be asked about one never seen. Here: the features, the text of
a model file that has them, and its program. Not here: what is then broken in it (`seeded`).
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from faultviz.base.seeds import Draw
from faultviz.course import banks
from faultviz.course.banks import CURRENT
from faultviz.course.phrases import phrases
from faultviz.ir.graph import Program

REVISIONS = ("before", "merged")

say = phrases("faultviz.course.exercises", "exercises", "features")


class Features(NamedTuple):
    """What makes one invented handler differ from another.

    `order` are the tests behind the call: S a signal, C COMPLETED, E an error, R RETRY. `lock`
    says where mmap_lock is taken: at the label, before it, or by a try with the label inside.
    `returns` a value, or void with an exit for each error; `linked` enters the page in a shadow
    table afterwards, which needs the lock, `shadowed` only if there is one; `paired` has something
    else that is begun and ended.
    """

    name: str
    order: str
    lock: str
    returns: bool
    linked: bool
    shadowed: bool
    paired: bool
    early: bool

    def __str__(self) -> str:
        """In words, for who wants to write it."""
        parts = [say(self.lock), say("asks", tests=", ".join(say(test) for test in self.order))]
        if self.linked:
            parts.append(say("shadowed" if self.shadowed else "linked"))
        if self.paired:
            parts.append(say("paired"))
        parts.append(say("returns" if self.returns else "returns-nothing"))
        return say("features", name=self.name, parts="; ".join(parts))


def features(seed: str, level: int, bank: int = CURRENT) -> Features:
    """The features of a seed's handler; a higher level has more of them.

    >>> print(features("7", 1))
    jacana: takes mmap_lock at the label retry; asks for a signal, COMPLETED, an error, RETRY; \
returns nothing
    """
    draw = Draw(f"handler {level} {seed}")
    name = draw.choice(banks.bank(bank).names)
    orders = [a + b + c + d for a in "SCER" for b in "SCER" for c in "SCER" for d in "SCER"]
    # Whoever asked for RETRY first would go round past the signal.
    fair = [o for o in orders if len(set(o)) == 4 and o.index("S") < o.index("R")]
    order = draw.choice(fair if level > 1 else [o for o in fair if o.startswith(("SC", "SE"))])
    lock = draw.choice(("label", "before", "try") if level > 1 else ("label",))
    returns = level > 1 and draw.chance(0.5)
    linked = level > 2 and draw.chance(0.7)
    paired = level > 2 and (not linked or draw.chance(0.3))
    return Features(
        name, order, lock, returns, linked, linked and draw.chance(0.5), paired, draw.chance(0.5)
    )


_QUOTES = '"' * 3


@cache
def handler(seed: str, level: int = 1, bank: int = CURRENT) -> Program:
    """The program of a seed, in the revisions `before` and `merged`.

    >>> handler("7").at("merged")
    Program(jacana merged, 1 functions, 38 nodes)
    """
    return program_of(source(features(seed, level, bank)))


def program_of(text: str) -> Program:
    """The program that the text of a model file, made below, binds to MODEL."""
    names: dict[str, Any] = {}
    # Our own text: what a learner writes is read by `writing`, which lets nothing but data pass.
    exec(compile(text, "<an invented handler>", "exec"), names)  # noqa: S102
    found = names["MODEL"]
    assert isinstance(found, Program)
    return found


def source(of: Features) -> str:
    r"""A model file with these features, as one would write it by hand.

    >>> print(*source(features("7", 1)).splitlines()[6:11], sep="\n")
    do_jacana_fault = function(
        "do_jacana_fault", CITE,
        when(NO_MM, goto("bad_area_nosemaphore")),
        MARK_USER,
        label("retry"),
    """
    made = _Writer(of)
    root = f"do_{of.name}_fault"
    head = (
        f"{_QUOTES}{of.name}: invented for an exercise; no kernel has it.{_QUOTES}\n\n"
        "from faultviz.models.words import *\n\n"
        f'CITE = Cite("invented", "{root}", "derived", "made from a seed: no kernel has it")\n'
        f"{made.words()}\n"
        f'{root} = function(\n    "{root}", CITE,\n'
    )
    body = "".join(f"    {line}\n" for line in made.body())
    result = '"error": -14, ' if of.returns else ""
    reads = " result={0: HANDLED, -14: FAILED}," if of.returns else ""
    tail = (
        f'    locals={{{result}"flags": DEFAULT}},{reads}\n'
        '    why="The MMU found no usable entry for the address and trapped.",\n'
        ")  # fmt: skip\n\n"
        f'MODEL = program("{of.name}", "handler", {root}, about="invented for an exercise",\n'
        f"                revisions={REVISIONS!r})\n"
    )
    return head + body + tail


class _Writer:
    """The statements of a handler with given features, line by line."""

    def __init__(self, of: Features) -> None:
        self.of = of
        self.failed = 'goto("out")' if of.returns else 'goto("no_context")'
        # Where a way ends whose work is done, or whose program has been told.
        self.over = 'goto("out")' if of.paired or of.returns else ""

    def words(self) -> str:
        """What the file says before the function."""
        said = ""
        if self.of.shadowed:
            said += (
                'SHADOW = word("shadow", "invented handlers: the address is in a shadow table",\n'
                '              "in a shadow table?", "Not every address has a second table.")\n'
            )
        if self.of.linked:
            said += (
                'LINK = call("shadow_link", needs_lock=True,\n'
                '            why="It walks the second table: only under mmap_lock.")\n'
            )
        return said

    def body(self) -> list[str]:
        of = self.of
        no_mm = 'goto("out")' if of.returns else 'goto("bad_area_nosemaphore")'
        bad = 'goto("out_unlock")' if of.returns else 'goto("bad_area")'
        tests = {"S": self.signal, "C": self.completed, "E": self.error, "R": self.retry}
        lines = self.begin()
        lines += [f"when(NO_MM, {no_mm}),", "MARK_USER,"]
        lines += ["MARK_WRITE,"] if of.early else []
        lines += [*self.lock(), "LOOK_UP,", f"when(NO_VMA, {bad}),", f"when(NO_ACCESS, {bad}),"]
        lines += [] if of.early else ["MARK_WRITE,"]
        lines += ["fault(),"]
        for letter in of.order:
            lines += tests[letter]()
        lines += self.link()
        return [*lines, *(self.returned() if of.returns else self.exits())]

    def begin(self) -> list[str]:
        if not self.of.paired:
            return []
        return ['take("exception", why="Context tracking must know that the kernel runs."),']

    def lock(self) -> list[str]:
        match self.of.lock:
            case "label":
                return ['label("retry"),', "acquire(),"]
            case "before":
                return [
                    'acquire(why="Taken before the label: who goes to retry brings it along."),',
                    'label("retry"),',
                ]
        return [
            "try_acquire(failed=[",
            f"    when(NO_FIX_UP, {self.failed}),",
            '    label("retry"),',
            "    acquire()]),",
        ]

    def signal(self) -> list[str]:
        if self.of.returns:
            return ['when(SIGNAL_PENDING, goto("out")),']
        over = self.over or "LEAVE_SIGNAL"
        return [f'when(SIGNAL_PENDING, when(KERNEL, goto("no_context")), {over}),']

    def completed(self) -> list[str]:
        done = f"let(error=0), {self.over}" if self.of.returns else self.over or "LEAVE_COMPLETED"
        done = done.replace("error=0", 'error=0, role="result-clear", why="Handled."')
        if not self.of.linked:
            return [f"since(MERGED, completed({done})),"]
        given = f"when(SHADOW, else_=[{done}])," if self.of.shadowed else ""
        return [
            f"since(MERGED, completed({given}",
            '    acquire(role="relock", why="shadow_link comes next and needs mmap_lock."),',
            '    goto("link"))),',
        ]

    def error(self) -> list[str]:
        if self.of.returns:
            return ['when(ERROR, when(OOM, goto("out_of_memory")), goto("out_unlock")),']
        return [
            'when(ERROR, *errors((OOM, goto("out_of_memory")), (SIGSEGV, goto("bad_area")),',
            '                    (SIGBUS, goto("do_sigbus")), otherwise=bug())),',
        ]

    def retry(self) -> list[str]:
        again = "acquire(), " if self.of.lock == "before" else ""
        return [f'when(RETRY, MARK_TRIED, {again}goto("retry")),']

    def link(self) -> list[str]:
        if not self.of.linked:
            return []
        return ['label("link"),', "when(SHADOW, LINK)," if self.of.shadowed else "LINK,"]

    def out(self) -> list[str]:
        """The one way out, where there is one."""
        give = ['give("exception", why="What was begun first is ended last."),']
        leaves = 'leave("error"),' if self.of.returns else "leave(),"
        return ['label("out"),', *(give if self.of.paired else []), leaves]

    def returned(self) -> list[str]:
        """The tail of a handler that returns a value: its caller tells the program."""
        return [
            'let(error=0, why="Handled: the caller reads 0 as done."),',
            'label("out_unlock"),',
            "release(),",
            *self.out(),
            'label("out_of_memory"),',
            "RELEASE_ON_ERROR,",
            'when(KERNEL, goto("out")),',
            "OUT_OF_MEMORY,",
            'let(error=0, why="Room was made, or the task is dying."),',
            'goto("out"),',
        ]

    def exits(self) -> list[str]:
        """The exits of a void handler, one for each error."""

        def leave(text: str) -> str:
            return f"{self.over or text},"

        return [
            "release(),",
            leave("LEAVE_HANDLED"),
            'label("bad_area"),',
            "RELEASE_BAD_AREA,",
            'label("bad_area_nosemaphore"),',
            f'when(USER, signal("SIGSEGV"), {leave("LEAVE_TOLD")[:-1]}),',
            'label("no_context"),',
            "FIX_UP,",
            leave("LEAVE_FIXED"),
            'label("out_of_memory"),',
            "RELEASE_ON_ERROR,",
            'when(KERNEL, goto("no_context")),',
            "OUT_OF_MEMORY,",
            leave("LEAVE_OOM"),
            'label("do_sigbus"),',
            "RELEASE_ON_ERROR,",
            'when(KERNEL, goto("no_context")),',
            'signal("SIGBUS"),',
            leave("LEAVE_TOLD"),
            *(self.out() if self.of.paired else []),
        ]
