"""Registers a model whose changes leave no record with the history that the system's other models have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import libcst as cst
from libcst.codemod import CodemodContext
from libcst.codemod.visitors import AddImportsVisitor

from agentlint.findings.finding import Finding
from agentlint.findings.report import Report
from agentlint.fixes.base import Change, Fix, Sources
from agentlint.fixes.registrations import Way, imported, top_names, way_of
from agentlint.ir.description import Description

NAME = "register-history"
_MENDS = ("unaudited-decision-path", "partially-audited-decision-path")
_NOTE = "run `makemigrations` afterwards: a history may keep a table of its own"


def propose(report: Report, sources: Sources, descriptions: Sequence[Description]) -> Iterator[Fix]:
    """One fix per model that the system's way of registering would cover."""
    del descriptions
    registered = way_of(report, sources)
    if registered is None:
        return
    for model, findings in sorted(_open_models(report).items()):
        module, _, name = model.rpartition(".")
        file = sources.of_module(module)
        if model in registered.models or file is None or _with_registration(sources.read(file), name, registered.way) is None:
            continue
        title = f"register {name} with the history that {len(registered.models)} other models have"
        yield Fix(NAME, title, file, 0, {file: _change(name, registered.way)}, tuple(f.fingerprint for f in findings), note=_NOTE)


def _open_models(report: Report) -> dict[str, list[Finding]]:
    """Findings of decisions that change rows of a model without a record, by the model's qualified name."""
    decisions = {d.id: d for d in report.decisions}
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        decision = decisions.get(finding.decision or "")
        if finding.rule in _MENDS and finding.suppressed is None and decision is not None and decision.effect.kind == "orm-write" and decision.effect.model:
            found[decision.effect.model].append(finding)
    return found


def _change(model: str, way: Way) -> Change:
    return lambda source: _with_registration(source, model, way) or source


def _with_registration(source: bytes, model: str, way: Way) -> bytes | None:
    """The file with the model registered; None when it is so already, or cannot be without touching anything else."""
    try:
        module = cst.parse_module(source)
    except cst.ParserSyntaxError:
        return None
    at = next((n for n, s in enumerate(module.body) if isinstance(s, cst.ClassDef) and s.name.value == model), None)
    if at is None or _bound_otherwise(module, way):
        return None
    body = list(module.body)
    target = body[at]
    assert isinstance(target, cst.ClassDef)
    if way.form == "call":
        inserted = _called(body, at, model, way)
    else:
        changed = _as_field(target, way) if way.form == "field" else _decorated(target, way)
        inserted = None if changed is None else [*body[:at], changed, *body[at + 1 :]]
    if inserted is None:
        return None
    return _importing(module.with_changes(body=inserted), way).bytes


def _bound_otherwise(module: cst.Module, way: Way) -> bool:
    """True when the file uses the registration's name for something else."""
    return way.import_name in top_names(module.body) and imported(module, way.import_name) != (way.import_from, way.import_name)


def _as_field(target: cst.ClassDef, way: Way) -> cst.ClassDef | None:
    """The class with one more field, after its last one."""
    if not isinstance(target.body, cst.IndentedBlock) or way.attribute in top_names(target.body.body):
        return None
    body = list(target.body.body)
    fields = [n for n, s in enumerate(body) if isinstance(s, cst.SimpleStatementLine) and isinstance(s.body[0], (cst.Assign, cst.AnnAssign))]
    if not fields:
        return None
    line = cst.parse_statement(f"{way.attribute} = {way.code}")
    body.insert(fields[-1] + 1, line)
    return target.with_changes(body=target.body.with_changes(body=body))


def _decorated(target: cst.ClassDef, way: Way) -> cst.ClassDef | None:
    written = cst.parse_expression(way.code)
    if any(d.decorator.deep_equals(written) for d in target.decorators):
        return None
    return target.with_changes(decorators=(cst.Decorator(written), *target.decorators))


def _called(body: Sequence[cst.BaseStatement], at: int, model: str, way: Way) -> list[cst.BaseStatement] | None:
    """A registering call after those of the same file, or at its end; below the class in any case."""
    calls = [(n, c) for n, s in enumerate(body) if (c := _registered_by(s, way)) is not None]
    if any(name == model for _, name in calls):
        return None
    last = max((n for n, _ in calls), default=None)
    place = len(body) if last is None or last < at else last + 1
    line = cst.parse_statement(f"{way.code}({model})")
    if last is None and isinstance(line, cst.SimpleStatementLine):
        line = line.with_changes(leading_lines=[cst.EmptyLine(indent=False), cst.EmptyLine(indent=False)])
    return [*body[:place], line, *body[place:]]


def _registered_by(statement: cst.BaseStatement, way: Way) -> str | None:
    """The model that a statement registers this way."""
    if not isinstance(statement, cst.SimpleStatementLine) or not isinstance(statement.body[0], cst.Expr):
        return None
    call = statement.body[0].value
    if not isinstance(call, cst.Call) or not call.args or not call.func.deep_equals(cst.parse_expression(way.code)):
        return None
    first = call.args[0].value
    return first.value if isinstance(first, cst.Name) else None


def _importing(module: cst.Module, way: Way) -> cst.Module:
    """The module with the import that the registration needs, if it lacks it."""
    context = CodemodContext()
    if way.import_from:
        AddImportsVisitor.add_needed_import(context, way.import_from, way.import_name)
    else:
        AddImportsVisitor.add_needed_import(context, way.import_name)
    return AddImportsVisitor(context).transform_module(module)
