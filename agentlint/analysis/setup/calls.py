"""Calls of set-up code: into functions and classes of the project, on lists and mappings, and what is kept of calls into libraries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agentlint.analysis.setup import builtins
from agentlint.analysis.setup.values import UNKNOWN, Above, Anonymous, Closure, Frame, Given, Made, Member, Ref, Value, is_known, joined
from agentlint.ir import syntax as s

if TYPE_CHECKING:
    from agentlint.analysis.program import FunctionInfo
    from agentlint.analysis.setup.code import SetupCode

_DEEPEST = 24
_MOST_RUNS_AT_ONCE = 2
"""Times one function may be under way within itself."""
_MAPPINGS = ("dict", "collections.OrderedDict", "collections.UserDict", "collections.defaultdict")


class Caller:
    """Makes calls."""

    def __init__(self, setup: SetupCode) -> None:
        self._setup = setup
        self._program = setup.program
        self._under_way: list[tuple[str, int]] = []
        self.ran: set[str] = set()
        """Ids of the functions that were run."""

    def definition(self, node: s.Function | s.Class, frame: Frame) -> Value:
        """The value of a `def` or `class` statement."""
        prefix = self._program.id_of(frame.scope)
        name = f"{prefix}.{node.name}" if prefix else node.name
        if isinstance(node, s.Class):
            info = self._program.classes.get(name)
            return Ref(info.id) if info is not None else UNKNOWN
        function = self._program.functions.get(name)
        if function is None:
            return UNKNOWN
        return Ref(function.id) if frame.outer is None else Closure(function, frame)

    # ----------------------------------------------------------------- calls

    def call(self, func: Value, given: Given) -> Value:
        """The result of a call."""
        if isinstance(func, Ref):
            return self._call_named(func, given)
        if isinstance(func, Closure):
            return self._or_wrapper(self.run_function(func, given.args, given.keywords), func, given)
        if isinstance(func, Anonymous):
            return self._run_lambda(func, given.args)
        if isinstance(func, Member):
            return self._call_member(func, given)
        return self._call_object(func, given) if isinstance(func, Made) else UNKNOWN

    def _call_object(self, func: Made, given: Given) -> Value:
        """A made thing called again: what it decorates, a partial function, a wrapper applied to a view."""
        func.applied += given.args[:1]
        if isinstance(func.callee, Ref) and func.callee.name == "functools.partial" and func.args:
            return self.call(func.args[0], Given([*func.args[1:], *given.args], {**func.keywords, **given.keywords}, given.line, given.frame))
        if func.result is not None:
            return self.call(func.result, given)
        method = self._program.method(func.callee.name, "__call__") if isinstance(func.callee, Ref) and func.callee.name in self._program.classes else None
        if method is None:
            return self._made(func, given)
        made = self._made(func, given)
        result = self.run_function(Closure(method, None, func), given.args, given.keywords)
        return result if any(result is value for value in given.args) else made  # a registry that gives back what it decorates, or something of its own

    def _call_named(self, func: Ref, given: Given) -> Value:
        program = self._program
        told = self._told(given.args)
        if told is not None:
            return told
        if func.name in program.functions:
            result = self.run_function(Closure(program.functions[func.name], None), given.args, given.keywords)
            return self._or_wrapper(result, func, given)
        if func.name in program.classes:
            return self._object(func, given)
        if func.name == "super":
            return Above(given.frame.owner, given.frame.receiver) if given.frame.owner else UNKNOWN
        handler = builtins.FUNCTIONS.get(func.name)
        return handler(self._setup, given) if handler is not None else self._made(func, given)

    def _told(self, args: Sequence[Value]) -> Value:
        """The class, or the classes, that two texts name; None when they name none."""
        if len(args) != 2 or not isinstance(args[0], str):
            return None
        find, several = self._program.names.told.pair, args[1] if isinstance(args[1], list | tuple) else None
        pairs = [find(args[0], name) for name in (several if several is not None else [args[1]])]
        if not pairs or not all(module for module, _ in pairs):
            return None
        classes = [Ref(f"{module}.{name}") for module, name in pairs]
        return classes if several is not None else classes[0]

    def _call_member(self, func: Member, given: Given) -> Value:
        owner = func.owner
        if isinstance(owner, str | list | tuple | dict):
            return builtins.method_of(owner, func.attr, given)
        if isinstance(owner, Made) and owner.items is not None and func.attr in builtins.MAPPING_METHODS:
            return builtins.method_of(owner.items, func.attr, given)
        made = self._made(func, given)
        path = [func.attr]
        while isinstance(owner, Member):
            path.insert(0, owner.attr)
            owner = owner.owner
        if isinstance(owner, Above):
            owner = owner.receiver
        if isinstance(owner, Made):
            made.method = ".".join(path)
            owner.calls.append(made)
        return made

    def _made(self, callee: Value, given: Given) -> Made:
        scope = given.frame.scope
        made = Made(callee, given.args, given.keywords, scope.path if isinstance(scope, s.Module) else scope.module.path, given.line)
        self._setup.made.append(made)
        return made

    def _or_wrapper(self, result: Value, func: Ref | Closure, given: Given) -> Value:
        """A function of the project that takes a callable and gives an inner function wraps it: kept as a call, so that both can be seen."""
        inner = isinstance(result, Closure) and result.receiver is None and result.frame is not None
        if inner and any(is_callable(a) for a in given.args[:1]):
            made = self._made(func if isinstance(func, Ref) else Ref(func.info.id), given)
            made.result = result
            return made
        return result

    # ------------------------------------------------------------- functions

    def run_function(self, closure: Closure, args: Sequence[Value], keywords: dict[str, Value]) -> Value:
        """Runs a function of the project; unknown when calls are nested too deeply."""
        info = closure.info
        run = (info.id, id(closure.receiver) if isinstance(closure.receiver, Made) else 0)  # methods of several objects may well nest
        if len(self._under_way) > _DEEPEST or self._under_way.count(run) >= _MOST_RUNS_AT_ONCE:
            return UNKNOWN
        outer = closure.frame or self._setup.run_module(info.module.name)
        given = [closure.receiver, *args] if closure.receiver is not None else list(args)
        frame = Frame(info, {}, outer, receiver=closure.receiver, owner=info.owner or outer.owner)
        if not info.owner:
            frame.receiver = outer.receiver
        self._bind_arguments(info, frame, given, keywords)
        self._under_way.append(run)
        self.ran.add(info.id)
        try:
            self._setup.run(info.node.body, frame)
        finally:
            self._under_way.pop()
        return list(frame.yields) if frame.yields else joined(frame.returns)

    def _bind_arguments(self, info: FunctionInfo, frame: Frame, args: list[Value], keywords: dict[str, Value]) -> None:
        left = list(args)
        rest = dict(keywords)
        for parameter in info.node.params:
            if parameter.kind == "star":
                frame.names[parameter.name] = tuple(left)
                left = []
            elif parameter.kind == "double-star":
                frame.names[parameter.name] = rest
            elif parameter.kind == "positional" and left:
                frame.names[parameter.name] = left.pop(0)
            elif parameter.name in rest:
                frame.names[parameter.name] = rest.pop(parameter.name)
            elif parameter.default is not None:
                frame.names[parameter.name] = self._setup.evaluate(parameter.default, self._setup.frame_of(info.module))
            else:
                frame.names[parameter.name] = UNKNOWN

    def _run_lambda(self, func: Anonymous, args: list[Value]) -> Value:
        frame = Frame(func.frame.scope, {}, func.frame, func.frame.receiver, func.frame.owner)
        for parameter, value in zip(func.node.params, args, strict=False):
            frame.names[parameter.name] = value
        self._setup.run(func.node.body, frame)
        return joined(frame.returns)

    # --------------------------------------------------------------- objects

    def _object(self, func: Ref, given: Given) -> Made:
        args, keywords = given.args, given.keywords
        made = self._made(func, given)
        if self._program.inherits(func.name, *_MAPPINGS):
            made.items = dict(args[0]) if args and isinstance(args[0], dict) else {}
            made.items.update(keywords)
        method = self._program.method(func.name, "__init__")
        if method is not None:
            self.run_function(Closure(method, None, made), args, keywords)
        return made


def is_callable(value: Value) -> bool:
    """True for what can be a view or a function: not for constants and containers."""
    return is_known(value) and isinstance(value, Ref | Closure | Anonymous | Made | Member)
