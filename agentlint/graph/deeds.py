"""Endpoints whose address says a deed of its own (`/orders/{id}/hold`): what they do besides is nothing that somebody could ask for."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from agentlint.analysis.asking import is_deed
from agentlint.analysis.wording import CLEARING, VERBS, nouns, singular, words
from agentlint.graph.atom import Atom
from agentlint.ir.operations import Operation

_ACTS = ("POST", "ANY")
CHANNELS = frozenset({"outbound-http", "message", "mail"})
"""Kinds of effects whose subject says where something goes: two operations that send there need not send the same."""
_SENDING = frozenset({"send", "resend", "notify", "remind", "email", "mail", "contact", "announce", "broadcast"})
_DEEDS_TOO = frozenset(
    "refresh recalculate poke ping process hold resubmit refuse resolve unresolve evaluate finalize finalise dispatch ship return".split()
)
"""More verbs of doing, where they stand alone behind a thing."""


def without_asides(atoms: Sequence[Atom], operation: Operation) -> list[Atom]:
    """Atoms, without purpose where the deed is another: parts that `POST /orders/{id}/hold` makes, rows that `POST /orders/sync` throws out."""
    said = _last(operation)
    if operation.method not in _ACTS or not said or any(VERBS.get(w, "") in ("create", "update", "delete") or w in CLEARING for w in said):
        return list(atoms)
    kept = {a.subject for a in atoms if a.operation in ("create", "update", "write")}
    changed = [_short(a.subject) for a in atoms if a.named and a.operation in ("update", "write")]

    def is_aside(atom: Atom) -> bool:
        if atom.registered or said[-1] in [singular(w) for w in words(_short(atom.subject))]:
            return False
        part = not atom.named and any(_short(atom.subject).startswith(whole) for whole in changed)
        return (atom.operation == "create" and part) or (atom.operation == "delete" and atom.subject in kept)

    return [msgspec.structs.replace(a, purpose=a.purpose and not is_aside(a)) for a in atoms]


def does_something_else(page: Operation, endpoint: Operation) -> bool:
    """True for an endpoint whose address says a deed of its own that the page does not say: to accept a thing is no way to edit it."""
    said = _last(endpoint)
    if endpoint.method != "POST" or not said or any(VERBS.get(w, "") in ("create", "update") for w in said):
        return False
    if not is_deed(said) and not _DEEDS_TOO.issuperset(said):
        return False
    return not set(said) & {singular(w) for text in (page.symbol, page.path) for w in words(text)}


def has_a_deed(page: Operation, endpoint: Operation) -> bool:
    """True for a page whose address ends in a deed of its own that an endpoint by which things are edited does not say: to refresh is not to edit."""
    said = _last(page)
    if endpoint.method not in ("PUT", "PATCH") or not said or any(w in VERBS for w in said) or not (is_deed(said) or _DEEDS_TOO.issuperset(said)):
        return False
    return not set(said) & {singular(w) for text in (endpoint.symbol, endpoint.path) for w in words(text)}


def sends(operation: Operation) -> bool:
    """True for an operation that says of itself that it sends something: then that is what it is for, whatever it writes down about it."""
    texts = [_last(operation), [singular(w) for w in words(operation.symbol.split(".")[0 if operation.symbol.endswith((".post", ".get")) else -1])]]
    return any(said and (said[0] in _SENDING or said[-1] in _SENDING) for said in texts)


def sends_alike(one: Operation, other: Operation) -> bool:
    """True for two that send something about the same kind of thing."""
    return sends(one) and sends(other) and bool(nouns([one.path]) & nouns([other.path]) - _SENDING)


def asks_alike(kind: str, page: Operation, endpoint: Operation) -> bool:
    """False for messages and commands of which only the receiver or the program is the same: that both run `git` says nothing of what they have it do."""
    if kind in CHANNELS:
        return sends_alike(page, endpoint)
    return kind != "process" or bool(set(_last(page)) & set(_last(endpoint)))


def _last(operation: Operation) -> list[str]:
    return [singular(w) for w in words(operation.path.rstrip("/").rpartition("/")[2])]


def _short(subject: str) -> str:
    return subject.rsplit(".", 1)[-1]
