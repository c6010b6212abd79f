"""Human oversight: lasting effects that a model's answer, a model's tool or an agent's operation comes to, and the steps on the way that ask a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from agentlint.analysis.calls.sites import Calls
from agentlint.analysis.decisions.approvals import Approvals
from agentlint.analysis.decisions.arms import Place, PlaceIndex, tells
from agentlint.analysis.decisions.lasting import Lasting
from agentlint.analysis.decisions.relevance import is_reached_in_passing
from agentlint.analysis.effects.summaries import Summaries
from agentlint.analysis.effects.summary_entries import Entry
from agentlint.analysis.models.flow import Answers, Flow, flow_in, mentions
from agentlint.analysis.models.tools import AgentTool
from agentlint.analysis.models.values import handed_over
from agentlint.analysis.program import Program
from agentlint.analysis.wording import CLEARING, words
from agentlint.ir import syntax as s
from agentlint.ir.decisions import Unapproved
from agentlint.ir.effects import Confidence, Step

SAYS_SO = CLEARING | {"close", "cancel", "terminate", "destroy", "wipe", "reset", "reject", "deactivate", "ban", "retire"}
"""Verbs that announce a loss: who calls a function by such a name wants it."""
MOST_STEPS = 4
"""Calls below a tool within which a loss is what the tool is for."""
_RANK: dict[Confidence, int] = {"high": 0, "medium": 1, "low": 2}


class Watched(msgspec.Struct, frozen=True):
    """What the search looks through."""

    program: Program
    calls: Calls
    summaries: Summaries
    places: PlaceIndex
    answers: Answers
    tools: Mapping[str, AgentTool]
    operations: Mapping[str, str]
    """Function id of a handler that agents call to its operation."""


class Oversight:
    """Finds lasting effects that nobody is asked about."""

    def __init__(self, watched: Watched, lasting: Lasting, approvals: Approvals) -> None:
        self._w, self._lasting, self._approvals = watched, lasting, approvals

    def find(self) -> Iterator[tuple[int, Unapproved]]:
        """Rows with their distance, the number of calls between what causes an effect and the effect."""
        yield from self._of_answers()
        yield from self._of_tools()
        yield from self._of_operations()

    # ------------------------------------------------------------- causes

    def _of_answers(self) -> Iterator[tuple[int, Unapproved]]:
        for function, flow in sorted(self._w.answers.flows.items()):
            for entry, why in self._effects(function):
                meant = entry.effect.kind != "outbound-http" or self._is_meant(function, entry)
                if meant and self._is_driven(function, flow, entry) and not self._is_approved(function, entry, flow):
                    yield entry.distance, self._row(function, entry, why, "answer")

    def _of_tools(self) -> Iterator[tuple[int, Unapproved]]:
        for function, tool in sorted(self._w.tools.items()):
            if tool.approved or self._approvals.around:
                continue
            for entry, why in self._effects(function):
                if self._is_meant(function, entry) and not self._is_approved(function, entry):
                    yield entry.distance, self._row(function, entry, why, "operation" if tool.served else "tool")

    def _of_operations(self) -> Iterator[tuple[int, Unapproved]]:
        for function in sorted(self._w.operations):
            if function not in self._w.tools and not self._approvals.declared_in(function):
                for entry, why in self._effects(function):
                    if self._is_meant(function, entry) and not self._is_approved(function, entry):
                        yield entry.distance, self._row(function, entry, why, "operation")

    def _effects(self, function: str) -> Iterator[tuple[Entry, str]]:
        """Lasting effects that a function reaches; rows that it makes anew are replaced, not lost."""
        node = self._w.summaries.node(function)
        entries = tuple(self._w.summaries.entries(node))
        made = {self._lasting.table(e.effect) for e in entries if e.effect.kind == "orm-write" and e.effect.operation == "create"}
        for entry in entries:
            effect = entry.effect
            if entry.confidence == "low" or effect.confidence == "low" or effect.incidental or is_reached_in_passing(entry, frozenset()):
                continue
            why = self._lasting.why(effect)
            if why and not (effect.operation == "delete" and self._lasting.table(effect) in made):
                yield entry, why

    def _is_meant(self, function: str, entry: Entry) -> bool:
        """True when the effect is what the function is for: near, and for a loss announced by a name on the way."""
        if entry.distance > MOST_STEPS:
            return False
        effect = entry.effect
        if effect.operation != "delete" and effect.kind != "outbound-http" or effect.kind == "orm-write" and entry.distance == 0:
            return True
        return any(SAYS_SO.intersection(words(name.rpartition(".")[2])) for name in (function, *_way(entry)))

    # ------------------------------------------------------ what drives it

    def _is_driven(self, function: str, flow: Flow, entry: Entry) -> bool:
        """True when the answer decides whether the effect happens, or which: a test of it on the way, or its value in the call itself."""
        info = self._w.program.functions.get(function)
        if info is None:
            return False
        places = self._w.places.of(function, info.node)
        call = self._call(function, entry)
        place = places.get(call.site) if call is not None else places.get(-entry.effect.line)
        if place is not None and _tested(place, flow):
            return True
        if call is None:
            return False
        if entry.via is None or entry.rest is None:
            return mentions(call, flow.names, flow.sites - {call.site})
        callee = self._w.program.functions.get(entry.via[1].function)
        if callee is None:
            return False
        held = {name for name, value in handed_over(call, callee).items() if value is not None and mentions(value, flow.names, flow.sites)}
        return bool(held) and self._is_driven(callee.id, flow_in(callee.node, frozenset(), held), entry.rest)

    def _call(self, function: str, entry: Entry) -> s.Call | None:
        """The call of the function that leads to the effect, or that performs it."""
        if entry.via is not None:
            return entry.via[0].call
        effect = entry.effect
        on_line = [site for site in self._w.calls.sites(function) if site.line == effect.line and site.call.site >= 0]
        name = effect.api.replace("()", "").rpartition(".")[2]
        return next((site.call for site in on_line if site.name == name), on_line[-1].call if on_line else None)

    # ------------------------------------------------------------ approval

    def _is_approved(self, function: str, entry: Entry, flow: Flow | None = None) -> bool:
        """True when a function on the way asks a person."""
        held = flow.names if flow is not None else frozenset()
        if self._approvals.asked_in(function, held):
            return True
        return any(self._approvals.asked_in(below, frozenset()) for below in _way(entry))

    def _row(self, function: str, entry: Entry, why: str, cause: str) -> Unapproved:
        info = self._w.program.functions[function]
        effect = entry.effect
        steps = [Step(info.module.path, info.node.line, f"{info.node.qualname} {_ENTERED[cause]}")]
        steps += self._w.summaries.chain(entry)
        steps.append(Step(effect.file, effect.line, f"{effect.operation} {effect.target or effect.kind}, and nobody was asked"))
        sure: Confidence = "high" if cause == "answer" else "medium"
        confidence = max(entry.confidence, effect.confidence, sure, key=_RANK.__getitem__)
        return Unapproved(
            info.module.path, info.node.line, info.node.qualname, cause, why, effect, tuple(steps), self._w.operations.get(function, ""),  # type: ignore[arg-type]
            confidence, function,
        )


_ENTERED = {"answer": "has a model's answer", "tool": "is run by a model", "operation": "is called by an agent"}


def _way(entry: Entry) -> Iterator[str]:
    """The functions below the first one, down to the effect's own."""
    step: Entry | None = entry
    while step is not None and step.via is not None:
        yield step.via[1].function
        step = step.rest


def _tested(place: Place, flow: Flow) -> bool:
    arms = (*place.arms, *(arm for arm in place.passed if tells(arm)))
    return any(flow.names.intersection(arm.names) or flow.sites.intersection(arm.calls) for arm in arms)

