"""Methods that a state machine runs when one of its events is sent, for every form of machine that knowledge describes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from agentlint.analysis.program import ClassInfo, FunctionInfo, Program
from agentlint.ir import syntax as s
from agentlint.ir.walk import body_expressions
from agentlint.knowledge import LibraryFacts
from agentlint.knowledge.schema import MachineRow

_BEFORE_CALLBACKS = 3
"""Items of a transition written as a list before its callbacks: trigger, source, target."""


class Events:
    """Events of the program's state machines, read when asked for."""

    def __init__(self, program: Program, library: LibraryFacts) -> None:
        self._program, self._library = program, library
        self._known: dict[str, tuple[Mapping[str, tuple[str, ...]], frozenset[str]]] = {}
        packages = library.machine_packages()
        imported = (stmt for module in program.modules.values() for stmt in module.body if isinstance(stmt, s.Import) and not stmt.level)
        self.used = any(stmt.module.partition(".")[0] in packages for stmt in imported)
        """True when the program has machines at all."""

    def of(self, class_id: str, name: str, args: Iterable[s.Expr]) -> Iterator[str]:
        """The methods that run when a method of a machine, or of the model that a machine drives, is called: `machine.close()`,
        `machine.send("close")`, `ticket.close()`, `ticket.trigger("close")`."""
        events, senders = self._events(class_id)
        if not events:
            return
        first = next(iter(args), None)
        if name in senders and isinstance(first, s.Constant):
            name = str(first.value)
        for method in events.get(name, ()):
            found = self._program.method(class_id, method)
            if found is not None:
                yield found.id

    def _events(self, class_id: str) -> tuple[Mapping[str, tuple[str, ...]], frozenset[str]]:
        if class_id not in self._known:
            self._known[class_id] = ({}, frozenset())
            mro = self._program.mro(class_id) if class_id in self._program.classes else ()
            for base in mro:
                row = self._library.machine(base)
                if row is not None and row.style == "declared":
                    self._known[class_id] = (dict(self._declared(mro, row)), frozenset(row.senders))
                    return self._known[class_id]
            found: dict[str, tuple[str, ...]] = {}
            senders: set[str] = set()
            for name in mro:
                info = self._program.classes.get(name)
                for row, event, methods in (*self._driven(info), *self._decorated(info)) if info is not None else ():
                    found.setdefault(event, methods)
                    senders.update(row.senders)
            self._known[class_id] = (found, frozenset(senders))
        return self._known[class_id]

    def _declared(self, mro: Iterable[str], row: MachineRow) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Events that classes declare as attributes; attributes made as states are none."""
        owners = [info for name in mro if (info := self._program.classes.get(name)) is not None]
        states = [n for info in owners for n, e in info.attributes.items() if self._made(e, info) == row.states]
        for info in owners:
            for event, value in info.attributes.items():
                if event not in states:
                    hooks = [hook.format(event=event, state=state) for hook in row.hooks for state in (states if "{state}" in hook else ("",))]
                    yield event, (*_named(value, row.callbacks), *hooks)

    def _driven(self, info: ClassInfo) -> Iterator[tuple[MachineRow, str, tuple[str, ...]]]:
        """Events that a library puts on the class whose method hands it over: `Machine(model=self, transitions=[...])`."""
        row: MachineRow | None = None
        for method in info.methods.values():
            function = self._program.functions.get(method)
            for expr in body_expressions(function.node.body) if function is not None else ():
                if not isinstance(expr, s.Call) or function is None:
                    continue
                made = self._library.machine(self._made(expr, function))
                if made is not None and made.style == "driven":
                    row = made
                    for one in self._transitions(expr, info, made):
                        yield from ((made, event, methods) for event, methods in _trigger(one, made))
                elif row is not None and isinstance(expr.func, s.Attribute) and expr.func.attr in row.events:
                    yield from ((row, event, methods) for event, methods in _trigger(expr, row))

    def _decorated(self, info: ClassInfo) -> Iterator[tuple[MachineRow, str, tuple[str, ...]]]:
        """Events that are methods under a decorator of an attribute: `status = State(...)`, `@status.transition(...)`."""
        for attribute, value in info.attributes.items():
            row = self._library.machine(self._made(value, info))
            if row is not None and row.style == "decorated":
                hooks = tuple(name for name, word in self._under(info, attribute) if word in row.hooks)
                yield from ((row, name, hooks) for name, word in self._under(info, attribute) if word in row.events)

    def _under(self, info: ClassInfo, attribute: str) -> Iterator[tuple[str, str]]:
        """Methods under a decorator of an attribute, with the decorator's name."""
        for name, method in info.methods.items():
            function = self._program.functions.get(method)
            for decorator in function.node.decorators if function is not None else ():
                func = decorator.func if isinstance(decorator, s.Call) else decorator
                if isinstance(func, s.Attribute) and isinstance(func.value, s.Name) and func.value.id == attribute:
                    yield name, func.attr

    def _made(self, expr: s.Expr, scope: ClassInfo | FunctionInfo) -> str:
        """The path of what a call makes."""
        if not isinstance(expr, s.Call):
            return ""
        return self._program.resolve(expr.func, scope if isinstance(scope, FunctionInfo) else scope.module)

    def _transitions(self, call: s.Call, info: ClassInfo, row: MachineRow) -> tuple[s.Expr, ...]:
        value = next((k.value for k in call.keywords if f"kwarg {k.name}" == row.transitions), None)
        if isinstance(value, s.Attribute):
            value = info.attributes.get(value.attr)
        elif isinstance(value, s.Name):
            found = self._program.lookup(self._program.resolve(value, info))
            value = found if isinstance(found, s.Sequence) else self._local(value.id, info)
        return value.items if isinstance(value, s.Sequence) else ()

    def _local(self, name: str, info: ClassInfo) -> s.Expr | None:
        """What a method of the class assigns to a variable."""
        for method in info.methods.values():
            function = self._program.functions.get(method)
            for stmt in function.node.body if function is not None else ():
                if isinstance(stmt, s.Assign) and any(isinstance(t, s.Name) and t.id == name for t in stmt.targets):
                    return stmt.value
        return None


