"""The function that answers a described operation: by name, or by the rules of a resolver."""

from __future__ import annotations

import re

from agentlint.api import DescribedOperation, FunctionInfo, Program
from agentlint_connexion.mounting import Mounting

_CONTROLLERS = ("x-openapi-router-controller", "x-swagger-router-controller")


class Handlers:
    """Looks up functions by the names that descriptions give."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._by_tail: dict[str, list[str]] = {}
        for name in program.functions:
            self._by_tail.setdefault(name.rpartition(".")[2], []).append(name)

    def named(self, operation: DescribedOperation, controller: str) -> str:
        """The dotted name that an operation gives, its controller before it; empty when it gives none."""
        own = next((str(operation.extensions[c]) for c in _CONTROLLERS if operation.extensions.get(c)), controller)
        return ".".join(filter(None, (own, operation.operation_id))) if operation.operation_id else ""

    def of(self, operation: DescribedOperation, mounting: Mounting, controller: str = "") -> FunctionInfo | None:
        """The function of an operation; `controller` is what its path says for all of its operations."""
        dotted = self.named(operation, controller)
        if dotted:
            return self.find(dotted)
        own = next((str(operation.extensions[c]) for c in _CONTROLLERS if operation.extensions.get(c)), controller)
        for candidate in _by_rule(operation, mounting, own):
            found = self.find(candidate)
            if found is not None:
                return found
        return None

    def find(self, dotted: str) -> FunctionInfo | None:
        """The function of a dotted name as the running program would import it, wherever its source folder stands in the tree."""
        target = self._program.lookup(dotted)
        if isinstance(target, FunctionInfo):
            return target
        ends = [n for n in self._by_tail.get(dotted.rpartition(".")[2], ()) if n.endswith(f".{dotted}")] if "." in dotted else []
        return self._program.functions[ends[0]] if len(ends) == 1 else None


def _by_rule(operation: DescribedOperation, mounting: Mounting, controller: str) -> list[str]:
    """Names that a resolver tries for an operation without one: `/pets` GET is `pets.search`, `/pets/{id}` GET is `pets.get`."""
    if not mounting.resolver and not controller:
        return []
    parts = [p for p in operation.path.split("/") if p]
    fixed = [re.sub(r"\W", "_", p) for p in parts if not p.startswith("{")]
    is_collection = operation.method == "GET" and (not parts or not parts[-1].startswith("{"))
    verb = "search" if is_collection else operation.method.lower()
    if mounting.resolver in ("MethodResolver", "MethodViewResolver"):
        view = "".join(w.capitalize() for w in (fixed[0] if fixed else "").split("_")) + "View"
        return [".".join(filter(None, (mounting.package, *middle, view, verb))) for middle in ((), (fixed[0],) if fixed else ())]
    package = controller or ".".join(filter(None, (mounting.package, *fixed)))
    first = ".".join(filter(None, (mounting.package, *fixed[:1])))
    return [f"{package}.{verb}", f"{first}.{verb}"]
