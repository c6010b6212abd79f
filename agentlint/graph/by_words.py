"""Endpoints known by their words alone: what nobody knows the effect of, and what it is called all the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from agentlint.analysis.asking import is_deed
from agentlint.analysis.decisions.consequence import is_consequential
from agentlint.analysis.operations import Entry
from agentlint.analysis.wording import DEEDS, VERBS, only_rights, singular, words
from agentlint.graph.atoms import ROWS
from agentlint.ir.operations import Operation

_VERBS = {"POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete"}

_SIGNED_IN_BY = frozenset({"token", "session", "login", "auth"})
"""What an endpoint by which a client signs itself in is called as well: RFC 6749, section 3.2. It makes nobody's key."""


class SaidEndpoints:
    """Machine-callable endpoints by what their method and address say that they do; `blank` ones are those whose rows are not known."""

    def __init__(self) -> None:
        self._blank: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        self._all: dict[tuple[str, str], list[Entry]] = defaultdict(list)

    def add(self, entry: Entry) -> None:
        """An endpoint that programs may call."""
        deed = _of_endpoint(entry.operation)
        if deed is not None and deed[1] not in _SIGNED_IN_BY:
            self._all[deed].append(entry)
            if not _is_known_to_write(entry, *deed):
                self._blank[deed].append(entry)

    def for_rows(self, operation: str, subject: str, fields: Collection[str]) -> list[Entry]:
        """Endpoints that say they do this to rows of a model, and of which nobody knows what they write; rights are seldom among it."""
        noun = _noun(words(subject.rsplit(".", 1)[-1]))
        if only_rights(fields):
            return []
        wanted = ("create", "update") if operation == "write" else (operation,)
        return [entry for verb in wanted for entry in self._blank.get((verb, noun), ())]

    def is_plain_edit(self, entry: Entry) -> bool:
        """False for a page whose words say that it does something of its own: to archive, to add an owner. An endpoint that edits the thing may not do that."""
        deed = _of_page(entry.operation)
        return deed is None or deed[0] == "update"

    def for_page(self, entry: Entry) -> list[Entry]:
        """Endpoints that say of themselves what a page says, of which nobody knows what it writes."""
        deed = _of_page(entry.operation)
        return self._all.get(deed, []) if deed is not None else []


def _is_known_to_write(entry: Entry, verb: str, noun: str) -> bool:
    """True for an operation that is known to write rows of what it names, or to do what it says to rows of something else."""
    rows = [r.effect for r in entry.reached if r.effect.kind in ROWS and is_consequential(r.effect) and (r.effect.model or r.effect.target)]
    named = any(_noun(words((e.model or e.target).rsplit(".", 1)[-1])) == noun for e in rows)
    return named or any(e.operation == verb or (e.operation == "write" and verb != "delete") for e in rows)


def _of_endpoint(operation: Operation) -> tuple[str, str] | None:
    parts = _parts(operation.path)
    said = words(parts[-1]) if parts else []
    if not said:
        return None
    if is_deed(said):
        return _deed(said, parts[:-1])
    verb = _VERBS.get(operation.method, "")
    if verb == "create" and operation.path.rstrip("/").endswith("}"):
        return None  # what is sent to one thing may be anything
    return (verb, _noun(said)) if verb else None


def _of_page(operation: Operation) -> tuple[str, str] | None:
    parts = _parts(operation.path)
    for said, before in ((words(operation.symbol.rsplit(".", 1)[-1]), parts), (words(parts[-1]) if parts else [], parts[:-1])):
        if said and is_deed(said) and (found := _deed(said, before)) is not None:
            return found
    return None


def _deed(said: Sequence[str], before: Sequence[str]) -> tuple[str, str] | None:
    """A verb and a noun out of words that begin or end with the verb; the noun may stand before them in the address."""
    at = 0 if said[0] in DEEDS else len(said) - 1
    rest = [w for n, w in enumerate(said) if n != at]
    noun = _noun(rest) if rest else next((_noun(found) for part in reversed(before) if (found := words(part)) and not is_deed(found)), "")
    return (VERBS.get(said[at], said[at]), noun) if noun else None


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part and "{" not in part]


def _noun(said: Sequence[str]) -> str:
    return "".join((*said[:-1], singular(said[-1]))) if said else ""