def _trigger(one: s.Expr, row: MachineRow) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The name of an event and its callbacks, of a transition given as a mapping, a list, or the arguments of a call."""
    if isinstance(one, s.Mapping):
        given = {k.value: v for k, v in zip(one.keys, one.values, strict=False) if isinstance(k, s.Constant)}
        name = given.get("trigger")
        callbacks = [v for key in row.callbacks if (v := given.get(key)) is not None]
    elif isinstance(one, s.Call):
        name = one.args[0] if one.args else next((k.value for k in one.keywords if k.name == "trigger"), None)
        callbacks = [k.value for k in one.keywords if k.name in row.callbacks]
    elif isinstance(one, s.Sequence) and one.items:
        name, callbacks = one.items[0], list(one.items[_BEFORE_CALLBACKS:])
    else:
        return
    if isinstance(name, s.Constant) and isinstance(name.value, str):
        yield name.value, tuple(text for value in callbacks for text in _texts(value))


def _named(value: s.Expr, keywords: tuple[str, ...]) -> tuple[str, ...]:
    """Methods that a declaration names: `open.to(closed, on="store")`."""
    if not isinstance(value, s.Call):
        return ()
    return tuple(text for k in value.keywords if k.name in keywords for text in _texts(k.value))


def _texts(value: s.Expr) -> Iterator[str]:
    for one in value.items if isinstance(value, s.Sequence) else (value,):
        if isinstance(one, s.Constant) and isinstance(one.value, str):
            yield one.value
        elif isinstance(one, s.Attribute):
            yield one.attr
