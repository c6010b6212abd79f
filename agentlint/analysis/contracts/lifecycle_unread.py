"""Things of which an operation is known but none that reads a single one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.contracts.containment import Containment
from agentlint.analysis.contracts.likeness import apart, reads_another, single_reads
from agentlint.analysis.contracts.mentions import Mentions
from agentlint.analysis.contracts.payloads import Payloads
from agentlint.analysis.contracts.resources import Resource, undressed
from agentlint.analysis.contracts.roles import Role
from agentlint.analysis.contracts.steps import Step
from agentlint.analysis.wording import words
from agentlint.ir.description import DescribedOperation

IDENTITY = frozenset("id uuid guid gid sid key slug name code number handle uid uri".split())
"""Last words of fields by which a thing is known."""
WHOLE = frozenset({"log", "history", "metadata"})
"""What is read as a whole: a line of it has no more to show."""
_ONESELF = frozenset({"me", "self", "current"})
_READING = frozenset({("get",), ("show",), ("read",), ("retrieve",), ("fetch",)})


class Unread:
    """Answers for one description."""

    def __init__(self, roles: Sequence[Role], resources: Sequence[Resource], payloads: Payloads, containment: Containment, mentions: Mentions) -> None:
        self._resources = tuple(resources)
        self._payloads = payloads
        self._containment = containment
        self._mentions = mentions
        self._by_name: dict[str, list[DescribedOperation]] = {}
        """By noun: operations that read one at an address that does not say so, known by their own names (`getCategory`)."""
        for role in roles:
            operation = role.operation
            if operation.method != "GET" or "{" not in operation.path or role.answer.many:
                continue
            said = v.noun_words(operation.operation_id)
            told = role.noun == " ".join(said[1:]) and role.path.ends_with_hole
            if not told and said[:1] in _READING and said == tuple(words(operation.operation_id)):  # no plural: one of them
                self._by_name.setdefault(" ".join(said[1:]), []).append(operation)

    def made(self, resource: Resource, made: Role) -> Iterator[Step]:
        """The step for a thing that an operation makes."""
        last = resource.noun.split(" ")[-1]
        if single_reads(resource) or last in WHOLE or (resource.tie and last not in ("link", "lock")):
            return  # what ties two things has no more to show than which ones, a line of a log no more than the log
        other, born, place = self.elsewhere(resource), made.operation.name, made.operation.node
        if other is not None:
            yield Step("read one", other.name, f"{other.name} shows one", place, "plain")
        elif self._payloads.sends_file(made.operation.body):
            yield Step("read one", None, f"{born} uploads one, no operation gives it back", place, "plain")
        elif resource.of("list", "delete", "update"):
            yield Step("read one", None, f"{born} creates one, no operation reads a single one", place, "plain")
        elif self._containment.shows(resource) is None:
            yield Step("read one", None, f"{born} creates one, nothing shows it again", place, "plain")

    def found(self, resource: Resource) -> Iterator[Step]:
        """The step for a thing that nothing makes here: one that is listed, and changed or removed at an address of its own; one that is only set."""
        if resource.technical or resource.tie or resource.of("create") or single_reads(resource):
            return
        listed = [r for r in resource.of("list") if r.place == "collection"]
        own = [r for r in resource.of("update", "delete") if r.place == "item" and r.path.ends_with_hole and r.operation.method != "POST"]
        if listed and own:
            below = any(r.path.base() == o.path.base() for r in listed for o in own)
            if below and self.has_identity(resource) and self.elsewhere(resource) is None:
                told = f"{listed[0].operation.name} lists them, {own[0].operation.name} is on one, none reads a single one"
                yield Step("read one", None, told, own[0].operation.node, "plain")
        elif not listed:
            yield from self._only_set(resource)

    def _only_set(self, resource: Resource) -> Iterator[Step]:
        """`PUT /organization`, which answers with it; nothing else does."""
        for role in resource.of("update"):
            alone = role.operation.method in ("PUT", "PATCH") and not any(s.hole for s in role.path.segments)
            named = undressed(self._payloads.schemas.name(role.answer.entity)) if role.answer.entity is not None else ""
            if alone and named == resource.noun and self.has_identity(resource) and not self._containment.shows(resource) and not self.elsewhere(resource):
                told = f"{role.operation.name} changes it, nothing shows it as it is"
                yield Step("read one", None, told, role.operation.node, "plain")
                return

    def elsewhere(self, resource: Resource) -> DescribedOperation | None:
        """An operation at another address that shows one; where there are several, one's own (`GET /users/me`) is not any."""
        several = bool(resource.of("list"))
        found = (self._containment.reads(resource, several), self._namesake(resource), self._mentions.reads(resource, several))
        return next((o for o in found if o is not None and not (several and o.path.rstrip("/").rsplit("/", 1)[-1] in _ONESELF)), None)

    def has_identity(self, resource: Resource) -> bool:
        """True when what is shown of it holds something by which it is known."""
        shape = self._payloads.schemas.shape(resource.entity)
        return any(set(v.field_words(name)[-1:]) & IDENTITY and len(v.field_words(name)) <= 2 for name in shape.properties if name)

    def _namesake(self, resource: Resource) -> DescribedOperation | None:
        """A read of one of the same noun at an address of its own."""
        others = [other for other in self._resources if other is not resource and other.noun == resource.noun and not apart(other, resource)]
        found = [r.operation for other in others for r in other.of("read") if r.holes == 1 and not reads_another(r, resource, other)]
        found = found or self._by_name.get(resource.noun, [])
        return min(found, key=lambda o: (o.path.count("{"), o.path), default=None)
