"""Addresses in answers that lead where the description does not: to a person's page for an action, or to an operation that it leaves out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.contracts.paths import parse_path
from agentlint.analysis.contracts.payloads import Payloads
from agentlint.analysis.contracts.resources import Resource
from agentlint.analysis.contracts.states import doing, settable
from agentlint.analysis.contracts.steps import Step, leads_to
from agentlint.analysis.wording import words
from agentlint.ir.description import Description, Node

_ADDRESS = frozenset("url uri link href".split())
_PERSON_LINKS = frozenset(
    "accept approve reject decline confirm cancel activate verify redeem claim unsubscribe sign authorize authorise consent join pay checkout onboard revoke "
    "renew enroll register".split()
)
_CLIENTS = frozenset("oauth oidc client application app provider connection sso".split())
_PATH = re.compile(r"(?:https?://[^/\s`'\"]+)?(/[\w.~/{}:<>$%-]{3,})")
_HOLE = re.compile(r"^(:.+|<.+>|\{.+\}|\$.+|\d+|[0-9a-f-]{16,})$")


class Links:
    """Steps that only an address in an answer stands for."""

    def __init__(self, description: Description, resources: Sequence[Resource], payloads: Payloads) -> None:
        self._payloads = payloads
        self._roles = tuple(role for resource in resources for role in resource.roles)
        self._shapes = {r.path.shape for r in self._roles}
        self._bases = sorted({_path_of(s) for s in description.servers} - {""}, key=len, reverse=True)

    def steps(self, resource: Resource) -> Iterator[Step]:
        """Missing steps that addresses in the answers about a resource show."""
        if resource.technical:
            return  # a configuration gives addresses of pages, which are nothing's next step
        given = settable(resource.roles, self._payloads)
        for name, node in self._addresses(resource):
            if v.state_word(name) in given:
                continue
            said = [w for w in v.field_words(name) if w not in _ADDRESS and w != "full"]
            verb = next((w for w in said if w in _PERSON_LINKS and (w != "register" or w == said[0])), "")
            if verb in ("authorize", "authorise") and _CLIENTS & {*resource.noun.split(" "), *words(resource.schema)}:
                continue  # where a client sends its users, an address of the protocol
            if verb and not set(said) & v.DELETE_VERBS and doing(verb, self._roles) is None:
                yield Step(leads_to(verb), None, f"answers give {name}, an address for a person; no operation does it", node, "link")
            elif said and (place := self._left_out(self._payloads.schemas.shape(node).description)):
                yield Step(f"see {' '.join(said)}", None, f"{name} leads to {place}, which is not described", node, "link")

    def _addresses(self, resource: Resource) -> Iterator[tuple[str, Node]]:
        seen: set[str] = set()
        for role in resource.roles:
            schema = self._payloads.answer_schema(role.operation)
            entity = self._payloads.unwrap(schema).entity if schema is not None else None
            for name, node in self._payloads.schemas.shape(entity).properties.items():
                said = v.field_words(name)
                if len(said) > 1 and said[-1] in _ADDRESS and name not in seen:
                    seen.add(name)
                    yield name, node

    def _left_out(self, text: str) -> str:
        """A path of this very API that a text names and no operation has."""
        for match in _PATH.finditer(text):
            for base in self._bases:
                if match[1].startswith(base + "/"):
                    inside = match[1][len(base) :].rstrip("/.")
                    shape = "/" + "/".join("{}" if _HOLE.match(s) else s.lower() for s in inside.strip("/").split("/"))
                    if shape.count("/") > 1 and shape not in self._shapes and parse_path(inside).segments:
                        return inside
        return ""


def _path_of(server: str) -> str:
    return re.sub(r"^[a-z]+://[^/]*", "", server).rstrip("/")
