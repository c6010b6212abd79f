"""Which calls make a thing that stays: a POST may as well ask for something, set a value, or do something to what is there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.contracts.paths import is_plural
from agentlint.analysis.contracts.payloads import Payloads
from agentlint.analysis.contracts.phrases import of_id, of_text
from agentlint.analysis.contracts.resources import Resource, undressed
from agentlint.analysis.contracts.roles import Role
from agentlint.analysis.contracts.verbs import plain_verb, spoken_verb
from agentlint.analysis.wording import words
from agentlint.ir.description import DescribedOperation

_WEAK = frozenset("request post put upsert generate build compose import submit order record place open book issue schedule define enqueue get".split())
"""Verbs that also stand for calls after which nothing is there."""
_ASKS = v.READ_VERBS | v.HARMLESS_VERBS | frozenset("perform return calculate run analyse analyze recommend predict rank score tell convert send".split())
_ASKING_ENDS = frozenset("search query lookup find filter match validate verify check preview estimate calculate compute test".split())
_WHOLE = re.compile(r"\b(overwrit|replac|set(s|ting)? (the|all))", re.IGNORECASE)
"""Words of a call that puts a whole list in the place of another."""
_TRIALS = frozenset("preview estimate calculate simulate".split())
"""Ends of paths for what would be, whatever verb a text uses (`/invoices/preview`, "Create a preview")."""
_READING = frozenset("get list search find query fetch retrieve".split())
_MEASURING = frozenset({"analytics", "telemetry", "tracking", "metrics", "statistics", "stats"})
"""Parts of paths below which programs tell what happened."""
_SETTING = frozenset("set update edit change modify replace overwrite toggle".split())


class Births:
    """Answers for one description."""

    def __init__(self, roles: Sequence[Role], resources: Sequence[Resource], payloads: Payloads) -> None:
        self._payloads = payloads
        self._asked: dict[str, DescribedOperation] = {}
        """GET operations by the shapes of their paths."""
        self._items: set[str] = set()
        """Shapes of the paths of things below which, or at which, something is done."""
        self._listing: dict[str, str] = {}
        """What is listed, by the shape of the path."""
        self._calls = Counter(role.path.shape for role in roles)
        self._made = {r.noun.split(" ")[-1] for r in resources if r.of("create") and r.kept}
        for role in roles:
            if role.kind == "list" and role.answer.many and role.answer.entity is not None and not role.path.ends_with_hole:
                self._listing.setdefault(role.path.shape, undressed(payloads.schemas.name(role.answer.entity)))
            if role.operation.method == "GET":
                self._asked.setdefault(role.path.shape, role.operation)
            parts = role.path.shape.split("/")
            self._items.update("/".join(parts[: at + 1]) for at, part in enumerate(parts) if part == "{}")

    def sure(self, role: Role) -> bool:
        """True when the description gives more than the method to say that the call makes a thing of its path's noun."""
        if self.asks(role) or self._acts(role) or self._of_another(role) or self._of_a_kind(role) or self._sets_a_list(role) or self._measures(role):
            return False
        operation = role.operation
        shown = any(r.status == "201" or any(h.lower() == "location" for h in r.headers) for r in operation.responses)
        if shown or f"{role.path.shape}/{{}}" in self._items or role.path.ends_with_hole:
            return True
        verb = role.verb or spoken_verb(operation)
        return verb in v.CREATE_VERBS - _WEAK or self._listed_here(role)

    def _of_a_kind(self, role: Role) -> bool:
        """True for `POST /videos/live`, which may as well make a video of that kind as a thing of its own; several words (`/apps/private-image`) where
        nothing else stands there."""
        last, before = (role.base[-1], role.base[-2]) if len(role.base) > 1 else (None, None)
        if last is None or before is None or before.hole or not is_plural(before.text) or is_plural(last.text):
            return False
        above = role.path.shape.rpartition("/")[0]
        return len(words(last.text)) == 1 or (above in self._asked and f"{above}/{{}}" in self._items and self._calls[role.path.shape] == 1)

    def _measures(self, role: Role) -> bool:
        """True for what is told of what happened (`POST /analytics/events`), where no single one has an address."""
        above = {word for s in role.base[:-1] if not s.hole for word in words(s.text)}
        return bool(above & _MEASURING) and f"{role.path.shape}/{{}}" not in self._items and not role.path.ends_with_hole

    def told(self, role: Role, schema: str) -> bool:
        """True when a call says that it creates or adds one, takes what it is to hold, and answers with it."""
        operation, noun = role.operation, role.noun.split(" ")[-1]
        heads = {phrase[-1] for phrase in (of_text(operation.summary), of_id(operation.operation_id)) if phrase}
        verb = plain_verb(next(iter(words(operation.summary or operation.operation_id)), ""))
        shown = self._payloads.schemas.shape(role.answer.entity).properties
        given = self._payloads.schemas.shape(self._payloads.body_schema(operation.body)).properties
        kept = [name for name in given if name in shown and v.field_words(name)[-1:] not in (("id",), ("ids",))]
        return verb in ("create", "add") and noun in heads and noun in schema.split(" ") and len(kept) > 1

    def _sets_a_list(self, role: Role) -> bool:
        """True for a POST that sends a whole list of plain values below a thing (`{"labels": ["a", "b"]}`), which the same address gives back."""
        shape_of = self._payloads.schemas.shape
        sent = shape_of(self._payloads.body_schema(role.operation.body))
        lists = [sent] if sent.kind == "array" else [shape_of(node) for node in sent.properties.values()]
        plain = len(lists) == 1 and lists[0].kind == "array" and shape_of(lists[0].items).kind in ("string", "integer", "number")
        whole = plain and _WHOLE.search(f"{role.operation.summary} {role.operation.description[:400]}")
        return bool(whole) and any(s.hole for s in role.base) and role.path.shape in self._asked

    def _listed_here(self, role: Role) -> bool:
        """True for a POST that answers with one of what a GET lists at the same address: `POST /applied-coupons`, "Apply a coupon"."""
        if role.answer.entity is None or role.answer.many or role.place != "collection":
            return False
        name = self._payloads.schemas.name(role.answer.entity)
        return bool(name) and undressed(name) == self._listing.get(role.path.shape, "")

    def asks(self, role: Role) -> bool:
        """True for a call that only wants to know something, in the clothes of a POST."""
        operation = role.operation
        twin = self._asked.get(role.path.shape)
        if twin is not None and operation.summary and twin.summary == operation.summary:
            return True
        last = next((words(s.text) for s in reversed(role.path.segments) if not s.hole), [])
        first = words(operation.summary or operation.description[:80])[:1]
        verb = plain_verb(first[0]) if first else ""
        called = plain_verb(next(iter(words(operation.operation_id)), ""))
        if last[:1] and last[0] in _TRIALS and f"{role.path.shape}/{{}}" not in self._items:
            return True
        if {verb, called, *last[:1]} & (v.CREATE_VERBS - _WEAK):
            return False
        if (last[:1] and last[0] in _ASKING_ENDS) or (called in _READING and verb not in v.CREATE_VERBS):
            return True
        return (verb in _ASKS or (bool(first) and first[0] in _THIRD)) and verb not in v.CREATE_VERBS

    def asks_by_name(self, role: Role) -> bool:
        """True when the call's own name says so (`getChecksums`, `checkExisting`), which an answer of 201 does not outweigh."""
        called = plain_verb(next(iter(words(role.operation.operation_id)), ""))
        return called in _READING | {"check", "validate", "verify"} | _TRIALS and self.asks(role)

    @staticmethod
    def _acts(role: Role) -> bool:
        """True for a call that sets what is there, or whose path is its verb: `/train`, "Train a dataset"."""
        last = next((words(s.text) for s in reversed(role.path.segments) if not s.hole), [])
        said = words(role.operation.summary or role.operation.description[:80])
        verb = plain_verb(said[0]) if said else ""
        return verb in _SETTING or said[:1] in (["act"], ["acts"]) or (len(said) > 1 and said[:1] == last and verb not in v.CREATE_VERBS)

    def _of_another(self, role: Role) -> bool:
        """True for one of several ways to make a thing that stands elsewhere: `POST /registrations/instant` creates a registration."""
        own = {w for s in role.base if not s.hole for w in v.noun_words(s.text)[-1:]}
        heads = {phrase[-1] for phrase in (of_text(role.operation.summary), of_id(role.operation.operation_id)) if phrase}
        noun = role.noun.split(" ")[-1]
        if noun in heads or not heads or self._listed_here(role):
            return False
        named = role.base != role.path.base() and len(words(role.path.segments[-1].text)) > 1  # `/urls/add-tracking-domain` adds no url
        return named or (heads <= self._made and bool(heads & own))


_THIRD = frozenset("performs returns calculates runs recommends predicts ranks scores converts lemmatizes detects extracts classifies".split())
