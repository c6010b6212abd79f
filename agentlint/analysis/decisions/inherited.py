"""What a base class does alike for all that inherit from it: decided over once, in the base, not in each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import msgspec

from agentlint.analysis.decisions.words import in_words
from agentlint.analysis.program import Program
from agentlint.ir.decisions import Decision

_SEVERAL = 4
"""Classes that inherit the same effect on the same thing: fewer may each be meant."""
_MOST_OPERATIONS = 20


def once_in_base(program: Program, rows: Sequence[Decision]) -> Iterator[Decision]:
    """Rows of handlers in which a method that many classes inherit acts on the same thing for all of them, such as the job that every import starts,
    become one row of that method. What it does to each class's own model stays with each."""
    grouped: dict[object, list[Decision]] = defaultdict(list)
    for row in rows:
        grouped[_same(row)].append(row)
    several = {key for key, group in grouped.items() if len({(one.file, one.symbol) for one in group}) >= _SEVERAL}
    for row in rows:
        group, info = grouped[_same(row)], program.functions.get(row.function)
        if info is None or not info.owner or not row.effect.model or _same(row) not in several:
            yield row
        elif row is group[0]:
            operations = sorted({operation for one in group for operation in one.operations})
            yield msgspec.structs.replace(
                row, file=info.module.path, line=info.node.line, symbol=info.node.qualname, decision=in_words(info.node.qualname, None, row.effect, ()),
                operations=tuple(operations[:_MOST_OPERATIONS]),
            )


def _same(row: Decision) -> object:
    return row.function, _acts(row), row.effect.model, row.status


def unsaid_above(rows: Sequence[Decision], inside: Sequence[Decision]) -> Iterator[Decision]:
    """Rows of functions that no row of a base says already. A line that acts on the model of whatever class runs it is told at those classes."""
    known = {(row.file, row.symbol, *_acts(row), row.effect.model) for row in rows}
    routed = {row.function for row in rows}
    models: dict[tuple[str, str, int, str], set[str]] = defaultdict(set)
    for row in inside:
        models[row.function, *_acts(row)].add(row.effect.model)
    for row in inside:
        if (row.file, row.symbol, *_acts(row), row.effect.model) not in known and (row.function not in routed or len(models[row.function, *_acts(row)]) == 1):
            yield row


def _acts(row: Decision) -> tuple[str, int, str]:
    return row.effect.file, row.effect.line, row.effect.operation
