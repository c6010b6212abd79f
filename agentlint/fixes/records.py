"""Adds the record that other functions of the system make to a decision that leaves none, at the point that covers the path without it."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal

import libcst as cst
import msgspec
from libcst.codemod import CodemodContext
from libcst.codemod.visitors import AddImportsVisitor

from agentlint.findings.finding import Finding
from agentlint.findings.report import Report
from agentlint.fixes.base import Change, Fix, Sources
from agentlint.fixes.functions import Files, Parsed, Statement, bound_before, names_in, parsed, statements
from agentlint.fixes.record_calls import Target, Way, line_within, object_of, own_call, says_the_same, way_of, written
from agentlint.fixes.registrations import imported, top_names
from agentlint.ir.decisions import Decision
from agentlint.ir.description import Description

NAME = "add-record"
_MENDS = ("unaudited-decision-path", "partially-audited-decision-path")
_LEAVES = "leaves here before"
_NOTE = "read what the record says before you commit it"

Where = Literal["before", "after", "else"]


class _Insertion(msgspec.Struct, frozen=True):
    """A call to be written at a statement of a function, which is found again by its text."""

    symbol: str
    anchor: str
    number: int
    """Which of the statements with that text, from 0."""
    where: Where
    code: str
    import_from: str = ""
    import_name: str = ""


def propose(report: Report, sources: Sources, descriptions: Sequence[Description]) -> Iterator[Fix]:
    """One fix per point; all findings of decisions whose path it would cover are meant to end."""
    del descriptions
    files = Files(sources)
    way = way_of(report, files)
    if way is None:
        return
    decisions = {d.id: d for d in report.decisions}
    wanted: dict[tuple[str, int, str], list[tuple[_Insertion, Finding]]] = defaultdict(list)
    for finding in report.findings:
        decision = decisions.get(finding.decision or "")
        if finding.rule in _MENDS and finding.suppressed is None and decision is not None:
            planned = _planned(way, decision, files)
            if planned is not None:
                wanted[(decision.file, planned[0], planned[1].where)].append((planned[1], finding))
    for (file, line, _), group in sorted(wanted.items()):
        insertion = group[0][0]
        title = f"record `{insertion.symbol}` as {len(way.siblings)} other functions do: {insertion.code}"
        yield Fix(NAME, title, file, line, {file: _change(insertion)}, tuple(f.fingerprint for _, f in group), note=_NOTE)


# ------------------------------------------------------------------------- where


def _planned(way: Way, decision: Decision, files: Files) -> tuple[int, _Insertion] | None:
    """The point and the call that would cover the path of a decision."""
    place = files.parsed(decision.file)
    function = place.function(decision.symbol) if place is not None else None
    if place is None or function is None or (way.file and way.file != decision.file):
        return None
    own = own_call(way, decision.file, function.name.value)
    if own is not None:
        return _repeated(way, place, function, own, decision)
    statement = place.at(function, line_within(decision, place, function))
    if not isinstance(statement, cst.SimpleStatementLine) or isinstance(statement.body[-1], (cst.Return, cst.Raise)):
        return None
    line = place.lines(statement)[0]
    where: Where = "before" if decision.effect.operation == "delete" else "after"
    name = object_of(decision, place, function)
    names = bound_before(place, function, line) | ({name} if name and where == "after" else set())
    target = Target(function.name.value, decision.effect.model.rpartition(".")[2] or decision.effect.target, name, frozenset(names), place.module)
    code = written(way, target)
    if code is None or not _can_import(way, place):
        return None
    return line, _at(place, function, decision.symbol, statement, where, code, way)


def _repeated(way: Way, place: Parsed, function: cst.FunctionDef, own: cst.Call, decision: Decision) -> tuple[int, _Insertion] | None:
    """The function's own call once more, where the path leaves without it; not when its words may speak of the other path only."""
    leaving = [s.line for s in decision.path if s.file == decision.file and s.text.startswith(_LEAVES)]
    statement = place.at(function, leaving[-1]) if leaving else None
    if statement is None or not says_the_same(way, own, function.name.value):
        return None
    here, line = place.lines(own)[0], place.lines(statement)[0]
    if line < here and isinstance(statement, cst.SimpleStatementLine):  # an early way out
        local, bound = bound_before(place, function, here), bound_before(place, function, line)
        used = {n.value for n in names_in(own)}
        return None if used & (local - bound) else (line, _at(place, function, decision.symbol, statement, "before", place.code(own)))
    holders = [s for s in statements(function) if isinstance(s, cst.If) and any(place.lines(inner)[0] == here for inner in s.body.body)]
    if len(holders) != 1 or holders[0].orelse is not None:
        return None
    tested = {n.value for n in names_in(holders[0].test)}
    if not tested & bound_before(place, function, place.lines(holders[0])[0]):  # a switch of the installation is meant to switch it off
        return None
    return place.lines(holders[0])[0], _at(place, function, decision.symbol, holders[0], "else", place.code(own))


