"""One line of a table of routes, and what an address and a verb look like in any table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from agentlint.analysis.program import FunctionInfo, Program, Scope
from agentlint.ir import syntax as s

VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")
"""RFC 9110, section 9.3, and RFC 5789: those under which somebody asks for something to be shown or done."""
CALL = "CALL"
"""What a message over an open connection asks for has no verb: it is called by name."""
_ALL = frozenset({*VERBS, "HEAD", "OPTIONS"})
_NAMED = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")
_GROUP = re.compile(r"\((?:\?:)?(?:[^()]|\([^()]*\))*\)[?*+]?")
_CONVERTED = re.compile(r"<(?:\w+:)?(\w+)(?::[^<>]*)?>|(?<=/):(\w+)|\{(\w+):[^{}]*\}")
_LEADING = re.compile(r"^\((?:\?:)?(/[^()|]*)\)\??")
"""A group around the beginning of an address: `(/rooms/R\\d+)/edit`."""
_LETTERS = re.compile(r"(?:\\[dwS]|\.|\[\^/\])[+*]")
_ADDRESS = re.compile(r"^/(?!/)[^\s:;,|\\\"'=]*$")
_RELATIVE = re.compile(r"^[A-Za-z_{][\w{}/.-]*$")
_ON_DISK = re.compile(r"^/(etc|proc|usr|var|tmp|dev|home|sys|opt|bin|lib|run|mnt|root|srv)(/|$)")


class Line(msgspec.Struct, frozen=True, eq=False):
    """An address with its verbs (none where none is named) and the function that answers."""

    path: str
    verbs: tuple[str, ...]
    handler: FunctionInfo
    file: str
    line: int
    owner: str = ""
    """The class on which an inherited method runs."""
    library: str = ""
    """The package whose word it is; empty for the project's own."""
    checks: tuple[str, ...] = ()
    """Functions that are put around the handler."""
    within: str = ""
    """The function that looks the handler up by what a message says: who gets there may call it."""


def address(text: str) -> str:
    """A text as an address with holes in braces; empty when it is none: a place on disk, a sentence, an address of somewhere else."""
    bare = _NAMED.sub(r"{\1}", _LEADING.sub(r"\1", text.removeprefix("^").removesuffix("$").removesuffix("/?")))
    bare = _LETTERS.sub("{}", _GROUP.sub("{}", bare) if "(" in bare else bare)
    bare = _CONVERTED.sub(lambda m: f"{{{m[1] or m[2] or m[3]}}}", bare).replace("\\.", ".").replace("\\", "")
    return bare if _ADDRESS.match(bare) and not _ON_DISK.match(bare) else ""


def relative(text: str) -> str:
    """A text as an address below something else: `items/{id}`."""
    bare = _CONVERTED.sub(lambda m: f"{{{m[1] or m[2] or m[3]}}}", text)
    return f"/{bare}" if _RELATIVE.match(bare) and "." not in bare else ""


def addresses(exprs: Iterable[s.Expr], program: Program, scope: Scope) -> Iterator[str]:
    """The addresses among some expressions, those in lists and in calls (`re.compile("^/x$")`) included."""
    for expr in exprs:
        if isinstance(expr, s.Sequence):
            yield from addresses(expr.items, program, scope)
        elif isinstance(expr, s.Call):
            yield from addresses(expr.args[:1], program, scope)
        elif isinstance(expr, s.Constant | s.Template | s.Apply | s.Name | s.Attribute):
            value = program.fold(expr, scope)
            if isinstance(value, str) and (found := address(value)):
                yield found


def verbs(exprs: Iterable[s.Expr], program: Program, scope: Scope) -> tuple[str, ...]:
    """The verbs of HTTP among some expressions: texts, lists of them, members of an enumeration, alternatives of those."""
    found: set[str] = set()
    for expr in exprs:
        if isinstance(expr, s.Sequence):
            found |= set(verbs(expr.items, program, scope))
        elif isinstance(expr, s.Apply):
            found |= set(verbs(expr.operands, program, scope))
        elif isinstance(expr, s.Attribute) and expr.attr in _ALL:
            found.add(expr.attr)
        elif isinstance(expr, s.Constant) and isinstance(expr.value, str):
            told = [one.strip().upper() for one in expr.value.split("|")] if len(expr.value) < 40 else []
            found |= set(told) if told and all(one in _ALL for one in told) else set()
        elif isinstance(expr, s.Name):
            value = program.fold(expr, scope)
            found |= {value.upper()} & _ALL if isinstance(value, str) else set()
    return tuple(v for v in VERBS if v in found) or tuple(sorted(found))
