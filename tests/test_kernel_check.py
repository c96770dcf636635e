"""The lock rules on the source of a real kernel: what is found, and nothing else."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner

import faultviz as fv
from faultviz import models
from faultviz.base.errors import BadInput
from faultviz.cli.main import main
from faultviz.engine.invariants import judged
from faultviz.kernel import KernelTree
from faultviz.kernel.judge import mutants
from faultviz.kernel.judge.expected import expected
from faultviz.kernel.judge.findings import LINES, RULES, check, judge
from faultviz.kernel.lower.extract import model_of, places, program, root_of


@pytest.fixture(scope="module")
def rows(tree):
    return [row for some in check(tree) for row in some]


def test_a_real_kernel_has_the_expected_findings_and_no_other(tree, rows):
    """Both double unlocks of sh and the eleven livelocks, read at 6.1.176 and 6.1.192."""
    due = {(e.handler, e.function, e.rule) for e in expected() if e.of(tree.version)}
    assert len(due) == 13
    bad = [row for row in rows if row.verdict != "proved"]
    assert {(row.handler, row.function, row.rule) for row in bad} == due
    assert {row.verdict for row in bad} == {"violated"}


def test_every_handler_and_both_callers_are_judged(rows):
    """24 handlers, GUP and fixup_user_fault; what is proved says what it rests on."""
    assert {row.handler for row in rows} == {*models.HANDLERS, "gup", "fixup-user-fault"}
    assert all("every word both ways" in row.reason for row in rows if row.verdict == "proved")
    assert {row.rule for row in rows if row.handler == "gup"} == {
        "lock-underflow", "lock-required", "gup-locked", "result-code",
    }  # fmt: skip


def test_a_counterexample_is_short_and_real(tree, rows):
    """At most 12 lines, each a place in the tree; the last one is where it breaks."""
    for row in rows:
        if row.verdict == "proved":
            continue
        assert 5 <= len(row.path) <= LINES
        assert row.path[-1].line == row.line
        assert sum(bool(line.taken) for line in row.path) >= 3
        for line in row.path:
            assert line.line <= tree.read(line.file).count("\n") + 1
    (sh,) = [r for r in rows if r.function == "do_sigbus"]
    assert [line.mmap_lock for line in sh.path if "unlock" in line.statement] == [0, -1]
    assert "mmap_read_unlock" in tree.read(sh.file).split("\n")[sh.line - 1]


def test_every_mutant_goes_as_it_must(tree):
    """The check gone, or there and empty, in each handler; the review's defects; GUP's part.

    Nothing may be found where COMPLETED cannot come, or where no lock is concerned.
    """
    outcome = list(mutants.tried(tree))
    assert [one.mutant[:2] for one in outcome if not one.good] == []
    assert len(outcome) == 2 * len(models.HANDLERS) + 5
    silent = {one.mutant.handler for one in outcome if not one.mutant.breaks}
    assert silent == {"powerpc-copro", "nios2", "sparc64"}
    v3 = next(one for one in outcome if one.mutant.name == "as posted in v3")
    assert v3.found == {"lock-required"}


def test_the_rules_of_source_are_those_that_apply_to_some():
    """None that the table gives is left out of what is judged."""
    applies = {
        rule
        for name in (*models.HANDLERS, *models.ENTRIES)
        for rule in judged(models.at(models.load(name)), source=True)
    }
    assert applies == {*RULES}


def test_ids_are_names_and_nothing_else(tree):
    """What is shown of a way is the same with other ids: which steps are ours, nodes say."""
    forgets = "int f(struct mm_struct *mm) { if (!mmap_read_trylock(mm)) return 1; return 0; }"
    own = tree.replaced({"mm/f.c": forgets})
    for place in (root_of(own, "mm/f.c", "f", held=False), *places(tree, ("sh", "s390"))):
        real = program(own, place)
        root = real.function
        names = {id_: f"n{n}" for n, id_ in enumerate(root.nodes)}
        nodes = {names[id_]: replace(node, id=names[id_]) for id_, node in root.nodes.items()}
        edges = [replace(e, source=names[e.source], target=names[e.target]) for e in root.edges]
        other = replace(root, entry=names[root.entry], nodes=nodes, edges=tuple(edges))
        told = judge(replace(real, functions={root.name: other}), place)
        assert told == judge(real, place)
        assert {node.synthetic for node in root.nodes.values()} == {True, False}


def test_a_cap_makes_it_undecided(tree):
    """What was not searched to its end is not called proved."""
    (rows,) = check(tree, ("alpha",), cap=50)
    assert {row.verdict for row in rows if row.rule == "kernel-fixup"} == {"undecided"}
    assert "not decided after" in next(r.reason for r in rows if r.verdict == "undecided")


def test_a_function_of_ones_own_is_judged(tree):
    """A developer's handler, before it is posted."""
    new = """
    int mine(struct mm_struct *mm, unsigned long a, struct pt_regs *regs)
    {
        struct vm_area_struct *vma;
        mmap_read_lock(mm);
        vma = find_vma(mm, a);
        if (!vma)
            return -EFAULT;
        if (handle_mm_fault(vma, a, FAULT_FLAG_DEFAULT, regs) & VM_FAULT_RETRY)
            return 0;
        mmap_read_unlock(mm);
        return 0;
    }
    """
    patched = tree.replaced({"arch/mine/mm/fault.c": new})
    (rows,) = check(patched, function="mine", file="arch/mine/mm/fault.c")
    assert {(r.rule, r.verdict) for r in rows} == {
        ("lock-balance", "violated"), ("lock-required", "proved"), ("lock-underflow", "proved"),
    }  # fmt: skip
    (line,) = [r.line for r in rows if r.verdict == "violated"]
    assert "-EFAULT" in new.split("\n")[line - 1]
    with pytest.raises(BadInput, match=r"no function 'your'. Known: mine"):
        list(check(patched, function="your", file="arch/mine/mm/fault.c"))


