"""What a request of a person's browser does, told from its address, and which described operation does the same to the same thing at an address of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.contracts.paths import is_plural
from agentlint.analysis.contracts.payloads import Payloads
from agentlint.analysis.contracts.schemas import Schemas
from agentlint.analysis.wording import words
from agentlint.ir.description import Description
from agentlint.ir.operations import Operation

VERBS = v.ACTION_VERBS | v.CREATE_VERBS | v.UPDATE_VERBS | v.DELETE_VERBS
_PAGES = frozenset("form forms ui admin app web page pages dashboard manage panel index ajax internal modal htmx action actions api html".split())
"""Parts of a page's address that say nothing of what it is about."""
_FILLERS = frozenset("all bulk batch selected multiple quick by and to as the for of now".split())
_SAVE = frozenset("save submit store apply".split())
_NOT_MEANT = frozenset(
    "csrf token csrfmiddlewaretoken authenticity xsrf utf8 commit submit save button op action method next redirect return back tab wpnonce nonce captcha "
    "confirm".split()
)
"""Fields that steer the page or guard the form."""
_COPIES = ("clone", "copy", "duplicate")
"""A copy is read, then created."""
_LEAST_FIELDS = 4
_MOST_MISSING = 0.5
_SHORTEST = 4


class Meaning(msgspec.Struct, frozen=True):
    """What a request does."""

    kind: str
    """`create`, `update`, `delete` or `action`."""
    verb: str
    nouns: tuple[str, ...]
    """What it may be done to, likeliest first; empty when the address does not name the thing."""
    either: bool = False
    """True where the address does not tell whether a thing is made or changed."""


    @property
    def doing(self) -> str:
        """What is done, in one word."""
        return self.verb if self.kind == "action" else "update" if self.either else self.kind


class Same(msgspec.Struct, frozen=True):
    """A described operation that does the same."""

    operation: Operation
    how: str
    whole: bool = True
    """False when it takes only a part of what the form sends."""


def meaning(method: str, path: str) -> Meaning:
    """From a path with `{id}` in place of what identifies a thing."""
    parts = [p for p in path.strip("/").split("/") if p and p.lower() not in _PAGES]
    fixed = [(at, words(p)) for at, p in enumerate(parts) if not p.startswith("{")]
    for place in range(len(fixed) - 1, -1, -1):
        at, said = fixed[place]
        verb = said[0] if said[0] in VERBS else said[-1] if len(said) > 1 and said[-1] in VERBS else ""
        if verb and not (verb in v.NOUN_VERBS and len(said) == 1 and place == 0) and not (is_plural(parts[at]) and len(said) == 1):
            own = [w for w in said if w != verb and w not in _FILLERS and not w.endswith("ed")]
            around = [fixed[i][1] for i in (place - 1, place + 1) if 0 <= i < len(fixed)]
            nouns = [_noun(one) for one in ([own] if own else []) + around if one]
            return Meaning(_kind(verb), verb, tuple(dict.fromkeys(nouns)), verb in _SAVE)
    noun = _noun(fixed[-1][1]) if fixed else ""
    last = parts[-1] if parts else ""
    kind = {"DELETE": "delete", "PUT": "update", "PATCH": "update"}.get(method, "update" if last.startswith("{") else "create")
    return Meaning(kind, "", (noun,) if noun else (), method == "POST" and bool(last) and not last.startswith("{") and not is_plural(last))


class Meanings:
    """Answers for one session and what programs may call."""

    def __init__(self, machine: Sequence[Operation], descriptions: Sequence[Description]) -> None:
        self._machine = sorted((o for o in machine if o.changes_state and not o.browser_only and set(o.auth) != {"session"}), key=_shortest)
        self._taken: dict[str, frozenset[str]] = {}
        for description in descriptions:
            payloads = Payloads(Schemas(description.index))
            for operation in description.operations:
                schema = payloads.body_schema(operation.body)
                fields = payloads.fields(schema) if schema is not None else ()
                self._taken[operation.name] = frozenset(v.state_word(f.name) for f in fields if f.depth <= 1)

    def same(self, told: Meaning, fields: Sequence[str]) -> Same | None:
        """The operation that does it too, by its own words; one that takes all that the form sends before others."""
        best: Same | None = None
        for found in self._all(told):
            own = self._taken.get(f"{found.operation.method} {found.operation.path}", frozenset())
            sent = [f for f in (v.state_word(name.rpartition("[")[2].rstrip("]") or name) for name in fields) if f and not set(f.split("_")) & _NOT_MEANT]
            held = sum(name in own for name in sent)
            if told.kind == "action" or not own or len(sent) < _LEAST_FIELDS or held >= _MOST_MISSING * len(sent):
                return found
            best = best or Same(found.operation, f"{found.how}, with {held} of the {len(sent)} fields that the form sends", False)
        return best

    def vague(self, told: Meaning) -> bool:
        """True when the address does not name the thing, and something of the kind can be called: then nothing is said."""
        return not told.nouns and any(self._does(o, told) for o in self._machine)

    def _all(self, told: Meaning) -> Iterator[Same]:
        for noun in told.nouns:
            for operation in self._machine:
                if _same_thing(noun, operation.resource):
                    if self._does(operation, told):
                        yield Same(operation, f"{operation.method} {operation.path} does it to the same thing, by verb and noun")
                    elif told.kind == "action" and self._sets(operation, told.verb):
                        yield Same(operation, f"{operation.method} {operation.path} sets it on the same thing")

    @staticmethod
    def _does(operation: Operation, told: Meaning) -> bool:
        kind = _kind(operation.action)
        if told.kind == "action":
            return v.same_verb(told.verb, operation.action)
        return kind == told.kind or (told.either and kind in ("create", "update"))

    def _sets(self, operation: Operation, verb: str) -> bool:
        fields = self._taken.get(f"{operation.method} {operation.path}", frozenset())
        return _kind(operation.action) == "update" and any(v.has_verb(verb, name.split("_")) for name in fields)


def _kind(verb: str) -> str:
    if verb in v.DELETE_VERBS:
        return "delete"
    if verb in ("edit", "update", "change", "modify", "set", "save", "rename", "patch", "put", "configure"):
        return "update"
    return "create" if verb in ("create", "add", "new", "insert", "register", *_COPIES) else "action"


def _noun(said: Sequence[str]) -> str:
    return " ".join(v.noun_words(" ".join(w for w in said if w not in _FILLERS)))


def _same_thing(one: str, other: str) -> bool:
    """True for one noun with or without words before it (`quickwatch`, `saved watch`, `watch`)."""
    a, b = one.split(" "), other.split(" ")
    if not one or not other:
        return False
    same_end = a[-1] == b[-1] and (len(a) == 1 or len(b) == 1 or a == b)
    return same_end or (len(a) == len(b) == 1 and len(min(a[0], b[0], key=len)) >= _SHORTEST and (a[0].endswith(b[0]) or b[0].endswith(a[0])))


def _shortest(operation: Operation) -> tuple[int, int, str, str]:
    return operation.path.count("{"), len(operation.path), operation.path, operation.method
