"""Whether decisions that the API takes can be explained afterwards: a reason sent along, a history that can be read, who did it, which call it was."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.contracts.clauses import clause
from agentlint.analysis.contracts.correlation import Correlation
from agentlint.analysis.contracts.payloads import Payloads
from agentlint.analysis.contracts.resources import Resource
from agentlint.analysis.contracts.roles import Role
from agentlint.analysis.contracts.whose import acts_for_another, tells_who
from agentlint.analysis.wording import words
from agentlint.ir.contracts import Clause, Shortcoming
from agentlint.ir.description import Description

_HISTORY = frozenset(
    "audit auditlog audits log logs event events history histories activity activities timeline trail journal changelog changes revision revisions version "
    "versions action actions transition transitions delta deltas".split()
)
_AUDITS = frozenset("audit audits auditlog auditlogs".split())
_JUDGED = frozenset(
    "approve reject decline deny cancel suspend ban block void refund revoke "
    "dismiss waive escalate close override withdraw quarantine retire".split()
)
"""Decisions on which somebody will be asked for the reason."""
_REASONS = frozenset(
    "reason reasons comment comments note notes message justification explanation rationale remark remarks memo cause feedback description text "
    "body annotation".split()
)
_LINES = frozenset(
    "stream connection socket session channel handle cursor browser tab window port shift "
    "task job operation run build execution process import export upload download query pipeline command update deployment sync batch bulk "
    "conversation thread chat search meeting".split()
)
"""What is closed or called off without anybody deciding on it."""
_SIGN_IN = re.compile(r"(^|/)(oauth2?|oidc|sso|auth|sessions?|tokens?)(/|$)|_sessions$", re.IGNORECASE)


class Accountability:
    """Answers for one description."""

    def __init__(self, description: Description, resources: Sequence[Resource], payloads: Payloads) -> None:
        self._description = description
        self._resources = tuple(resources)
        self._payloads = payloads
        self._correlation = Correlation(description, payloads)
        roles = [role for resource in resources for role in resource.roles]
        telling = [role for role in roles if _tells_history(role)]
        self._common = [role for role in telling if not _below_item(role)]
        self._audits = [role for role in telling if _AUDITS & {*words(role.operation.path), *role.noun.split(" ")}]
        """Records of everything, wherever they stand (`/accounts/{id}/audit`)."""
        self._told: dict[str, list[Role]] = {}
        """Histories by the shape of the thing that they are of."""
        for role in telling:
            if _below_item(role):
                self._told.setdefault(role.path.shape.rpartition("/{}/")[0], []).append(role)
        self._decided = [(resource, _decisions(resource)) for resource in resources if _decisions(resource)]
        self._changing = [role for role in roles if role.writes and role.kind in ("create", "update", "delete", "action")]

    def shortcomings(self) -> Iterator[Shortcoming]:
        """Decisions without a reason, resources that are decided on and show no history or a nameless one, calls that nobody finds again."""
        locate = self._description.index.locate
        for resource, decisions in self._decided:
            for role in decisions:
                if not _takes_reason(role, self._payloads):
                    where = locate(role.operation.node)
                    what = f"{role.verb} {'an' if resource.noun[:1] in 'aeio' else 'a'} {resource.noun}"
                    yield Shortcoming("decision-without-reason", role.operation.name, where.file, where.line, what, role.operation.operation_id)
            if not self._has_history(resource):
                where = locate(decisions[0].operation.node)
                verbs = ", ".join(dict.fromkeys(r.verb for r in decisions))
                yield Shortcoming("no-history", resource.noun, where.file, where.line, verbs, resource.noun)
        yield from self._nameless()
        if self._changing and not any(self._correlation.of(role.operation) for role in self._changing):
            where = locate(self._description.index.root.child("paths"))
            count = len(self._changing)
            told = "the one changing operation neither takes nor answers" if count == 1 else f"none of {count} changing operations takes or answers"
            yield Shortcoming("no-correlation", self._description.file, where.file, where.line, told)

    def clauses(self) -> Iterator[Clause]:
        """The same counted, what is told included."""
        decisions = [role for _, found in self._decided for role in found]
        yield clause("reason", "decisions that take a reason", [(r.operation.name, _takes_reason(r, self._payloads)) for r in decisions])
        kept = [r for r in self._resources if r.entity is not None and not r.technical and any(role.place != "single" and role.writes for role in r.roles)]
        yield clause("actor", "things changed here that show, or whose history shows, by whom", [(r.noun, self._names_somebody(r)) for r in kept])
        calls = [(role.operation.name, self._correlation.of(role.operation)) for role in self._changing]
        yield clause("correlation", "changing calls that take or answer with an identifier of the call", calls)
        yield clause("history", "things decided on whose history can be read", [(r.noun, self._has_history(r)) for r, _ in self._decided])

    def _histories(self, resource: Resource) -> list[Role]:
        """Operations that show what happened to a thing, its own before those of the whole."""
        above = {base[:at] for base in resource.bases for at in [*(i for i, c in enumerate(base) if c == "/"), len(base)] if at}
        return [role for base in sorted(above) for role in self._told.get(base, ())] or self._common or self._audits

    def _has_history(self, resource: Resource) -> bool:
        return bool(self._histories(resource)) or self._shows_who(resource) or self._holds_history(resource)

    def _holds_history(self, resource: Resource) -> bool:
        """True when the thing itself, as it is shown, carries the list of what happened to it."""
        schemas = self._payloads.schemas
        shown = [schemas.shape(r.answer.entity) for r in resource.roles if not r.writes and r.answer.entity is not None]
        return any(set(words(name)[-1:]) & _HISTORY and schemas.shape(node).kind == "array" for shape in shown for name, node in shape.properties.items())

    def _nameless(self) -> Iterator[Shortcoming]:
        """Histories of things that are decided on whose entries say nothing of who did it."""
        seen: set[str] = set()
        for resource, decisions in self._decided:
            histories = self._histories(resource)
            if not histories or self._shows_who(resource) or any(self._may_name(role) for role in (*histories, *self._common)):
                continue
            for role in histories:
                if role.operation.name not in seen:
                    seen.add(role.operation.name)
                    where = self._description.index.locate(role.operation.node)
                    verbs = ", ".join(dict.fromkeys(r.verb for r in decisions))
                    told = f"{'An' if resource.noun[:1] in 'aeio' else 'A'} {resource.noun} is decided on ({verbs})"
                    yield Shortcoming("nameless-history", role.operation.name, where.file, where.line, told, role.operation.operation_id)

    def _may_name(self, role: Role) -> bool:
        """True when an entry says who, or is not described well enough to tell."""
        return tells_who(role.answer.entity, self._payloads, True) is not False

    def _names_somebody(self, resource: Resource) -> bool:
        if tells_who(resource.entity, self._payloads, False):
            return True
        if any(acts_for_another(role.operation) for role in resource.roles if role.writes):
            return True
        return any(tells_who(role.answer.entity, self._payloads, True) for base in resource.bases for role in self._told.get(base, ()))

    def _shows_who(self, resource: Resource) -> bool:
        """True when the thing itself shows who decided (`approved_by`), for each of the decisions that it knows."""
        if resource.entity is None:
            return False
        said = [set(words(name)) for name in self._payloads.schemas.shape(resource.entity).properties]
        verbs = {r.verb for r in resource.of("action") if r.verb in _JUDGED}
        return all(any("by" in name and v.has_verb(verb, name) for name in said) for verb in verbs)


def _decisions(resource: Resource) -> list[Role]:
    if resource.noun.split(" ")[-1] in _LINES:
        return []
    if not resource.of("read", "list", "create"):
        return []  # nothing is known of it but that something is done
    return [r for r in resource.of("action") if r.verb in _JUDGED and _decides(r)]


def _decides(role: Role) -> bool:
    """True when the verb is said of the thing itself: `cancel-warmup` calls off something else."""
    last = next((s.text for s in reversed(role.path.segments) if not s.hole), "")
    others = set(v.noun_words(role.path.verb or last.rsplit(".", 1)[-1])) - {role.verb, *role.noun.split(" ")}
    if any(not v.same_verb(role.verb, word) and word not in _ALONG for word in others):
        return False
    hole = next((s.holes[-1] for s in reversed(role.path.segments) if s.hole), "")
    named = {w for w in v.noun_words(hole) if w not in ("id", "uuid", "guid", "key", "name", "number", "num", "slug", "code", "item")}
    if named and not named & {*role.noun.split(" "), *v.noun_words(last)} and len(role.path.segments) - len(role.base) > 2:
        return False  # `/projects/{user}/{project}/{build}/cancel` is said of a build
    return role.operation.method not in ("GET", "DELETE") and not _SIGN_IN.search(role.operation.path)


_ALONG = frozenset("bulk batch all many by id request".split())


def _tells_history(role: Role) -> bool:
    """True for lists of events, changes and the like, by the last word of the path or of what it is about."""
    if role.writes:
        return False
    last = next((s.text for s in reversed(role.path.segments) if not s.hole), "")
    if role.kind == "read" and role.place == "single" and last.lower() == "version":
        return False  # of the API itself
    named = {*words(last)[-1:], *role.noun.split(" ")[-1:]}
    return bool(named & _HISTORY) or any(s.text.lower().endswith(("audit", "audits")) for s in role.path.segments if not s.hole)


def _below_item(role: Role) -> bool:
    return any(s.hole for s in role.base)


def _takes_reason(role: Role, payloads: Payloads) -> bool:
    """True when a request has room for a reason, or when what it takes is not described."""
    if any(set(words(p.name)) & _REASONS for p in role.operation.parameters):
        return True
    body = role.operation.body
    if body is None:
        return False
    schema = payloads.body_schema(body)
    if schema is None:
        return True
    fields = payloads.fields(schema)
    shape = payloads.schemas.shape(schema)
    open_ended = not fields and shape.kind in ("", "object") and not shape.properties
    return open_ended or any(set(words(f.name)) & _REASONS for f in fields if f.depth <= 2)
