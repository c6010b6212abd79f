"""What a person's browser did in a recorded session, held against what programs may call: requests that change something and that no described
operation answers, or does to the same thing, are operations of the GUI alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec

from agentlint.analysis.callers.persons import human_by_design
from agentlint.analysis.contracts.session_meaning import Meaning, Meanings, meaning
from agentlint.analysis.contracts.session_paths import Places, answers, matches, named, shape
from agentlint.analysis.wording import words
from agentlint.ir.description import Description, Recorded, Session
from agentlint.ir.effects import Confidence
from agentlint.ir.operations import Operation, OperationEffect, Status
from agentlint.ir.source import Gap

_READING = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "QUERY", "CONNECT"})
_MACHINE = frozenset({"api", "graphql", "rpc", "mcp"})
_TELEMETRY = frozenset("telemetry analytics beacon rum csp cspreport sentry envelope pageview pageviews heartbeat".split())
_MOST_PREFIX = 4
_LINKED = frozenset(
    "activate approve archive cancel clear clone close deactivate decline disable dismiss enable flush follow grant hide install kill lock mark merge mute "
    "pause pin promote publish purge rebuild reject reload remove reopen reset restart restore resume retry revoke run start stop suspend toggle trash trigger "
    "unarchive unblock unfollow uninstall unlock unmute unpause unpin unpublish update upgrade".split()
)
"""Deeds that pages do by links. `view`, `download`, `search` and the like only lead somewhere."""
_CHANGES = {"create": "create", "update": "update", "delete": "delete"}


class Compared(msgspec.Struct, frozen=True):
    """Operations of the GUI that a session shows, and what of it was not judged."""

    operations: tuple[Operation, ...]
    gaps: tuple[Gap, ...]


def compare(session: Session, descriptions: Sequence[Description], operations: Sequence[Operation]) -> Compared:
    """Each kind of changing request once, as an operation of the GUI with what programs have instead."""
    return _Comparison(session, descriptions, operations).all()


class _Comparison:
    def __init__(self, session: Session, descriptions: Sequence[Description], operations: Sequence[Operation]) -> None:
        self._session = session
        self._machine = [o for o in operations if o.surface in _MACHINE]
        self._seen_in_code = {(o.method, shape(o.path)) for o in operations if o.surface == "gui"}
        servers = [urlsplit(url) for d in descriptions for url in d.servers]
        self._hosts = {_site(s.hostname) for s in servers if s.hostname} | {_site(session.host)}
        self._prefixes = {"", *(s.path.rstrip("/") for s in servers)}
        self._set_aside: Counter[str] = Counter()
        self._own = [r for r in session.requests if _site(r.host) in self._hosts]
        self._prefixes.add(self._learned())
        self._meanings = Meanings(self._machine, descriptions)
        self._places = Places(self._machine, self._prefixes)

    def all(self) -> Compared:
        found: dict[str, Operation] = {}
        sockets = {(r.host, r.path) for r in self._session.requests if r.socket and _site(r.host) in self._hosts}
        if sockets:
            self._set_aside["WebSocket connections, whose messages no API description names, not judged"] = len(sockets)
        for request in self._session.requests:
            if request.socket or (request.method in _READING and not _links(request)) or self._aside(request):
                continue
            operation = self._operation(request)
            if operation is not None:
                found.setdefault(operation.id, operation)
        gaps = [Gap(self._session.file, 0, f"{why}: {count}", "unresolved") for why, count in sorted(self._set_aside.items())]
        if not found:
            gaps.append(Gap(self._session.file, 0, f"the session holds no request to {self._session.host or 'any host'} that changes something", "unresolved"))
        return Compared(tuple(found[key] for key in sorted(found)), tuple(gaps))

    def _aside(self, request: Recorded) -> bool:
        """True for what says nothing on the product: other sites, telemetry, refused calls; counted."""
        if _site(request.host) not in self._hosts:
            self._set_aside["changing requests to other sites, not judged"] += 1
        elif request.noise or _TELEMETRY & set(words(request.path)):
            self._set_aside["beacons and telemetry, not judged"] += 1
        elif request.status in (404, 405, 501) or (not request.status and self._counterpart(request) is None):
            self._set_aside["changing requests that nothing answered, not judged"] += 1
        elif request.path.rstrip("/").endswith("graphql"):
            if not request.reading:
                self._set_aside["GraphQL mutations, which no API description names, not judged"] += 1
        else:
            return request.reading
        return True

    def _learned(self) -> str:
        """What stands before described paths in this deployment: the prefix under which most requests of the session are described."""
        shapes = [(o.method, o.path) for o in self._machine]
        votes: Counter[str] = Counter()
        for method, path in sorted({(r.method, r.path) for r in self._own}):
            parts = path.strip("/").split("/")
            for cut in range(1, min(_MOST_PREFIX, len(parts) - 1) + 1):
                rest = "/" + "/".join(parts[cut:])
                if any(m == method and matches(p, rest) for m, p in shapes):
                    votes["/" + "/".join(parts[:cut])] += 1
        return min(votes, key=lambda p: (-votes[p], len(p), p), default="")

    def _counterpart(self, request: Recorded) -> Operation | None:
        best: tuple[int, Operation] | None = None
        for prefix in sorted(self._prefixes):
            for operation in self._machine:
                if answers(operation, request, prefix):
                    holes = operation.path.count("{")
                    if best is None or holes < best[0]:
                        best = (holes, operation)
        return best[1] if best else None

    def _operation(self, request: Recorded) -> Operation | None:
        counterpart = self._counterpart(request)
        path = self._places.without_names(named(request.path))
        if counterpart is not None:
            if request.method in _READING:
                return None  # what is described as reading
            path = max((p for p in self._prefixes if answers(counterpart, request, p)), key=len) + counterpart.path
        if (request.method, shape(path)) in self._seen_in_code:
            return None
        told = meaning(request.method, path)
        human = human_by_design([path], (), False)
        action, resource = (counterpart.action, counterpart.resource) if counterpart else (told.doing, next(iter(told.nouns), told.verb))
        verdict = self._verdict(request, counterpart, told, human)
        if verdict is None:
            self._set_aside["changing requests whose address does not name what they change, not judged"] += 1
            return None
        change = OperationEffect("request", resource, _CHANGES.get(told.kind, "update"), self._session.file, request.line)
        return Operation(
            id=f"gui:{request.method} {path}", surface="gui", method=request.method, path=path, file=self._session.file, line=request.line, symbol=path,
            action=action, resource=resource, changes_state=True, effects=(change,), auth=("session",), status=verdict.status,
            counterparts=verdict.counterparts, evidence=(verdict.why,), confidence=verdict.confidence, origin="session",
        )

    def _verdict(self, request: Recorded, counterpart: Operation | None, told: Meaning, human: str) -> _Verdict | None:
        """None when the address does not name the thing, so that nobody can tell."""
        seen = f"a person's browser sent it in the recorded session (request {request.number}, line {request.line})"
        if human:
            return _Verdict("human-by-design", f"{seen}; {human}")
        if counterpart is not None:
            answered = f"{seen}; {counterpart.method} {counterpart.path} answers it"
            if counterpart.browser_only or set(counterpart.auth) == {"session"}:
                return _Verdict("gui-only", f"{answered}, which takes a browser's session only")
            return _Verdict("agent-accessible", answered, (counterpart.id,))
        same = self._meanings.same(told, request.fields)
        if same is not None:
            return _Verdict("agent-accessible" if same.whole else "partial", f"{seen}; {same.how}", (same.operation.id,), "low")
        if self._meanings.vague(told):
            return None
        return _Verdict("gui-only", f"{seen}, and no described operation answers it or does it to the same thing")


class _Verdict(msgspec.Struct, frozen=True):
    status: Status
    why: str
    counterparts: tuple[str, ...] = ()
    confidence: Confidence = "medium"


def _links(request: Recorded) -> bool:
    """True for a link that led on to another page and whose address ends in a deed: a page does by links what only requests that change should do."""
    told = meaning("GET", named(request.path))
    return request.turned and (told.kind in ("create", "delete") or told.verb in _LINKED) and bool(told.verb)


def _site(host: str | None) -> str:
    """`www.desk.example` -> `desk.example`: hosts of one site; addresses stay whole."""
    labels = (host or "").split(".")
    if len(labels) < 3 or labels[-1].isdigit():
        return host or ""
    return ".".join(labels[-3:] if len(labels[-1]) == 2 and len(labels[-2]) <= 3 else labels[-2:])
