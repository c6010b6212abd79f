"""Decisions that a model makes without an effect of its own: its answer is chosen, handed on, or shown to a person who acts on it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from agentlint.analysis.decisions.evaluation import only_measures
from agentlint.analysis.models.calls import Found, Site
from agentlint.analysis.models.flow import Answers
from agentlint.analysis.program import FunctionInfo, Program
from agentlint.analysis.wording import spoken
from agentlint.ir import syntax, walk
from agentlint.ir.decisions import Decision, RecordContent
from agentlint.ir.effects import Effect, Step

_PROMPT = re.compile(r"^(prompts?|messages|(system|user)_(prompt|message)|prompt_\w+|\w+_prompt)$")
"""Parameters of functions that ask a model on behalf of others: whoever calls them decides by the answer."""
_NEAR = 4
"""Functions between the model's call and the last one that is said to decide by its answer."""


class AnswerFinder:
    """Follows answers from the model's call to the handlers."""

    def __init__(self, program: Program, found: Found, answers: Answers, operations: Mapping[str, tuple[str, ...]]) -> None:
        self._program, self._found, self._answers = program, found, answers
        self._operations = operations
        """Handler's function id to its operations."""
        self._recorded = {(call.function, call.line): call.recorded for call in found.calls}

    def find(self, taken: Iterable[str]) -> Iterator[Decision]:
        """A row for each handler and each named function that gives a model's answer on; `taken` have a row already."""
        plumbing = {one.inner.site.caller for one in self._found.sites if one.inner is not None}
        nearest = self._distances()
        skipped = frozenset(taken)
        for function, flow in sorted(self._answers.flows.items()):
            info = self._program.functions[function]
            verdict = says_whether(info)
            if function in skipped or (function in plumbing and not verdict and function not in self._operations) or function not in nearest:
                continue
            asks_for_others = any(_PROMPT.match(p.name) for p in info.node.params) and not verdict
            if function not in self._operations and (info.parent in self._program.functions or asks_for_others):
                continue
            asked = nearest[function][1]
            asking = self._program.functions.get(asked.site.caller)
            if asked.row.kind == "learned-model" and asking is not None and only_measures(asking, info, self._program):
                continue
            name = info.node.name
            handler = function in self._operations
            if handler or (flow.returns and not name.startswith("_") and nearest[function][0] <= _NEAR):
                yield self._row(info, nearest[function][1])

    def _distances(self) -> dict[str, tuple[int, Site]]:
        """How many functions lie between each function and the model's call."""
        found: dict[str, tuple[int, Site]] = {}
        for one in self._found.sites:
            found.setdefault(one.site.caller, (0, one))
        order = sorted(found)
        for function in order:
            depth, one = found[function]
            for caller in self._answers.callers(function):
                if caller in self._answers.flows and caller not in found:
                    found[caller] = (depth + 1, one)
                    order.append(caller)
        return found

    def _row(self, info: FunctionInfo, one: Site) -> Decision:
        site = one.site
        target = one.row.provider or one.row.kind
        effect = Effect(kind="model-call", operation="call", target=target, file=site.file, line=site.line, function=site.caller)
        recorded = bool(self._recorded.get((site.caller, site.line)))
        path = () if recorded else (
            Step(info.module.path, info.node.line, f"{info.node.qualname} is entered"),
            Step(site.file, site.line, f"asks a {one.row.kind.replace('-', ' ')} ({target})"),
            Step(info.module.path, info.node.end_line, "its answer is given on with no record"),
        )
        return Decision(
            id="", file=info.module.path, line=info.node.line, symbol=info.node.qualname, decision=f"{spoken(info.node.name)}: act on the model's answer",
            effect=effect, source="model", status="audited" if recorded else "unaudited", records=RecordContent(what=recorded), path=path,
            operations=self._operations.get(info.id, ()), confidence="medium", function=info.id,
        )


def says_whether(info: FunctionInfo) -> bool:
    """True for a function that is declared to answer yes or no, alone or with its reason: what it makes of the model's words is a verdict."""
    said = info.node.returns
    return said is not None and any(isinstance(e, syntax.Name) and e.id == "bool" for e in walk.expressions(said))
