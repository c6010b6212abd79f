"""Which methods CherryPy answers with: exposed by its decorator, by one that the project writes around it, or by an assignment."""

from __future__ import annotations

from agentlint.api import FunctionInfo, Program, syntax, walk

EXPOSE = "cherrypy.expose"


class Exposing:
    """Tells exposed methods; remembers what each decorator of the project does."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._marking: dict[str, bool] = {}

    def exposes(self, method: FunctionInfo) -> bool:
        """True for `@cherrypy.expose`, a decorator of the project that exposes what it is given, and `page.exposed = True` beside the method."""
        owner = self._program.classes.get(method.owner)
        if owner is not None and any(_marked(stmt) == method.node.name for stmt in owner.node.body):
            return True
        names = (self._program.resolve(getattr(d, "func", d), method) for d in method.node.decorators)
        return any(name == EXPOSE or self._marks(name) for name in names)

    def _marks(self, name: str) -> bool:
        """True for a function of the project that exposes a function: one it is given, or one it defines."""
        info = self._program.functions.get(name)
        if info is None:
            return False
        if name not in self._marking:
            self._marking[name] = any(_marked(stmt) for stmt in walk.statements(info.node.body)) or any(
                self._program.resolve(expr, info) == EXPOSE for stmt in walk.statements(info.node.body) for expr in _named(stmt)
            )
        return self._marking[name]


def _named(stmt: syntax.Stmt) -> list[syntax.Expr]:
    """The functions that a statement calls or decorates with."""
    if isinstance(stmt, syntax.Define):
        return [d.func if isinstance(d, syntax.Call) else d for d in stmt.definition.decorators]
    return [e.func for root in walk.own_expressions(stmt) for e in walk.expressions(root) if isinstance(e, syntax.Call)]


def _marked(stmt: syntax.Stmt) -> str:
    """The name in `name.exposed = True`; empty for other statements."""
    if not isinstance(stmt, syntax.Assign) or not isinstance(stmt.value, syntax.Constant) or stmt.value.value is not True:
        return ""
    targets = (t for t in stmt.targets if isinstance(t, syntax.Attribute) and t.attr == "exposed" and isinstance(t.value, syntax.Name))
    return next((t.value.id for t in targets if isinstance(t.value, syntax.Name)), "")
