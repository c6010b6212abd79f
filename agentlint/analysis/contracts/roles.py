"""The role of each described operation: which plain step of a life it is (list, read, create, update, delete) or which action, and on what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Literal

import msgspec

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.contracts.called import PLAIN, called_thing, is_compound, named_as_thing, shows
from agentlint.analysis.contracts.paths import ASKING, Path, Segment, is_plural, names_one, noun_of, parse_path, verb_in
from agentlint.analysis.contracts.payloads import Payload, Payloads
from agentlint.analysis.contracts.verbs import plain_verb, spoken_verb
from agentlint.analysis.wording import words
from agentlint.ir.description import DescribedOperation

Kind = Literal["list", "read", "create", "update", "delete", "action"]
Place = Literal["collection", "item", "single"]


class Role(msgspec.Struct, frozen=True, eq=False):
    """What one operation does."""

    operation: DescribedOperation
    path: Path
    base: tuple[Segment, ...]
    """The path down to the noun that the operation is about, a verb at the end left out."""
    holes: int
    """Holes after the base."""
    kind: Kind
    verb: str
    """The action's verb; for plain steps the verb that the words use, empty when they use none."""
    place: Place
    answer: Payload
    bulk: bool = False

    @property
    def noun(self) -> str:
        """The thing, in singular words."""
        return noun_of(self.base)

    @property
    def writes(self) -> bool:
        """True unless it only reads."""
        return self.kind not in ("list", "read")

_ROOMS = frozenset("lifecycle action actions command commands operation operations transition transitions".split())
"""Parts of paths below which the actions on an item are gathered: `/users/{id}/lifecycle/suspend`."""


