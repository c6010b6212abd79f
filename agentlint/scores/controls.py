"""Which clauses have anything to say about a system: where nothing was there to judge, the clause is not applicable, which is no pass."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from agentlint.findings.rule_info import RuleInfo
from agentlint.ir.controls import Control
from agentlint.ir.decisions import ModelCall
from agentlint.scores.scorecard import Counted

_NOTHING: Mapping[str, str] = {
    "decisions": "no decision was found", "models": "no model is called", "oversight": "nothing that an agent could start was found",
    "operations": "no operation was found", "contract": "no API description was read", "description": "no API description was read",
    "usability": "no API description was read",
}
"""Category of rules to what is said when there was nothing for them to judge."""


def standing(controls: Iterable[Control], rules: Iterable[RuleInfo], counted: Counted, model_calls: tuple[ModelCall, ...]) -> tuple[Control, ...]:
    """The controls, each with the reason when it is not applicable. `rules` are those that ran."""
    categories = {rule.name: rule.category for rule in rules}
    modelled = bool(model_calls) or any(d.source == "model" for d in counted.decisions) or any(o.surface == "mcp" for o in counted.operations)
    judged = {
        "decisions": bool(counted.decisions), "models": bool(model_calls), "operations": bool(counted.operations),
        "oversight": modelled or bool(counted.operations), **dict.fromkeys(("contract", "description", "usability"), bool(counted.inventory.specs)),
    }
    return tuple(msgspec.structs.replace(control, not_applicable=_reason(control, categories, judged, modelled)) for control in controls)


def _reason(control: Control, categories: Mapping[str, str], judged: Mapping[str, bool], modelled: bool) -> str:
    if control.on_models and not modelled:
        return "no model is called or decides here"
    ran = [categories[name] for name in control.rules if name in categories]
    if not ran:
        return "none of its rules was run"
    if any(judged.get(category, True) for category in ran):
        return ""
    return _NOTHING[ran[0]]
