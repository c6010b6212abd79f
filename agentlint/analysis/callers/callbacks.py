"""Requests that another system sends of its own accord, told by their names, by what they read and by what they do not ask for."""

from __future__ import annotations

from collections.abc import Sequence

from agentlint.analysis.callers.handed_sessions import reads_body
from agentlint.analysis.program import Program
from agentlint.analysis.wording import words
from agentlint.ir.operations import Guard, Operation, Route
from agentlint.ir.walk import body_expressions

_ASKED_BEFORE = frozenset({"callback", "ipn"})
_HOOKS = frozenset({"webhook", "webhooks", "ipn"})
_CALLED = _HOOKS | {"hook", "callback", "bot", "ingest"}


def is_callback(route: Route) -> bool:
    """True when the words say that another system calls."""
    return bool(_CALLED & {*words(route.symbol), *words(route.path)})


def calls_back(operation: Operation) -> bool:
    """True for HTTP operations that are named after being called back: whoever was asked before calls, with what it was given for that."""
    return operation.surface == "api" and bool(_ASKED_BEFORE & {*words(operation.symbol), *words(operation.path)})


def is_webhook(route: Route, guards: Sequence[Guard], program: Program) -> bool:
    """True for what only a system sends: a document to an address of that name, which asks neither for a session nor for a page's own token.

    A decorator beside the one that names the address may ask for a person in a way that is not known here.
    """
    info = program.functions.get(route.handler)
    if info is None or len(info.node.decorators) > 1 or route.method != "POST" or not _HOOKS & {*words(route.symbol), *words(route.path)}:
        return False
    return not {"session", "csrf"} & {g.kind for g in guards} and any(map(reads_body, body_expressions(info.node.body)))
