"""Pairs of calls of which one takes back what the other does: by their words, and by where a thing lives that is only put on and taken off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.contracts.payloads import Payloads
from agentlint.analysis.contracts.roles import Role
from agentlint.analysis.contracts.verbs import spoken_verb
from agentlint.analysis.wording import words

_SWITCHES = (("in", "out"), ("on", "off"), ("up", "down"), ("begin", "end"), ("arm", "disarm"), ("mount", "unmount"), ("show", "hide"))
_TIED = frozenset("following follow membership assignment association blocklist blacklist whitelist allowlist mute favourite favorite star watch tie".split())
"""What is only put on and taken off, whatever stands at the other end."""
_BARE = frozenset("id uuid guid key name".split())


class Counterparts:
    """Answers for one description."""

    def __init__(self, roles: Sequence[Role], payloads: Payloads) -> None:
        self._said: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        """Words of the last parts of changing calls, by the path before them."""
        self._methods: dict[str, set[str]] = defaultdict(set)
        self._spoken: dict[str, list[str]] = defaultdict(list)
        """Verbs of the calls at one address, by its shape."""
        self._places: dict[str, set[str]] = defaultdict(set)
        """Shapes of the addresses at which one thing is read, by its noun and the name of its identifier."""
        self._nouns = {role.noun for role in roles if role.kind in ("list", "read")}
        self._given: dict[str, set[str]] = defaultdict(set)
        """Names of what a POST takes, by the shape of its path."""
        self._bare = {r.path.shape for r in roles if r.operation.method == "PUT" and r.operation.body is None}
        self._asked: dict[str, frozenset[str]] = {}
        """Parameters that say which one is meant in a POST or PUT, by the shape of its path."""
        for role in roles:
            if role.operation.method == "POST":
                body = payloads.body_schema(role.operation.body)
                self._given[role.path.shape].update(payloads.schemas.shape(body).properties if body is not None else ())
            if role.operation.method in ("POST", "PUT") and not payloads.sends_file(role.operation.body) and not _wants(role, payloads):
                self._asked[role.path.shape] = _which(role)
            self._methods[role.path.shape].add(role.operation.method)
            self._spoken[role.path.shape].append(spoken_verb(role.operation))
            if role.operation.method != "GET" and not role.path.ends_with_hole and role.path.segments:
                self._said[_before(role)].add(_last(role))
            if role.kind == "read" and role.path.ends_with_hole:
                self._places[f"{role.noun} {role.path.segments[-1].holes[-1]}"].add(role.path.shape)

    def taken_back(self, role: Role) -> bool:
        """True when a call beside it says the contrary: `acknowledge` and `undoAcknowledge`, `punchIn` and `punchOut`, `install` and `uninstall`; or one at
        the same address, "Subscribe to" and "Unsubscribe from"."""
        if role.path.ends_with_hole or not role.path.segments:
            return False
        verb = spoken_verb(role.operation)
        if verb and any(f"un{verb}" == other or verb == f"un{other}" for other in self._spoken[role.path.shape] if other):
            return True
        own = _last(role)
        return any(_contrary(own, other) for other in self._said[_before(role)])

    def switches(self, role: Role) -> bool:
        """True for a DELETE below a thing where a call beside it, which takes nothing but the address and the same parameters, puts back what it takes off:
        `PUT /users/{user}/policies/{policy}`, `POST /users/{user}/principals?id=`."""
        shape = role.path.shape
        if role.operation.method != "DELETE" or not any(s.hole for s in role.base):
            return False
        if role.path.ends_with_hole:
            return shape in self._bare
        which = _which(role)
        return bool(which) and self._asked.get(shape) == which

    def attached(self, role: Role) -> bool:
        """True for a PUT that only attaches one thing to another, by its address alone, and that a DELETE there takes back."""
        shape = role.path.shape
        bare = shape in self._bare and role.operation.method == "PUT" and "DELETE" in self._methods[shape]
        return bare and role.path.ends_with_hole and shape.count("{}") > 1

    def unties(self, role: Role) -> bool:
        """True for a DELETE that takes a thing off another one, where adding it again puts it back."""
        shape = role.path.shape
        if not role.path.ends_with_hole or not ("POST" in self._methods[shape.rpartition("/")[0]] or {"POST", "PUT"} & self._methods[shape]):
            return False
        hole = [w for w in v.noun_words(role.path.segments[-1].holes[-1]) if w not in _BARE]
        noun = role.noun.split(" ")
        if noun[-1] in v.ISSUED:
            return False
        nested = any(s.hole for s in role.base)
        if noun[-1] in _TIED and (nested or hole):
            return True
        if hole and hole[-1] not in noun and " ".join(hole) in self._nouns and nested:
            return True
        name = role.path.segments[-1].holes[-1]
        homes = (other for other in self._places[f"{role.noun} {name}"] if other != shape and shape.endswith(other) and "DELETE" not in self._methods[other])
        return name in self._given[shape.rpartition("/")[0]] and any(True for _ in homes)


def _wants(role: Role, payloads: Payloads) -> bool:
    """True when a call cannot be made without fields in its body."""
    return bool(payloads.schemas.shape(payloads.body_schema(role.operation.body)).required)


def _which(role: Role) -> frozenset[str]:
    return frozenset(p.name for p in role.operation.parameters if p.location == "query" and p.required)


def _before(role: Role) -> str:
    return role.path.shape.rpartition("/")[0]


def _last(role: Role) -> tuple[str, ...]:
    return tuple(words(role.path.verb or role.path.segments[-1].text))


def _contrary(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """True for `(acknowledge, all)` and `(undo, acknowledge, all)`, `(punch, in)` and `(punch, out)`, `(install,)` and `(uninstall,)`."""
    if one == other or not one or not other:
        return False
    if ("undo", *one) == other or one == ("undo", *other):
        return True
    if len(one) != len(other):
        return False
    differing = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    return len(differing) == 1 and _opposed(*differing[0])


def _opposed(one: str, other: str) -> bool:
    if (one, other) in _SWITCHES or (other, one) in _SWITCHES or f"un{one}" == other or one == f"un{other}":
        return True
    return other in v.INVERSES.get(one, ()) or one in v.INVERSES.get(other, ())
