"""What one call may run: methods with their overrides, constructors, callable values, functions handed to others, wrappers of decorators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from agentlint.analysis.calls.events import Events
from agentlint.analysis.calls.named import MethodsByName
from agentlint.analysis.calls.values import CallSite, Target, TargetKind
from agentlint.analysis.constants.values import HOLE
from agentlint.analysis.program import FunctionInfo, Program
from agentlint.analysis.types.bindings import Binding
from agentlint.analysis.types.chosen import texts_of
from agentlint.analysis.types.engine import Engine, Frame
from agentlint.analysis.types.parameters import is_static
from agentlint.analysis.types.requests import Methods, shown
from agentlint.analysis.types.results import is_abstract
from agentlint.analysis.types.values import MOST_SHOWN, Type, Types_, union
from agentlint.ir import syntax as s
from agentlint.ir.effects import Confidence
from agentlint.ir.walk import dotted
from agentlint.knowledge import LibraryFacts

_MANY_OVERRIDES = 3
_MANY_IMPLEMENTATIONS = 64
"""Overrides of a concrete and of an abstract method that are still likely targets."""
_NOT_RUN = frozenset({
    "isinstance", "issubclass", "hasattr", "getattr", "type", "print", "reverse", "reverse_lazy", "url_for", "redirect", "connect", "disconnect", "unregister",
    "id", "repr", "str", "callable", "signature", "getsource", "url_path_for", "unsubscribe", "discard",
})
"""Calls that only look at a function they are given, or keep it for a time to come: a signal runs its receivers when it is sent."""
_STARTED = {"threading.Thread.start": "run", "multiprocessing.Process.start": "run"}
_QUEUED = frozenset({
    "delay", "apply_async", "delay_on_commit", "apply_async_on_commit", "enqueue", "send", "send_with_options", "schedule", "defer", "kiq", "queue", "spawn",
    "submit",
})
"""What decorators of task queues, known or the project's own, give a function so that a worker runs it later; a plain function has none of them."""


