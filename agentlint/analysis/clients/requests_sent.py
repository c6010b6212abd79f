"""Client calls: the requests that front-end code sends, with method and URL, followed through wrappers to where they are known."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from agentlint.analysis.clients.mentions import Mentions
from agentlint.analysis.clients.reader import Reader
from agentlint.analysis.clients.requests import Chain, Met
from agentlint.ir.marks import read_marks
from agentlint.ir.pages import PageAction
from agentlint.ir.syntax import Module

_Key = tuple[object, Chain]
_Chains = Mapping[_Key, "set[Chain]"]
Told = Callable[[str, int, str], None]
"""Receives file, line and reason of what could not be followed."""

_ELSEWHERE = re.compile(r"^(?:https?:)?//(?!localhost|127\.0\.0\.1|\{)", re.IGNORECASE)
"""A host written out is most likely another system's."""
_LEADING_HOLE = re.compile(r"^\{\}(?=[A-Za-z0-9])")
_FRAMES = 6_000
"""Nesting that following calls into one another may take."""
_NO_ROUTE = ("data:", "blob:", "javascript:", "mailto:", "chrome:", "file:")


def find_client_calls(modules: Sequence[Module], gap: Told) -> tuple[PageAction, ...]:
    """All requests that scripts send, sorted by place."""
    scripts = [m for m in modules if m.language != "python"]
    reader, mentions = Reader(scripts), Mentions(scripts)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _FRAMES))
    try:
        shown, silent = _settled(reader.read(), reader.inherited)
    finally:
        sys.setrecursionlimit(limit)
    for file, line in sorted(set(reader.lost)):
        gap(file, line, "script nested too deeply for its requests to be followed")
    found: dict[tuple[str, int, str, str, str], PageAction] = {}
    for one in shown:
        action = _action(one)
        if action is not None and mentions.used(one.file, one.symbol):
            found.setdefault((action.file, action.line, action.method, action.target, action.route_name), action)
    for file, line, caller in sorted({(m.file, m.line, m.caller) for m in silent}):
        if not mentions.is_generated(file):
            gap(file, line, f"the URL that {caller} is called with cannot be read from the code")
    return tuple(found[key] for key in sorted(found))


def _settled(met: Iterable[Met], inherited: Mapping[str, str]) -> tuple[list[Met], list[Met]]:
    """What is shown, and what says nothing.

    A request inside a wrapper is met once for the wrapper and once for each of its callers; one inside a method of a base class once for each class
    that inherits it. Their version is shown when it says more; the wrapper's own is shown unless all of them say more.
    """
    by_chain: dict[_Key, list[Met]] = defaultdict(list)
    callers: dict[_Key, set[Chain]] = defaultdict(set)
    heirs: dict[_Key, set[Chain]] = defaultdict(set)
    for one in met:
        by_chain[(one.sends, one.chain)].append(one)
        if len(one.chain) > 1:
            callers[(one.sends, one.chain[1:])].add(one.chain)
        if (defining := _as_defined(one.chain, inherited)) != one.chain:
            heirs[(one.sends, defining)].add(one.chain)
    judge = _Judge(by_chain, (callers, heirs), inherited)
    shown: list[Met] = []
    silent: list[Met] = []
    for (sends, chain), group in by_chain.items():
        for one in group:
            if judge.says_more(one) and not (one.open and judge.replaced(sends, chain)):
                (shown if one.speaks or "__route__" in one.url else silent).append(one)
    spoken = {m.sends for m in shown}
    return shown, [m for m in silent if m.sends not in spoken and len(m.chain) == 1]


def _as_defined(chain: Chain, inherited: Mapping[str, str]) -> Chain:
    """The same chain in the classes that define the methods."""
    return tuple(inherited.get(identity, identity) for identity in chain)


class _Judge:
    """Compares what is known along different chains of calls to the same request."""

    def __init__(self, by_chain: Mapping[_Key, list[Met]], above: tuple[_Chains, _Chains], inherited: Mapping[str, str]) -> None:
        self._by_chain = by_chain
        self._callers, self._heirs = above
        self._inherited = inherited
        self._replaced: dict[_Key, bool] = {}

    def says_more(self, one: Met) -> bool:
        """Whether a caller's version differs from what the function it calls says by itself."""
        nearer = {one.chain[1:], _as_defined(one.chain, self._inherited)} - {one.chain}
        known = (o for chain in sorted(nearer) for o in self._by_chain.get((one.sends, chain), ()))
        return all((o.method, o.url) != (one.method, one.url) for o in known)

    def replaced(self, sends: object, chain: Chain) -> bool:
        """Whether every caller, or a class that inherits it, says more than the function itself."""
        key = (sends, chain)
        if key not in self._replaced:
            self._replaced[key] = False
            callers = self._callers.get(key, set())
            self._replaced[key] = any(self._all_more(sends, c) for c in self._heirs.get(key, ())) or (
                bool(callers) and all(self.replaced(sends, c) or self._all_more(sends, c) for c in callers)
            )
        return self._replaced[key]

    def _all_more(self, sends: object, chain: Chain) -> bool:
        return all(self.says_more(m) for m in self._by_chain[(sends, chain)])


def _action(one: Met) -> PageAction | None:
    """The page action of a request; None when it goes elsewhere than to this system."""
    url, route = read_marks(one.url)
    url = re.split(r"[#?&]", url)[0].strip()
    if route and url.replace("{}", "") == "":
        url = ""
    if _ELSEWHERE.match(url) or url.startswith(_NO_ROUTE):
        return None
    url = _LEADING_HOLE.sub("{}/", re.sub(r"(?<!:)/{2,}", "/", re.sub(r"(?:\{\}){2,}", "{}", url)))
    return PageAction(
        kind="script", method=one.method, target=url, route_name=route, file=one.file, line=one.line, symbol=one.symbol, caller=one.caller
    )  # fmt: skip
