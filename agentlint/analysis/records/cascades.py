"""Which rows go along when others are deleted: foreign keys and relationships that cascade."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from agentlint.analysis.program import Program
from agentlint.analysis.records.shapes import Shapes
from agentlint.ir import syntax as s

_STAFF = re.compile(r"(^|_)(admin|staff|moderator|operator)(_|$)")
"""Keys to those who look after others: whoever is deleted by them is somebody else."""


def erasers(program: Program, shapes: Shapes, model: str, near: Iterable[str], trail: bool = False) -> frozenset[str]:
    """Models whose deletion takes the rows of a model along: those that its own keys name, and of those `near` whose relationships say so.

    Of a `trail` the keys to staff do not count: the record of a deletion hangs on who deleted.
    """
    keys = erasing_columns(program, shapes, model).items()
    found = {related for name, models in keys if not (trail and _STAFF.search(name)) for related in models}
    for subject in near:
        for column in shapes.columns(subject):
            declared = program.attribute(subject, column.name)
            if declared is not None and model.rpartition(".")[2] in _texts(declared[0]) | _annotation_names(program, subject, column.name) \
                    and _says_cascade(declared[0], ("cascade",)):
                found.add(subject)
    return frozenset(found)


def erasing_columns(program: Program, shapes: Shapes, model: str) -> dict[str, tuple[str, ...]]:
    """Keys of a model that take its rows along, each with the models that it names."""
    found: dict[str, tuple[str, ...]] = {}
    for column in shapes.columns(model):
        declared = program.attribute(model, column.name)
        if declared is not None and column.relations and _says_cascade(declared[0], ("on_delete", "ondelete")):
            found[column.name] = column.relations
    return found


class Dependents:
    """Answers which models lose rows when a row of a model is deleted."""

    def __init__(self, program: Program, shapes: Shapes) -> None:
        self._program, self._shapes = program, shapes
        self._direct: dict[str, set[str]] | None = None

    def of(self, model: str) -> frozenset[str]:
        """All of them, those of dependents included, without the model itself and without rows that only tie others together."""
        direct = self._all_direct()
        found: set[str] = set()
        waiting = [model]
        while waiting:
            for one in direct.get(waiting.pop(), ()):
                if one not in found and one != model:
                    found.add(one)
                    waiting.append(one)
        return frozenset(one for one in found if not self._shapes.is_tie(one))

    def _all_direct(self) -> dict[str, set[str]]:
        if self._direct is None:
            self._direct = {}
            for model in sorted(self._shapes.models):
                for parent in erasers(self._program, self._shapes, model, self._related(model)):
                    self._direct.setdefault(parent, set()).add(model)
        return self._direct

    def _related(self, model: str) -> Iterator[str]:
        for column in self._shapes.columns(model):
            yield from column.relations


def _says_cascade(expr: s.Expr, names: tuple[str, ...]) -> bool:
    """True when a field's declaration, or a foreign key within it, cascades: by keyword, or as Django's second argument (`ForeignKey(Order, CASCADE)`)."""
    if not isinstance(expr, s.Call):
        return False
    if any(_is_cascade(keyword.value) for keyword in expr.keywords if keyword.name in names):
        return True
    return any(_says_cascade(a, names) or (isinstance(a, (s.Attribute, s.Name)) and _is_cascade(a)) for a in expr.args)


def _is_cascade(expr: s.Expr) -> bool:
    text = expr.attr if isinstance(expr, s.Attribute) else expr.id if isinstance(expr, s.Name) else str(expr.value) if isinstance(expr, s.Constant) else ""
    return text.upper() == "CASCADE" or (isinstance(expr, s.Constant) and ("delete" in text.lower() or text.lower().startswith("all")))


def _texts(expr: s.Expr) -> set[str]:
    if not isinstance(expr, s.Call):
        return set()
    return {str(a.value) if isinstance(a, s.Constant) else a.id if isinstance(a, s.Name) else "" for a in expr.args}


def _annotation_names(program: Program, model: str, attr: str) -> set[str]:
    info = program.classes.get(model)
    expr = info.annotations.get(attr) if info is not None else None
    found: set[str] = set()
    stack = [expr] if expr is not None else []
    while stack:
        one = stack.pop()
        if isinstance(one, s.Subscript):
            stack += [one.index]
        elif isinstance(one, s.Sequence):
            stack += one.items
        elif isinstance(one, s.Name):
            found.add(one.id)
        elif isinstance(one, s.Constant) and isinstance(one.value, str):
            found.add(one.value)
    return found
