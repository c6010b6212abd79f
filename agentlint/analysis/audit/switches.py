"""Switches that a product ships turned on: settings under which records are made, and whose default makes them.

`if not settings.AUDIT_ENABLED: return` in front of a record opens no path of the product as it is delivered; whoever turns the switch off asked for that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from agentlint.analysis.program import FunctionInfo, Program
from agentlint.analysis.wording import words
from agentlint.ir import syntax as s
from agentlint.ir.walk import dotted, expressions

_ON = frozenset({"1", "true", "yes", "on", "t", "y"})
_OF_TESTS = frozenset({"test", "tests", "testing"})
_SETTINGS = frozenset({"config", "settings", "conf", "cfg"})


class Switches:
    """The settings of one program by their names in capitals."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._given: dict[str, list[tuple[s.Module, s.Expr]]] | None = None

    def is_on(self, test: s.Expr, info: FunctionInfo) -> bool:
        """True for a setting of the project that is on wherever it is given a value or a default."""
        if isinstance(test, s.Call):
            return self._asked(test)
        name = self._name(test, info)
        given = self._values().get(name, ()) if name else ()
        return bool(given) and all(self._is_on(value, module) for module, value in given)

    def _asked(self, call: s.Call) -> bool:
        """`config.get("AUDIT", True)`: on unless the project itself turns it off."""
        if not (isinstance(call.func, s.Attribute) and call.func.attr == "get" and _is_settings(call.func.value) and call.args):
            return False
        key = call.args[0]
        given = self._values().get(key.value, ()) if isinstance(key, s.Constant) and isinstance(key.value, str) else ()
        return all(self._is_on(value, module) for module, value in given) and (bool(given) or _defaults_to_on(call))

    def _name(self, test: s.Expr, info: FunctionInfo) -> str:
        """The name of the setting that an expression asks for: `settings.AUDIT`, `app.config["AUDIT"]`, `AUDIT` from a module of settings."""
        if isinstance(test, s.Subscript) and isinstance(test.index, s.Constant) and isinstance(test.index.value, str):
            return test.index.value if _is_settings(test.value) else ""
        if isinstance(test, s.Attribute) and test.attr.isupper() and _is_settings(test.value):
            return test.attr
        known = isinstance(test, s.Name) and test.id.isupper() and self._program.resolve(test, info)
        return test.id if known and isinstance(test, s.Name) else ""

    def _is_on(self, value: s.Expr, module: s.Module) -> bool:
        if self._program.fold(value, module) is True:
            return True
        if isinstance(value, s.Apply) and value.op in ("==", "in"):
            asked, meant = value.operands[:2]
            return _means_on(meant) and any(isinstance(e, s.Call) and _defaults_to_on(e) for e in expressions(asked))
        return isinstance(value, s.Call) and _defaults_to_on(value)

    def _values(self) -> dict[str, list[tuple[s.Module, s.Expr]]]:
        if self._given is None:
            self._given = defaultdict(list)
            for module in self._program.modules.values():
                for name, value in _assigned(module.body):
                    self._given[name].append((module, value))
        return self._given


def _assigned(body: tuple[s.Stmt, ...]) -> Iterator[tuple[str, s.Expr]]:
    """Names in capitals that a module, or a class of settings in it that are not those of tests, gives a value."""
    for stmt in body:
        if isinstance(stmt, s.Assign) and stmt.value is not None:
            yield from ((t.id, stmt.value) for t in stmt.targets if isinstance(t, s.Name) and t.id.isupper())
        elif isinstance(stmt, s.Define) and isinstance(stmt.definition, s.Class) and not _OF_TESTS.intersection(words(stmt.definition.name)):
            yield from _assigned(stmt.definition.body)
        elif isinstance(stmt, s.If):
            yield from _assigned((*stmt.body, *stmt.orelse))


def _is_settings(expr: s.Expr) -> bool:
    return dotted(expr).rpartition(".")[2].lower().rpartition("_")[2] in _SETTINGS


def _defaults_to_on(call: s.Call) -> bool:
    """`env.bool("AUDIT", True)`, `os.environ.get("AUDIT", "true")`, `config("AUDIT", default=True, cast=bool)`."""
    stated = [k.value for k in call.keywords if k.name == "default"] or list(call.args[1:2])
    return any(map(_means_on, stated))


def _means_on(expr: s.Expr) -> bool:
    """True for `True`, `"yes"` and the like, and for a list of such words."""
    if isinstance(expr, s.Sequence):
        return all(map(_means_on, expr.items))
    return isinstance(expr, s.Constant) and str(expr.value).lower() in _ON
