"""Methods that a state machine runs when one of its events is sent: the callbacks of python-statemachine and of transitions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from agentlint.analysis.program import ClassInfo, Program
from agentlint.ir import syntax as s
from agentlint.ir.walk import body_expressions

_LIBRARIES = ("statemachine", "transitions")
_BASES = ("statemachine.StateMachine", "statemachine.StateChart", "statemachine.statemachine.StateMachine")
_MACHINES = frozenset({"Machine", "AsyncMachine", "HierarchicalMachine", "LockedMachine", "GraphMachine", "HierarchicalAsyncMachine"})
_WHEN = ("before", "after", "prepare", "conditions", "unless")
_GENERAL = ("before_transition", "on_transition", "after_transition", "prepare_event")


class Events:
    """Events of the program's state machines, read when asked for."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._known: dict[str, dict[str, tuple[str, ...]]] = {}
        imported = (stmt for module in program.modules.values() for stmt in module.body if isinstance(stmt, s.Import) and not stmt.level)
        self.used = any(stmt.module.partition(".")[0] in _LIBRARIES for stmt in imported)
        """True when the program has machines at all."""

    def of(self, class_id: str, name: str, args: Iterable[s.Expr]) -> Iterator[str]:
        """The methods that run when a method of a machine, or of the model that a machine drives, is called: `machine.close()`,
        `machine.send("close")`, `ticket.close()`, `ticket.trigger("close")`."""
        events = self._events(class_id)
        if not events:
            return
        first = next(iter(args), None)
        if name in ("send", "trigger", "atrigger") and isinstance(first, s.Constant):
            name = str(first.value)
        for method in events.get(name, ()):
            found = self._program.method(class_id, method)
            if found is not None:
                yield found.id

    def _events(self, class_id: str) -> Mapping[str, tuple[str, ...]]:
        if class_id not in self._known:
            info = self._program.classes.get(class_id)
            self._known[class_id] = {} if info is None else dict(self._declared(class_id)) or dict(self._driven(info))
        return self._known[class_id]

    def _declared(self, class_id: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Events that a class of python-statemachine declares as attributes."""
        mro = self._program.mro(class_id)
        if not any(base in mro for base in _BASES):
            return
        states = [n for name in mro if (info := self._program.classes.get(name)) for n, e in info.attributes.items() if _called(e) == "State"]
        entered = tuple(f"on_{way}_{state}" for state in states for way in ("enter", "exit"))
        for name in mro:
            info = self._program.classes.get(name)
            for event, value in info.attributes.items() if info is not None else ():
                if event not in states:
                    own = tuple(f"{when}_{event}" for when in ("before", "on", "after"))
                    yield event, (*own, *_named(value), *_GENERAL, *entered)

    def _driven(self, info: ClassInfo) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Triggers that `transitions` puts on the model that a method of the class hands over: `Machine(model=self, transitions=[...])`."""
        for method in info.methods.values():
            for expr in body_expressions(self._program.functions[method].node.body) if method in self._program.functions else ():
                if not isinstance(expr, s.Call):
                    continue
                if _called(expr) in _MACHINES:
                    for one in self._transitions(expr, info):
                        yield from _trigger(one)
                elif _called(expr) == "add_transition":
                    yield from _trigger(expr)

    def _transitions(self, call: s.Call, info: ClassInfo) -> tuple[s.Expr, ...]:
        value = next((k.value for k in call.keywords if k.name == "transitions"), None)
        if isinstance(value, s.Attribute):
            value = info.attributes.get(value.attr)
        elif isinstance(value, s.Name):
            found = self._program.lookup(self._program.resolve(value, info))
            value = found if isinstance(found, s.Sequence) else None
        return value.items if isinstance(value, s.Sequence) else ()


def _trigger(one: s.Expr) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The name of an event and its callbacks, of a transition given as a mapping, a list, or the arguments of `add_transition`."""
    if isinstance(one, s.Mapping):
        given = {k.value: v for k, v in zip(one.keys, one.values, strict=False) if isinstance(k, s.Constant)}
        name = given.get("trigger")
        callbacks = [v for key in _WHEN if (v := given.get(key)) is not None]
    elif isinstance(one, s.Call):
        name = one.args[0] if one.args else next((k.value for k in one.keywords if k.name == "trigger"), None)
        callbacks = [k.value for k in one.keywords if k.name in _WHEN]
    elif isinstance(one, s.Sequence) and one.items:
        name, callbacks = one.items[0], list(one.items[3:])
    else:
        return
    if isinstance(name, s.Constant) and isinstance(name.value, str):
        yield name.value, tuple(text for value in callbacks for text in _texts(value))


def _named(value: s.Expr) -> tuple[str, ...]:
    """Methods that a declaration names: `open.to(closed, on="store")`."""
    if not isinstance(value, s.Call):
        return ()
    return tuple(text for k in value.keywords if k.name in ("on", *_WHEN) for text in _texts(k.value))


def _texts(value: s.Expr) -> Iterator[str]:
    for one in value.items if isinstance(value, s.Sequence) else (value,):
        if isinstance(one, s.Constant) and isinstance(one.value, str):
            yield one.value
        elif isinstance(one, s.Attribute):
            yield one.attr


def _called(expr: s.Expr) -> str:
    if not isinstance(expr, s.Call):
        return ""
    return expr.func.attr if isinstance(expr.func, s.Attribute) else expr.func.id if isinstance(expr.func, s.Name) else ""
