"""Classes whose methods do the same thing, some with a record and some without: together they are a decision that is recorded in part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from agentlint.analysis.program import ClassInfo, Program
from agentlint.analysis.wording import words
from agentlint.ir.decisions import Decision

_SAYS = {"create": "create", "delete": "delete", "change": "change"}


def class_decisions(program: Program, rows: Iterable[Decision]) -> Iterator[Decision]:
    """One row for each class and thing of which some of its rows leave a record and others none."""
    grouped: dict[tuple[str, str, str], list[Decision]] = defaultdict(list)
    for row in rows:
        owner = _owner(program, row)
        if owner and row.effect.model and row.effect.kind == "orm-write":
            operation = row.effect.operation if row.effect.operation in ("create", "delete") else "change"
            grouped[owner, row.effect.model, operation].append(row)
    for (owner, _, done), group in sorted(grouped.items()):
        audited = [r for r in group if r.status == "audited"]
        open_rows = [r for r in group if r.status == "unaudited" and any(_same_fields(r, a) for a in audited)]
        if audited and open_rows:
            yield _row(program.classes[owner], done, audited, open_rows)


def _owner(program: Program, row: Decision) -> str:
    info = program.functions.get(row.function)
    if info is not None:
        return info.owner
    module = row.effect.function.rpartition(".")[0] if not row.function else ""
    for name in (f"{module}.{row.symbol}", row.effect.function):
        if name in program.classes:
            return name
    parsed = program.module_of(row.file)
    name = f"{parsed.name}.{row.symbol}" if parsed is not None else ""
    return name if name in program.classes else ""


def _same_fields(one: Decision, other: Decision) -> bool:
    mine, theirs = set(one.effect.fields), set(other.effect.fields)
    return not mine or not theirs or bool(mine & theirs)


def _row(info: ClassInfo, operation: str, audited: Sequence[Decision], open_rows: Sequence[Decision]) -> Decision:
    first = min(open_rows, key=lambda r: (r.line, r.effect.line, r.id))
    fields = f" {', '.join(first.effect.fields[:3])}" if operation == "change" and first.effect.fields else ""
    noun = " ".join(words(first.effect.target))
    return msgspec.structs.replace(
        first, line=info.node.line, symbol=info.node.qualname, decision=f"{_SAYS[operation]} {noun}{fields}: recorded in one way, not in another",
        status="partial", records=audited[0].records, audit=tuple(sorted({a for r in audited for a in r.audit}))[:6], inner=True, function="",
        operations=tuple(sorted({o for r in (*audited, *open_rows) for o in r.operations}))[:20],
    )
