"""Fields of root types: what a GraphQL document can ask for, and the code that answers."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from agentlint.api import ClassInfo, Confidence, Effect, FunctionInfo, Program, syntax

Kind = Literal["query", "mutation", "subscription"]
KINDS: tuple[Kind, ...] = ("query", "mutation", "subscription")


class Field(msgspec.Struct, frozen=True, eq=False):
    """One field of a root type."""

    kind: Kind
    name: str
    """As documents spell it."""
    symbol: str
    file: str
    line: int
    handler: str = ""
    """Function id; empty when a library answers alone."""
    owner: str = ""
    """Concrete class that the handler runs on."""
    table_file: str = ""
    table_line: int = 0
    extra: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    """Functions that only look whether the caller may."""
    effects: tuple[Effect, ...] = ()
    """What a library writes without a line of the project."""
    confidence: Confidence = "high"


def camel(name: str) -> str:
    """`close_ticket` -> `closeTicket`, as the libraries name fields by default."""
    head, *rest = name.strip("_").split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


def snake(name: str) -> str:
    """`closeTicket` -> `close_ticket`."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def keyword(call: syntax.Call, name: str) -> syntax.Expr | None:
    """The value of a named argument."""
    return next((k.value for k in call.keywords if k.name == name), None)


def said_name(call: syntax.Call, program: Program, scope: ClassInfo | FunctionInfo | syntax.Module) -> str:
    """The name that `name=` gives a field; empty when it says none."""
    told = program.fold(keyword(call, "name"), scope) if keyword(call, "name") is not None else None
    return told if isinstance(told, str) else ""


def function_field(kind: Kind, name: str, info: FunctionInfo, *, owner: str = "", place: tuple[str, int] = ("", 0), checks: tuple[str, ...] = ()) -> Field:
    """A field that a function of the project answers."""
    return Field(
        kind, name, info.node.qualname, info.module.path, info.node.line, info.id, owner or info.owner,
        place[0] or info.module.path, place[1] or info.node.line, checks=checks,
    )


def decorator_call(decorator: syntax.Expr) -> syntax.Call:
    """A decorator as a call, with or without parentheses."""
    return decorator if isinstance(decorator, syntax.Call) else syntax.Call(decorator, (), (), decorator.line, -1)
