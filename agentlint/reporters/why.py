"""Why an operation or a decision was judged as it was: its evidence from the entry to the effect, in steps that a person can check."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from agentlint.findings.finding import Finding
from agentlint.findings.report import Report
from agentlint.ir.decisions import Decision
from agentlint.ir.operations import Operation
from agentlint.reporters.base import Style
from agentlint.reporters.pen import Pen, clean

_SURFACES = {
    "gui": "a person at a browser", "api": "programs, over HTTP", "graphql": "programs, over GraphQL", "rpc": "programs, by remote call",
    "mcp": "programs, as a tool of an agent", "cli": "somebody at the command line", "job": "the system itself, as a job",
}
_SOURCES = {"person": "a person's choice", "model": "a model's answer", "rule": "a rule in the code", "branch": "a test in the code"}


class Place(msgspec.Struct, frozen=True):
    """What a person asks about: a line of a file, or the name of an operation, symbol or finding."""

    file: str = ""
    """Relative to the root; empty when a name is asked for."""
    line: int = 0
    name: str = ""


class Answer(msgspec.Struct, frozen=True):
    """What stands there."""

    operations: tuple[Operation, ...] = ()
    decisions: tuple[Decision, ...] = ()
    exact: bool = True
    """False when nothing stands at the line itself and the nearest above it is told."""

    @property
    def empty(self) -> bool:
        """True when there is nothing to tell."""
        return not self.operations and not self.decisions


def find(report: Report, place: Place) -> Answer:
    """The operations and decisions at a place, or those of the nearest line above in the same file."""
    if place.name:
        return _named(report, place.name)
    operations = tuple(o for o in report.operations if (place.file, place.line) in _lines_of_operation(o))
    decisions = tuple(d for d in report.decisions if (place.file, place.line) in _lines_of_decision(d))
    if operations or decisions:
        return Answer(operations, decisions)
    lines = [o.line for o in report.operations if o.file == place.file] + [d.line for d in report.decisions if d.file == place.file]
    above = max((line for line in lines if line <= place.line), default=0)
    return msgspec.structs.replace(find(report, Place(place.file, above)), exact=False) if above else Answer()


def render(report: Report, answer: Answer, style: Style) -> str:
    """The answer as text."""
    pen = Pen(style)
    known = {o.id: o for o in report.operations}
    blocks = [list(_operation(o, known, report, pen)) for o in answer.operations] + [list(_decision(d, known, report, pen)) for d in answer.decisions]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _named(report: Report, name: str) -> Answer:
    wanted = name.strip()
    hit = next((f for f in report.findings if f.fingerprint == wanted), None)
    operations = tuple(o for o in report.operations if wanted in _names(o) or (hit is not None and o.id == hit.operation))
    decisions = tuple(
        d for d in report.decisions if wanted in (d.id, d.symbol, d.symbol.rpartition(".")[2], d.decision) or (hit is not None and d.id == hit.decision)
    )
    return Answer(operations, decisions)


def _names(operation: Operation) -> set[str]:
    return {operation.id, f"{operation.method} {operation.path}", operation.path, operation.symbol, operation.symbol.rpartition(".")[2]}


def _lines_of_operation(operation: Operation) -> set[tuple[str, int]]:
    return {(operation.file, operation.line), *((e.file, e.line) for e in operation.effects)}


def _lines_of_decision(decision: Decision) -> set[tuple[str, int]]:
    steps = ((s.file, s.line) for s in decision.path)
    return {(decision.file, decision.line), (decision.effect.file, decision.effect.line), *steps, *((a.file, a.line) for a in decision.audit)}


def _operation(operation: Operation, known: dict[str, Operation], report: Report, pen: Pen) -> Iterator[str]:
    yield f"{pen.bold(clean(_title(operation)))}  {pen.link(f'{operation.file}:{operation.line}')}  {pen.dim(clean(operation.symbol))}".rstrip()
    yield from pen.hanging("  for        ", f"{_SURFACES[operation.surface]}; asks for {', '.join(operation.auth) or 'nothing that was seen'}")
    yield from pen.hanging("  does       ", f"{operation.action} {operation.resource}".strip() + ("" if operation.changes_state else " (reads only)"))
    for effect in operation.effects:
        fields = f" ({', '.join(effect.fields)})" if effect.fields else ""
        yield from pen.hanging("             ", f"{effect.operation} {effect.target or effect.kind}{fields}, {effect.file}:{effect.line}")
    if operation.status is not None:
        yield from pen.hanging("  judged     ", f"{operation.status}, with {operation.confidence} confidence")
    for number, evidence in enumerate(operation.evidence):
        yield from pen.hanging("  because    " if not number else "             ", evidence)
    yield from _chain(operation, report, pen)
    for number, identity in enumerate(operation.counterparts):
        other = known.get(identity)
        text = f"{_title(other)} ({other.symbol}, {other.file}:{other.line})" if other else identity
        yield from pen.hanging("  like       " if not number else "             ", text)
    yield from _findings((f for f in report.findings if f.operation == operation.id and f.decision is None), pen)


def _chain(operation: Operation, report: Report, pen: Pen) -> Iterator[str]:
    """The calls that an agent needs for a described operation, or what keeps it out of reach."""
    chain = next((c for c in report.chains if c.operation == f"{operation.method} {operation.path}"), None)
    if chain is None:
        return
    for number, call in enumerate(chain.calls, 1):
        taken = ", ".join(f"{g.parameter} = {g.operation} -> {g.place}" for g in call.takes)
        yield from pen.hanging("  calls      " if number == 1 else "             ", f"{number}. {call.operation}" + (f" with {taken}" if taken else ""))
    if chain.known:
        yield from pen.hanging("  to bring   ", ", ".join(chain.known))
    for number, lack in enumerate(chain.lacks):
        yield from pen.hanging("  missing    " if not number else "             ", f"{lack.what}: {lack.why}".removeprefix(": "))


def _decision(decision: Decision, known: dict[str, Operation], report: Report, pen: Pen) -> Iterator[str]:
    yield f"{pen.bold(clean(decision.decision))}  {pen.link(f'{decision.file}:{decision.line}')}  {pen.dim(clean(decision.symbol))}".rstrip()
    effect = decision.effect
    fields = f" ({', '.join(effect.fields)})" if effect.fields else ""
    yield from pen.hanging("  decided by ", _SOURCES[decision.source])
    yield from pen.hanging("  effect     ", f"{effect.operation} {effect.target or effect.kind}{fields}, {effect.file}:{effect.line}")
    held = [name for name in ("who", "what", "why") if getattr(decision.records, name)]
    yield from pen.hanging("  judged     ", f"{decision.status}, with {decision.confidence} confidence; on record: {', '.join(held) or 'nothing'}")
    for number, site in enumerate(decision.audit):
        yield from pen.hanging("  record     " if not number else "             ", f"{site.mechanism}, {site.file}:{site.line}")
    for number, step in enumerate(decision.path, 1):
        yield from pen.hanging("  path       " if number == 1 else "             ", f"{number}. {step.file}:{step.line} {step.text}")
    for number, identity in enumerate(decision.operations):
        yield from pen.hanging("  started by " if not number else "             ", _title(known[identity]) if identity in known else identity)
    yield from _findings((f for f in report.findings if f.decision == decision.id), pen)


def _title(operation: Operation) -> str:
    return f"{operation.method} {operation.path}".strip() or operation.symbol


def _findings(findings: Iterator[Finding], pen: Pen) -> Iterator[str]:
    for number, finding in enumerate(findings):
        state = f", suppressed: {finding.suppressed.reason}" if finding.suppressed else ""
        yield from pen.hanging("  finding    " if not number else "             ", f"{finding.severity} {finding.rule}, {finding.fingerprint}{state}")
        if finding.help:
            yield from pen.hanging(f"           {pen.arrow} ", finding.help, dim=True)