class RoleFinder:
    """Roles of all operations of a description; paths are judged beside one another."""

    def __init__(self, operations: Iterable[DescribedOperation], payloads: Payloads) -> None:
        self._operations = tuple(operations)
        self._payloads = payloads
        self._methods: dict[str, set[str]] = defaultdict(set)
        self._below: dict[str, int] = defaultdict(int)
        """By shape of a path: how many holes may follow it."""
        self._beside: dict[tuple[str, tuple[str, ...]], Segment] = {}
        """Last fixed parts of paths, by what stands before and their singular words."""
        self._deletes_one: set[str] = set()
        """Shapes of paths at which a DELETE takes the identifier of one beside the path."""
        self._lists: set[str] = set()
        self._read: set[str] = set()
        """Shapes of bases below which something is read."""
        self._above: set[str] = set()
        """Shapes of paths below which a hole follows."""
        for operation in self._operations:
            path = parse_path(operation.path)
            self._methods[path.shape].add(operation.method)
            if path.segments and not path.segments[-1].hole:
                self._beside.setdefault((path.shape.rpartition("/")[0] or "/", v.noun_words(path.segments[-1].text)), path.segments[-1])
            base = Path(path.base()).shape
            self._below[base] = max(self._below[base], path.trailing_holes())
            if operation.method == "GET" and path.trailing_holes():
                self._read.add(base)
            if operation.method == "DELETE" and _on_one(operation, noun_of(path.base())):
                self._deletes_one.add(path.shape)
            parts = path.shape.split("/")
            self._above.update("/".join(parts[:at]) for at, part in enumerate(parts) if part == "{}")
        for operation in self._operations:
            path = parse_path(operation.path)
            if operation.method == "GET" and payloads.answer(operation).many and not self._is_one(path, operation):
                self._lists.add(path.shape)

    def all(self) -> tuple[Role, ...]:
        """One role per operation, in the order of the document."""
        return tuple(self.role(o) for o in self._operations)

    def role(self, operation: DescribedOperation) -> Role:
        """The role of one operation."""
        path = parse_path(operation.path)
        verb, base = self._action(operation, path)
        trailing = len(path.segments) - len(path.base()) if base == path.base() else 0
        said = spoken_verb(operation)
        place = self._place(path, base, trailing, said in v.CREATE_VERBS)
        if place != "item" and operation.method == "DELETE" and _on_one(operation, noun_of(base)):
            place = "item"
        answer = self._payloads.answer(operation)
        kind, word = self._kind(operation, path, verb, said, place, answer)
        bulk = verb in ("bulk", "batch") or "bulk" in words(operation.path) or "batch" in words(operation.path)
        return Role(operation, path, base, trailing, kind, word, place, answer, bulk)

    def _action(self, operation: DescribedOperation, path: Path) -> tuple[str, tuple[Segment, ...]]:
        """A verb that the path itself ends with, and the path before it."""
        base = path.base()
        if path.verb:
            said = words(path.verb)
            part = said[1:] if said[0] in PLAIN and path.ends_with_hole else []
            if part and part[-1] not in noun_of(base).split(" "):  # `/webhooks/{id}:getSigningSecret` gives no webhook
                return said[0], (*path.segments, Segment("-".join(part)))
            return said[0], base
        if not base:
            return "", base
        last = base[-1]
        dotted = last.text.split(".")
        if len(dotted) > 1 and all(dotted) and not last.hole:
            tail = words(dotted[-1])
            called = "get" if tail in (["info"], ["details"]) else tail[0] if tail else ""
            return called, (*base[:-1], Segment("-".join(dotted[:-1])))
        shown = shows(operation, path, base)
        verb = "" if shown else verb_in(last)
        if shown:
            return shown, base[:-1]
        if not verb:
            sent = operation.method in ("POST", "PUT") and last.text.lower() in v.CONTENTS and len(base) > 1 and is_plural(base[-2].text)
            return ("upload", base[:-1]) if sent else ("", base)
        shape = Path(base).shape
        only_word = len(words(last.text)) == 1
        is_thing = (shape in self._lists or shape in self._read) and (not only_word or verb in v.NOUN_VERBS)
        kept = only_word and verb in v.NOUN_VERBS and bool({"PUT", "PATCH", "DELETE"} & self._methods.get(f"{shape}/{{}}", set()))
        spoken_of = only_word and named_as_thing(operation, verb)
        compound = is_compound(operation, last, verb, shape in self._above)
        if is_thing or kept or spoken_of or compound or (only_word and verb in v.NOUN_VERBS and "GET" in self._methods[shape] and operation.method != "GET"):
            return "", base
        if operation.method == "GET" and verb not in v.LIST_VERBS | {"get", "export", "download", "check", "validate", "preview", "count", "verify"}:
            return "", base
        rest = base[:-1]
        beside = self._beside.get((Path(rest).shape, v.noun_words(last.text)[1:])) if verb in ("add", "create") else None
        if beside is not None:
            return verb, (*rest, beside)
        named = [w for w in words(last.text) if w not in (verb, "bulk", "batch", "mark", "as", "all", "by", "and", "to")]
        thing = called_thing(last, verb, rest)
        if thing is not None:
            return verb, (*rest, thing)
        if not rest or (not any(not s.hole for s in rest) and named):
            return verb, (Segment("-".join(named)),) if named else base
        if len(rest) > 2 and rest[-1].text.lower() in _ROOMS and rest[-2].hole and not named:
            rest = rest[:-1]
        while rest and rest[-1].hole and len(rest) > 1:
            rest = rest[:-1]
        return verb, rest

    def _place(self, path: Path, base: tuple[Segment, ...], trailing: int, makes: bool) -> Place:
        shape = Path(base).shape
        if base != path.base() or path.verb:
            return "item" if any(s.hole for s in path.segments[len(base) :]) else "collection"
        if trailing:
            deepest = self._below[shape]
            listed = path.shape in self._lists
            return "collection" if listed or (trailing < deepest and "DELETE" not in self._methods[path.shape] and listed) else "item"
        alone = not self._below[shape] and base and {"DELETE", "POST"} <= self._methods[path.shape]
        if path.shape in self._lists and path.shape in self._deletes_one:
            alone = False  # things, of which a parameter beside the path names one
        if alone and (not is_plural(base[-1].text) or ("GET" in self._methods[path.shape] and path.shape not in self._lists)):
            return "single"
        if path.shape in self._lists or self._below[shape] > 0 or (base and is_plural(base[-1].text)):
            return "collection"
        if makes and "POST" in self._methods[path.shape] and "GET" not in self._methods[path.shape] and not any(s.hole for s in base):
            return "collection"
        return "single"

    def _kind(
        self, operation: DescribedOperation, path: Path, verb: str, said: str, place: Place, answer: Payload
    ) -> tuple[Kind, str]:
        method = operation.method
        if method in ("GET", "HEAD", "OPTIONS", "TRACE", "QUERY"):
            if verb in PROVING and not answer.many:
                proves = place == "item" and answer.entity is None  # `GET /domains/{id}/validate` shows nothing
                return ("action" if proves else "read"), verb
            if (answer.many and not self._is_one(path, operation)) or (place == "collection" and not path.ends_with_hole):
                return "list", verb or said
            return "read", verb or said
        if verb and verb not in PLAIN:
            if verb in v.HARMLESS_VERBS and verb in v.LIST_VERBS:
                return "list", verb
            return "action", verb
        word = verb or said
        if method == "DELETE" or (method == "POST" and word in v.DELETE_VERBS and (verb or place != "collection")):
            return "delete", word
        if method in ("PUT", "PATCH"):
            if word in ("create", "add", "register") and method == "PUT":
                return "create", word
            return ("create" if method == "PUT" and self._puts_another(operation, path, place, answer) else "update"), word
        if place == "collection" and not verb and _on_all(operation, word):
            return "action", word
        asked = _asked(operation, path)
        return ("list" if asked == "list" else "read", asked) if asked else self._posted(operation, path, word, verb, place)

    def _puts_another(self, operation: DescribedOperation, path: Path, place: Place, answer: Payload) -> bool:
        """True for a PUT beside a list that answers 201 with one of them, where each has an address of its own: it makes one, whatever it calls that."""
        made = any(r.status == "201" for r in operation.responses) and not any(r.status in ("200", "204") for r in operation.responses)
        return made and place == "collection" and path.shape in self._lists and path.shape in self._above and not answer.many

    def _is_one(self, path: Path, operation: DescribedOperation) -> bool:
        """True for one thing at an address of its own, whatever the schema of the answer says: below a list, changed or removed there, or said to be one."""
        if path.ends_with_hole and _ONE & set(words(operation.summary)[1:4]) and "GET" in self._methods[Path(path.segments[:-1]).shape]:
            return True
        if len(path.segments) < 2 or path.segments[-2].hole or not path.ends_with_hole or not is_plural(path.segments[-2].text):
            return _by_own_id(path)
        changed = self._methods[path.shape] & {"DELETE", "PUT", "PATCH"}
        return _by_own_id(path) or (bool(changed) and "GET" in self._methods[Path(path.segments[:-1]).shape])

    def _posted(self, operation: DescribedOperation, path: Path, word: str, verb: str, place: Place) -> tuple[Kind, str]:
        if verb in ("get", "list", "find", *ASKING):
            return "list" if verb in ("list", "find") or self._payloads.answer(operation).many else "read", verb
        if word in ("update", "set", "edit", "modify", "change", "save"):
            fetches = place == "collection" and operation.body is None and not operation.parameters
            return ("action", "refresh") if fetches else ("update", word)
        if word in v.CREATE_VERBS or word in ("create", "add"):
            return "create", word
        if word in v.DELETE_VERBS:
            return "delete", word
        if word in v.HARMLESS_VERBS and place != "item":
            return ("list" if word in v.LIST_VERBS else "action"), word
        if place == "collection" and not verb and word not in v.HARMLESS_VERBS and (not word or word not in v.ACTION_VERBS or self._things(path)):
            return "create", word
        if place == "item" and not word:
            alone = not self._methods[path.shape] & {"PUT", "PATCH"}
            return ("update" if alone and "GET" in self._methods[path.shape] else "action"), word
        return "action", word


    def _things(self, path: Path) -> bool:
        """True when the path ends with a plural noun, so that posting there makes one more."""
        base = path.base()
        return bool(base) and is_plural(base[-1].text)


