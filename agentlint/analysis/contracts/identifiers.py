"""Where a caller gets what an operation requires: from which answer, from a constant, from its own knowledge, or from nowhere but a person's screen.

Never an accusation from ignorance: `unreachable` is said only of what by its nature a browser alone receives; a name that no answer seems to hold may
follow a convention of the document that is not recognised, and counts as known to the caller.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

import msgspec

from agentlint.analysis.contracts.handed_on import HandedOn
from agentlint.analysis.contracts.identifier_words import IDENTIFYING, LOGINS, fits, noun_before, nouns_of, of_another, people, same_start, shared
from agentlint.analysis.contracts.offers import Offer, Own, Row, keys_of, parts_of
from agentlint.analysis.contracts.paths import Path
from agentlint.analysis.contracts.payloads import Payloads
from agentlint.analysis.contracts.resources import Resource
from agentlint.analysis.contracts.roles import Role
from agentlint.analysis.contracts.usability import PAGING
from agentlint.analysis.contracts.vocabulary import STATE_FIELD, noun_words
from agentlint.ir.contracts import Identifier
from agentlint.ir.description import DescribedOperation, Node, Parameter

_ID_FIELD = re.compile(r"(^|_|(?<=[a-z]))(id|ids|uuid|guid|sid|gid|slug|ulid|uid)$", re.IGNORECASE)
_COOKIE = re.compile(r"^(session_?)?cookie([_-]?(name|value))?$|^captcha|^g-recaptcha|recaptcha_?token", re.IGNORECASE)
_GRANT_CODE = re.compile(r"^(code|authorization_code|auth_code|oauth_verifier|SAMLResponse|RelayState)$", re.IGNORECASE)
_SIGN_IN = re.compile(r"(^|/)(oauth2?|oidc|saml2?|sso|auth)(/|$)", re.IGNORECASE)
_SENTENCE = re.compile(r"\.\s|\n\s*\n")
_ALWAYS = re.compile(r"\b(always|must be|should be|only|set to|value)\b[^.]{0,24}?[`'\"]([\w:.-]+)[`'\"]|^[`'\"]([\w:.-]+)[`'\"]$", re.IGNORECASE)
_EITHER = re.compile(
    r"\b(either|one of|any of|(possible|allowed|valid|supported) values)\b[^`'\".]{0,24}"
    r"((?:[`'\"][\w:.-]+[`'\"](?:,? (?:or|and) |, ?)?){2,})", re.IGNORECASE,
)
"""A list of values in a text: "can be either `project` or `task`"."""
_MOST_CHOICES = 60
_MOST_OFFERS = 4
"""Answers remembered for one name; the first that does not itself ask for it is enough."""
_GIVEN_OUT = frozenset({"token", "code", "path", "template"})
"""What an API hands out in one answer and asks for in another call."""
_CONTENTS = frozenset({"binary", "byte", "base64", "date", "date-time"})
"""Formats of what a caller sends, not of what it refers to."""
_SOONEST = {"list": 0, "create": 1, "read": 2}
"""Which operations an identifier is first had from."""
_MOST_WAYS = 12
"""Answers remembered for one required thing: the chain of calls takes the one that is nearest."""
_CHOSEN = frozenset({"name", "code", "key", "slug", "title", "number", "handle", "label"})
"""Last words of fields in which who makes a thing gives it a name."""
_WORD = 3
"""Letters from which a part of a path is a word; shorter ones (`/t/{id}`) stand for one, which tags tell."""
_FIT = 4
"""Leading parts of a rank that say how well a field fits, not who answers with it."""


_Rank = tuple[bool, bool, bool, bool, bool, int]
"""How well a field fits what is asked for, and how soon it is had; the least is the best."""


class Identifiers:
    """Answers for one description: each document's own convention for identifiers is learned from what its answers hold."""

    def __init__(self, roles: Sequence[Role], resources: Sequence[Resource], payloads: Payloads, handed: HandedOn | None = None) -> None:
        self._handed = handed or {}
        self._payloads = payloads
        self._roles = roles
        self._resource = {id(role): resource for resource in resources for role in resource.roles}
        self._by_noun: dict[str, list[Resource]] = defaultdict(list)
        for resource in resources:
            for noun in dict.fromkeys((resource.noun, resource.noun.split(" ")[-1])):
                self._by_noun[noun].append(resource)
        self._at: dict[str, list[Role]] = defaultdict(list)
        for role in roles:
            self._at[role.path.shape].append(role)
        self._offers: dict[int, tuple[Offer, ...]] = {}
        self._ranks: dict[tuple[int, str, str], Sequence[tuple[_Rank, Offer]]] = {}
        self._everywhere: dict[str, list[Offer]] | None = None

    def all(self) -> Iterator[Identifier]:
        """A row for each required parameter, each optional one that asks for a thing, and each required scalar of a body."""
        for role in self._roles:
            for parameter in role.operation.parameters:
                wanted = parameter.required or self._asks_for_a_thing(parameter.name)
                if parameter.location in ("path", "query", "querystring") and wanted and (parameter.required or not self._yes_or_no(parameter.schema)):
                    row = self._parameter(role, parameter)
                    yield row if parameter.required else msgspec.structs.replace(row, optional=True)
            yield from self._body(role)

    # ------------------------------------------------------------ parameters

    def _parameter(self, role: Role, parameter: Parameter) -> Identifier:
        schema = parameter.schema
        fixed = self._constant(schema, parameter.description)
        row = Row(role.operation.name, parameter.name, parameter.location)
        if fixed:
            return row.of("constant", None, fixed)
        if self._from_a_screen(role.operation, parameter.name):
            return row.of("unreachable", None, "only a browser receives it")
        source = self._handed.get((role.operation.name, parameter.name))
        if source is not None:
            seen = self._found(row, role, parameter.name, noun_before(role.path, parameter.name))
            others = tuple(dict.fromkeys(filter(None, (seen.producer, *seen.others))))
            return Identifier(
                row.operation, row.parameter, row.location, "produced", f"{source[0]} -> {source[1]}", f"{source[2]} hands it on", others=others
            )
        if parameter.location == "path":
            if self._chosen(role, parameter.name):
                return row.of("caller-known", None, "the caller chooses it for the thing that the call makes")
            noun = noun_before(role.path, parameter.name)
            if len(noun) < _WORD and role.operation.tags:
                noun = " ".join(noun_words(role.operation.tags[0]))
            return self._found(row, role, parameter.name, noun)
        if self._asks_for_a_thing(parameter.name) and not self._yes_or_no(schema):
            return self._found(row, role, parameter.name, "")
        return row.of("caller-known", None, "the caller's own choice")

    def _body(self, role: Role) -> Iterator[Identifier]:
        schema = self._payloads.body_schema(role.operation.body)
        if schema is None:
            return
        shape = self._payloads.schemas.shape(schema)
        if shape.kind == "array" and shape.items is not None:
            shape = self._payloads.schemas.shape(shape.items)
        for name in sorted(shape.required):
            node = shape.properties.get(name)
            inner = self._payloads.schemas.shape(node)
            if node is None:
                continue
            each = self._payloads.schemas.shape(inner.items) if inner.kind == "array" else inner
            row = Row(role.operation.name, name, "body")
            fixed = self._constant(node, inner.description)
            if fixed:
                yield row.of("constant", None, fixed)
            elif self._from_a_screen(role.operation, name):
                yield row.of("unreachable", None, "only a browser receives it")
            elif inner.kind in ("object", "boolean"):
                yield self._part(row, role, name) if len(shape.properties) > 1 else row.of("caller-known", None, "the caller's own choice")
            elif (
                each.kind != "object" and each.format not in _CONTENTS
                and (self._asks_for_a_thing(name) or self._names_another(name, role))
                and not (role.kind == "create" and self._names_itself(role, name))
                and not name.lower().startswith("client")
            ):
                yield self._found(row, role, name, "")
            else:
                yield row.of("caller-known", None, "the caller's own choice")

    def _part(self, row: Row, role: Role, name: str) -> Identifier:
        """A required object or switch: what is changed as a whole is read first at the same address, the rest is the caller's."""
        if role.operation.method in ("PUT", "PATCH"):
            for other in self._at[role.path.shape]:
                answer = self._payloads.answer_schema(other.operation) if other.operation.method == "GET" else None
                for schema, where in ((answer, name), (other.answer.entity, f"{other.answer.where}.{name}")):
                    if answer is not None and not other.answer.many and name in self._payloads.schemas.shape(schema).properties:
                        return row.of("produced", Offer(other.operation, where.lstrip("."), name), f"{other.operation.name} answers with it as it is")
        return row.of("caller-known", None, "the caller's own choice")

    def _asks_for_a_thing(self, name: str) -> bool:
        """True when a name asks for something that the API keeps: an identifier, a reference by the thing's own name, a token that it gave out."""
        said = noun_words(name)
        if PAGING.match(name) or STATE_FIELD.match("_".join(said)) or said[:1] in (("idempotency",), ("idempotent",)):
            return False
        return bool(_ID_FIELD.search(name)) or bool(said) and (said[-1] in _GIVEN_OUT or said[-1] in self._by_noun or " ".join(said) in self._by_noun)

    def _yes_or_no(self, schema: Node | None) -> bool:
        return self._payloads.schemas.shape(schema).kind == "boolean"

    def _names_another(self, name: str, role: Role) -> bool:
        """True for a field of another thing, named after both: `dataset_uri` where datasets are kept and show a `uri`."""
        said = noun_words(name)
        own = self._resource.get(id(role))
        others = self._by_noun.get(" ".join(said[:-1]), ()) if len(said) > 1 else ()
        return any(other is not own and self._best(other, said[-1], role) for other in others)

    def _names_itself(self, role: Role, name: str) -> bool:
        """True for the identifier of the very thing that a call makes: the one by which its own address ends."""
        below = (r.path for r in self._roles_of(self._resource.get(id(role))) if r.path.shape.startswith(role.path.shape))
        ends = (path.segments[-1].holes for path in below if path.ends_with_hole)
        said, noun = noun_words(name), tuple(role.noun.split(" "))
        named = said == noun[-1:] or (said[:-1] == noun[-1:] and said[-1] in _CHOSEN) or (said == (*noun, "id") and not any(s.hole for s in role.base))
        return name.lower() in ("id", "uuid", "slug") or named or (not _ID_FIELD.search(name) and any(name in holes for holes in ends))

    def _constant(self, schema: Node | None, text: str) -> str:
        shape = self._payloads.schemas.shape(schema)
        shape = self._payloads.schemas.shape(shape.items) if shape.kind == "array" and shape.items is not None else shape
        if shape.constant or 0 < len(shape.choices) <= _MOST_CHOICES:
            return f"one of {len(shape.choices)} values that the description lists" if len(shape.choices) > 1 else "the description fixes it"
        told = text or shape.description or ""
        if _EITHER.search(told[:400]):
            return "one of the values that the description's text lists"
        said = _ALWAYS.search(_SENTENCE.split(told, maxsplit=1)[0])  # later ones tell of single cases
        return "the description says which text it always is" if said else ""

    @staticmethod
    def _from_a_screen(operation: DescribedOperation, name: str) -> bool:
        return bool(_COOKIE.search(name)) or bool(_GRANT_CODE.match(name) and _SIGN_IN.search(operation.path))

    def _chosen(self, role: Role, name: str) -> bool:
        """True for the last hole of a call that makes the thing it names."""
        last = role.path.segments[-1].holes if role.path.ends_with_hole else ()
        if name not in last or role.operation.method not in ("POST", "PUT"):
            return False
        resource = self._resource.get(id(role))
        if resource is not None and self._kept_elsewhere(name, resource):
            return False
        if role.operation.method == "PUT":
            if role.kind == "create":
                return True
            made = any(r.status == "201" for r in role.operation.responses)
            return made and not any(
                r.operation.method in ("PATCH", "POST") and r.kind == "update" and r.path.shape == role.path.shape for r in self._roles_of(resource)
            )
        if role.kind != "create":
            return False
        collection = Path(role.path.base()).shape
        return not any(r.kind == "create" and r.path.shape == collection and r is not role and not r.bulk for r in self._roles_of(resource)) or any(
            r.operation.method == "DELETE" and r.path.shape == role.path.shape for r in self._roles_of(resource)
        )

    def _kept_elsewhere(self, name: str, resource: Resource) -> bool:
        """True for what names another thing that the API lists or shows: `server_name` of a share."""
        own = {*resource.noun.split(" "), *noun_words(resource.schema)}
        others = (other for noun in nouns_of(name) if noun not in own for other in self._by_noun.get(noun, ()))
        return any(other is not resource and other.noun.split(" ")[-1] not in own and bool(other.of("list", "read")) for other in others)

    @staticmethod
    def _roles_of(resource: Resource | None) -> tuple[Role, ...]:
        return resource.roles if resource is not None else ()

    # ------------------------------------------------------------- producers

    def _found(self, row: Row, role: Role, name: str, noun: str) -> Identifier:
        """The answer that holds an identifier: of the thing before the hole, of the thing that its own name says, or of any answer with that field."""
        own = self._resource.get(id(role))
        joins = role.kind == "create" and not noun  # what is added to a list is not found in it
        for wanted in dict.fromkeys(filter(None, (*nouns_of(name), *people(name), noun))):
            known = self._by_noun.get(wanted, ())
            near = sorted(known, key=lambda r: (joins and r is own, -shared(r, role), r.noun != wanted)) if len(known) > 1 else known
            for resource in near:
                offers = self._best(resource, name, role)
                if offers:
                    return row.from_any(offers, f"{offers[0].operation.name} answers {wanted}s with {offers[0].where}")
        if noun_words(name)[-1:] in (("password",), ("passphrase",)):
            return row.of("caller-known", None, "only its owner knows it")
        offers = (self._best(own, name, role) if own is not None and not of_another(name, own) else []) or self._anywhere(name, role)
        if offers:
            return row.from_any(offers, f"{offers[0].operation.name} answers with {offers[0].where}")
        listing = self._listing(role, name)
        if listing is not None:
            return row.of(
                "produced", Offer(listing.operation, listing.answer.where or "answer", name), "the collection above it is listed; its answer has no schema"
            )
        unknown = row.of("caller-known", None, "no answer is seen to hold it; the caller must know it from elsewhere")
        return msgspec.structs.replace(unknown, found=False)

    def _listing(self, role: Role, name: str) -> Role | None:
        """The operation that lists or makes what stands at the hole, where its answer is not described."""
        at = next((i for i, s in enumerate(role.path.segments) if name in s.holes), 0)
        shape = Path(role.path.segments[:at]).shape
        near = [r for r in self._at.get(shape, ()) if r.kind == "list" or (r.kind == "create" and r is not role)]
        return min(near, key=lambda r: r.kind != "list", default=None)

    def _best(self, resource: Resource, name: str, asking: Role) -> list[Offer]:
        """Answers of a resource that hold what a name asks for, the best first; those that fit less well than it are left out."""
        kind = next((self._payloads.schemas.shape(p.schema).kind for p in asking.operation.parameters if p.name == name), "")
        own, asked = Own(asking, name), parts_of(asking.operation.path)
        first: _Rank | None = None
        ranked = []
        for number, (rank, offer) in enumerate(self._ranked(resource, name, kind)):
            if first is not None and rank[:_FIT] != first[:_FIT]:
                break
            if not own.asks(offer):
                first = first or rank
                near = same_start(asked, parts_of(offer.operation.path))
                ranked.append((rank, -near, offer.operation.path.count("{"), number, offer))
        return [one[-1] for one in sorted(ranked)[:_MOST_WAYS]]

    def _ranked(self, resource: Resource, name: str, kind: str) -> Sequence[tuple[_Rank, Offer]]:
        """What can be what a name asks for, the best first as far as does not depend on who asks; many operations ask for the same."""
        key = (id(resource), name, kind)
        if key not in self._ranks:
            wanted = "".join(noun_words(name)) or name.lower()
            tail = (noun_words(name) or (name.lower(),))[-1]
            thing = "".join(resource.noun.split(" "))

            def rank(offer: Offer) -> _Rank:
                own = "".join(noun_words(offer.name)) or offer.name.lower()
                other_kind = bool(kind and offer.kind) and kind != offer.kind
                same = own in (wanted, tail) or (own in LOGINS and tail in LOGINS)
                return (own == thing, not same, other_kind, own not in ("id", tail), offer.operation.method != "GET", _SOONEST.get(offer.by, 3))

            self._ranks[key] = sorted(((rank(o), o) for r in resource.roles for o in self._offered(r) if fits(o.name, name)), key=lambda one: one[0])
        return self._ranks[key]

    def _offered(self, role: Role) -> tuple[Offer, ...]:
        """Identifying fields at the top of what an operation answers."""
        known = self._offers.get(id(role))
        if known is None:
            payload = role.answer
            found = []
            if payload.entity is not None and role.kind != "delete":  # what is gone is not to be acted on
                for field in self._payloads.fields(payload.entity):
                    if (
                        field.depth <= 1
                        and not field.shape.write_only
                        and (field.depth == 0 or field.name == "*" or field.owner in ("metadata", "attributes", "data"))
                    ):
                        where = ".".join(filter(None, (payload.where, field.where)))
                        said = f"{field.owner}_name".lstrip("_") if field.name == "*" else field.name
                        found.append(Offer(role.operation, where, said, field.shape.kind, role.kind))
            known = self._offers[id(role)] = tuple(found)
        return known

    def _all_offers(self) -> dict[str, list[Offer]]:
        """Every field of every answer by its name, a few for each."""
        found: dict[str, list[Offer]] = defaultdict(list)
        for role in self._roles:
            if role.answer.entity is None:
                continue
            above = role.answer.where.removesuffix("[]").rpartition(".")[2]
            for field in self._payloads.fields(role.answer.entity):
                for key in keys_of(field.name, field.owner or above):
                    known = found[key]
                    if len(known) < _MOST_OFFERS and not (known and known[-1].operation is role.operation):
                        known.append(Offer(role.operation, ".".join(filter(None, (role.answer.where, field.where))), field.name))
        return dict(found)

    def _anywhere(self, name: str, asking: Role) -> list[Offer]:
        """Answers with a field of exactly that name, where the name says more than `id`."""
        if self._everywhere is None:
            self._everywhere = self._all_offers()
        said = noun_words(name)
        if not said or said == ("id",):
            return []
        keys = ["".join(said)] if len(said) > 1 or said[0] not in IDENTIFYING else []
        keys += ["".join(said[:-1])] if said[-1] in IDENTIFYING and said[-1] not in _GIVEN_OUT else []
        own = Own(asking, name)
        found = [o for key in keys for o in self._everywhere.get(key, ()) if not own.asks(o)]
        if found or said[-1] not in _GIVEN_OUT:
            return found
        if said[-1] == "path":
            return []
        endings = (offers for key, offers in self._everywhere.items() if key.endswith(said[-1]))
        return [o for offers in endings for o in offers if not own.asks(o)][:_MOST_OFFERS]
