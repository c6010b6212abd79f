"""How much hangs on a change: the weight and severity that rules give to an effect, by what it would cost to get it wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

import msgspec

from agentlint.findings.finding import SEVERITIES, Severity

_MONEY = re.compile(
    r"(?<![a-z])(pay(ment|out)?s?|paid|refund(ed|s)?|invoices?|charge[ds]?|charges|price[ds]?|salar(y|ies)|loans?|credit(s|ed)?|debit(s|ed)?|balances?"
    r"|wallets?|billing|subscriptions?|payroll|deposits?|withdraw(al|als|s)?|premiums?)(?![a-z])", re.IGNORECASE,
)
_RIGHTS = re.compile(
    r"(?<![a-z])(permissions?|roles?|admins?|superuser|staff|members?|memberships?|owners?|grants?|revoke[ds]?|suspend(ed|s)?|bann?(ed|s)?|blocks?|blocked"
    r"|tokens?|api[_ ]?keys?|credentials?|secrets?)(?![a-z])", re.IGNORECASE,
)
_VERDICT = re.compile(
    r"(?<![a-z])(approv(e|es|ed|al)|reject(s|ed|ion)?|den(y|ies|ied|ial)|accept(s|ed)?|cancel(s|led|ed|lation)?|escalat(e|es|ed)|assign(s|ed)?"
    r"|publish(es|ed)?|archiv(e|es|ed)|clos(e|es|ed)|transfer(s|red)?|merg(e|es|ed)|restor(e|es|ed))(?![a-z])", re.IGNORECASE,
)
_BY_KIND: dict[str, int] = {
    "payment": 90, "permission": 80, "process": 60, "raw-sql": 55, "orm-write": 50, "authentication": 25, "outbound-http": 45, "queue": 40, "file": 40,
    "model-call": 30, "mail": 20, "message": 20, "session": 10, "cache": 5,
}
_BY_OPERATION: dict[str, int] = {"delete": 75, "grant": 80, "revoke": 80}
_ERROR, _WARNING = 70, 30


class Change(msgspec.Struct, frozen=True):
    """What rules weigh: the kind of an effect, its operation and what it acts on."""

    kind: str
    operation: str
    target: str
    fields: tuple[str, ...] = ()


def weight(changes: Iterable[Change], words: str = "") -> int:
    """How much hangs on the changes together, 0 to 100; `words` are what the code calls the action."""
    return max((_weight(change, words) for change in changes), default=_word_weight(words))


def _weight(change: Change, words: str) -> int:
    base = _BY_KIND.get(change.kind, 30)
    if change.kind in ("mail", "message", "session", "cache", "authentication"):
        return base
    spoken = " ".join((_spaced(change.target), *map(_spaced, change.fields), _spaced(words)))
    return max(base, _BY_OPERATION.get(change.operation, 0), _word_weight(spoken))


def _word_weight(words: str) -> int:
    spoken = _spaced(words)
    if _MONEY.search(spoken):
        return 85
    if _RIGHTS.search(spoken):
        return 72
    return 65 if _VERDICT.search(spoken) else 0


def _spaced(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[_.]", " ", name)


def severity(weight_: int, ceiling: Severity, confidence: Literal["high", "medium", "low"] = "high") -> Severity:
    """The severity that a weight calls for, held under the rule's own; a finding of low confidence is one step milder."""
    wanted: Severity = "error" if weight_ >= _ERROR else "warning" if weight_ >= _WARNING else "info"
    index = max(SEVERITIES.index(wanted), SEVERITIES.index(ceiling))
    if confidence == "low":
        index = min(index + 1, len(SEVERITIES) - 1)
    return SEVERITIES[index]
