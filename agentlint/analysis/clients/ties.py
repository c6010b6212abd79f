"""Ties what a page sends to the operation that answers it: a page's own script calling an endpoint makes that endpoint something a person does."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from agentlint.analysis.callers.persons import human_by_design
from agentlint.analysis.operations import Entry, demands_sign_in
from agentlint.ir.operations import Operation
from agentlint.ir.pages import PageAction

_HOLE = "{}"
_FREE_PREFIX = 3
"""Leading segments of a route that a page may leave to a base URL."""
_MOST_ADDRESSES = 3
"""Addresses that fit a call equally well; where more do, its own base would have to tell which one it means."""

_MACHINE = frozenset({"token", "api-key", "basic", "oauth"})
_HARDLY = 10
"""How many times as many endpoints with a session there are where next to nothing was found of the GUI."""
_FRONT_END = 20
"""Lines of script for each endpoint that a front end has at the least."""
_CALLS = "the page's own script calls it"
_SESSION = "it takes the browser's session too, with which pages come"


class _Path(msgspec.Struct, frozen=True):
    segments: tuple[str, ...]

    @property
    def literals(self) -> int:
        return sum(s != _HOLE for s in self.segments)


def tie_pages(entries: Sequence[Entry], actions: Iterable[PageAction]) -> list[Entry]:
    """GUI entries for the endpoints that page scripts call, beside those given; sorted input order is kept."""
    by_tail: dict[str, list[tuple[_Path, Entry]]] = defaultdict(list)
    for entry in entries:
        if entry.operation.surface in ("api", "gui"):  # a page's own address keeps a link to it from being taken for another one's
            for path in {_path(r.path) for r in entry.routes}:
                by_tail[path.segments[-1] if path.segments else ""].append((path, entry))
    called: dict[str, tuple[Entry, PageAction]] = {}
    for action in sorted(actions, key=lambda a: (a.file, a.line, a.method, a.target)):
        if action.kind in ("link", "form") and action.route_name:
            continue
        for entry in _answering(action, by_tail):
            called.setdefault(handler_key(entry), (entry, action))
    known = {handler_key(e) for e in entries if e.operation.surface == "gui"}
    return [seen_from_page(entry, action) for key, (entry, action) in sorted(called.items()) if key not in known]


def tie_sessions(entries: Sequence[Entry], script_lines: int) -> list[Entry]:
    """GUI entries for endpoints that take the browser's session beside credentials of programs, where hardly another operation of the GUI was found.

    Then the scripts, as long as there are enough of them for a front end, build their addresses in a way that nobody follows; who else would come with a
    session? An interface without pages has none of them, though frameworks let every session in by default.
    """
    known = {handler_key(e) for e in entries if e.operation.surface == "gui"}
    open_ = [e for e in entries if e.operation.surface == "api" and e.operation.changes_state and handler_key(e) not in known]
    both = [e for e in open_ if "session" in e.operation.auth and e.machine_callable and _MACHINE.intersection(e.operation.auth)]
    pages = (e for e in entries if e.operation.surface == "gui" and e.operation.changes_state and not e.human)
    # what is a page's by its session alone says that there are scripts, not that they were read
    found = sum(any(r.renders != "json" for r in e.routes) or any(text.startswith(_CALLS) for text in e.operation.evidence) for e in pages)
    if found * _HARDLY > len(both) or script_lines < _FRONT_END * len(both):
        return []
    return [seen_from_page(e, PageAction("script", e.operation.method, e.operation.path, file=e.operation.file, line=e.operation.line), _SESSION) for e in both]


def handler_key(entry: Entry) -> str:
    """What tells the rows of one handler on one surface from others; what a library makes by one call answers for several addresses, each on its own."""
    operation = entry.operation
    ready = not operation.handler and not any(r.owner for r in entry.routes)
    return f"{operation.file}:{operation.line}:{operation.symbol}:{operation.method}{f':{operation.path}' if ready else ''}"


def _path(text: str) -> _Path:
    """Segments of a URL path with holes folded; scheme, host, query and empty segments dropped."""
    text = re.sub(r"^[a-z]+://[^/]*", "", re.split(r"[?#]", text)[0])
    return _Path(tuple(_HOLE if "{" in part or part.startswith((":", "<")) else part for part in text.split("/") if part))


def _answering(action: PageAction, by_tail: dict[str, list[tuple[_Path, Entry]]]) -> list[Entry]:
    wanted = _path(action.target)
    if not wanted.literals:
        return []
    tails = {wanted.segments[-1], _HOLE}
    best: list[Entry] = []
    best_score = (0, 0)
    for tail in sorted(tails):
        for path, entry in by_tail.get(tail, ()):
            method = entry.operation.method
            if action.method not in (method, "ANY") and method != "ANY":
                continue
            score = _overlap(wanted, path)
            if score > best_score:
                best, best_score = [entry], score
            elif score == best_score and score > (0, 0):
                best.append(entry)
    addresses = {e.operation.path for e in best}
    return [e for e in best if e.operation.surface == "api"] if len(addresses) <= _MOST_ADDRESSES else []


def _overlap(wanted: _Path, path: _Path) -> tuple[int, int]:
    """(literal segments that agree, minus segments left over); (0, 0) when they cannot be the same URL."""
    asked, offered = list(wanted.segments), list(path.segments)
    while len(asked) > len(offered) and asked and asked[0] == _HOLE:
        asked.pop(0)
    spare = len(offered) - len(asked)
    if spare < 0 or spare > _FREE_PREFIX or (_HOLE in offered[:spare] and not _for_tenants(asked, offered)):
        return (0, 0)
    literals = 0
    for index, (a, b) in enumerate(zip(asked, offered[spare:], strict=True)):
        if a == b:
            literals += a != _HOLE
        elif b == _HOLE or (a == _HOLE and index == 0):
            continue
        else:
            return (0, 0)
    return (literals, -spare) if literals else (0, 0)


def _for_tenants(asked: list[str], offered: list[str]) -> bool:
    """True for a route of one tenant (`/{organisation}/api/alerts`) that a page asks for without naming the tenant."""
    return len(offered) == len(asked) + 1 and offered[0] == _HOLE and len(asked) > 1 and _HOLE not in asked[:2]


def seen_from_page(entry: Entry, action: PageAction, reason: str = "") -> Entry:
    """The GUI row of an endpoint that a page calls."""
    base = entry.operation
    place = f"{action.file}:{action.line}"
    why = human_by_design([base.symbol, *(r.path for r in entry.routes)], entry.reached, administers=False, known=demands_sign_in(entry.guards))
    human = why if base.changes_state else ""
    said = reason or f"{_CALLS} ({action.caller or action.kind} at {place})"
    operation = Operation(
        id=f"gui:{base.method} {base.path}",
        surface="gui",
        method=base.method,
        path=base.path,
        file=base.file,
        line=base.line,
        symbol=base.symbol,
        action=base.action,
        resource=base.resource,
        changes_state=base.changes_state,
        effects=base.effects,
        auth=base.auth,
        status="human-by-design" if human else None,
        evidence=(said, human) if human else (said,),
        confidence=base.confidence,
        handler=base.handler,
    )
    return msgspec.structs.replace(entry, operation=operation, human=human)
