"""Plain steps that other things of such an API have and this one lacks: what no operation does to a thing that people look after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.contracts.called import PLAIN
from agentlint.analysis.contracts.lifecycle_plain import Plain, is_run, puts_whole
from agentlint.analysis.contracts.lifecycle_unmade import TEXTS, Unmade, own
from agentlint.analysis.contracts.lifecycle_unread import WHOLE
from agentlint.analysis.contracts.likeness import single_reads
from agentlint.analysis.contracts.mentions import Mentions
from agentlint.analysis.contracts.paths import is_plural
from agentlint.analysis.contracts.payloads import Payloads
from agentlint.analysis.contracts.resources import Ownership, Resource, on_one, undressed
from agentlint.analysis.contracts.roles import Role
from agentlint.analysis.contracts.states import takes_anything
from agentlint.analysis.contracts.steps import Step
from agentlint.analysis.wording import words

_SET_BY_PEOPLE = frozenset({"setting", "preference"})
_PIECES = frozenset({"part", "chunk", "block"})
"""Steps of an upload, nothing by themselves."""
_NAMES = frozenset("name title label".split())
"""What has nothing else is what it is called."""


class Holes:
    """Answers for one description. What it finds stands in the table of lives alone: no finding accuses of it."""

    def __init__(self, plain: Plain, resources: Sequence[Resource], payloads: Payloads, mentions: Mentions) -> None:
        self._plain = plain
        self._payloads = payloads
        self._mentions = mentions
        self._ownership = Ownership(resources)
        self._unmade = Unmade(plain, resources, payloads, mentions)

    def steps(self, resource: Resource) -> Iterator[Step]:
        """Missing steps; those that are known already are to be left out by the caller."""
        yield from self._only_told(resource)
        alone = all(r.place == "single" for r in resource.roles) or resource.noun.split(" ")[-1] in PLAIN
        if alone or resource.technical or not resource.kept or not self._ownership.owns(resource):
            return
        made = self._plain.made(resource)
        if made and self._plain.slight(resource, made):
            return
        yield from self._read(resource, made)
        yield from self._list(resource, made)
        if not resource.archival and not resource.setting:
            yield from self._changed(resource, made) if made else self._without_a_maker(resource)

    def _only_told(self, resource: Resource) -> Iterator[Step]:
        """Settings that can be read and not set, and the caller's own organization."""
        if not resource.of("read", "list") or resource.writable or any(s.hole for r in resource.roles for s in r.path.segments[len(r.base) :]):
            return
        if not (resource.noun.split(" ")[-1] in _SET_BY_PEOPLE or own(resource)) or self._mentions.changes(resource):
            return
        shape = self._payloads.schemas.shape(resource.entity)
        if len(shape.properties) > 1:
            yield self._lacks("update", "they can be read and not set", resource)

    def _read(self, resource: Resource, made: Sequence[Role]) -> Iterator[Step]:
        last = resource.noun.split(" ")[-1]
        if single_reads(resource) or last in WHOLE or last in v.SLIGHT - {"membership"} or (resource.tie and not resource.of("update")):
            return
        at_one = [r for r in resource.roles if r.writes and r.path.segments[len(r.base) : len(r.base) + 1] and r.path.segments[len(r.base)].hole]
        looked_after = not made and self._unmade.looked_after(resource) and not self._unmade.made_elsewhere(resource)
        known = at_one and resource.of("list", "update") and last not in _PIECES
        if (made or looked_after or known) and self._plain.read_elsewhere(resource) is None:
            yield self._lacks("read one", "no operation reads a single one", resource)

    def _list(self, resource: Resource, made: Sequence[Role]) -> Iterator[Step]:
        """For what stands at an address of its own, which one has to know."""
        if made and resource.issued and any(map(on_one, resource.roles)) and not resource.of("list"):
            yield self._lacks("list", "no operation lists them", resource)
        own = [r for r in resource.of("read", "update", "delete") if r.place == "item" and r.path.ends_with_hole]
        if resource.of("list") or resource.tie or not resource.writable or not own or not is_plural(own[0].base[-1].text) or any(map(self._chosen, own)):
            return
        if self._plain.listed_elsewhere(resource, own[0]) is None:
            yield self._lacks("list", "no operation lists them", resource)

    def _chosen(self, role: Role) -> bool:
        """True when the address takes one of a few names, or what the caller puts there."""
        holes = set(role.path.segments[-1].holes)
        asked = [p for p in role.operation.parameters if p.name in holes]
        return len(holes) > 1 or role.operation.method == "PUT" or any(self._payloads.schemas.shape(p.schema).choices for p in asked)

    def _changed(self, resource: Resource, made: Sequence[Role]) -> Iterator[Step]:
        if self._plain.only_switched_off(resource, made[0]):
            yield self._lacks("delete", "nothing removes it for good", resource)
        last = {resource.noun.split(" ")[-1], *undressed(resource.schema).split(" ")[-1:]}
        fixed = is_run(resource) or resource.issued or resource.tie or last & v.VALUES or self._plain.by_content(resource)
        if not (fixed or resource.of("update") or any(map(puts_whole, made)) or self._updated(resource)):
            given = self._payloads.given(made[0].operation)
            unseen = resource.entity is None or not self._payloads.schemas.shape(resource.entity).properties
            told = {v.state_word(name) for name in given}
            worded = bool(told & TEXTS and not told <= _NAMES)
            renamed = bool(told & _NAMES and last & (v.MANAGED - {"emoji"})) and self._named_apart(resource)
            kept = len(self._plain.frozen(resource, made)) > 1 or (len(given) != 1 and unseen and bool(resource.of("delete")))
            if worded or renamed or kept:
                yield self._lacks("update", "nothing changes it afterwards", resource)

    def _named_apart(self, resource: Resource) -> bool:
        """True when it is known by something else than its name, so that the name can change."""
        shown = {v.state_word(name) for name in self._payloads.schemas.shape(resource.entity).properties}
        return bool(shown & {"id", "uuid", "gid"}) and bool(shown & _NAMES)

    def _updated(self, resource: Resource) -> bool:
        acts = [r for r in resource.of("action") if set(words(r.operation.path.rsplit("/", 1)[-1])) & v.UPDATE_VERBS or takes_anything(r, self._payloads)]
        return bool(acts) or self._plain.written_elsewhere(resource) or self._mentions.changes(resource)

    def _without_a_maker(self, resource: Resource) -> Iterator[Step]:
        if not self._unmade.lacks_a_maker(resource):
            return
        yield self._lacks("create", "no operation makes one", resource)
        touched = bool(resource.of("update", "delete", "action")) or self._updated(resource) or self._mentions.ends(resource)
        if self._unmade.looked_after(resource) and not touched:
            yield self._lacks("update", "it is only shown", resource)
            yield self._lacks("delete", "it is only shown", resource)

    def _lacks(self, step: str, told: str, resource: Resource) -> Step:
        there = sorted({r.operation.name for r in resource.roles if r.kind in ("list", "read", "update", "delete", "create")})
        return Step(step, None, f"{told}; there are {', '.join(there[:3])}", resource.roles[0].operation.node, "hole")
