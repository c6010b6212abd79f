"""Sentences that the rules on decisions share: who decides, what happens, where it is to be seen, how to mend it."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from agentlint.findings.finding import Related
from agentlint.findings.fingerprint import fingerprint
from agentlint.ir.decisions import AuditStatus, Decision, consequential
from agentlint.ir.effects import Effect
from agentlint.rules.base import RuleContext
from agentlint.rules.consequence import Change, weight

_DECIDERS = {"person": "A person's choice", "model": "A model's answer", "rule": "A rule", "branch": "A test in the code"}
_VERBS = {"create": "creates", "update": "changes", "delete": "deletes", "write": "writes", "send": "sends", "call": "calls", "run": "runs", "grant": "grants",
          "revoke": "revokes", "login": "signs in", "logout": "signs out"}
_THINGS = {"mail": "mail", "outbound-http": "an outside service", "queue": "a job", "file": "a file", "payment": "a payment", "process": "a process",
           "raw-sql": "rows by SQL", "message": "a message", "permission": "a permission", "model-call": "a model", "orm-write": "rows"}
_MOST_FIELDS = 5
_MODEL_WEIGHT = 10
"""Added when a model's answer decides: nobody can be asked afterwards."""


def weight_of(decision: Decision) -> int:
    """How much hangs on the decision."""
    effect = decision.effect
    heavy = weight([Change(effect.kind, effect.operation, effect.target, effect.fields)], decision.decision)
    return min(100, heavy + _MODEL_WEIGHT) if decision.source == "model" else heavy


def effect_text(effect: Effect) -> str:
    """`changes Loan (status)`."""
    rest = f" and {len(effect.fields) - _MOST_FIELDS} more" if len(effect.fields) > _MOST_FIELDS else ""
    fields = f" ({', '.join(effect.fields[:_MOST_FIELDS])}{rest})" if effect.fields and effect.operation == "update" else ""
    return f"{_VERBS.get(effect.operation, effect.operation)} {effect.target or _THINGS.get(effect.kind, effect.kind)}{fields}"


def deed(decision: Decision) -> str:
    """Who decides over what, what happens and where: `A rule decides over "close ticket". It deletes Ticket in triage (desk/triage.py:41)`."""
    effect = decision.effect
    lead = f'{_DECIDERS[decision.source]} decides over "{decision.decision}".'
    return f"{lead} It {effect_text(effect)} in {decision.symbol or 'the module'} ({effect.file}:{effect.line})"


class Case(msgspec.Struct, frozen=True):
    """A decision to report, with those that come to the same effect at the same line: one record there mends them all."""

    decision: Decision
    others: tuple[Decision, ...] = ()


def cases(context: RuleContext, status: AuditStatus) -> list[Case]:
    """The consequential decisions of a status that no rule of their own reports: those of a model's answer, and writes past a history."""
    past = {(b.effect.file, b.effect.line, b.effect.model) for b in context.facts.bypasses if not b.recorded}
    models = {_key(case.decision) for case in model_cases(context)}
    if status == "partial":  # of an effect that one decision never records, another row would only say the same more mildly
        models |= {_key(d) for d in context.facts.decisions if d.status == "unaudited" and consequential(d)}
    rows = (d for d in context.facts.decisions if (d.effect.file, d.effect.line, d.effect.model) not in past and _key(d) not in models)
    return _grouped(d for d in rows if d.status == status)


def model_cases(context: RuleContext) -> list[Case]:
    """The decisions of a model's answer that some path or every path leaves unrecorded; whoever else comes to the same effect stands beside."""
    open_rows = [d for d in context.facts.decisions if d.status != "audited"]
    models = {_key(d) for d in open_rows if d.source == "model"}
    return _grouped(d for d in open_rows if _key(d) in models)


def _grouped(decisions: Iterable[Decision]) -> list[Case]:
    """One case per line of effect. The decision nearest to the effect speaks for the others, a model's before a person's."""
    found: dict[tuple[str, int, str, str], list[Decision]] = {}
    for decision in decisions:
        if consequential(decision):
            found.setdefault(_key(decision), []).append(decision)
    result = []
    for group in found.values():
        first, *others = sorted(group, key=_distance)
        result.append(Case(first, tuple(others)))
    return result


def _key(decision: Decision) -> tuple[str, int, str, str]:
    effect = decision.effect
    return (effect.file, effect.line, effect.target, effect.operation)


def _distance(decision: Decision) -> tuple[object, ...]:
    effect = decision.effect
    return (decision.source != "model", decision.function != effect.function, decision.file != effect.file, decision.file, decision.line, decision.id)


def place(decision: Decision) -> tuple[str, int]:
    """Where the finding stands: at the effect when it is in the decision's own file, else at the decision."""
    effect = decision.effect
    return (effect.file, effect.line) if effect.file == decision.file and effect.line else (decision.file, decision.line)


def related(case: Case) -> tuple[Related, ...]:
    """The decision, its effect, the records that some paths make, and the other places that come to the same effect."""
    decision = case.decision
    here = place(decision)
    effect = decision.effect
    places = [Related(decision.file, decision.line, "the decision"), Related(effect.file, effect.line, f"{effect_text(effect)} here")]
    places += [Related(site.file, site.line, f"recorded here: {site.mechanism}") for site in decision.audit]
    places += [Related(d.file, d.line, f"{d.symbol} comes to the same effect") for d in case.others]
    return tuple(dict.fromkeys(r for r in places if (r.file, r.line) != here))


def meaning(rule: str, decision: Decision) -> str:
    """The finding's fingerprint: rule, function, decision and effect."""
    effect = decision.effect
    return fingerprint(rule, decision.file, decision.symbol, decision.decision, effect.kind, effect.operation, effect.target)


def how_to_record(context: RuleContext, decision: Decision) -> str:
    """One line on how to mend it: as this system already records, if it does anywhere."""
    ways = context.records_by_kind
    if decision.audit:
        site = decision.audit[0]
        return f"Make the record of {site.file}:{site.line} ({site.mechanism}) on this path too, in the same transaction as the change."
    if ways:
        known = f"{ways[0].mechanism} ({ways[0].file}:{ways[0].line})"
        return f"Record who, what and why in the same transaction as the change; elsewhere the system does: {known}."
    return "Write an audit row (who, what, why) in the same transaction as the change; a log line is no record."


def escape(decision: Decision) -> str:
    """The path without a record, by its most telling step: where it leaves before the record, else the last turn before the effect."""
    at_effect = (decision.effect.file, decision.effect.line)
    telling = [step for step in decision.path[1:] if (step.file, step.line) != at_effect]
    return f"the path through {telling[-1].file}:{telling[-1].line} ({telling[-1].text}) does not" if telling else "at least one path does not"


def recorded_by(decision: Decision) -> str:
    """The first record that some path makes, in brackets."""
    return f" ({decision.audit[0].mechanism}, {decision.audit[0].file}:{decision.audit[0].line})" if decision.audit else ""
