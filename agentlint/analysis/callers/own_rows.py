"""Operations that can only be about whoever calls: their address names nobody, and they take nothing that would."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from agentlint.analysis.program import FunctionInfo, Program
from agentlint.analysis.wording import singular, words
from agentlint.ir import syntax as s
from agentlint.ir.operations import Route
from agentlint.ir.walk import body_expressions, expressions

_NAMES_ONE = re.compile(
    r"^(.+_)?(id|ids|pk|pks|uuid|uuids|uid|uids|guid)$|^(users?|accounts?|members?|persons?|people)$|^(user|member|account)_?names?$", re.IGNORECASE
)
"""Parameters and keys that say whom or what a request is about."""
_CALLER = re.compile(r"^(current|auth|authenticated|request|logged_in|active)_?(user|account|member|person)$|^(user|account|member|person)$", re.IGNORECASE)
"""Parameters that dependencies fill with whoever calls."""
_PEOPLE = frozenset({"user", "account", "member", "membership", "person", "profile", "customer", "employee"})


def is_person(subject: str) -> bool:
    """True for a thing that stands for a person, or for a person's place in something."""
    said = words(subject.rsplit(".", 1)[-1])
    return bool(said) and singular(said[-1]) in _PEOPLE


def names_person(path: str) -> bool:
    """True for an address that names a person: `/users/{id}/edit`."""
    parts = [part for part in path.split("/") if part]
    return any(b.startswith("{") and not a.startswith("{") and is_person(a) for a, b in pairwise(parts))


def acts_on_caller(routes: Sequence[Route], program: Program) -> bool:
    """True when neither the address nor what a handler takes can name another than the caller."""
    if not routes or any("{" in route.path for route in routes):
        return False
    infos = [program.functions[f] for r in routes for f in (r.handler, *r.extra_handlers) if f in program.functions]
    return not any(_takes_name(info, program) for info in infos)


def _takes_name(info: FunctionInfo, program: Program) -> bool:
    given = [p for p in info.node.params if p.name not in ("self", "cls", "request")]
    if any(_NAMES_ONE.match(p.name) and not (_CALLER.match(p.name) and _is_filled(p)) for p in given):
        return True
    if any(_NAMES_ONE.match(field) for p in given if not _is_filled(p) for field in _fields(p, info, program)):
        return True
    return any(_NAMES_ONE.match(key) for key in _keys(info))


def _is_filled(parameter: s.Parameter) -> bool:
    """True for what a dependency fills: `user: User = Depends(current_user)`, `user: Annotated[User, Depends(...)]`, `user: CurrentUser`."""
    said = [e for part in (parameter.default, parameter.annotation) if part is not None for e in expressions(part)]
    calls = any(isinstance(e, s.Call) for e in said)
    return calls or any(isinstance(e, s.Name) and e.id.lower().startswith(("current", "auth")) for e in said)


def _fields(parameter: s.Parameter, info: FunctionInfo, program: Program) -> Iterator[str]:
    """Fields of the class that a parameter is declared as."""
    found = (program.resolve(e, info) for e in expressions(parameter.annotation) if isinstance(e, (s.Name, s.Attribute))) if parameter.annotation else ()
    for name in found:
        for base in program.mro(name) if name in program.classes else ():
            if base in program.classes:
                yield from program.classes[base].annotations


def _keys(info: FunctionInfo) -> Iterable[str]:
    """Constant keys by which a handler takes something out of a request or a mapping."""
    for expr in body_expressions(info.node.body):
        if isinstance(expr, s.Subscript) and isinstance(expr.index, s.Constant) and isinstance(expr.index.value, str):
            yield expr.index.value
        elif isinstance(expr, s.Call) and isinstance(expr.func, s.Attribute) and expr.func.attr in ("get", "getlist", "pop", "get_argument"):
            yield from (a.value for a in expr.args[:1] if isinstance(a, s.Constant) and isinstance(a.value, str))
