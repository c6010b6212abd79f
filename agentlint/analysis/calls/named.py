"""Methods of receivers without a type, found by their name: the one method of the program, or the one family of overrides, that is called so."""

from __future__ import annotations

from agentlint.analysis.program import FunctionInfo, Program
from agentlint.ir import syntax as s
from agentlint.ir.effects import Confidence

_COMMON = frozenset(n for kind in (str, list, dict, set, bytes, int, tuple, Exception) for n in dir(kind)) | frozenset({
    "filter", "all", "first", "last", "save", "delete", "create", "execute", "commit", "close", "open", "read", "write", "send", "run", "start", "stop",
    "group", "match", "search", "info", "debug", "warning", "error", "exception", "log", "set", "put", "post", "patch", "request", "connect", "submit",
    "is_valid", "render", "build", "add_argument",
})


class MethodsByName:
    """The methods of all classes by their bare name."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._functions: dict[str, list[str]] | None = None

    def of(self, name: str, call: s.Call, unknown: bool) -> tuple[str, Confidence] | None:
        """The method that a call of this name runs, with how sure that is; `unknown` when nothing at all is known of the receiver.

        Likely when several keywords fit, or when a name of several words, which libraries share less often, is called as the method asks.
        None for an everyday name and for one that unrelated classes have.
        """
        found = self._all().get(name, [])
        if not found or name in _COMMON or name.startswith("__") or _of_super(call):
            return None
        root = found[0] if len(found) == 1 else self._overridden_by_all(found)
        info = self._program.functions.get(root)
        likely = info is not None and (_spells(call, info) or (unknown and "_" in name.strip("_") and _takes(call, info)))
        if likely or len(found) == 1:
            return root, "medium" if likely else "low"
        return None

    def _all(self) -> dict[str, list[str]]:
        if self._functions is None:
            self._functions = {}
            for info in self._program.classes.values():
                for method, function in info.methods.items():
                    self._functions.setdefault(method, []).append(function)
        return self._functions

    def _overridden_by_all(self, functions: list[str]) -> str:
        """The method that all the others override; empty when they have nothing to do with one another."""
        owners = {f: self._program.functions[f].owner for f in functions if f in self._program.functions}
        return next((f for f, owner in owners.items() if all(owner in self._program.mro(other) for other in owners.values())), "")


def _of_super(call: s.Call) -> bool:
    """True for `super().method()`: what a base that was not read does is no method of this program."""
    held = call.func.value if isinstance(call.func, s.Attribute) else None
    return isinstance(held, s.Call) and isinstance(held.func, s.Name) and held.func.id == "super"


def _spells(call: s.Call, info: FunctionInfo) -> bool:
    """True when a call spells two or more parameters by name, no others, and leaves out none that the function cannot do without."""
    given = {k.name for k in call.keywords if k.name}
    return len(given) > 1 and len(given) == len(call.keywords) and given <= {p.name for p in info.node.params[1:]} and _needed(call, info) <= given


def _takes(call: s.Call, info: FunctionInfo) -> bool:
    """True when a method takes what a call gives, and asks for no more."""
    params = info.node.params[1:]
    if any(k.name is None for k in call.keywords) or any(isinstance(a, s.Other) for a in call.args):
        return True
    given = {str(k.name) for k in call.keywords}
    kinds = {p.kind for p in params}
    fits = "star" in kinds or len(call.args) <= sum(p.kind == "positional" for p in params)
    return _needed(call, info) <= given and fits and ("double-star" in kinds or given <= {p.name for p in params})


def _needed(call: s.Call, info: FunctionInfo) -> set[str]:
    """Parameters that a call must still spell by name."""
    return {p.name for p in info.node.params[1:][len(call.args):] if p.default is None and p.kind in ("positional", "keyword")}
