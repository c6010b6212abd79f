"""The capability matrix: for every resource and action, who can do it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from agentlint.findings.report import Report
from agentlint.ir.contracts import Lifecycle
from agentlint.ir.operations import Operation
from agentlint.reporters.html.view import CellView, RowView

COLUMNS = ("create", "read", "update", "delete")
"""Actions that every resource may have; others stand in the last column under their own names."""
_WORDS = {
    "create": "create", "add": "create", "new": "create", "read": "read", "list": "read", "view": "read", "show": "read", "get": "read", "detail": "read",
    "retrieve": "read", "update": "update", "edit": "update", "change": "update", "modify": "update", "delete": "delete", "remove": "delete",
    "destroy": "delete",
}
_JUDGED = {"agent-accessible": "agent", "partial": "partly", "gui-only": "person"}
_MACHINE = frozenset({"api", "graphql", "rpc", "mcp"})
_KEYLESS = frozenset({"signature", "internal"})
_KEYS = frozenset({"token", "api-key", "basic", "oauth", "mutual-tls"})


def matrix_rows(report: Report) -> list[RowView]:
    """One row per resource, those with the most that only a person can do first."""
    groups: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    names: dict[str, str] = {}
    for number, operation in enumerate(report.operations):
        resource = operation.resource or "(no resource)"
        names.setdefault(resource.lower(), resource)
        groups[resource.lower()][_action(operation)].append(number)
    missing = _missing(report.lifecycles, names)
    rows = [_row(names[key], groups[key], missing[key], report.operations) for key in sorted(names)]
    return sorted(rows, key=lambda row: (-_count(row, "person"), -_count(row, "partly"), row.resource.lower()))


def _missing(lifecycles: Iterable[Lifecycle], names: dict[str, str]) -> dict[str, dict[str, list[str]]]:
    """What a description lacks: by resource and action, why."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in lifecycles:
        if row.status == "missing":
            names.setdefault(row.resource.lower(), row.resource)
            found[row.resource.lower()][_WORDS.get(row.transition.split(" ")[0].lower(), row.transition)].append(row.evidence)
    return found


def _row(resource: str, by_action: dict[str, list[int]], missing: dict[str, list[str]], operations: Sequence[Operation]) -> RowView:
    def cell(action: str, name: str = "") -> CellView:
        numbers = by_action.get(action, [])
        return CellView(state_of([operations[n] for n in numbers]), numbers, name, missing.get(action, []))

    others = sorted({*by_action, *missing} - set(COLUMNS))
    return RowView(resource, [cell(action) for action in COLUMNS], [cell(action, action) for action in others])


def _action(operation: Operation) -> str:
    """The action's word without the resource: `cancel order` of `order` is `cancel`."""
    words = operation.action.lower().split()
    if words and words[0] in _WORDS:
        return _WORDS[words[0]]
    suffix = operation.resource.lower().split()
    if suffix and len(words) > len(suffix) and words[-len(suffix):] == suffix:
        words = words[: -len(suffix)]
    return " ".join(words) or (operation.method.lower() if operation.method else "use")


def state_of(operations: Sequence[Operation]) -> str:
    """How far a program gets with some operations together."""
    judged = {_JUDGED[o.status] for o in operations if o.surface == "gui" and o.changes_state and o.status in _JUDGED}
    machine = any(_open_to_programs(o) for o in operations)
    if judged:
        return judged.pop() if len(judged) == 1 and not (machine and "person" in judged) else "partly"
    if machine:
        return "agent"
    if any(o.browser_only and o.changes_state for o in operations):
        return "person"
    if any(o.status == "human-by-design" for o in operations):
        return "own"
    if any(o.surface == "gui" for o in operations):
        return "page"
    return "system" if operations else "nobody"


def _open_to_programs(operation: Operation) -> bool:
    """True unless only a vendor's signature, an internal key or a browser opens it."""
    kinds = set(operation.auth)
    return operation.surface in _MACHINE and not operation.browser_only and (not kinds & _KEYLESS or bool(kinds & _KEYS))


def _count(row: RowView, state: str) -> int:
    return sum(cell.state == state for cell in (*row.cells, *row.named))
