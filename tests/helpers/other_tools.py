"""Other tools on the defects that the lessons name, each held against the same file without it.

    .venv/bin/python tests/helpers/other_tools.py [--tree linux-source-6.1.tar.xz] [--keep DIR]

A tool has found a defect if it says something of the file with it that it does not say of the file
without. Where it complains of the lock in both, nothing can be concluded. The verdicts are held
against `faultviz/publish/site/other_tools.toml`, of which the site makes its table; exit code 1 if
one is another. Lockdep needs a kernel that boots, and was run by hand: the page has the command.

Here: the trees and the tools. Not here: the defects (`other_defects`), the page
(`publish.site.other_tools`).
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import other_defects as defects

from faultviz.kernel.judge.findings import check
from faultviz.kernel.kernel_tree import KernelTree
from faultviz.publish.site import other_tools as page

OURS = "faultviz-kernel"
TREE = "/usr/src/linux-source-6.1.tar.xz"
HERE = Path(__file__).parent
CROSS = {
    "x86": ("x86_64", "", "x86_64-linux-gnu"),
    "s390": ("s390", "s390x-linux-gnu-", "s390x-linux-gnu"),
    "sh": ("sh", "sh4-linux-gnu-", ""),
    "sparc64": ("sparc64", "sparc64-linux-gnu-", "sparc64-linux-gnu"),
    "nios2": ("nios2", "-m32", ""),
    "loongarch": ("loongarch", "-m64", "loongarch64-linux-gnu"),
}
"""ARCH, the cross compiler (or this machine's, with its word length), and clang's target."""

_LOCAL = re.compile(r"^\S*?([\w-]+\.[ch]):\d+(?::\d+)?:? *")
_LINE = re.compile(r"\(?\b(?:line|lines:?) [\d, ]+|(?<=:)\d+(?:[:-]\d+)*|^\s*\d+ \|.*$")
_LOCK = re.compile(r"context imbalance|-Wthread-safety|lock", re.IGNORECASE)
_SAID = re.compile(r"warning|warn:|error|WARNING|ERROR")


class Missing(Exception):
    """A tool that this machine does not have."""


def ran(command, **more):
    """What a command says on both channels."""
    done = subprocess.run(
        command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **more
    )
    return done.stdout


def needs(*programs):
    """Raise Missing, naming all that are not there."""
    gone = [one for one in programs if not shutil.which(one)]
    if gone:
        raise Missing(f"not here: {', '.join(gone)}")


class Kernel:
    """A tree in a folder, and a configured build of each architecture beside it."""

    def __init__(self, archive, folder):
        self.folder = folder
        if not (found := list(folder.glob("linux*/Makefile"))):
            ran(["tar", "-xf", archive, "-C", folder])
            found = list(folder.glob("linux*/Makefile"))
        self.source = found[0].parent
        self.prepared = {}

    def make(self, handler, *what):
        """Kbuild for a handler's architecture, in a folder of its own."""
        arch, cross, _ = CROSS[handler]
        with_cc = (
            f"CROSS_COMPILE={cross}" if not cross.startswith("-") else f"CC={self._stand_in()}"
        )
        env = os.environ | {"WORD": cross}
        out = self.folder / f"o.{arch}"
        return ran(["make", f"O={out}", f"ARCH={arch}", with_cc, *what], cwd=self.source, env=env)

    def ready(self, handler):
        """Its folder, configured by the architecture's own defaults and prepared."""
        needs("make", "gcc", "flex", "bison")
        arch, cross, _ = CROSS[handler]
        if not cross.startswith("-"):
            needs(f"{cross}gcc")
        out = self.folder / f"o.{arch}"
        if handler not in self.prepared:
            said = self.make(handler, "defconfig") + self.make(handler, "prepare")
            wrong = re.search(r"\*\*\* \[.*", said)
            self.prepared[handler] = wrong[0] if wrong else ""
        if wrong := self.prepared[handler]:
            raise Missing(f"{arch} could not be prepared: {wrong}")
        return out

    def _stand_in(self):
        """A compiler that gives sizes and lists of headers where no cross compiler is to be had."""
        file = self.folder / "stand-in"
        file.write_text((HERE / "stand_in_cc.sh").read_text("utf-8"), "utf-8")
        file.chmod(0o755)
        return file

    def put(self, texts):
        """Write texts over files, and give what was there."""
        old = {name: (self.source / name).read_text("utf-8") for name in texts}
        for name, text in texts.items():
            (self.source / name).write_text(text, "utf-8")
        return old


def messages(said, file):
    """What was said of a file, counted, without the places, for an edit moves them."""
    found = Counter()
    for line in said.splitlines():
        if file in line and _SAID.search(line):
            found[_LINE.sub("", _LOCAL.sub(r"\1: ", line.replace(str(Path(file).parent), "")))] += 1
    return found


def checked(kernel, defect, checker):
    """A file checked by way of Kbuild."""
    kernel.ready(defect.handler)
    target = str(Path(defect.file).with_suffix(".o"))
    return kernel.make(defect.handler, "C=2", f"CHECK={checker}", target)


def sparse(kernel, defect):
    """sparse, as the tree calls it."""
    needs("sparse")
    return checked(kernel, defect, "sparse -Wcontext")


def smatch(kernel, defect):
    """smatch, one file at a time and without its database."""
    needs("smatch")
    return checked(kernel, defect, "smatch -p=kernel --two-passes")


def coccinelle(kernel, defect):
    """The tree's own semantic patches on locks, each with the options that it asks for."""
    needs("spatch")
    said = []
    for script in sorted((kernel.source / "scripts/coccinelle/locks").glob("*.cocci")):
        text = script.read_text("utf-8")
        if re.search(r"^virtual report", text, re.MULTILINE):
            found = re.search(r"^// ?Options: (.*)$", text, re.MULTILINE)
            said.append(_spatch(script, defect, kernel, *(found[1].split() if found else ())))
    return "".join(said)


def own_rule(kernel, defect):
    """Coccinelle with twenty lines of ours."""
    needs("spatch")
    return _spatch(HERE / "completed_untested.cocci", defect, kernel, "--no-includes")


def _spatch(script, defect, kernel, *options):
    said = ran(
        ["spatch", "-D", "report", "--no-show-diff", "--very-quiet", "--cocci-file", script,
         *options, "-I", kernel.source / "include", kernel.source / defect.file]
    )  # fmt: skip
    return "".join(f"{line} warning\n" for line in said.splitlines() if defect.file in line)


def clang(kernel, defect):
    """clang's thread safety analysis, with the flags of Kbuild that say what is read."""
    needs("clang-22")
    target = CROSS[defect.handler][2]
    if not target:
        raise Missing("clang has no such target")
    out = kernel.ready(defect.handler)
    target_file, read = str(Path(defect.file).with_suffix(".o")), str(kernel.source / defect.file)
    listed = kernel.make(defect.handler, "V=1", "-n", target_file, "-W", read)
    words = next((x for x in listed.splitlines() if " -c -o " in x and "fault" in x), "").split()
    kept = []
    for at, word in enumerate(words):
        if word in ("-include", "-I") and words[at + 1] not in kept:
            kept += [word, words[at + 1]]
        elif re.match(r"-I.|-D(?!KBUILD_MODFILE)|-nostdinc|-std=|-fshort-wchar|-m64", word):
            kept.append(word.replace("'", ""))
    if not kept:
        raise Missing("Kbuild gives no command for the file")
    said = ran(["clang-22", f"--target={target}", *kept, "-Wno-everything", "-Wthread-safety",
                "-fexperimental-late-parse-attributes", "-fsyntax-only",
                str(kernel.source / defect.file)], cwd=out)  # fmt: skip
    if wrong := re.search(r"error: .*", said):
        raise Missing(f"clang stops: {wrong[0]}")
    return said


TOOLS = {
    "coccinelle": (coccinelle, ()),
    "coccinelle-own": (own_rule, ()),
    "sparse": (sparse, ()),
    "sparse-annotated": (sparse, defects.SPARSE),
    "smatch": (smatch, ()),
    "clang": (clang, ()),
    "clang-annotated": (clang, defects.CLANG),
}


def ours(tree, defect):
    """Our own search of the real function, on the same two texts."""
    text, both = tree.read(defect.file), []
    for edit in (defect.faulty, defect.sound):
        rows = next(check(tree.replaced({defect.file: edit(text)}), (defect.handler,)))
        both.append({(row.rule, row.function) for row in rows if row.verdict == "violated"})
    new = both[0] - both[1]
    return ("found" if new else "not found"), "; ".join(sorted(rule for rule, _ in new))


def verdict(kernel, defect, tool):
    """Found, not found, cannot say or not run, and what was said of the defect."""
    run, extra = TOOLS[tool]
    text = (kernel.source / defect.file).read_text("utf-8")
    texts = {}
    for name, edit in extra:
        texts[name] = edit((kernel.source / name).read_text("utf-8"))
    old = kernel.put(texts)
    try:
        both = []
        for edit in (defect.faulty, defect.sound):
            kernel.put({defect.file: edit(text)})
            both.append(messages(run(kernel, defect), defect.file))
    except Missing as problem:
        return "not run", str(problem)
    finally:
        kernel.put({defect.file: text} | old)
    if new := both[0] - both[1]:
        return "found", "; ".join(new)
    lock = [one for one in both[1] if _LOCK.search(one)]
    return ("cannot say", "; ".join(lock)) if lock else ("not found", "")


def main():
    """Run all, and compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tree", default=TREE)
    parser.add_argument("--keep", type=Path, help="unpack there, and leave it there")
    parser.add_argument("--only", nargs="*", default=[*TOOLS, OURS])
    given = parser.parse_args()
    if not Path(given.tree).is_file():
        sys.exit(f"{given.tree} is not there: install linux-source-6.1, or name it with --tree.")
    tree = KernelTree(Path(given.tree))
    stored = {(row.defect, row.tool): row for row in page.cells()}
    other = 0
    with tempfile.TemporaryDirectory() as made:
        kernel = Kernel(given.tree, given.keep or Path(made))
        for defect in defects.DEFECTS:
            for tool in given.only:
                got, said = ours(tree, defect) if tool == OURS else verdict(kernel, defect, tool)
                due = stored[defect.name, tool].verdict
                other += got != due
                differs = "" if got == due else f"(table: {due})"
                sys.stdout.write(f"{defect.name:20} {tool:17} {got:10} {differs} {said}\n")
                sys.stdout.flush()
    return int(other > 0)


if __name__ == "__main__":
    sys.exit(main())
