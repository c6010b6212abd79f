"""Whether a description tells how fast a program may call, and when a refused one may call again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agentlint.analysis.contracts.payloads import Payloads
from agentlint.ir.contracts import Shortcoming
from agentlint.ir.description import DescribedOperation, Description, Response

_HEADER = re.compile(r"^(x-)?([a-z0-9]+-)*(rate-?limit|ratelimits?|quota|throttle|throttling)(-[a-z0-9]+)*$|^(x-)?([a-z]+-)*retry-after(-ms)?$", re.IGNORECASE)
"""`RateLimit`, `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers), `RateLimit-Limit`, `X-RateLimit-Remaining`, `Retry-After` (RFC 9110)."""
_KEY = re.compile(r"rate-?_?limit|throttl|quota", re.IGNORECASE)
"""Extensions by which gateways say the pace: `x-ratelimit`, `x-throttling-tier`, `x-google-quota`."""
_FIELD = re.compile(r"^(retry_?after(_?\w+)?|retry_?(in|at)|(rate_?limit_?)?reset(_?(at|in|time|seconds))?)$", re.IGNORECASE)
"""Fields of a refusal that say when to come back."""
_UNIT = r"(?:second|sec|minute|min|hour|day|month)s?"
_FIGURE = re.compile(
    rf"\d[\d,.\s]*(?:k\s*)?(?:[a-z-]+\s+){{0,3}}(?:requests?|calls?|queries|reqs?|transactions|operations|messages|times)\b[^.\n]{{0,40}}?(?:per|/|an?|every|each|in|within)\s*"
    rf"(?:\d+\s*|one\s+|the\s+last\s+)?{_UNIT}\b|\b\d[\d,]*\s*(?:rps|qps|rpm|req/s|requests?/s)\b|once\s+(?:per|every|an?|each)\s+(?:\d+\s*)?{_UNIT}\b",
    re.IGNORECASE,
)
"""A figure: `60 requests per minute`, `at most 10 calls every 5 seconds`."""
_WHEN = re.compile(
    r"retry-after|x-rate-?limit-|\bratelimit(-|\b)|x-rate-limit-|\b(no|not|without|unlimited|aren't|isn't)\b[^.\n]{0,20}\brate[- ]?limit"
    r"|exponential(ly)? back(ing)?[- ]?off|(try|call|come) again (in|after)",
    re.IGNORECASE,
)
"""Words that tell when to come back, or that there is no limit."""
_LIMITED = re.compile(
    r"rate[- ]?limit(s|ed|ing)?\b|\bthrottl(ed|ing)\b|too many requests|\b429\b|request quota|api quota|usage quota|requests? limit", re.IGNORECASE
)
"""Words that tell of a limit without its figure."""
_REFUSED = re.compile(r"rate[- ]?limited\b|\bthrottled\b|too many requests|\b429\b", re.IGNORECASE)
"""The same in an operation's text, where `rate limit` alone may be the thing that it works on."""
_TOLD, _NAMED = 1.0, 0.5
_HALF = 0.5
_TURNED_AWAY = frozenset({"429", "503", "4XX", "default"})
_OF_WHEN = ("retry-after", "rate-limit", "rate limit", "ratelimit", "back", "again")
_OF_FIGURE = ("sec", "min", "hour", "day", "month", "rps", "qps", "rpm", "req/s", "request/s", "requests/s")
_OF_LIMIT = ("rate", "throttl", "many", "429", "quota", "limit")
"""What stands in every text that the expressions above find: most texts have none of it, and looking for plain letters is far cheaper."""


class Pace:
    """Answers for one description: 1 where the pace or the wait is told, 0.5 where only a limit is named, 0 where nothing is."""

    def __init__(self, description: Description, payloads: Payloads) -> None:
        self._description = description
        self._payloads = payloads
        self._known: dict[int, float] = {}
        """What operations tell by themselves, by their identity; the description keeps them."""
        self._common = max(_said(description.text, _LIMITED), *(_said(tag.description, _LIMITED) for tag in description.tags), self._declared(), 0.0)

    def of(self, operation: DescribedOperation) -> float:
        """What is told for one operation, by itself or for all of them."""
        if self._common == _TOLD:
            return _TOLD
        known = self._known.get(id(operation))
        if known is None:
            known = self._known[id(operation)] = self._own(operation)
        return max(self._common, known)

    def shortcomings(self, operations: Sequence[DescribedOperation]) -> Iterator[Shortcoming]:
        """At most one for the document: limits without a figure or a wait, or nothing said at all."""
        told = [(self.of(operation), operation) for operation in operations]
        best = max((value for value, _ in told), default=_TOLD)
        whole = sum(value == _TOLD for value, _ in told)
        if whole >= _HALF * len(told):
            return
        first = next((operation for value, operation in told if value == best and best > self._common), None)
        where = self._description.index.locate(first.node if first is not None else self._description.index.root.child("paths"))
        if whole:
            named = f"only {whole} of {len(told)} operations {'tells' if whole == 1 else 'tell'} how fast it may be called, or how long to wait"
        elif best:
            limited = f"{sum(value > 0 for value, _ in told)} of {len(told)} operations can be refused for their pace"
            named = f"{limited}, and nothing says what the pace is or how long to wait"
        else:
            named = "nothing says how fast a program may call, or what it meets when it is too fast"
        yield Shortcoming("pace", self._description.file, where.file, where.line, named, "", best == _NAMED)

    def _own(self, operation: DescribedOperation) -> float:
        if any(_KEY.search(key) for key in operation.extensions):
            return _TOLD
        text = f"{operation.summary}\n{operation.description}"
        best = _said(text, _REFUSED)
        if best == _TOLD:
            return best
        for response in operation.responses:
            best = max(best, self._answer(response))
        return best

    def _answer(self, response: Response) -> float:
        away = response.status in _TURNED_AWAY
        if any(_HEADER.match(h) and (away or "retry" not in h.lower()) for h in response.headers):
            return _TOLD
        if response.status != "429":
            return 0.0
        schema = self._payloads.schemas.answer(response.content)
        fields = self._payloads.fields(schema) if schema is not None else ()
        return _TOLD if any(_FIELD.match(f.name) for f in fields) else max(_said(response.description, _LIMITED), _NAMED)

    def _declared(self) -> float:
        """What extensions of the document tell. Headers that no answer refers to tell nothing."""
        root = self._description.index.root
        keys = [str(key).lower() for place in (root, root.child("info")) for key, _ in place.children()]
        return _TOLD if any(key.startswith("x-") and _KEY.search(key) for key in keys) else 0.0


def _said(text: str, named: re.Pattern[str]) -> float:
    """What a text tells."""
    plain = text.lower()
    if (_any_in(plain, _OF_WHEN) and _WHEN.search(text)) or (_any_in(plain, _OF_FIGURE) and _FIGURE.search(text)):
        return _TOLD
    return _NAMED if _any_in(plain, _OF_LIMIT) and named.search(text) else 0.0


def _any_in(text: str, parts: tuple[str, ...]) -> bool:
    return any(part in text for part in parts)
