"""What the words of a route ask for: that something be done, or only to be told something."""

from __future__ import annotations

from collections.abc import Sequence

from agentlint.analysis.wording import DEEDS, LOOKUPS, VERBS, singular, words
from agentlint.ir.operations import Route

_THINGS_TOO = frozenset("charge link order run schedule set setup vote".split())
"""Verbs of doing that name a thing where they stand last."""
_KINDS_TOO = _THINGS_TOO | frozenset("block import invite mark pin share upload".split())
"""Verbs of doing that may say which things are meant where they stand before a plural: `block_documents`, `import_jobs`."""
_READS = frozenset("read get list fetch find search count show paginate query retrieve lookup preview".split())
"""How functions begin that only tell something."""
_WRITES = (VERBS.keys() - _READS) | {"token", "session", "ticket"}
"""Words that speak against it: `get_or_create_order`, and `get_token`, which makes one."""


def asks_to_act(routes: Sequence[Route]) -> bool:
    """True when a name, or a part of the path, begins or ends with a verb of doing: `delete_order` and `order_delete`, but neither `next_run_dates`
    nor `download_link`."""
    texts = [part for r in routes for part in (r.symbol.rsplit(".", 1)[-1], r.action, r.name, *r.path.split("/"))]
    return any(is_deed(said) for text in texts if (said := words(text)))


def looks_up(route: Route) -> bool:
    """True when the words say that the caller only wants to know something: a search by POST, a preview, a validation."""
    if reads(route):
        return True
    said = [*words(route.symbol.rsplit(".", 1)[-1]), *words(route.path.rstrip("/").rsplit("/", 1)[-1])]
    return bool(set(said) & LOOKUPS) and not set(said) & DEEDS


def reads(route: Route) -> bool:
    """True when the handler is a function whose name begins by telling something and asks for no writing: `read_orders`, `preview_page`."""
    name = words(route.symbol)
    return bool(name) and name[0] in _READS and "." not in route.symbol and not set(name) & _WRITES


def is_deed(said: Sequence[str]) -> bool:
    """True for words that begin or end with a verb of doing; some verbs name a thing where they stand last, or say which things before a plural."""
    if said[0] in _READS or (len(said) > 1 and said[0] in _KINDS_TOO and singular(said[-1]) != said[-1]):
        return False
    return said[0] in DEEDS or said[-1] in DEEDS - _THINGS_TOO
