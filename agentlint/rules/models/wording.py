"""What the rules on model calls share: which calls to name, and their finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from agentlint.findings.finding import Finding, Related, Severity
from agentlint.findings.fingerprint import fingerprint
from agentlint.ir.decisions import ModelCall
from agentlint.ir.effects import Confidence
from agentlint.rules.base import RuleContext

NOT_LANGUAGE = frozenset({"learned-model", "embedding"})
"""Kinds of models that answer in a fixed form, at a cost that does not grow with what is said."""


class Flaw(msgspec.Struct, frozen=True):
    """What a rule says of a call that has the flaw."""

    rule: str
    severity: Severity
    weight: int
    said: str
    """End of the sentence that begins with the call, without a full stop."""
    help: str
    confidence: Confidence = "high"


class Named(msgspec.Struct, frozen=True):
    """A call to report, with the calls of wrappers that come to it."""

    call: ModelCall
    through: tuple[ModelCall, ...] = ()


def flawed(context: RuleContext, answer: Callable[[ModelCall], bool | None]) -> Iterator[Named]:
    """The calls for which the code answers a definite no: the library's own call when it says so itself, else the calls of wrappers that leave it out."""
    groups: dict[tuple[str, int], list[ModelCall]] = {}
    for call in context.facts.model_calls:
        groups.setdefault((call.library_file or call.file, call.library_line or call.line), []).append(call)
    for _, calls in sorted(groups.items()):
        own = [c for c in calls if not c.library_file]
        outer = [c for c in calls if c.library_file]
        if any(answer(c) is False for c in own):
            first = next(c for c in own if answer(c) is False)
            yield Named(first, tuple(c for c in outer if answer(c) is False))
        elif not any(answer(c) for c in own):
            yield from (Named(c) for c in outer if answer(c) is False)


def finding(flaw: Flaw, named: Named) -> Finding:
    """The finding of one call."""
    call = named.call
    model = f" ({call.model})" if call.model and len(call.model) < 40 else ""
    others = (c for c in named.through if (c.file, c.line) != (call.file, call.line))
    related = tuple(dict.fromkeys(Related(c.file, c.line, f"{c.symbol} comes to this call") for c in others))
    if call.library_file:
        related = (Related(call.library_file, call.library_line, "the library's own call"), *related)
    return Finding(
        rule=flaw.rule, severity=flaw.severity, weight=flaw.weight, confidence=flaw.confidence,
        message=f"`{call.call}` asks {call.provider or 'a model'}{model} in {call.symbol or 'the module'} {flaw.said}.", help=flaw.help,
        file=call.file, line=call.line, symbol=call.symbol, related=related, fingerprint=fingerprint(flaw.rule, call.file, call.symbol, call.call),
    )
