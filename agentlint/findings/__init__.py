"""What agentlint has to say: findings, the rules they come from, scores, and the report that holds them all."""

from agentlint.findings.finding import CONFIDENCES, SEVERITIES, Finding, Related, Severity, Suppressed, in_order
from agentlint.findings.fingerprint import distinct, fingerprint
from agentlint.findings.places import places_of
from agentlint.findings.plan import Blocker, Plan, Wave
from agentlint.findings.report import Plugin, Report, Tool
from agentlint.findings.rule_info import RuleInfo
from agentlint.findings.scorecard import Gate, Part, Question, Scorecard

__all__ = [
    "CONFIDENCES", "SEVERITIES", "Blocker", "Finding", "Gate", "Part", "Plan", "Plugin", "Question", "Related", "Report", "RuleInfo", "Scorecard", "Severity",
    "Suppressed", "Tool", "Wave", "distinct", "fingerprint", "in_order", "places_of",
]
