"""Taking something away from a handler, to see what it was for.

Here: the roles that a model names and the program without one of them. Not here: the
search for what then breaks (`check`).
"""

from __future__ import annotations

from dataclasses import replace

from faultviz import ir
from faultviz.ir.graph import Program

ROLES: dict[str, str] = {
    "completed-check": "the test of COMPLETED is gone",
    "completed-body": "the test of COMPLETED stands, but what it does is gone",
    "relock": "mmap_lock is not taken again after COMPLETED",
    "result-clear": "the result is not cleared after COMPLETED",
    "locked-clear": "*locked is not cleared when the lock is gone",
    "eagain-case": "the switch has no case for -EAGAIN",
}
"""What `check` can take away from a handler."""


def without(program: Program, role: str) -> Program | None:
    """The program with one role taken away; None when it has none of that role.

    A dropped step is passed by; a dropped test goes on as if answered no; of a dropped case the
    switch knows nothing; `completed-body` lets both answers go the same way.
    """
    functions: dict[str, ir.Function] = {}
    found = False
    for name, function in program.functions.items():
        changed = _ablated(function, role)
        found = found or changed is not None
        functions[name] = changed or function
    if not found:
        return None
    return replace(program, functions=ir.pruned(functions), dropped=role)


def _ablated(function: ir.Function, role: str) -> ir.Function | None:
    wanted = "completed-check" if role == "completed-body" else role
    hit = [n for n in function.nodes.values() if n.role == wanted]
    edges = [e for e in function.edges if e.role != role]
    if not hit and len(edges) == len(function.edges):
        return None
    for node in hit:
        (past,) = (e.target for e in edges if e.source == node.id and e.when in (False, None))
        if role == "completed-body":
            edges = [replace(e, target=past) if e.source == node.id else e for e in edges]
        else:
            edges = [replace(e, target=past) if e.target == node.id else e for e in edges]
    return replace(function, edges=tuple(edges))
