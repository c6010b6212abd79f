"""Findings on API descriptions: the one form that rules on shortcomings and on the lives of resources share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agentlint.findings.finding import Finding, Severity
from agentlint.findings.fingerprint import fingerprint
from agentlint.ir.contracts import Lifecycle
from agentlint.rules.base import Rule, RuleContext

BOOKS = """\
openapi: 3.0.3
info: {title: Books, version: '1'}
paths:
  /books:
    get:
      operationId: listBooks
      summary: List the books on the shelves
%s      responses:
        '200': {description: all, content: {application/json: {schema: {type: array, items: {type: object, properties: {isbn: {type: string}}}}}}}
%s  /books/{isbn}:
    parameters:
      - {name: isbn, in: path, required: true, schema: {type: string}}
    %s:
      operationId: %s
      summary: %s
      responses:
        '200': {description: one, content: {application/json: {schema: {type: object, properties: {isbn: {type: string}}}}}}
%s"""
"""A small description for samples: lines of the list, of its answers, then method, name, summary of the second operation and lines of its answers."""


def books(list_lines: str = "", list_answers: str = "", method: str = "get", name: str = "readBook", summary: str = "Read one book", answers: str = "") -> str:
    """The sample with what a rule is about put in."""
    return BOOKS % (list_lines, list_answers, method, name, summary, answers)


def shortcomings(
    context: RuleContext, rule: Rule, kind: str, message: str, advice: str, weights: tuple[int, int], mild: Severity = "info"
) -> Iterator[Finding]:
    """A finding for each shortcoming of a kind. `message` may name `subject`, `a_subject` and `evidence`; `weights` are those of common and of grave cases,
    `mild` is the severity of common ones."""
    for found in context.facts.shortcomings:
        if found.kind == kind:
            yield Finding(
                rule=rule.name, severity=rule.severity if found.heavy else mild, weight=weights[found.heavy], confidence=rule.confidence,
                message=message.format(subject=found.subject, a_subject=an(found.subject, True), evidence=found.evidence), help=advice,
                file=found.file, line=found.line, symbol=found.symbol, fingerprint=fingerprint(rule.name, found.file, found.subject),
            )


def step(rule: Rule, row: Lifecycle, message: str, advice: str, weight: int, own: str = "", severity: Severity = "warning") -> Finding:
    """A finding on a step of a resource's life; `own` tells it from others of its rule on the same resource."""
    return Finding(
        rule=rule.name, severity=severity, weight=weight, confidence=rule.confidence, message=message, help=advice, file=row.file, line=row.line,
        symbol=row.resource, fingerprint=fingerprint(rule.name, row.file, row.resource, *filter(None, (own,))),
    )


def kept_things(rows: Iterable[Lifecycle]) -> set[tuple[str, str]]:
    """What is known to be looked after: something described changes it, acts on it or ends it. What is only made and shown may be a question with its answer,
    a record, or a value that is set."""
    return {row.whose for row in rows if row.status == "present" and row.transition.split(" ")[0] not in ("create", "read", "list")}


def an(noun: str, capital: bool = False) -> str:
    """`an invite`, `a project`; with a capital letter at the start of a sentence."""
    article = "an" if noun[:1].lower() in tuple("aeio") else "a"
    return f"{article.capitalize() if capital else article} {noun}"
