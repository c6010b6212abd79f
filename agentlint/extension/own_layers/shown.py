"""Calls, mappings and lists of all code, with where each stands: walked once for all that look for routes among them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint.analysis.program import Program, Scope
from agentlint.ir import syntax as s
from agentlint.ir.walk import body_expressions

_KINDS = (s.Call, s.Mapping, s.Sequence)


class Shown(msgspec.Struct, frozen=True, eq=False, gc=False):
    """What stands in one scope."""

    scope: Scope
    module: s.Module
    expressions: tuple[s.Call | s.Mapping | s.Sequence, ...]


def all_shown(program: Program) -> Iterator[Shown]:
    """Every scope in which something of the kind stands: modules, then classes, then functions."""
    for module in program.modules.values():
        if module.language == "python":
            yield from _in(module.body, module, module)
    for kind in program.classes.values():
        yield from _in(kind.node.body, kind, kind.module)
    for info in program.functions.values():
        yield from _in(info.node.body, info, info.module)


def _in(body: tuple[s.Stmt, ...], scope: Scope, module: s.Module) -> Iterator[Shown]:
    found = tuple(e for e in body_expressions(body) if isinstance(e, _KINDS))
    if found:
        yield Shown(scope, module, found)