# --- the command -----------------------------------------------------------------------------


def call(*words):
    return CliRunner().invoke(main, ["kernel", *map(str, words)])


def test_the_command_counts_what_is_not_known(archive, tmp_path):
    """Exit 1 for a finding, 0 for one that a reader's file accepts with a reason."""
    told = call("check", archive, "--handler", "sh", "--json")
    assert told.exit_code == 1
    rows = json.loads(told.stdout)
    assert set(rows[0]) == {
        "handler", "file", "function", "line", "rule", "verdict", "reason", "path",
    }  # fmt: skip
    kept = [
        {
            "handler": r["handler"],
            "function": r["function"],
            "rule": r["rule"],
            "reason": "reported",
        }
        for r in rows
        if r["verdict"] == "violated"
    ]
    known = tmp_path / "known.json"
    known.write_text(json.dumps({"findings": kept}))
    assert call("check", archive, "--handler", "sh", "--known", known).exit_code == 0
    known.write_text(json.dumps({"findings": [{**kept[0], "reason": " "}]}))
    told = call("check", archive, "--handler", "sh", "--known", known)
    assert (told.exit_code, "has no reason" in told.stderr) == (2, True)
    plain = call("check", archive, "--handler", "sh", "--plain").stdout.splitlines()
    assert all(
        line.startswith("arch/sh/mm/fault.c:") and "lock-underflow" in line for line in plain
    )
    assert call("check", archive, "--handler", "mips").exit_code == 0


def test_a_patch_is_judged_without_touching_the_tree(archive, tree, tmp_path):
    """As git writes it; a hunk that does not apply names itself."""
    import difflib

    file = model_of("mips").function.cite.file
    old, new = tree.read(file), mutants.drop_check(tree.read(file))
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), f"a/{file}", f"b/{file}"
    )
    patch = tmp_path / "0001-drop.patch"
    patch.write_text("From: a developer\nSubject: [PATCH] drop\n\n---\n" + "".join(lines))
    told = call("check", archive, "--handler", "mips", "--patch", patch)
    assert told.exit_code == 1
    assert "lock-underflow violated" in told.stdout
    assert call("check", archive, "--handler", "mips").exit_code == 0
    lines = patch.read_text().splitlines(keepends=True)
    n = next(i for i, line in enumerate(lines) if line.startswith("@@")) + 1
    patch.write_text("".join([*lines[:n], " not in the file\n", *lines[n + 1 :]]))
    told = call("check", archive, "--handler", "mips", "--patch", patch)
    assert (told.exit_code, "@@" in told.stderr, "does not apply" in told.stderr) == (2, True, True)
    patch.write_text("no patch\n")
    assert "holds no patch" in call("check", archive, "--patch", patch).stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("check", "/nowhere"), "There is no kernel tree at /nowhere"),
        (("check", "TREE", "--handler", "mps"), "Did you mean mips"),
        (("check", "TREE", "--function", "f"), "--function NAME --file F"),
        (("check", "TREE", "--function", "f", "--file", "mm/none.c"), "has no mm/none.c"),
        (("conform", "TREE", "--handler", "pdp11"), "pdp11"),
        (("check", "TREE", "--known", "/no.json"), "/no.json cannot be read"),
        (("check", "TREE", "--patch", "/no.patch"), "/no.patch cannot be read"),
    ],
)
def test_bad_input_is_one_sentence(archive, words, said):
    """And exit code 2."""
    told = call(*(archive if word == "TREE" else word for word in words))
    assert told.exit_code == 2
    assert said in told.stderr
    assert told.stderr.count("\n") == 1
    assert "Traceback" not in told.output


def test_the_self_test_is_a_command(archive):
    """Whoever trusts the check on a tree of their own can try it there first."""
    told = call("self-test", archive, "--handler", "s390")
    assert told.exit_code == 0
    assert "4 mutants: 4 as expected" in told.stdout
    assert "as posted in v3" in told.stdout


def test_the_tree_is_read_by_the_package_too(tree):
    """`fv.play` takes its graphs."""
    assert isinstance(tree, KernelTree)
    assert fv.run(tree["mips"], outcomes="COMPLETED").mmap_lock_at_exit == 0
