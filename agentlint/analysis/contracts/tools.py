"""Described operations as tools for a language model: cost, hints with evidence, what is lacking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agentlint.analysis.contracts import vocabulary as v
from agentlint.analysis.contracts.clauses import clause
from agentlint.analysis.contracts.pace import Pace
from agentlint.analysis.contracts.payloads import Payloads
from agentlint.analysis.contracts.roles import Role
from agentlint.analysis.contracts.tool_schemas import ToolSchemas
from agentlint.analysis.contracts.usability import Told, Usability
from agentlint.analysis.contracts.verbs import spoken_verb
from agentlint.ir.contracts import Clause, Shortcoming, Tool
from agentlint.ir.description import Description
from agentlint.ir.operations import Operation

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "QUERY"})
_CHANGES = v.DELETE_VERBS | frozenset(
    "send approve reject cancel activate deactivate trigger restart reset revoke suspend unsubscribe subscribe publish".split()
)
_LIMITS = (20, 40, 128)
"""Tools that clients take: what model makers advise at once, and two limits of widespread clients."""
_TOKENS = 25_000
"""A catalogue longer than this leaves little room for work in the window of common models."""
_COSTLY = 4_000
_FEW_TELL = 0.5


class Tools:
    """The tools of one description."""

    def __init__(self, description: Description, roles: Sequence[Role], payloads: Payloads, operations: Sequence[Operation]) -> None:
        self._description = description
        self._roles = tuple(roles)
        self._schemas = ToolSchemas(description)
        self._pace = Pace(description, payloads)
        self._usability = Usability(roles, payloads, self._pace)
        self._made = tuple(self._tool(role, operation) for role, operation in zip(roles, operations))

    def all(self) -> tuple[Tool, ...]:
        """One tool an operation, in the order of the document."""
        return tuple(tool for tool, _, _ in self._made)

    def _tool(self, role: Role, operation: Operation) -> tuple[Tool, Told, str]:
        told, refused = self._usability.of(role), self._schemas.refused(role.operation)
        tokens = self._schemas.tokens(role.operation)
        method = role.operation.method
        read_only = (method in _SAFE and not self._conflict(role)) or (operation.automation == "safe" and not operation.changes_state and role.kind == "list")
        destructive = not read_only and (role.kind == "delete" or method in ("PUT", "PATCH") or operation.automation == "irreversible")
        idempotent = read_only or method in ("PUT", "DELETE")
        why = f"{method}: {operation.evidence[-1]}" if operation.evidence else method
        lacks = tuple(text for part, text in _LACKS.items() if (value := getattr(told, part)) is not None and value < 1.0)
        lacks += (refused,) if refused else ()
        share = told.share(not refused and tokens <= _COSTLY)
        tool = Tool(role.operation.name, operation.symbol, tokens, read_only, destructive, idempotent, why, share, lacks, operation.file, operation.line)
        return tool, told, refused

    @staticmethod
    def _conflict(role: Role) -> str:
        """The word by which an operation that should only read says that it changes something."""
        if role.operation.method != "GET":
            return ""
        said = role.path.verb or (spoken_verb(role.operation) if role.verb in ("", spoken_verb(role.operation)) else role.verb)
        return said if said in _CHANGES and not role.answer.many else ""

    def clauses(self) -> Iterator[Clause]:
        """Of how many operations the description tells what failures, further pages and their pace look like."""
        told = [(tool.operation, said) for tool, said, _ in self._made]
        yield clause("errors", "operations that describe what a failed call answers", [(name, said.errors == 1.0) for name, said in told])
        yield clause("pages", "lists that tell how to get the next page", [(name, said.pages == 1.0) for name, said in told if said.pages is not None])
        yield clause("pace", "operations whose pace, or wait after a refusal, is told", [(name, said.pace == 1.0) for name, said in told])

    # ------------------------------------------------------------- shortcomings

    def shortcomings(self) -> Iterator[Shortcoming]:
        """What the tools lack, document first."""
        yield from self._document()
        yield from self._pace.shortcomings([role.operation for role in self._roles])
        for role, (tool, told, refused) in zip(self._roles, self._made):
            if told.twin:
                yield self._at(tool, "indistinct", f"its text is that of {told.twin}")
            elif not told.purpose:
                yield self._at(tool, "indistinct", "neither its name nor its text says what it does", True)
            if refused:
                yield self._at(tool, "rejected-schema", refused, refused.endswith("itself"))
            if told.pages == 0.0:
                yield self._at(tool, "unpaged", "it lists without any parameter or answer that pages")
            conflict = self._conflict(role)
            if conflict:
                yield self._at(tool, "conflicting-hint", f"{role.operation.method} promises only to read, its words say `{conflict}`", True)
            yield from self._declared(role, tool)

    def _document(self) -> Iterator[Shortcoming]:
        if not self._made:
            return
        description = self._description
        where = description.index.locate(description.index.root.child("paths"))
        telling, forms = self._usability.error_forms([r.operation for r in self._roles])
        if telling < _FEW_TELL * len(self._roles):
            told = f"{telling} of {len(self._roles)} operations describe what a failed call answers"
            yield Shortcoming("no-error-model", description.file, where.file, where.line, told, "", not telling)
        elif len(forms) > 1 and max(forms.values()) < _FEW_TELL * sum(forms.values()):
            yield Shortcoming("no-error-model", description.file, where.file, where.line, f"failed calls answer in {len(forms)} different forms")
        total = sum(tool.tokens for tool, _, _ in self._made)
        passed = [limit for limit in _LIMITS if len(self._made) > limit]
        if len(passed) > 1 or total > _TOKENS:
            told = f"{len(self._made)} operations as tools take about {total:,} tokens"
            told += f", more than the {' or '.join(map(str, passed))} tools that clients take" if passed else ""
            yield Shortcoming("catalogue", description.file, where.file, where.line, told, "", len(passed) == len(_LIMITS))

    def _declared(self, role: Role, tool: Tool) -> Iterator[Shortcoming]:
        """Hints that the description gives itself and that method and words deny."""
        for key, given in role.operation.extensions.items():
            if "mcp" not in key and "annotation" not in key and "agent" not in key:
                continue
            hints = given.get("annotations", given) if isinstance(given, dict) else {}
            for name, proposed in (("readOnlyHint", tool.read_only), ("destructiveHint", tool.destructive), ("idempotentHint", tool.idempotent)):
                said = hints.get(name) if isinstance(hints, dict) else None
                wrong = (name == "readOnlyHint" and said is True and not proposed) or (name == "destructiveHint" and said is False and role.kind == "delete")
                if wrong or (name == "idempotentHint" and said is True and role.kind == "create" and not proposed):
                    yield self._at(tool, "conflicting-hint", f"{key} says {name}: {str(said).lower()}, but {tool.evidence}", name != "idempotentHint")

    @staticmethod
    def _at(tool: Tool, kind: str, evidence: str, heavy: bool = False) -> Shortcoming:
        return Shortcoming(kind, tool.operation, tool.file, tool.line, evidence, tool.name, heavy)  # type: ignore[arg-type]


_LACKS = {
    "purpose": "a purpose of its own in words", "inputs": "inputs that are described", "answer": "an answer that is described", "errors": "errors with a body",
    "pages": "pages", "pace": "how fast it may be called",
}
