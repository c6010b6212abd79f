"""Human oversight of endpoints: lasting effects that whoever holds a token starts by one request, with no step that asks a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agentlint.analysis.decisions.approvals import Approvals, speaks_of_approval
from agentlint.analysis.decisions.lasting import Lasting
from agentlint.analysis.decisions.oversight import MOST_STEPS, SAYS_SO
from agentlint.analysis.operations import Entry
from agentlint.analysis.records.cascades import Dependents
from agentlint.analysis.wording import singular, words
from agentlint.ir.decisions import Unapproved
from agentlint.ir.effects import Effect, ReachedEffect, Step

_RIGHTS = frozenset({"access", "admin", "collaborator", "grant", "group", "member", "membership", "permission", "right", "role", "staff", "user"})
_FEW = 3
"""Kinds of rows named in words before the rest is counted."""


class Endpoints:
    """Finds lasting effects of operations that programs call with credentials of their own.

    Deleting one row that nothing hangs on is everyday work, and whoever did it can make it again; a deletion counts when it takes other rows along.
    """

    def __init__(self, lasting: Lasting, approvals: Approvals, dependents: Dependents) -> None:
        self._lasting, self._approvals, self._dependents = lasting, approvals, dependents

    def find(self, entries: Iterable[Entry]) -> Iterator[tuple[int, Unapproved]]:
        """Rows with their distance, the number of calls between the handler and the effect."""
        for entry in entries:
            operation = entry.operation
            if operation.surface != "mcp" and operation.changes_state and entry.machine_callable and not self._asks(entry):
                yield from self._of(entry)

    def _of(self, entry: Entry) -> Iterator[tuple[int, Unapproved]]:
        """What one operation does that lasts; of all that it deletes, what takes the most along."""
        made = {self._lasting.table(r.effect) for r in entry.reached if r.effect.operation == "create"}
        worst, heaviest = None, 0
        for reached in entry.reached:
            effect = reached.effect
            if not (_is_sure(reached) and self._lasting.why(effect) and _is_meant(entry, reached)):
                continue
            if effect.operation == "delete":
                weight = len(self._falling(effect))
                if weight > heaviest and self._lasting.table(effect) not in made:
                    worst, heaviest = reached, weight
            elif effect.kind != "permission" or _is_about_rights(entry):
                yield len(reached.chain), _row(entry, reached, self._lasting.why(effect))
        if worst is not None:
            yield len(worst.chain), _row(entry, worst, f"takes rows of {_listed(self._falling(worst.effect))} along")

    def _asks(self, entry: Entry) -> bool:
        """True when the endpoint is itself the step at which somebody agrees, or a function around it asks."""
        operation = entry.operation
        if any(speaks_of_approval(text) for text in (operation.symbol, operation.action, operation.path)):
            return True
        around = {f for r in entry.routes for f in (r.handler, *r.extra_handlers, *r.guard_handlers) if f}
        around |= {r.effect.function for r in entry.reached if r.effect.function}
        return any(self._approvals.asked_in(function, frozenset()) for function in sorted(around))

    def _falling(self, effect: Effect) -> list[str]:
        """Names of the models whose rows go along with what is deleted, as far as they are missed."""
        return sorted({model.rpartition(".")[2] for model in self._dependents.of(effect.model) if self._lasting.matters(model)}) if effect.model else []


def _is_about_rights(entry: Entry) -> bool:
    """True when the endpoint is for what somebody may do. That a thing is shared as it is made is part of making it, and taken back as easily."""
    operation = entry.operation
    said = {singular(w) for text in (operation.symbol, operation.resource, operation.path) for w in words(text)}
    return not said.isdisjoint(_RIGHTS)


def _is_sure(reached: ReachedEffect) -> bool:
    effect = reached.effect
    return reached.confidence != "low" and effect.confidence != "low" and not effect.incidental and len(reached.chain) <= MOST_STEPS


def _is_meant(entry: Entry, reached: ReachedEffect) -> bool:
    """True when the effect is what the endpoint is for: for a loss, the method or a name on the way announces it."""
    if reached.effect.operation != "delete" and reached.effect.kind != "outbound-http":
        return True
    operation = entry.operation
    said = [operation.symbol, operation.action, operation.path.rstrip("/").rpartition("/")[2]]
    if operation.method not in ("PUT", "PATCH"):  # what an update clears away on its way is part of the update
        said += [step.text for step in reached.chain]
    return operation.method == "DELETE" or any(SAYS_SO.intersection(words(text)) for text in said)


def _row(entry: Entry, reached: ReachedEffect, why: str) -> Unapproved:
    operation, effect = entry.operation, reached.effect
    steps = (
        Step(operation.file, operation.line, f"{operation.symbol} is open to whoever holds a token ({operation.method} {operation.path})"), *reached.chain,
        Step(effect.file, effect.line, f"{effect.operation} {effect.target or effect.kind}, and nobody was asked"),
    )
    return Unapproved(operation.file, operation.line, operation.symbol, "endpoint", why, effect, steps, operation.id, "medium", operation.handler)


def _listed(names: list[str]) -> str:
    shown, more = names[:_FEW], len(names) - _FEW
    return ", ".join(shown) + (f" and {more} more kinds" if more > 1 else " and 1 more kind" if more == 1 else "")
