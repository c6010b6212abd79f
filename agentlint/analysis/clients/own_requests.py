"""Ties interfaces written in Python to the endpoints of the same project that their code calls over HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from agentlint.analysis.calls.sites import Calls
from agentlint.analysis.decisions.consequence import changes_state
from agentlint.analysis.operations import Entry
from agentlint.analysis.program import Program, Scope
from agentlint.ir import syntax as s

_VERBS = {"post": "POST", "put": "PUT", "patch": "PATCH", "delete": "DELETE"}
_DEPTH = 4
"""Calls between a handler and the line that sends: an action of a client class, its `post`, a helper."""
_HOST = re.compile(r"^(?:https?://[^/]*|(?:\{\})+)(?=/)")
_HOLE = re.compile(r"\{[^{}]*\}")


class _Endpoints:
    """Endpoints that change something, by verb and the last part of their address that is no hole."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._found: dict[str, list[tuple[list[str], Entry]]] = {}
        for entry in entries:
            operation = entry.operation
            if operation.changes_state and operation.path.startswith("/") and operation.method in _VERBS.values():
                self._found.setdefault(operation.method, []).append((_parts(operation.path), entry))

    def __bool__(self) -> bool:
        return bool(self._found)

    def at(self, verb: str, text: str) -> Entry | None:
        """The one endpoint whose address ends like a text; None when several do."""
        asked = _parts(_HOST.sub("", text.partition("?")[0]))
        if not any(part != "{}" for part in asked):
            return None
        fitting = [(len(path), entry) for path, entry in self._found.get(verb, ()) if path[-len(asked):] == asked]
        exact = [entry for length, entry in fitting if length == len(asked)]
        found = exact or [entry for _, entry in fitting]
        return found[0] if len(found) == 1 else None


def _parts(path: str) -> list[str]:
    return [_HOLE.sub("{}", part) for part in path.strip("/").split("/")]


def tie_own_requests(entries: Sequence[Entry], program: Program, calls: Calls) -> list[Entry]:
    """The same entries; handlers of pages that send a request to an endpoint of the project reach what that endpoint does."""
    endpoints = _Endpoints(entries)
    if not endpoints or not any(_is_interface(e) for e in entries):
        return list(entries)
    sender = _Sender(program, calls, endpoints, frozenset(e.operation.handler for e in entries if _is_interface(e)))
    return [_tied(e, sender.reached(e.operation.handler)) if _is_interface(e) else e for e in entries]


def _is_interface(entry: Entry) -> bool:
    """True for a handler of a page that knows no HTTP itself, and does nothing but send requests."""
    if entry.operation.surface != "gui" or entry.operation.method != "CALL":
        return False
    return all(r.effect.kind == "outbound-http" for r in entry.reached if changes_state(r.effect))


def _tied(entry: Entry, found: Sequence[Entry]) -> Entry:
    if not found:
        return entry
    effects = tuple(dict.fromkeys(effect for other in found for effect in other.operation.effects))
    return msgspec.structs.replace(entry, operation=msgspec.structs.replace(entry.operation, changes_state=True, effects=effects), sends=tuple(found))


class _Sender:
    def __init__(self, program: Program, calls: Calls, endpoints: _Endpoints, handlers: frozenset[str]) -> None:
        self._program, self._calls, self._endpoints, self._handlers = program, calls, endpoints, handlers
        self._known: dict[str, tuple[Entry, ...]] = {}

    def reached(self, function: str) -> list[Entry]:
        """Endpoints that a function, or what it calls nearby, sends a request to."""
        found: dict[str, Entry] = {}
        seen, near = {function, *self._handlers}, [function]  # what other handlers send is theirs
        for _ in range(_DEPTH):
            for one in near:
                found.update((e.operation.id, e) for e in self._sent(one))
            called = [t.function for one in near for site in self._calls.sites(one) for t in site.targets if t.confidence != "low" and t.kind != "decorates"]
            near = [f for f in dict.fromkeys(called) if f not in seen]
            seen.update(near)
        return [found[key] for key in sorted(found)]

    def _sent(self, function: str) -> tuple[Entry, ...]:
        known = self._known.get(function)
        if known is None:
            known = self._known[function] = tuple(self._requests(function))
        return known

    def _requests(self, function: str) -> Iterator[Entry]:
        scope = self._program.functions.get(function) or self._program.modules.get(function.removesuffix(".<module>"))
        for site in self._calls.sites(function) if scope is not None else ():
            texts = [text for argument in (*site.call.args[:2], *(k.value for k in site.call.keywords)) if (text := self._text(argument, scope))]
            verb = _VERBS.get(site.name) or next((t.upper() for t in texts if t.lower() in _VERBS), "")
            for text in texts if verb else ():
                entry = self._endpoints.at(verb, text) if "/" in text else None
                if entry is not None:
                    yield entry

    def _text(self, expr: s.Expr, scope: Scope | None) -> str:
        if scope is None or not isinstance(expr, s.Constant | s.Template | s.Apply | s.Name):
            return ""
        value = self._program.fold(expr, scope)
        return value if isinstance(value, str) else ""
