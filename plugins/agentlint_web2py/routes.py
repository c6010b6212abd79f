"""What answers in an application: functions of controllers by their names, services behind `call`, functions named by verbs inside of others.

web2py, "The Core" (Dispatching), "Services", "Access control".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from agentlint.api import Answer, Answers, AnswerWords, AuthKind, Context, FunctionInfo, Guard, Route, once, syntax, walk
from agentlint_web2py.applications import Application, applications

_VERBS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_ANSWERS = AnswerWords(pages=frozenset({"SQLFORM", "FORM", "TABLE", "locals"}), data=frozenset({"json", "dumps"}), unsaid="html")
_ASKED = frozenset({"vars", "args", "post_vars", "get_vars", "env", "body"})
_SERVICES = frozenset({"json", "jsonrpc", "jsonrpc2", "xmlrpc", "run", "xml", "csv", "rss", "amfrpc3", "soap"})
_DEEPEST = 3


def collect_routes(context: Context) -> Iterator[Route]:
    """All routes, each once."""
    return once(_routes(context))


def _routes(context: Context) -> Iterator[Route]:
    checks, answers = _Checks(context), Answers(context, _ANSWERS)
    by_file: dict[str, list[FunctionInfo]] = defaultdict(list)
    for function in context.program.functions.values():
        if not function.owner and not function.parent:
            by_file[function.module.path].append(function)
    for app in applications(context.program):
        for name, module in app.controllers:
            for function in by_file[module.path]:
                yield from _of(function, f"{_prefix(app)}/{name}", checks, answers, context)


def _prefix(app: Application) -> str:
    return f"/{app.name}" if app.name else ""


def _of(function: FunctionInfo, prefix: str, checks: _Checks, answers: Answers, context: Context) -> Iterator[Route]:
    name = function.node.name
    guards = tuple(checks.of(function))
    services = [d.attr for d in _decorators(function) if isinstance(d, syntax.Attribute) and d.attr in _SERVICES and walk.dotted(d.value) == "service"]
    if services:
        yield _route(function, ("ANY", f"{prefix}/call/{services[0]}/{name}"), guards, "json")
        return
    if name.startswith("__") or any(p.default is None and p.kind == "positional" for p in function.node.params):
        return
    path = f"{prefix}/{name}" if name != "index" else prefix
    inner = [f for f in context.program.inner(function.id) if f.node.name in _VERBS]
    if inner and any(walk.dotted(d) == "request.restful" for d in _decorators(function)):
        yield from (_route(f, (f.node.name, path), guards, "json") for f in inner)
        return
    signs_in = any(walk.dotted(c.func) == "auth" for c in context.program.calls_in(function))  # `auth()`: the forms of an account, by the address
    yield _route(function, ("POST" if signs_in else "ANY" if _asks(function) else "GET", path), guards, answers.of(function))


def _route(function: FunctionInfo, where: tuple[str, str], guards: tuple[Guard, ...], renders: Answer) -> Route:
    return Route(
        framework="web2py", method=where[0], path=where[1], handler=function.id, symbol=function.node.qualname, file=function.module.path,
        line=function.node.line, renders=renders, name=function.node.name, table_file=function.module.path, table_line=function.node.line, guards=guards,
    )


def _decorators(function: FunctionInfo) -> Iterator[syntax.Expr]:
    yield from (d.func if isinstance(d, syntax.Call) else d for d in function.node.decorators)


def _asks(function: FunctionInfo) -> bool:
    """True for a function that looks at what a request brings, or shows a form that takes what is sent."""
    said = [e for e in walk.body_expressions(function.node.body) if isinstance(e, syntax.Attribute | syntax.Call)]
    asked = any(isinstance(e, syntax.Attribute) and e.attr in _ASKED and walk.dotted(e.value).endswith("request") for e in said)
    return asked or any(isinstance(e, syntax.Call) and walk.dotted(e.func).partition(".")[0] in ("SQLFORM", "auth", "crud", "FORM") for e in said)


class _Checks:
    """What the decorators of controllers ask of callers; those of the project are followed into its modules."""

    def __init__(self, context: Context) -> None:
        self._program = context.program
        self._basic = any(self._allows_basic(m) for m in context.program.modules.values())
        self._named: dict[str, list[FunctionInfo]] = defaultdict(list)
        """Functions of modules by their names."""
        for info in context.program.functions.values():
            if not info.owner and not info.parent:
                self._named[info.node.name].append(info)

    @staticmethod
    def _allows_basic(module: syntax.Module) -> bool:
        """`auth.settings.allow_basic_login = True`: what asks for a session takes basic credentials too."""
        assigned = (s for s in walk.statements(module.body) if isinstance(s, syntax.Assign) and isinstance(s.value, syntax.Constant) and s.value.value is True)
        return any(walk.dotted(t).endswith(".settings.allow_basic_login") for s in assigned for t in s.targets)

    def of(self, function: FunctionInfo) -> Iterator[Guard]:
        """The guards of a function."""
        seen: set[str] = set()
        for decorator in function.node.decorators:
            for kind, detail in self._said(decorator, function, 0):
                if detail not in seen:
                    seen.add(detail)
                    yield Guard(kind, detail, function.module.path, decorator.line)
                    if kind == "session" and self._basic:
                        yield Guard("basic", "allow_basic_login", function.module.path, decorator.line)

    def _said(self, decorator: syntax.Expr, function: FunctionInfo, depth: int) -> Iterator[tuple[AuthKind, str]]:
        name = walk.dotted(decorator.func if isinstance(decorator, syntax.Call) else decorator)
        last = name.rpartition(".")[2]
        if last.startswith("requires") and ".auth" in f".{name}":
            yield "session", f"auth.{last}"
        elif last == "allows_jwt":
            yield "token", name
        elif depth < _DEEPEST:
            for inner in self._inside(name, function):
                for each in inner.node.decorators:
                    yield from self._said(each, inner, depth + 1)

    def _inside(self, name: str, function: FunctionInfo) -> Iterator[FunctionInfo]:
        """What a decorator of the project puts around a function: the functions that it defines, and the decorators of its own."""
        resolved = self._program.resolve(_named(name), function.module)
        module, _, last = (resolved or name).rpartition(".")
        found = [resolved] if resolved in self._program.functions else []
        found += [info.id for info in self._named.get(last, ()) if module and info.module.name.endswith(f"modules.{module}")]
        for one in dict.fromkeys(found):
            yield from self._program.inner(one)


def _named(name: str) -> syntax.Expr:
    first, *rest = name.split(".")
    expr: syntax.Expr = syntax.Name(first, 0)
    for part in rest:
        expr = syntax.Attribute(expr, part, 0)
    return expr