def _at(place: Parsed, function: cst.FunctionDef, symbol: str, statement: Statement, where: Where, code: str, way: Way | None = None) -> _Insertion:
    anchor = place.code(statement)
    alike = [s for s in statements(function) if place.code(s) == anchor]
    number = next(n for n, s in enumerate(alike) if s is statement)
    return _Insertion(symbol, anchor, number, where, code, way.import_from if way else "", way.import_name if way else "")


def _can_import(way: Way, place: Parsed) -> bool:
    """False when the file uses the name for something else."""
    if not way.import_name or way.import_name not in top_names(place.module.body):
        return True
    return imported(place.module, way.import_name) == (way.import_from, way.import_name)


# ------------------------------------------------------------------------- making it


def _change(insertion: _Insertion) -> Change:
    def apply(source: bytes) -> bytes:
        place = parsed(source)
        function = place.function(insertion.symbol) if place is not None else None
        if place is None or function is None:
            return source
        alike = [s for s in statements(function) if place.code(s) == insertion.anchor]
        if insertion.number >= len(alike):
            return source
        changed = place.module.visit(_Inserter(alike[insertion.number], insertion))
        return _importing(changed, insertion).bytes

    return apply


class _Inserter(cst.CSTTransformer):
    """Writes the call at one statement."""

    def __init__(self, anchor: Statement, insertion: _Insertion) -> None:
        self._anchor, self._insertion = anchor, insertion

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.FlattenSentinel[cst.BaseStatement]:
        if original_node is not self._anchor:
            return updated_node
        line = cst.parse_statement(self._insertion.code)
        if self._insertion.where == "after":
            return cst.FlattenSentinel([updated_node, line])
        blank = list(itertools.takewhile(lambda e: e.comment is None, updated_node.leading_lines))  # stay above; a comment stays with its statement
        first = line.with_changes(leading_lines=blank) if isinstance(line, cst.SimpleStatementLine) else line
        return cst.FlattenSentinel([first, updated_node.with_changes(leading_lines=updated_node.leading_lines[len(blank):])])

    def leave_If(self, original_node: cst.If, updated_node: cst.If) -> cst.If:
        if self._insertion.where != "else" or original_node is not self._anchor:
            return updated_node
        return updated_node.with_changes(orelse=cst.Else(cst.IndentedBlock([cst.parse_statement(self._insertion.code)])))


def _importing(module: cst.Module, insertion: _Insertion) -> cst.Module:
    if not insertion.import_name or insertion.import_name in top_names(module.body):
        return module
    context = CodemodContext()
    if insertion.import_from:
        AddImportsVisitor.add_needed_import(context, insertion.import_from, insertion.import_name)
    else:
        AddImportsVisitor.add_needed_import(context, insertion.import_name)
    return AddImportsVisitor(context).transform_module(module)
