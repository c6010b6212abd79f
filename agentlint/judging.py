"""From facts to findings: the rules speak, suppressions silence, and then the suppressions themselves are judged."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence

from agentlint.analysis.facts import Facts
from agentlint.findings.finding import Finding, in_order
from agentlint.findings.suppression import read_note, silence
from agentlint.ir.notes import Suppression, SuppressionFlaw
from agentlint.project.settings import Settings
from agentlint.rules.base import LoadedRule
from agentlint.rules.catalog import SUPPRESSION, about_suppressions, all_rules, run_rules


def judge(facts: Facts, chosen: Sequence[LoadedRule], settings: Settings, today: datetime.date | None) -> tuple[Finding, ...]:
    """The findings of the chosen rules, suppressed ones marked. Without a day no suppression expires."""
    wanted = {rule.info.name for rule in chosen}
    known = all_rules()
    rules = list(chosen)
    if any(rule.info.category == SUPPRESSION for rule in chosen) and (facts.notes or settings.suppress):
        rules = [rule for rule in known if rule.info.name not in settings.ignore]  # whether a suppression is used shows only when its rule runs
    findings = run_rules(facts, rules, dict(settings.options))
    read = [read_note(note, tuple(rule.info.name for rule in known)) for note in facts.notes]
    stated = [*(s for s in read if isinstance(s, Suppression)), *settings.suppress]
    silenced = silence(findings, stated, frozenset(rule.info.name for rule in rules), _operations(facts), today)
    flaws = tuple(sorted({*silenced.flaws, *(f for f in read if isinstance(f, SuppressionFlaw))}))
    return in_order((*(f for f in silenced.findings if f.rule in wanted), *about_suppressions(flaws, chosen)))


def _operations(facts: Facts) -> Callable[[Finding], tuple[str, ...]]:
    """Tells the operations that a finding concerns: its own, and those that reach its decision."""
    reaching = {d.id: d.operations for d in facts.decisions}
    return lambda finding: (*((finding.operation,) if finding.operation else ()), *reaching.get(finding.decision or "", ()))
