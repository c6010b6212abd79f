"""What a page does with code that an endpoint runs as well, and that the endpoint does not do with it."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise

import msgspec

from agentlint.analysis.callers.own_rows import is_person
from agentlint.analysis.given_modes import Difference
from agentlint.analysis.operations import Entry
from agentlint.analysis.wording import VERBS, singular, words
from agentlint.graph.atom import Atom

_SAVING = ("update", "write")
_CHANGING = frozenset({"update", "switch", "toggle", "enable", "disable"})
_DEEP = 2
"""Calls between a handler and a line that it reaches on its way."""


def fields_beyond(atom: Atom, offer: Atom, common: Collection[tuple[str, int]]) -> frozenset[str]:
    """Fields that a page writes nearer to its handler than at any line that it has in common with an endpoint which never writes them."""
    shared = [atom.writes[line][0] for line in common if line in atom.writes]
    if atom.operation not in _SAVING or offer.open_fields or not offer.fields or not shared:
        return frozenset()
    nearer = (fields for line, (depth, fields) in atom.writes.items() if line not in common and depth < min(shared))
    return frozenset().union(*nearer) - offer.fields


def without_lines(offer: Atom, lines: Collection[tuple[str, int]]) -> Atom:
    """An offer without some of its lines, and without the fields that nothing else writes."""
    rest = [fields for line, (_, fields) in offer.writes.items() if line not in lines]
    return msgspec.structs.replace(offer, sites=offer.sites - frozenset(lines), fields=frozenset().union(*rest) if offer.writes else offer.fields)


def is_on_the_way(atom: Atom, offer: Atom, lines: Collection[tuple[str, int]]) -> bool:
    """True for lines that both reach far below their handlers."""
    return all(min(a.writes[line][0] if line in a.writes else a.depth for a in (atom, offer)) >= _DEEP for line in lines)


def is_untold(offer: Atom) -> bool:
    """True where some line of the project's own saves a row that is there, and does not say which fields were changed."""
    return offer.open_fields and not offer.handed_on and offer.operation in _SAVING


def changes_one(atom: Atom, page: Entry) -> bool:
    """True for a page that saves the one row that its address names, or the caller's own, and says nothing of making one: `/projects/{id}/edit`."""
    if atom.operation != "write" or atom.ends:
        return False
    parts = [part for part in page.operation.path.split("/") if part]
    if page.own and is_person(atom.subject):
        return bool(parts) and any(VERBS.get(w, w) in _CHANGING for w in words(parts[-1]))
    subject = [singular(w) for w in words(atom.subject.rsplit(".", 1)[-1])]
    named = [i for i, (a, b) in enumerate(pairwise(parts)) if b.startswith("{") and [singular(w) for w in words(a)][-1:] == subject[-1:]]
    after = [w for part in (*parts[named[-1] + 2 :], page.operation.symbol) for w in words(part)] if named else []
    return bool(named) and not any(VERBS.get(w, "") == "create" for w in after)


def said_of(different: Difference) -> str:
    """How the endpoint runs the same code."""
    function = ".".join(different.function.split(".")[-2:]) if different.function.split(".")[-2:][0][:1].isupper() else different.function.rpartition(".")[2]
    way = "only with other values for" if different.constant else "without letting its caller say"
    return f"runs {function} too, but {way} `{different.parameter}`"
