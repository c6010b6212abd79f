"""What a rule is: metadata, a docstring with four headings, and one pure generator over the facts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType

import msgspec

from agentlint.analysis.facts import Facts
from agentlint.findings.finding import Finding, Severity
from agentlint.findings.rule_info import Option, RuleInfo
from agentlint.ir.decisions import AuditSite
from agentlint.ir.effects import Confidence
from agentlint.ir.notes import SuppressionFlaw
from agentlint.ir.operations import Operation

HEADINGS = ("What it finds", "Why it hurts", "How to fix", "Limits")
"""The headings of a rule's docstring, in this order."""


class Rule(msgspec.Struct, frozen=True):
    """The metadata that stands at the top of a rule file."""

    name: str
    summary: str
    """Under 60 characters, no full stop."""
    category: str
    severity: Severity
    """The most severe that its findings can be."""
    confidence: Confidence = "high"
    affects: tuple[str, ...] = ()
    """Parts of the scores that the flaw lowers, e.g. `agent_ready.reach`."""
    requires: tuple[str, ...] = ()
    """Fields of `Facts` that it reads."""
    since: str = "0.1"
    references: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    bad: Mapping[str, str] = {}
    """A minimal system, file name to text, on which the rule fires."""
    good: Mapping[str, str] = {}
    """The same system mended: the rule is silent."""


class RuleContext(msgspec.Struct, frozen=True):
    """What a rule may read: the facts, indexed once."""

    facts: Facts
    operations: Mapping[str, Operation]
    """Operations by id."""
    records_by_kind: tuple[AuditSite, ...]
    """One example of each way in which this system's own code makes records, the most common first. What a framework makes by itself
    (an admin site's log) is no example to follow."""
    settings: Mapping[str, str] = {}
    """Option values that the user set, by `rule.option`."""
    flaws: tuple[SuppressionFlaw, ...] = ()
    """What is wrong with suppressions: known only once all other rules have spoken."""

    @classmethod
    def of(cls, facts: Facts, settings: Mapping[str, str] | None = None) -> RuleContext:
        """The context of one run."""
        return cls(facts, {o.id: o for o in facts.operations}, _ways_to_record(facts), settings or {})


def _ways_to_record(facts: Facts) -> tuple[AuditSite, ...]:
    first: dict[str, AuditSite] = {}
    counts: dict[str, int] = {}
    for site in sorted(site for d in facts.decisions if not d.effect.registered for site in d.audit):
        first.setdefault(site.mechanism, site)
        counts[site.mechanism] = counts.get(site.mechanism, 0) + 1
    return tuple(first[name] for name in sorted(first, key=lambda name: (-counts[name], name)))


Check = Callable[[RuleContext], Iterator[Finding]]


class LoadedRule(msgspec.Struct, frozen=True):
    """A rule ready to run."""

    rule: Rule
    info: RuleInfo
    check: Check
    package: str = ""
    """The distribution of a plugin that it comes from; empty for built-in rules."""


class MalformedRule(Exception):
    """A rule module lacks what every rule must have; the message says what."""


def load_rule(module: ModuleType) -> LoadedRule:
    """The rule that a module declares with a docstring, `RULE` and `check`."""
    rule, check = getattr(module, "RULE", None), getattr(module, "check", None)
    if not isinstance(rule, Rule) or not callable(check):
        raise MalformedRule(f"{module.__name__} must define RULE (a Rule) and check (a generator over a RuleContext)")
    sections = _sections(module.__doc__ or "")
    missing = [h for h in HEADINGS if not sections.get(h)]
    if missing:
        raise MalformedRule(f"the docstring of {module.__name__} lacks the heading {missing[0]!r}; it needs {', '.join(HEADINGS)}")
    finds, hurts, fix, limits = (sections[h] for h in HEADINGS)
    info = RuleInfo(
        name=rule.name, summary=rule.summary, category=rule.category, severity=rule.severity, confidence=rule.confidence, finds=finds, hurts=hurts, fix=fix,
        limits=limits, affects=rule.affects, since=rule.since, references=rule.references, options=rule.options, bad=dict(rule.bad), good=dict(rule.good),
    )
    return LoadedRule(rule, info, check)


def _sections(docstring: str) -> dict[str, str]:
    """Text by heading; a heading is a line of its own that is underlined with dashes."""
    parts = re.split(r"^(.+)\n-{3,}\n", _dedent(docstring), flags=re.MULTILINE)
    return {title.strip(): text.strip() for title, text in zip(parts[1::2], parts[2::2], strict=True)}


def _dedent(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