def _on_one(operation: DescribedOperation, noun: str) -> bool:
    """True for `DELETE /tags?tag_id=`: one thing at the address of all."""
    return any(p.required and p.location == "query" and names_one(p.name, noun) for p in operation.parameters)


def _on_all(operation: DescribedOperation, verb: str) -> bool:
    """True for "Mark all messages as read" at `POST /messages`: it makes none."""
    said = words(operation.summary)[:2]
    return verb in v.ACTION_VERBS and verb not in v.CREATE_VERBS and said[1:] == ["all"] and plain_verb(said[0]) == verb


def _asked(operation: DescribedOperation, path: Path) -> str:
    """The verb by which a call that sends something only asks: before the method at the end of its id (`costStorageGetPost`), or first in the path's last
    part (`estimate-shipping-methods`)."""
    first, began = words(operation.operation_id)[:1], words(operation.summary)[:1]
    asks = not first or first[0] in _ANSWERS | {"search", "find", "query"}
    if began and began[0] in _ANSWERS and asks and words(operation.summary)[1:2] not in (["or"], ["and"]):
        return "list" if first[:1] and first[0] in v.LIST_VERBS or began[0] in ("list", "lists") else "get"
    if began and began[0] in ("generate", "generates") and {"report", "reports"} & set(words(operation.path)):
        return "get"
    said, last = words(operation.operation_id)[-2:], words(path.segments[-1].text) if path.segments and not path.segments[-1].hole else []
    if len(said) == 2 and said[1] == "post" and said[0] in _ASKING | {"get", "list", "search", "find"}:
        return said[0]
    return last[0] if len(last) > 1 and last[0] in _ASKING else ""


_ONE = frozenset({"specific", "single", "one"})
PROVING = frozenset({"verify", "check", "validate"})
"""Verbs of calls that answer with the one thing that was proved: `GET /apps/verify_credentials`."""
_ANSWERS = frozenset({"get", "gets", "return", "returns", "retrieve", "retrieves", "list", "lists", "fetch", "fetches"})
_ASKING = frozenset({"estimate", "calculate", "compute", "simulate"})


def _by_own_id(path: Path) -> bool:
    """True for `/approval-requests/{approvalRequestId}`: one thing, whatever the schema of the answer says."""
    if not path.ends_with_hole or len(path.segments[-1].holes) != 1:
        return False
    said, noun = v.noun_words(path.segments[-1].holes[0]), noun_of(path.segments[:-1]).split(" ")
    return len(said) > 1 and said[-1] in ("id", "uuid", "gid", "sid") and list(said[:-1]) == noun
