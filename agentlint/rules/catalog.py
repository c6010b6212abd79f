"""The rules, in the order in which people meet them; a rule that is not in this list does not exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from types import ModuleType

import msgspec

from agentlint import RULE_GROUP
from agentlint.analysis.facts import Facts
from agentlint.errors import BrokenPlugin
from agentlint.extension.loading import Refused, load_group
from agentlint.findings.finding import Finding, in_order
from agentlint.findings.fingerprint import distinct
from agentlint.ir.notes import SuppressionFlaw
from agentlint.rules.base import LoadedRule, MalformedRule, RuleContext, load_rule
from agentlint.rules.contract import (
    decision_without_reason_field,
    nameless_history,
    no_correlation_id,
    no_history_endpoint,
    phantom_operation,
    undocumented_operation,
)
from agentlint.rules.decisions import (
    audit_bypassing_write,
    partially_audited_decision_path,
    unaudited_decision_path,
    unrecorded_model_decision,
)
from agentlint.rules.description import (
    browser_only_operation,
    invalid_api_description,
    no_machine_authentication,
    no_undo,
    stuck_state,
    unlistable_resource,
    unreachable_operation,
)
from agentlint.rules.models import model_call_without_budget, model_usage_not_recorded, unbounded_model_history, unbounded_model_output
from agentlint.rules.operations import gui_only_operation, missing_action_endpoint, partially_covered_operation
from agentlint.rules.oversight import irreversible_effect_without_approval
from agentlint.rules.suppression import invalid_suppression, unused_suppression
from agentlint.rules.usability import (
    conflicting_tool_hint,
    indistinct_operation,
    invalid_example,
    no_error_model,
    no_rate_limit,
    oversized_tool_catalogue,
    rejected_tool_schema,
    unpaged_list,
)

MODULES: tuple[ModuleType, ...] = (
    gui_only_operation, partially_covered_operation, missing_action_endpoint, unrecorded_model_decision, unaudited_decision_path,
    partially_audited_decision_path, audit_bypassing_write, irreversible_effect_without_approval,
    unbounded_model_history, unbounded_model_output, model_call_without_budget,
    model_usage_not_recorded, undocumented_operation, phantom_operation, invalid_api_description, unreachable_operation, browser_only_operation, no_undo,
    no_machine_authentication, stuck_state, unlistable_resource, decision_without_reason_field, no_history_endpoint, nameless_history,
    no_correlation_id, indistinct_operation,
    conflicting_tool_hint, invalid_example,
    no_error_model, no_rate_limit, rejected_tool_schema, unpaged_list, oversized_tool_catalogue,
    unused_suppression, invalid_suppression,
)

SUPPRESSION = "suppression"
"""The category of the rules that judge suppressions, after all others."""


def built_in_rules() -> tuple[LoadedRule, ...]:
    """Every rule that ships with agentlint."""
    return tuple(load_rule(module) for module in MODULES)


@cache
def offered_rules() -> tuple[tuple[LoadedRule, ...], tuple[Refused, ...]]:
    """Rules of plugins, and those that are refused: malformed, or with a name that is taken."""
    offered, failed = load_group(RULE_GROUP)
    taken = {rule.info.name for rule in built_in_rules()}
    rules: list[LoadedRule] = []
    refused = list(failed)
    for one in offered:
        try:
            rule = load_rule(one.value) if isinstance(one.value, ModuleType) else None
        except MalformedRule as error:
            refused.append(Refused(one.package, str(error)))
            continue
        if rule is None or rule.info.name in taken:
            refused.append(Refused(one.package, f"entry point {one.name!r} is no module" if rule is None else f"the rule name {rule.info.name!r} is taken"))
            continue
        taken.add(rule.info.name)
        rules.append(msgspec.structs.replace(rule, package=one.package))
    return tuple(rules), tuple(refused)


def all_rules() -> tuple[LoadedRule, ...]:
    """The built-in rules, then those of plugins."""
    return (*built_in_rules(), *offered_rules()[0])


def run_rules(facts: Facts, rules: Iterable[LoadedRule], settings: dict[str, str] | None = None) -> tuple[Finding, ...]:
    """The findings of some rules, most consequential first, fingerprints told apart."""
    context = RuleContext.of(facts, settings)
    return in_order(distinct(finding for rule in rules for finding in _checked(rule, context)))


def _checked(rule: LoadedRule, context: RuleContext) -> Iterator[Finding]:
    """What a rule says. Raises BrokenPlugin when one of a plugin fails: to leave it out would look clean."""
    if not rule.package:
        yield from rule.check(context)
        return
    try:
        yield from rule.check(context)
    except Exception as error:
        message = f"the rule {rule.info.name} of the package {rule.package} failed: {type(error).__name__}: {error}"
        raise BrokenPlugin(message, f'update or remove {rule.package}, or switch the rule off with ignore = ["{rule.info.name}"]') from error


def about_suppressions(flaws: tuple[SuppressionFlaw, ...], rules: Iterable[LoadedRule]) -> tuple[Finding, ...]:
    """What some rules say of the suppressions themselves, once it is known which were used."""
    context = msgspec.structs.replace(RuleContext.of(Facts()), flaws=flaws)
    return distinct(finding for rule in rules if rule.rule.category == SUPPRESSION for finding in rule.check(context))


def find_rule(name: str, rules: Sequence[LoadedRule]) -> LoadedRule | None:
    """The rule of a name, given with or without the `agentlint/` prefix that SARIF uses."""
    wanted = name.removeprefix("agentlint/").replace("_", "-")
    return next((r for r in rules if r.info.name == wanted), None)
