"""What a person's browser did in a recorded session, held against what programs may call: requests that change something and that no described
operation answers are operations of the GUI alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

import msgspec

from agentlint.analysis.callers.persons import human_by_design
from agentlint.analysis.contracts.payloads import Payloads
from agentlint.analysis.contracts.roles import RoleFinder
from agentlint.analysis.contracts.schemas import Schemas
from agentlint.analysis.wording import words
from agentlint.ir.description import DescribedOperation, Description, Node, Recorded, Session
from agentlint.ir.operations import Operation, OperationEffect
from agentlint.ir.source import Gap

_READING = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "QUERY", "CONNECT"})
_MACHINE = frozenset({"api", "graphql", "rpc", "mcp"})
_WORD = re.compile(r"[A-Za-z][A-Za-z._-]{0,39}(v?\d{1,2})?\Z|v\d{1,3}(\.\d{1,3})?\Z")
_HOLE = re.compile(r"\{[^}]*\}")
_TELEMETRY = frozenset("telemetry analytics beacon rum csp cspreport sentry envelope pageview pageviews heartbeat".split())
_MOST_PREFIX = 4
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_SHORT, _LEAST = 18, 3
"""Letters that a word has at most, and on average at least."""
_VERBS = {"list": "list", "read": "read", "create": "create", "update": "update", "delete": "delete"}
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
        self._seen_in_code = {(o.method, _shape(o.path)) for o in operations if o.surface == "gui"}
        servers = [urlsplit(url) for d in descriptions for url in d.servers]
        self._hosts = {_site(s.hostname) for s in servers if s.hostname} | {_site(session.host)}
        self._prefixes = {"", *(s.path.rstrip("/") for s in servers)}
        self._set_aside: Counter[str] = Counter()
        self._own = [r for r in session.requests if _site(r.host) in self._hosts]
        self._prefixes.add(self._learned())

    def all(self) -> Compared:
        found: dict[str, Operation] = {}
        for request in self._session.requests:
            if request.method in _READING or self._aside(request):
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
        elif request.status in (0, 404, 405, 501):
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
        patterns = [(method, _pattern(path)) for method, path in shapes]
        votes: Counter[str] = Counter()
        for method, path in sorted({(r.method, r.path) for r in self._own}):
            parts = path.strip("/").split("/")
            for cut in range(1, min(_MOST_PREFIX, len(parts) - 1) + 1):
                rest = "/" + "/".join(parts[cut:])
                if any(m == method and p.match(rest) for m, p in patterns):
                    votes["/" + "/".join(parts[:cut])] += 1
        return min(votes, key=lambda p: (-votes[p], len(p), p), default="")

    def _counterpart(self, request: Recorded) -> Operation | None:
        best: tuple[int, Operation] | None = None
        for prefix in sorted(self._prefixes):
            for operation in self._machine:
                if _answers(operation, request, prefix):
                    holes = operation.path.count("{")
                    if best is None or holes < best[0]:
                        best = (holes, operation)
        return best[1] if best else None

    def _operation(self, request: Recorded) -> Operation | None:
        counterpart = self._counterpart(request)
        path = _named(request.path)
        if counterpart is not None:
            path = max((p for p in self._prefixes if _answers(counterpart, request, p)), key=len) + counterpart.path
        if (request.method, _shape(path)) in self._seen_in_code:
            return None
        role = _role(request.method, path)
        action, resource = (counterpart.action, counterpart.resource) if counterpart else (_VERBS.get(role[0]) or role[1], role[2])
        human = human_by_design([path], (), False)
        callable_one = counterpart is not None and not counterpart.browser_only and set(counterpart.auth) != {"session"}
        status = "human-by-design" if human else "agent-accessible" if callable_one else "gui-only"
        change = OperationEffect("request", resource, _CHANGES.get(role[0], "update"), self._session.file, request.line)
        return Operation(
            id=f"gui:{request.method} {path}", surface="gui", method=request.method, path=path, file=self._session.file, line=request.line, symbol=path,
            action=action, resource=resource, changes_state=True, effects=(change,), auth=("session",), status=status,  # type: ignore[arg-type]
            counterparts=(counterpart.id,) if counterpart is not None and callable_one else (),
            evidence=(_why(request, counterpart, callable_one, human),), confidence="medium", origin="session",
        )


def _answers(operation: Operation, request: Recorded, prefix: str) -> bool:
    """True when a request goes to an operation that stands below a prefix."""
    fits = operation.method in (request.method, "ANY") and request.path.startswith(prefix)
    return fits and bool(_pattern(operation.path).match(request.path[len(prefix) :].rstrip("/") or "/"))


def _why(request: Recorded, counterpart: Operation | None, callable_one: bool, human: str) -> str:
    told = f"a person's browser sent it in the recorded session (line {request.line})"
    if human:
        return f"{told}; {human}"
    if counterpart is None:
        return f"{told}, and no described operation answers it"
    return f"{told}; {counterpart.method} {counterpart.path} answers it" + ("" if callable_one else ", which takes a browser's session only")


def _role(method: str, path: str) -> tuple[str, str, str]:
    """Kind, verb and noun of a request, told from its path as those of described operations are."""
    nothing = _Nowhere(Node(None, "", ()))
    asked = DescribedOperation(method, path, "", "", "", (), False, (), None, (), (), False, (), {}, nothing.root)
    role = RoleFinder([asked], Payloads(Schemas(nothing))).role(asked)  # type: ignore[arg-type]
    return role.kind, role.verb, role.noun


class _Nowhere(msgspec.Struct, frozen=True, eq=False):
    """An index without a document."""

    root: Node

    def follow(self, node: Node) -> Node:
        """The node itself."""
        return node


def _named(path: str) -> str:
    """The path with everything that may identify a thing or a person made a hole: a path in an output holds plain words only."""
    return "/" + "/".join("{id}" if part and not _plain(part) else part for part in path.strip("/").split("/"))


def _plain(part: str) -> bool:
    """True for words; letters in mixed case that make no words are a token."""
    if not _WORD.match(part):
        return False
    said = _WORDS.findall(part)
    return len(part) <= _SHORT * len(said) and (part.islower() or len(part) >= _LEAST * len(said) or part.isupper())


@lru_cache(maxsize=20_000)
def _pattern(path: str) -> re.Pattern[str]:
    """What requests to a described path look like."""
    pieces = (re.escape(piece) for piece in _HOLE.split(path.rstrip("/")))
    return re.compile("[^/]+".join(pieces) + r"\Z", re.IGNORECASE)


def _shape(path: str) -> str:
    return _HOLE.sub("{}", path).strip("/").lower()


def _site(host: str | None) -> str:
    """`www.desk.example` -> `desk.example`: hosts of one site; addresses stay whole."""
    labels = (host or "").split(".")
    if len(labels) < 3 or labels[-1].isdigit():
        return host or ""
    return ".".join(labels[-3:] if len(labels[-1]) == 2 and len(labels[-2]) <= 3 else labels[-2:])
