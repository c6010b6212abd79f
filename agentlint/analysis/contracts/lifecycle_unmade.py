"""What a description shows and never makes, although people make such things: a data source, a team, a member who is invited."""

from __future__ import annotations

from collections.abc import Sequence

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.contracts.lifecycle_plain import Plain
from agentlint.analysis.contracts.mentions import Mentions
from agentlint.analysis.contracts.paths import is_plural
from agentlint.analysis.contracts.payloads import Payloads
from agentlint.analysis.contracts.resources import Resource, undressed
from agentlint.analysis.contracts.roles import Role
from agentlint.analysis.wording import words

TEXTS = frozenset("name title label body text content description comment note message summary display_name".split())
"""Fields in which people say something, and want to say it otherwise later."""
_NAMES = frozenset("name title".split())
_FIXED = frozenset("template visitor guest device role profile type".split())
"""What is named and comes with the product, or by itself."""
_HOLDERS = frozenset("organization organisation team workspace project account group company tenant site".split())
"""What people are members of."""
_GATHERINGS = frozenset("queue calendar schedule library history feed inbox backlog".split())
"""Single things that are listed by what stands in them."""
_PAGES = frozenset("status landing home help".split())
"""What makes a page a thing of its own; others are parts of a book, or of a list."""
_CALLED = frozenset("email username fullname firstname user".split())
"""Words of fields by which a person is known."""
_MADE_BY_SYSTEMS = frozenset("session device passkey memory account authenticator credential token key factor installation".split())
"""Things that come into being when somebody signs in."""
_GIVEN = frozenset(
    "available suggested supported popular trending public default featured inherited recent past related external remote unknown active current "
    "instance system community familiar in out stale distinct dependent get".split()
)
"""Words for things of which a list only shows a choice, or which come from elsewhere."""
_ELSEWHERE = frozenset("search autocomplete available discover suggestion suggestions lookup settings import imports".split())
"""Parts of paths below which a list only shows what could be taken."""
_DOORS = frozenset("invitation invite signup register registration join".split())
"""Parts of paths by which people come in."""


class Unmade:
    """Answers for one description."""

    def __init__(self, plain: Plain, resources: Sequence[Resource], payloads: Payloads, mentions: Mentions) -> None:
        self._plain = plain
        self._payloads = payloads
        self._mentions = mentions
        self._made = {undressed(r.schema) for r in resources if r.schema and r.of("create")}
        self._nouns = {r.noun for r in resources if r.of("create")}
        self._inside = {" ".join(v.noun_words(n)) for r in resources for role in r.of("create") for n in self._lists_given(role)}
        """What is made along with what holds it: `POST /orders` with `lines`."""
        self._open = any(self._lets_in(role, r) for r in resources for role in r.of("create", "action"))
        """True where people come in by invitation, by signing up, or are made."""

    def lacks_a_maker(self, resource: Resource) -> bool:
        """True when people make such things and no operation does."""
        last = resource.noun.split(" ")[-1]
        if resource.noun in self._inside:
            return False
        if last in _MADE_BY_SYSTEMS or resource.issued or _given(resource) or _of_entries(resource):
            return False
        if last in v.JOINED:
            made = self._open
        else:
            made = undressed(resource.schema) in self._made or resource.noun in self._nouns or self._mentions.makes(resource)
        return not made and (self._edited(resource) or self.looked_after(resource))

    def _lists_given(self, role: Role) -> list[str]:
        """Names of lists of objects in what a call is given."""
        shape_of = self._payloads.schemas.shape
        given = {n: shape_of(node) for n, node in self._payloads.given(role.operation).items()}
        return [n for n, shape in given.items() if shape.kind == "array" and shape.items is not None and shape_of(shape.items).kind == "object"]

    def made_elsewhere(self, resource: Resource) -> bool:
        """True when things of the name are made at another address, where they are looked after too."""
        return resource.noun in self._nouns

    def looked_after(self, resource: Resource) -> bool:
        """True for a list of things that people make, name and put away, or of people; not for a choice among what is there."""
        if not resource.of("list") or _given(resource) or not _of_people(resource) or own(resource):
            return False
        shown = [v.field_words(name) for name in self._payloads.schemas.shape(resource.entity).properties]
        if resource.noun.split(" ")[-1] in v.JOINED and not any(set(said) & _CALLED for said in shown):
            return False  # members of a network are no people
        kept = any("created" in said for said in shown) or any(r.place == "item" and r.writes for r in resource.roles)
        named = self._plain.has_identity(resource) and any(set(said[-1:]) & (TEXTS | _CALLED) for said in shown)
        alone = " " not in resource.noun  # a `concurrency group` may as well come with what runs in it
        return (alone and bool(resource.of("read"))) or (kept and (named or bool(resource.of("read"))))

    def _edited(self, resource: Resource) -> bool:
        """True for what is read, changed and removed, or whose texts are changed."""
        last = resource.noun.split(" ")[-1]
        managed = last in v.MANAGED
        changed = [r for r in resource.of("update") if r.place == "item"]
        given = {v.state_word(name) for r in changed for name in self._payloads.given(r.operation)}
        told = bool(given & TEXTS)
        if given & _NAMES and changed[0].path.ends_with_hole and is_plural(changed[0].base[-1].text) and last not in _FIXED:
            return True  # what people name
        whole = bool(changed) and bool(resource.of("list")) and all(any(r.place == "item" for r in resource.of(kind)) for kind in ("read", "delete"))
        return (told and (bool(resource.of("delete")) or managed)) or (whole and managed)

    def _lets_in(self, role: Role, resource: Resource) -> bool:
        """True for a call by which a person comes in; one who is put into a team is there already."""
        if _DOORS & set(v.noun_words(role.operation.path)):
            return True
        if resource.noun.split(" ")[-1] not in v.JOINED or role.kind != "create":
            return role.verb == "invite"
        return role.verb != "add" or bool(_CALLED & {v.state_word(name) for name in self._payloads.given(role.operation)})


def _given(resource: Resource) -> bool:
    """True for a choice among things, and for what comes from elsewhere."""
    return bool(_GIVEN & set(resource.noun.split(" "))) or any(_ELSEWHERE & set(words(base)) for base in resource.bases)


def _of_entries(resource: Resource) -> bool:
    """True for a list of what stands in the one queue or calendar (`GET /queue`)."""
    return resource.noun.split(" ")[-1] in _GATHERINGS and not any(is_plural(r.base[-1].text) for r in resource.roles if r.base)


def own(resource: Resource) -> bool:
    """True for the caller's own organization, in a list of one (`GET /organisation`)."""
    return resource.noun in _HOLDERS and not any(is_plural(r.base[-1].text) for r in resource.roles if r.base)


def _of_people(resource: Resource) -> bool:
    """True for a name of what people make, or of people who are taken in; a user of something else (`directory user`) is made there."""
    said = resource.noun.split(" ")
    if said[-1] in v.JOINED:
        return set(said[:-1]) <= _HOLDERS
    return said[-1] in v.MANAGED or (said[-1] == "page" and said[0] in _PAGES)