class Resolver:
    """Resolves calls in frames."""

    def __init__(self, program: Program, engine: Engine, library: LibraryFacts) -> None:
        self._program, self._engine, self._library = program, engine, library
        self._named = MethodsByName(program)
        self._events = Events(program, library)

    def site(self, call: s.Call, frame: Frame, caller: str, methods: Methods, exact: bool = False) -> CallSite:
        """All that is known of a call; `exact` when the frame's self type is the very class that runs."""
        func = call.func
        name = func.attr if isinstance(func, s.Attribute) else func.id if isinstance(func, s.Name) else ""
        functions = self._engine.eval(func, frame)
        receiver = self._receiver(func, functions, frame)
        found: dict[str, Target] = {}
        for target in self._called(call, functions, frame, exact) if functions else ():
            _keep(found, target)
        library = self._path(functions) if functions else ""
        for target in self._handed(call, name, functions, library, frame):
            _keep(found, target)
        for one in receiver if self._events.used and isinstance(func, s.Attribute) else ():
            for function in self._events.of(one.name, name, call.args):
                _keep(found, Target(function, "high", "signal"))
        if not found and isinstance(func, s.Attribute) and not (functions and (not library or self._library.is_described(library))):
            for target in self._by_name(func.attr, call, not functions):
                _keep(found, target)
        scope = "" if frame.id == caller else frame.id
        path = frame.scope.path if isinstance(frame.scope, s.Module) else frame.scope.module.path
        targets = tuple(found.values())
        if len(targets) > 1:
            targets = tuple(sorted(targets, key=lambda t: (_RANK[t.confidence], t.function, t.kind)))
        return CallSite(caller, call, path, call.line, targets, library, receiver, shown(methods), name, scope)

    def _receiver(self, func: s.Expr, functions: Types_, frame: Frame) -> Types_:
        if isinstance(func, s.Attribute):
            held = self._engine.eval(func.value, frame)
            return tuple(t.args[1] if t.name == "super" and len(t.args) > 1 else t for t in held)[:MOST_SHOWN]
        return tuple(msgspec.structs.replace(t, meta=False) for t in functions if t.meta and t.name in self._program.classes)[:MOST_SHOWN]

    # ------------------------------------------------------------ called

    def _called(self, call: s.Call, functions: Types_, frame: Frame, exact: bool) -> Iterator[Target]:
        confidence = self._confidence(call.func, functions, frame)
        sure = (exact and _of_self(call.func)) or self._is_exact(call.func, frame)
        for one in functions:
            yield from self._of_function(one, confidence, sure)

    def _of_function(self, one: Type, confidence: Confidence, sure: bool) -> Iterator[Target]:
        program = self._program
        if one.meta and one.name in program.functions:
            yield Target(one.name, confidence, "call")
            if one.args and not sure:
                yield from self._overrides(one, confidence)
        elif one.meta and one.name in program.classes:
            yield from self._constructors(one.name, confidence)
        elif not one.meta and one.name in program.classes:
            method = program.method(one.name, "__call__")
            if method is not None:
                yield Target(method.id, confidence, "call")

    def _constructors(self, class_id: str, confidence: Confidence) -> Iterator[Target]:
        for name in ("__new__", "__init__", "__post_init__", "model_post_init", "__attrs_post_init__"):
            method = self._program.method(class_id, name)
            if method is not None:
                yield Target(method.id, confidence, "constructor")

    def _overrides(self, bound: Type, confidence: Confidence) -> Iterator[Target]:
        """Methods of subclasses that run instead when the receiver is one of them."""
        info = self._program.functions[bound.name]
        receiver = bound.args[0].name
        if not info.owner or receiver not in self._program.classes or info.node.name.startswith("__"):
            return
        classes = (c for c in self._program.hierarchy.subclasses(receiver) if self._agrees(c, bound.args[0]))
        below = (self._program.classes[c].methods.get(info.node.name, "") for c in classes)
        found = sorted({f for f in below if f and f != bound.name})
        limit = _MANY_IMPLEMENTATIONS if is_abstract(info.node) else _MANY_OVERRIDES
        likely: Confidence = "medium" if len(found) <= limit and confidence != "low" else "low"
        for function in found:
            yield Target(function, likely, "override")

    def _confidence(self, func: s.Expr, functions: Types_, frame: Frame) -> Confidence:
        if self._is_dynamic(func, frame):
            return "low"
        binding = frame.flow.reaching.get(id(func))
        if binding is not None and binding.kind == "parameter":
            said = binding.expr.annotation is not None or _is_own(binding, frame)  # an instance that is called by its `__call__`
            if not any(t.name in self._program.classes and (t.meta or said) for t in functions):
                return "low"  # a function that some caller hands in: the hand-over itself is the edge
        own = sum(t.name in self._program.functions or t.name in self._program.classes for t in functions)
        if own > 1 and isinstance(func, s.Name) and (binding is None or binding.kind != "parameter") and self._is_given(func, frame):
            return "low"
        if own > 1 or self._is_inferred(func, frame):
            return "medium"
        return "high"

    def _is_inferred(self, func: s.Expr, frame: Frame) -> bool:
        """True when the receiver is a parameter that only call sites give a type."""
        root = func
        while isinstance(root, (s.Attribute, s.Subscript, s.Call)):
            root = root.func if isinstance(root, s.Call) else root.value
        binding = frame.flow.reaching.get(id(root))
        return binding is not None and binding.kind == "parameter" and binding.expr.annotation is None and not _is_own(binding, frame)

    def _is_exact(self, func: s.Expr, frame: Frame) -> bool:
        """True when the receiver was just made by naming its class, or is `super()`."""
        value: s.Expr | None = func.value if isinstance(func, s.Attribute) else None
        binding = frame.flow.reaching.get(id(value)) if value is not None else None
        if binding is not None and binding.kind == "value" and not binding.path:
            value = binding.expr
        if not isinstance(value, s.Call):
            return False
        made = self._engine.eval(value.func, frame)
        is_super = isinstance(value.func, s.Name) and value.func.id == "super"
        return is_super or (bool(made) and all(t.meta and t.name in self._program.classes for t in made))

    def _is_dynamic(self, func: s.Expr, frame: Frame) -> bool:
        """True for what `getattr` finds under a name that is neither constant nor one of a table's.

        An object that looks up its own methods under names that begin alike (`getattr(self, "_" + command)`) hands on to its commands: nothing else is meant.
        """
        binding = frame.flow.reaching.get(id(func))
        value = binding.expr if binding is not None and binding.kind == "value" else func
        if not (isinstance(value, s.Call) and isinstance(value.func, s.Name) and value.func.id == "getattr" and len(value.args) > 1):
            return False
        name = self._program.fold(value.args[1], frame.scope)
        own = isinstance(value.args[0], s.Name) and value.args[0].id == "self" and isinstance(name, str) and not name.startswith(HOLE)
        return not own and not isinstance(value.args[1], s.Constant) and not texts_of(value.args[1], frame, self._program)

    # ----------------------------------------------------------- libraries

    def _path(self, functions: Types_) -> str:
        """The library path of the called thing: the first that knowledge describes, else the first."""
        paths = [p for one in functions if (p := self._library_path(one))]
        return next((p for p in paths if self._library.is_described(p)), paths[0] if paths else "")

    def _library_path(self, one: Type) -> str:
        program = self._program
        if one.name in program.functions or one.name in program.modules:
            return ""
        if not one.meta:
            return self._instance_path(one.name)
        if one.name in program.classes:
            if program.method(one.name, "__init__") is not None:
                return ""
            outside = [b for b in program.mro(one.name) if b not in program.classes and b != "object"]
            return next((b for b in outside if self._library.is_described(b)), outside[0] if outside else "")
        return one.name if not self._engine.generics.is_variable(one.name) else ""

    def _instance_path(self, name: str) -> str:
        """Where an instance is called like a function (`net(x)`) and a library says what that does."""
        if name in self._program.classes and self._program.method(name, "__call__") is not None:
            return ""
        names = self._program.mro(name) if name in self._program.classes else (name,)
        return next((p for n in names if n not in self._program.classes and self._library.is_described(p := f"{n}.__call__")), "")

    # --------------------------------------------------------- handed over

    def _handed(self, call: s.Call, name: str, functions: Types_, library: str, frame: Frame) -> Iterator[Target]:
        """Functions among the arguments: a knowledge row says when they run, otherwise they are merely passed on."""
        row = self._library.callback(library) if library else None
        if row is not None and not (row.unless and _is_off(call, row.unless)):
            for place in row.function.split(" or "):
                for target in self._functions_at(place.strip(), call, functions, frame):
                    yield Target(target, "high", row.kind)
        if row is None and isinstance(call.func, s.Attribute) and name in _QUEUED:
            queued = self._program.resolve(call.func.value, frame.scope)
            if queued in self._program.functions:
                yield Target(queued, "high", "deferred")
        started = _STARTED.get(self._library.canonical(library)) if library else None
        if started:
            for one in functions:
                method = self._program.method(one.args[0].name, started) if one.args and one.args[0].name in self._program.classes else None
                if method is not None:
                    yield Target(method.id, "high", "deferred")
        if name in _NOT_RUN:
            return
        for value in (*call.args, *(k.value for k in call.keywords)):
            if isinstance(value, (s.Name, s.Attribute)) or (isinstance(value, s.Call) and _is_partial(value)):
                for function in self._handed_on(value, frame):
                    yield Target(function, "medium", "reference")

    def _functions_at(self, place: str, call: s.Call, functions: Types_, frame: Frame) -> Iterator[str]:
        if place == "receiver":
            yield from self._functions_of(union(t.args for t in functions))
            return
        word, _, which = place.partition(" ")
        if word == "method":
            name, _, holder = which.partition(" of ")
            methods = (self._program.method(t.name, name) for t in self._holders(holder, union(f.args for f in functions)) if t.name in self._program.classes)
            yield from dict.fromkeys(m.id for m in methods if m is not None)
            return
        if word == "arg" and int(which) < len(call.args):
            yield from self._functions_in(call.args[int(which)], frame)
        elif word == "kwarg":
            for keyword in call.keywords:
                if keyword.name == which:
                    yield from self._functions_in(keyword.value, frame)

    def _functions_in(self, expr: s.Expr, frame: Frame) -> Iterator[str]:
        """The functions that an argument is, or names as a dotted text."""
        if isinstance(expr, s.Constant) and isinstance(expr.value, str) and "." in expr.value:
            named = self._program.canonical(expr.value)
            if named in self._program.functions:
                yield named
            return
        yield from self._handed_on(expr, frame)

    def _handed_on(self, expr: s.Expr, frame: Frame) -> Sequence[str]:
        """The functions that an argument may be. Of a parameter that is only passed on there is one at most: where several callers each hand in one of
        their own, that is where the edge is, and no caller runs what another hands in."""
        found = tuple(dict.fromkeys(self._functions_of(self._engine.eval(expr, frame))))
        return () if len(found) > 1 and self._is_given(expr, frame) else found

    def _is_given(self, expr: s.Expr, frame: Frame) -> bool:
        """True for a parameter, and for what is taken out of one: `options.pop("then", None)`."""
        binding = frame.flow.reaching.get(id(expr))
        while binding is not None and binding.kind == "narrowed" and binding.more:
            binding = binding.more[0]
        taken = binding.expr if binding is not None and binding.kind == "value" else None
        if isinstance(taken, s.Call) and isinstance(taken.func, s.Attribute) and taken.func.attr in ("pop", "get"):
            binding = frame.flow.reaching.get(id(taken.func.value))
        elif isinstance(taken, s.Subscript):
            binding = frame.flow.reaching.get(id(taken.value))
        return binding is not None and _stems_from_parameter(binding)

    def _holders(self, place: str, receivers: Types_) -> Types_:
        """What stands at `receiver`, `T` or `attribute NAME` of the objects whose library method is called."""
        if place == "receiver":
            return receivers
        if place == "T":
            return union(r.args[:1] for r in receivers)
        return union(self._engine.attribute(r, place.removeprefix("attribute ")) for r in receivers if not r.meta)

    def _functions_of(self, types: Iterable[Type]) -> Iterator[str]:
        for one in types:
            if one.meta and one.name in self._program.functions:
                yield one.name

    def _agrees(self, class_id: str, receiver: Type) -> bool:
        """False for a subclass that binds the type variables of the receiver's class to something else than the receiver does."""
        if not receiver.args:
            return True
        wanted = self._engine.environment(receiver).variables.get(receiver.name, {})
        bound = self._engine.environment(Type(class_id)).variables.get(receiver.name, {})
        pairs = ((bound[name], type) for name, type in wanted.items() if name in bound)
        open_ = self._engine.generics.is_variable
        return all(a.name == b.name or not a.name or not b.name or open_(a.name) or open_(b.name) for a, b in pairs)

    def _by_name(self, name: str, call: s.Call, unknown: bool) -> Iterator[Target]:
        """What a call of a receiver without a type likely runs."""
        named = self._named.of(name, call, unknown)
        if named is None:
            return
        function, confidence = named
        yield Target(function, confidence, "call")
        if confidence != "low":
            yield from self._overrides(Type(function, (Type(self._program.functions[function].owner),), True), confidence)

    # ------------------------------------------------------------ decorators

    def wrappers(self, info: FunctionInfo) -> Iterator[CallSite]:
        """The project functions that decorators put around a function, one site each."""
        frame = self._engine.frame(info.id).outer
        if frame is None:
            return
        for decorator in info.node.decorators:
            found = sorted(set(self._wrapping(decorator, frame)))
            if found:
                call = decorator if isinstance(decorator, s.Call) else s.Call(decorator, (), (), decorator.line, -1)
                func = call.func
                name = func.attr if isinstance(func, s.Attribute) else func.id if isinstance(func, s.Name) else ""
                targets = tuple(Target(f, "high", "decorates", on) for f, on in found)
                yield CallSite(info.id, call, info.module.path, decorator.line, targets, "", (), (), name)

    def _wrapping(self, decorator: s.Expr, frame: Frame) -> Iterator[tuple[str, str]]:
        """Functions that run in place of the decorated one, each with the class of the object whose method made it."""
        makers = list(self._engine.eval(decorator, frame))
        if isinstance(decorator, s.Call):
            for argument in decorator.args:  # `method_decorator(own_decorator)`
                if isinstance(argument, (s.Name, s.Attribute)):
                    makers += [t for t in self._engine.eval(argument, frame) if t.name in self._program.functions]
        for maker in makers:
            if maker.name in self._program.classes:
                method = self._program.method(maker.name, "__call__")
                if method is not None:
                    yield method.id, ""
            elif maker.meta and maker.name in self._program.functions:
                yield from self._made_by(maker, self._object_of(decorator, maker, frame))

    def _made_by(self, maker: Type, holder: Type | None) -> Iterator[tuple[str, str]]:
        """Inner functions that a decorator gives, its own or those of another that it asks."""
        program = self._program
        for made in self._engine.results.returns(maker.name, self._engine.members.self_type(holder, maker.name) if holder is not None else None):
            info = program.functions.get(made.name) if made.meta else None
            if info is not None and isinstance(program.outer(info), FunctionInfo):
                yield made.name, holder.name if holder is not None else ""

    def _object_of(self, decorator: s.Expr, maker: Type, frame: Frame) -> Type | None:
        """The object of the program whose method is the decorator, or makes it: `@recorder.log`, `@recorder.log_as("closed")`."""
        if maker.args:
            held = maker.args[0]
        else:
            func = decorator.func if isinstance(decorator, s.Call) else decorator
            asked = self._engine.eval(func, frame) if isinstance(decorator, s.Call) else ()
            held = next((f.args[0] for f in asked if f.args and maker.name.startswith(f"{f.name}.")), Type(""))
        return held if held.name in self._program.classes and not held.meta else None


