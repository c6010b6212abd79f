"""What a language model is told of each operation: purpose, inputs, answer, errors, pages. Distinct information counts, length does not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from agentlint.analysis.contracts.pace import Pace
from agentlint.analysis.contracts.payloads import Payloads, successes
from agentlint.analysis.contracts.roles import Role
from agentlint.analysis.wording import words
from agentlint.ir.description import DescribedOperation, Node, Response

PAGING = re.compile(
    r"^(page|pages?[-_]?(size|no|num|number|token|index|limit|key)?|per[-_]?page|limit|offset|skip|top|take|first|last|cursor|marker|after|before|since|start|"
    r"start(ing)?[-_]?(after|at|index|token|cursor|key)?|ending[-_]?before|continue|continuation[-_]?token|next[-_]?(token|cursor|page|marker)?|max[-_]?results|"
    r"max[-_]?(items|records|keys|id)|count|size|num[-_]?results|rows|\$(skip|top)|since[-_]?id)$", re.IGNORECASE,
)
"""Parameters by which a caller asks for a part of a list."""
_ONWARD = re.compile(
    r"^(next|next_?page(_?token|_?url)?|next_?cursor|cursor|has_?more|links|_links|page_?info|pagination|paging|continuation_?token)$", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_FEWEST = 2
"""Words that only few operations share, from which an operation counts as told apart."""
_COMMON = 0.5
_MANY = 4
_MOST_INPUTS = 40
_HALF = 0.5


class Told(msgspec.Struct, frozen=True):
    """What the description tells of one operation: each share 0..1, None where there is nothing to tell."""

    purpose: float
    inputs: float | None
    answer: float
    errors: float
    pages: float | None
    pace: float
    twin: str = ""
    """An operation with the very same text."""

    def share(self, accepted: bool) -> float:
        """The mean over what applies, whether clients accept the inputs included; the pace, which is common to all operations, counts half."""
        parts = [p for p in (self.purpose, self.inputs, self.answer, self.errors, self.pages) if p is not None]
        return round((sum(parts) + float(accepted) + self.pace * _HALF) / (len(parts) + 1 + _HALF), 3)


class Usability:
    """Answers for one description."""

    def __init__(self, roles: Sequence[Role], payloads: Payloads, pace: Pace) -> None:
        self._payloads = payloads
        self._pace = pace
        self._shared: Counter[str] = Counter()
        self._first: dict[str, str] = {}
        self._repeated: dict[str, str] = {}
        self._many = len(roles)
        self._words = {role.operation.name: _content(role.operation) for role in roles}
        for role in roles:
            self._shared.update(self._words[role.operation.name])
            text = _plain(role.operation)
            if text and text in self._first:
                self._repeated[role.operation.name] = self._first[text]
            elif text:
                self._first[text] = role.operation.name

    def of(self, role: Role) -> Told:
        """What is told of one operation."""
        operation = role.operation
        twin = self._repeated.get(operation.name, "")
        said = (self._purpose(operation, twin), self._inputs(operation), self._answer(operation), self._errors(operation), self._pages(role))
        return Told(*said, self._pace.of(operation), twin)

    def error_forms(self, operations: Sequence[DescribedOperation]) -> tuple[int, Counter[str]]:
        """How many operations describe what a failed call answers, and in which forms."""
        forms: Counter[str] = Counter()
        telling = 0
        for operation in operations:
            own = {self._form(r) for r in operation.responses if _failed(r)} - {""}
            telling += bool(own)
            forms.update(own)
        return telling, forms

    def _form(self, response: Response) -> str:
        schema = self._payloads.schemas.answer(response.content)
        if schema is None:
            return ""
        return self._payloads.schemas.name(schema) or ",".join(sorted(self._payloads.schemas.shape(schema).properties)) or "?"

    def _purpose(self, operation: DescribedOperation, twin: str) -> float:
        if twin:
            return 0.0
        own = {w for w in self._words[operation.name] if self._many < _MANY or self._shared[w] <= _COMMON * self._many}
        if len(own) >= _FEWEST:
            return 1.0
        return 0.5 if any(len(word) > 2 for word in words(operation.operation_id)) else 0.0

    def _inputs(self, operation: DescribedOperation) -> float | None:
        told, texts = [], set()
        for name, text, schema in self._all_inputs(operation):
            shape = self._payloads.schemas.shape(schema)
            said = (text or shape.description).strip().lower()
            clear = len(list(islice(_WORD.finditer(said), 2))) > 1 and said not in texts and said != name.lower()
            texts.add(said)
            told.append(clear or bool(shape.choices) or bool(shape.pattern) or shape.kind == "boolean" or shape.format not in ("", "x", "int32", "int64"))
        return sum(told) / len(told) if told else None

    def _all_inputs(self, operation: DescribedOperation) -> Iterator[tuple[str, str, Node | None]]:
        for parameter in operation.parameters:
            if parameter.location in ("path", "query"):
                yield parameter.name, parameter.description, parameter.schema
        body = self._payloads.body_schema(operation.body)
        shape = self._payloads.schemas.shape(body)
        for name, node in list(shape.properties.items())[:_MOST_INPUTS]:
            inner = self._payloads.schemas.shape(node)
            if not inner.read_only:
                yield name, inner.description, node

    def _answer(self, operation: DescribedOperation) -> float:
        if self._payloads.answer_schema(operation) is not None:
            return 1.0
        good = successes(operation)
        silent = any(r.status in ("204", "205", "304") for r in good) or operation.method in ("DELETE", "HEAD", "OPTIONS")
        return 1.0 if good and (silent or any(r.content for r in good)) else 0.0

    def _errors(self, operation: DescribedOperation) -> float:
        failed = [r for r in operation.responses if _failed(r)]
        if any(self._form(r) for r in failed):
            return 1.0
        return 0.5 if failed else 0.0

    def _pages(self, role: Role) -> float | None:
        if role.operation.method != "GET" or role.kind != "list" or not role.answer.many:
            return None
        if any(PAGING.match(p.name) for p in role.operation.parameters if p.location == "query"):
            return 1.0
        shape = self._payloads.schemas.shape(self._payloads.answer_schema(role.operation))
        headers = {h.lower() for r in successes(role.operation) for h in r.headers}
        return 1.0 if any(_ONWARD.match(name) for name in shape.properties) or headers & {"link", "x-next-page", "x-total-count"} else 0.0


def _failed(response: Response) -> bool:
    return response.status[:1] in ("4", "5") or response.status == "default"


def _plain(operation: DescribedOperation) -> str:
    return " ".join(f"{operation.summary} {operation.description}".lower().split())


def _content(operation: DescribedOperation) -> set[str]:
    """Words of the summary and description that carry something."""
    return {w for w in words(f"{operation.summary} {operation.description[:600]}") if len(w) > 2}
