"""What is printed of a real kernel is the same whatever Python hashes."""

import os
import subprocess
import sys

HANDLERS = ("mips", "s390", "sh", "sparc64", "x86")
CODE = """
import sys
from faultviz.cli.main import main

def printed(*words):
    print("$ kernel", *words)
    sys.stdout.flush()
    try:
        main(["kernel", *words], prog_name="faultviz")
    except SystemExit as end:
        print("exit", end.code)

tree, *handlers = sys.argv[1:]
for handler in handlers:
    printed("show", tree, handler)
printed("show", tree, handlers[0], "--whole")
some = [word for handler in handlers for word in ("--handler", handler)]
printed("check", tree, *some)
printed("conform", tree, *some)
"""


def printed(archive, seed):
    """What show, check and conform print of a tree where strings hash by this seed."""
    env = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", CODE, archive, *HANDLERS]
    return subprocess.run(command, env=env, capture_output=True, check=True).stdout


def test_no_sets_order_reaches_what_is_printed(archive):
    """These handlers are shown, checked and held against their models."""
    first, *others = (printed(archive, seed) for seed in ("0", "1", "2"))
    assert first.count(b"$ kernel ") == len(HANDLERS) + 3
    assert first.count(b"handle_mm_fault") > len(HANDLERS)
    assert [other == first for other in others] == [True, True]