_RANK = {"high": 0, "medium": 1, "low": 2}
_WEIGHT: dict[TargetKind, int] = {"call": 0, "constructor": 0, "property": 0, "deferred": 1, "signal": 1, "decorates": 1, "override": 2, "reference": 3}


def _keep(found: dict[str, Target], target: Target) -> None:
    """One target per function: the surest, of equals the most direct."""
    known = found.get(target.function)
    if known is None or (_RANK[target.confidence], _WEIGHT[target.kind]) < (_RANK[known.confidence], _WEIGHT[known.kind]):
        found[target.function] = target


def _stems_from_parameter(binding: Binding) -> bool:
    """True for a parameter, also when something is added to it or taken away, or it is tested."""
    if binding.kind in ("joined", "changed", "narrowed"):
        return any(map(_stems_from_parameter, binding.more))
    return binding.kind == "parameter"


def _is_partial(call: s.Call) -> bool:
    return dotted(call.func).rpartition(".")[2] in ("partial", "partialmethod", "sync_to_async", "async_to_sync", "wraps")


def _is_off(call: s.Call, name: str) -> bool:
    """True for `name=False`."""
    return any(k.name == name and isinstance(k.value, s.Constant) and k.value.value is False for k in call.keywords)


def _of_self(func: s.Expr) -> bool:
    return isinstance(func, s.Attribute) and isinstance(func.value, s.Name) and func.value.id in ("self", "cls")


def _is_own(binding: Binding, frame: Frame) -> bool:
    scope = frame.scope
    if not isinstance(scope, FunctionInfo) or not scope.owner or not scope.node.params:
        return False
    return scope.node.params[0] is binding.expr and not is_static(scope.node)
