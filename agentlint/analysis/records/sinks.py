"""Logs that are kept: handlers and sinks of the program that make rows of what they are handed, and the calls that log to them.

A line in a log is no audit record. It is one where the program has given the logger a handler of its own that writes a row of a trail table: then every call
of that logger makes a record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec

from agentlint.analysis.calls.sites import Calls, CallSite
from agentlint.analysis.program import ClassInfo, FunctionInfo, Program
from agentlint.analysis.records.mechanism_places import argument_at
from agentlint.analysis.records.recorders import RecordSite
from agentlint.analysis.records.shapes import Table
from agentlint.ir import syntax as s
from agentlint.ir import walk
from agentlint.ir.decisions import RecordContent
from agentlint.knowledge import LibraryFacts

_LOGGING = frozenset({"info", "warning", "error", "critical", "log", "success", "notice", "exception", "audit", "debug"})
_NAMING = frozenset({"getLogger", "getChild", "get_logger"})
_DEEPEST = 3
"""Calls inside one another in which a sink is put together: `Sink(actor(Write()))`."""


class Sink(msgspec.Struct, frozen=True):
    """One sink that an installation names, with the loggers it listens to."""

    name: str
    functions: tuple[str, ...]
    """Functions of the program that may run when something is logged."""
    marks: frozenset[str] = frozenset()
    """Keywords of `bind()` that mark the loggers meant."""
    logger: str = ""
    """Name of the logger meant."""


class Sinks:
    """Finds sinks, and the calls that log to those that keep rows."""

    def __init__(self, program: Program, calls: Calls, library: LibraryFacts) -> None:
        self._program, self._calls, self._library = program, calls, library
        rows = dict(library.sink_rows())
        self._listening = {path.rpartition(".")[2]: row for path, row in rows.items() if row.chosen == "queue"}
        self._filled: list[tuple[str, str]] = []
        """Queues, with the names of the loggers whose entries are put in them."""
        self._emptied: list[tuple[str, Sink]] = []
        """Queues, with the handlers that get what was put in."""
        self.found = tuple(self._installed()) if library.sink_rows() else ()

    @property
    def functions(self) -> frozenset[str]:
        """Everything that may run when something is logged."""
        return frozenset(function for sink in self.found for function in sink.functions)

    def records(self, kept: Callable[[str], tuple[Table, RecordContent] | None]) -> Mapping[int, RecordSite]:
        """Records by the identity of the logging call. `kept` gives the trail table in which a function makes a row."""
        lasting = [(sink, row) for sink in self.found if (row := next(filter(None, map(kept, sink.functions)), None)) is not None]
        found: dict[int, RecordSite] = {}
        for function in self._program.functions if lasting else ():
            for site in self._calls.sites(function):
                if site.name in _LOGGING and isinstance(site.call.func, s.Attribute):
                    sink, row = next(((k, r) for k, r in lasting if self._logs_to(site.call.func.value, function, k)), (None, None))
                    if sink is not None and row is not None:
                        name = f"row in {row[0].model.rpartition('.')[2]} by {sink.name}"
                        found[id(site.call)] = RecordSite(function, site.file, site.line, name, row[1], row[0], told=True)
        return found

    # ------------------------------------------------------------- sinks

    def _installed(self) -> Iterator[Sink]:
        scopes: dict[str, FunctionInfo | s.Module] = {**self._program.functions, **{f"{n}.<module>": m for n, m in self._program.modules.items()}}
        names = {path.rpartition(".")[2] for path, _ in self._library.sink_rows()}
        for caller, scope in scopes.items():
            for site in self._calls.sites(caller):
                if site.name in names:
                    yield from self._at(site, scope)
                if site.name in self._listening:
                    self._listen(site, scope)
        for queue, logger in self._filled:
            yield from (msgspec.structs.replace(sink, logger=logger) for listened, sink in self._emptied if listened == queue)
        for module in self._program.modules.values():
            for expr in (e for stmt in module.body if isinstance(stmt, s.Assign) and stmt.value is not None for e in walk.expressions(stmt.value)):
                if isinstance(expr, s.Mapping):
                    yield from self._configured(expr)

    def _at(self, site: CallSite, scope: FunctionInfo | s.Module) -> Iterator[Sink]:
        path = site.library or self._program.resolve(site.call.func, scope)
        row = self._library.sink(path) if path else None
        value = argument_at(site.call, row.sink) if row is not None else None
        if row is None or value is None or row.chosen == "queue":
            return
        queue = self._queue_of(value, scope)
        if queue and isinstance(site.call.func, s.Attribute):
            self._filled.append((queue, self._logger_name(site.call.func.value, scope)))
            return
        functions = tuple(self._run_by(value, scope, row.methods))
        if not functions:
            return
        name = walk.dotted(value.func if isinstance(value, s.Call) else value).rpartition(".")[2]
        if row.chosen == "name" and isinstance(site.call.func, s.Attribute):
            logger = self._logger_name(site.call.func.value, scope)
            if logger:
                yield Sink(name, functions, logger=logger)
            return
        asked = argument_at(site.call, row.filter)
        texts = (e.value for e in walk.expressions(_body(asked)) if isinstance(e, s.Constant) and isinstance(e.value, str)) if asked else ()
        marks = frozenset(texts) - {"extra"}
        if marks:
            yield Sink(name, functions, marks)

    def _listen(self, site: CallSite, scope: FunctionInfo | s.Module) -> None:
        """What is taken from a queue in which loggers put their entries: `QueueListener(queue, *handlers)`."""
        row = self._library.sink(site.library or self._program.resolve(site.call.func, scope))
        queue = argument_at(site.call, row.sink) if row is not None else None
        if row is None or queue is None:
            return
        for value in (e for a in site.call.args[1:] for e in _spread(a, scope)):
            functions = tuple(self._run_by(value, scope, row.methods))
            if functions:
                self._emptied.append((self._queue_name(queue, scope), Sink(functions[0].split(".")[-2], functions)))

    def _queue_of(self, handler: s.Expr, scope: FunctionInfo | s.Module) -> str:
        """The queue in which a handler puts the entries it gets; empty for a handler of any other kind."""
        for made, home in self._behind(handler, scope):
            if not (isinstance(made, s.Call) and made.args):
                continue
            path = self._program.canonical(self._program.resolve(made.func, home))
            if path and any(row.queued == path for row in self._listening.values()):
                return self._queue_name(made.args[0], home)
        return ""

    def _queue_name(self, queue: s.Expr, scope: FunctionInfo | s.Module) -> str:
        found = self._program.canonical(self._program.resolve(queue, scope))
        return found or f"{scope.path if isinstance(scope, s.Module) else scope.module.path} {walk.dotted(queue)}"

    def _configured(self, config: s.Mapping) -> Iterator[Sink]:
        """Handlers of the program in a configuration of loggers: `{"handlers": {"rows": {"class": "desk.logs.RowHandler"}}, "loggers": {...}}`."""
        handlers, loggers = _entry(config, "handlers"), _entry(config, "loggers")
        if not (isinstance(handlers, s.Mapping) and isinstance(loggers, s.Mapping)):
            return
        own: dict[str, str] = {}
        for name, value in _entries(handlers):
            said = _entry(value, "class") or _entry(value, "()")
            if isinstance(said, s.Constant) and isinstance(said.value, str) and self._program.canonical(said.value) in self._program.classes:
                own[name] = self._program.canonical(said.value)
        for name, value in _entries(loggers):
            listed = _entry(value, "handlers")
            for item in listed.items if isinstance(listed, s.Sequence) else ():
                if isinstance(item, s.Constant) and item.value in own:
                    method = self._program.method(own[str(item.value)], "emit")
                    if method is not None and name:
                        yield Sink(method.id.split(".")[-2], (method.id,), logger=name)

    def _run_by(self, value: s.Expr, scope: FunctionInfo | s.Module, methods: tuple[str, ...], depth: int = _DEEPEST) -> Iterator[str]:
        """Functions behind a sink: its own method, and those of what it was put together from, which it may hand the entry on to."""
        if depth == 0:
            return
        target = self._program.lookup(self._program.resolve(value.func if isinstance(value, s.Call) else value, scope))
        if isinstance(target, FunctionInfo):
            yield target.id
        elif isinstance(target, ClassInfo):
            wanted = methods if depth == _DEEPEST else tuple(target.methods)
            yield from (m.id for name in wanted if (m := self._program.method(target.id, name)) is not None)
        elif isinstance(target, s.Call) and not isinstance(value, s.Call):
            path = self._program.canonical(self._program.resolve(value, scope)).rpartition(".")[0]
            home = self._program.modules.get(path)
            if home is not None:
                yield from self._run_by(target, home, methods, depth)
        for argument in value.args if isinstance(value, s.Call) else ():
            yield from self._run_by(argument, scope, methods, depth - 1)

    # ------------------------------------------------------------ loggers

    def _logs_to(self, logger: s.Expr, function: str, sink: Sink) -> bool:
        for expr, _ in self._behind(logger, self._program.functions[function]):
            if not (isinstance(expr, s.Call) and isinstance(expr.func, s.Attribute)):
                continue
            if expr.func.attr == "bind" and any(k.name in sink.marks for k in expr.keywords):
                return True
            if sink.logger and expr.func.attr in _NAMING:
                named = _named(expr)
                if named == sink.logger or named.startswith(f"{sink.logger}."):
                    return True
        return False

    def _logger_name(self, logger: s.Expr, scope: FunctionInfo | s.Module) -> str:
        return next((n for expr, _ in self._behind(logger, scope) if isinstance(expr, s.Call) and (n := _named(expr))), "")

    def _behind(self, expr: s.Expr, scope: FunctionInfo | s.Module) -> Iterator[tuple[s.Expr, FunctionInfo | s.Module]]:
        """What a logger may be: the expression itself, what a variable was assigned, what an attribute of the class was set to."""
        if isinstance(expr, s.Call):
            yield expr, scope
        elif isinstance(expr, s.Attribute) and isinstance(expr.value, s.Name) and expr.value.id in ("self", "cls") and isinstance(scope, FunctionInfo):
            for base in self._program.mro(scope.owner) if scope.owner in self._program.classes else ():
                info = self._program.classes.get(base)
                for method in info.methods.values() if info is not None else ():
                    yield from _set_in(self._program.functions[method], expr.attr)
        else:
            local = list(_assigned(scope, expr.id)) if isinstance(expr, s.Name) else []
            held = self._program.lookup(self._program.resolve(expr, scope)) if not local else None
            yield from ((v, scope) for v in local)
            if isinstance(held, s.Call):
                yield held, scope


def _spread(argument: s.Expr, scope: FunctionInfo | s.Module) -> Iterator[s.Expr]:
    """An argument, or what stands in the list that is spread there: in its display, or put in line by line."""
    if not (isinstance(argument, s.Other) and argument.kind == "star" and argument.children):
        yield argument
        return
    held = argument.children[0]
    body = scope.body if isinstance(scope, s.Module) else scope.node.body
    for stmt in walk.statements(body):
        if isinstance(stmt, s.Assign) and isinstance(stmt.value, s.Sequence) and any(walk.dotted(t) == walk.dotted(held) for t in stmt.targets):
            yield from stmt.value.items
        elif isinstance(stmt, s.Expression) and isinstance(stmt.value, s.Call) and walk.dotted(stmt.value.func) == f"{walk.dotted(held)}.append":
            yield from stmt.value.args[:1]
    if isinstance(held, s.Sequence):
        yield from held.items


def _set_in(info: FunctionInfo, attr: str) -> Iterator[tuple[s.Expr, FunctionInfo]]:
    for stmt in walk.statements(info.node.body):
        if isinstance(stmt, s.Assign) and stmt.value is not None and any(isinstance(t, s.Attribute) and t.attr == attr for t in stmt.targets):
            yield stmt.value, info


def _assigned(scope: FunctionInfo | s.Module, name: str) -> Iterator[s.Expr]:
    for stmt in walk.statements(scope.node.body) if isinstance(scope, FunctionInfo) else ():
        if isinstance(stmt, s.Assign) and stmt.value is not None and any(isinstance(t, s.Name) and t.id == name for t in stmt.targets):
            yield stmt.value


def _named(call: s.Call) -> str:
    """The name in `getLogger("audit")`."""
    last = call.func.attr if isinstance(call.func, s.Attribute) else call.func.id if isinstance(call.func, s.Name) else ""
    first = call.args[0] if call.args and last in _NAMING else None
    return first.value if isinstance(first, s.Constant) and isinstance(first.value, str) else ""


def _body(expr: s.Expr) -> s.Expr:
    """What a filter tests: the value of a lambda that returns at once."""
    if isinstance(expr, s.Lambda) and expr.function.body and isinstance(expr.function.body[-1], (s.Return, s.Expression)):
        return expr.function.body[-1].value or expr
    return expr


def _entries(expr: s.Expr | None) -> Iterator[tuple[str, s.Expr]]:
    if isinstance(expr, s.Mapping):
        for key, value in zip(expr.keys, expr.values, strict=True):
            if isinstance(key, s.Constant) and isinstance(key.value, str):
                yield key.value, value


def _entry(expr: s.Expr | None, name: str) -> s.Expr | None:
    return next((value for key, value in _entries(expr) if key == name), None)
