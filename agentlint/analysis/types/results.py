"""What calls give: results of functions, instances of classes, results of library calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from agentlint.analysis.constants.values import HOLE, Folded
from agentlint.analysis.types.chosen import texts_of
from agentlint.analysis.types.dependence import Dependence
from agentlint.analysis.types.generics import substitute
from agentlint.analysis.types.library import STANDING_FOR, Given, builtin_call, builtin_method
from agentlint.analysis.types.memory import Memory
from agentlint.analysis.types.parameters import argument
from agentlint.analysis.types.registries import Registries
from agentlint.analysis.types.values import Type, Types_, collection, union
from agentlint.ir import syntax as s
from agentlint.ir.walk import expressions

if TYPE_CHECKING:
    from agentlint.analysis.types.engine import Arguments, Engine, Frame

_KEY_AND_DEFAULT = 2
_MOST_DOTS = 4
"""Those in the path of a library's value that a call passes and that still tells what is done with it."""
_MOST_HEIRS = 8
_MOST_LEVELS = 4
"""Types within types of such a value."""
_SHORTEST_PART = 3
"""Constant letters of a computed attribute name below which nothing is guessed."""


class Results:
    """Answers what a call gives."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._returns = Memory(engine.limits)
        self._registries = Registries(engine)
        self._dependence = Dependence(engine)
        self._class_parameters: dict[str, s.Parameter | None] = {}

    # --------------------------------------------------------------- calls

    def of_call(self, call: s.Call, frame: Frame) -> Types_:
        """The types of a call expression."""
        special = self._special(call, frame)
        if special is None:  # an empty answer of the first is an answer: what `getattr` finds under an unknown name is not known
            special = self._keyed(call, frame)
        if special is not None:
            return special
        functions = self._engine.eval(call.func, frame)
        if not functions:
            return ()
        args: tuple[Types_, ...] | None = None
        keywords: dict[str, Types_] = {}
        groups = []
        for function in functions:
            looked_up = self._looked_up(function, call, frame)
            if looked_up:
                groups.append(looked_up)
                continue
            if args is None and self._needs_arguments(function):
                args = tuple(self._engine.eval(a, frame) for a in call.args)
                keywords = {k.name: self._engine.eval(k.value, frame) for k in call.keywords if k.name}
            stood_for = self._handed_out(call.args[0], frame) if function.name in STANDING_FOR and call.args else ()
            groups.append(stood_for or self.of_function(function, args or (), keywords, call))
        return union(groups)

    def _looked_up(self, function: Type, call: s.Call, frame: Frame) -> Types_:
        """The functions that a lookup gives under a constant name."""
        lookup = self._engine.lookups.get(function.name) if function.meta else None
        if lookup is None:
            return ()
        node = self._engine.program.functions[function.name].node
        asked = next((argument(call, node, p, 0) for p in node.params if p.name == lookup.parameter), None)
        name = self._engine.program.fold(asked, frame.scope)
        return tuple(Type(f, (), True) for f in lookup.functions.get(name, ())) if isinstance(name, str) else ()

    def _handed_out(self, provider: s.Expr, frame: Frame) -> Types_:
        """What a function gives that is handed over to be asked later."""
        if isinstance(provider, s.Lambda):
            body = provider.function.body
            return union(self._engine.eval(stmt.value, frame) for stmt in body if isinstance(stmt, s.Return))
        return union(self.of_function(f, (), {}) for f in self._engine.eval(provider, frame) if f.meta and f.name in self._engine.program.functions)

    def _keyed(self, call: s.Call, frame: Frame) -> Types_ | None:
        """`mapping.get("key")` where the value under the key is known."""
        func = call.func
        if isinstance(func, s.Attribute) and self._registries.answers(func.attr):
            return self._registries.asked(call, func, frame)
        if not isinstance(func, s.Attribute) or func.attr not in ("get", "pop", "setdefault") or not call.args:
            return None
        handed = self._engine.parameters.by_keyword(func.value, call.args[0], frame)
        if handed:
            return handed
        holders = self._engine.eval(func.value, frame)
        found = union(self._engine.members.keyed(t, call.args[0]) for t in holders)
        return found or self._in_its_place(call, holders, frame) or None

    def _in_its_place(self, call: s.Call, holders: Types_, frame: Frame) -> Types_:
        """What stands in for a setting that nobody changed: `config.get("RECORDER", DatabaseRecorder())`."""
        if len(call.args) != _KEY_AND_DEFAULT or any(t.name == "dict" and t.args for t in holders):
            return ()
        return tuple(t for t in self._engine.eval(call.args[1], frame) if not t.meta and t.name in self._engine.program.classes)

    def _needs_arguments(self, function: Type) -> bool:
        program = self._engine.program
        if not function.meta or function.name not in program.functions:
            return True
        info = program.functions[function.name]
        if self._class_parameter(function.name) is not None:
            return True
        return self._engine.generics.has_variables(self._engine.annotations.read(info.node.returns, info)) or bool(self._dependence.of(function.name))

    def _special(self, call: s.Call, frame: Frame) -> Types_ | None:
        func = call.func
        if not isinstance(func, s.Name) or id(func) in frame.flow.reaching:
            return self._class_of_self(call, frame)
        if func.id == "super":
            return self._super(call, frame)
        if func.id == "getattr" and len(call.args) >= 2:
            return self._by_name(call, frame)
        if func.id in ("cast",) and len(call.args) == 2:
            return self.refined(self._engine.annotated(call.args[0], frame), self._engine.eval(call.args[1], frame))
        return None

    def _by_name(self, call: s.Call, frame: Frame) -> Types_:
        """`getattr(x, name)`: the attribute of a constant name, of each name that a table holds, the methods that fit a name of which a part is constant."""
        engine = self._engine
        holders = engine.eval(call.args[0], frame)
        name = engine.program.fold(call.args[1], frame.scope)
        if not isinstance(name, str):
            name = self._said_by_class(call.args[1], frame)
        if not isinstance(name, str):
            names = texts_of(call.args[1], frame, engine.program)
            return union(engine.attribute(t, n) for n in names for t in holders)
        if HOLE not in name:
            found = union(engine.attribute(t, name) for t in holders)
            return found or (engine.eval(call.args[2], frame) if len(call.args) > 2 else ())
        start, _, end = name.partition(HOLE)
        own = isinstance(call.args[0], s.Name) and call.args[0].id == "self" and start == "_"  # an object's commands, kept apart from its other methods
        if (len(start) + len(end) < _SHORTEST_PART and not own) or HOLE in end:
            return ()
        methods = {m for t in holders for b in engine.program.mro(t.name) if b in engine.program.classes for m in engine.program.classes[b].methods}
        methods = {m for m in methods if not m.startswith("__")}
        return union(engine.attribute(t, n) for n in sorted(methods) if n.startswith(start) and n.endswith(end) for t in holders)

    def _said_by_class(self, expr: s.Expr, frame: Frame) -> Folded:
        """What the concrete class says of `self.relation`, which a method of its base looks up by name."""
        if not isinstance(expr, s.Attribute) or not isinstance(expr.value, s.Name) or expr.value.id not in ("self", "cls") or frame.self_type is None:
            return None
        held = self._engine.program.attribute(frame.self_type.name, expr.attr)
        return self._engine.program.fold(held[0], held[1]) if held is not None else None

    def _class_of_self(self, call: s.Call, frame: Frame) -> Types_ | None:
        func = call.func
        if isinstance(func, s.Attribute) and func.attr == "cast" and len(call.args) == 2 and self._engine.program.resolve(func, frame.scope) == "typing.cast":
            return self.refined(self._engine.annotated(call.args[0], frame), self._engine.eval(call.args[1], frame))
        return None

    def _super(self, call: s.Call, frame: Frame) -> Types_:
        engine = self._engine
        owner = engine.class_of(frame)
        if call.args:
            owner = next((t.name for t in engine.eval(call.args[0], frame)), owner)
        if not owner:
            return ()
        here = frame
        while here.self_type is None and here.outer is not None:
            here = here.outer
        instance = here.self_type if here.self_type is not None else Type(engine.class_of(frame) or owner)
        return (Type("super", (Type(owner), instance)),)

    def of_function(self, function: Type, args: tuple[Types_, ...], keywords: Mapping[str, Types_], call: s.Call | None = None) -> Types_:
        """What calling a value gives."""
        engine = self._engine
        program = engine.program
        if function.meta and function.name in program.functions:
            receiver = function.args[0] if function.args else None
            self_type = engine.members.self_type(receiver, function.name) if receiver is not None else None
            given = self._given(function, call, args, keywords) if call is not None else ()
            found = (self.returns(function.name, self_type, given) if given else ()) or self.returns(function.name, self_type)
            return self._of_handed_class(self._solved(found, function, call, args, keywords), function, call, args, keywords)
        if function.meta and function.name in program.classes:
            return self._instance(function, call, args, keywords)
        if not function.meta:
            return self._called_value(function, args, keywords, call)
        return self._library_result(function, args, keywords)

    def _called_value(self, value: Type, args: tuple[Types_, ...], keywords: Mapping[str, Types_], call: s.Call | None) -> Types_:
        """Calling an instance."""
        methods = self._engine.attribute(value, "__call__")
        return union(self.of_function(m, args, keywords, call) for m in methods if m.meta and m.name != value.name)

    def _instance(self, made: Type, call: s.Call | None, args: tuple[Types_, ...], keywords: Mapping[str, Types_]) -> Types_:
        generics = self._engine.generics
        parameters = generics.parameters(made.name) if not made.args else ()
        if parameters and call is not None:
            method = self._engine.program.method(made.name, "__init__")
            if method is not None:
                solved: dict[str, Type] = {}
                self._solve(method.id, 1, call, args, keywords, solved)
                inherited = generics.environment(made.name, tuple(Type(p) for p in parameters)).variables.get(method.owner, {})
                known = {v: solved[p] for p, t in inherited.items() if p in solved for v in (t.name,)} | {p: t for p, t in solved.items() if p in parameters}
                if known:
                    return (Type(made.name, tuple(known.get(p, Type("object")) for p in parameters)),)
        return (Type(made.name, made.args),)

    def _solved(self, found: Types_, function: Type, call: s.Call | None, args: tuple[Types_, ...], keywords: Mapping[str, Types_]) -> Types_:
        if call is None or not self._engine.generics.has_variables(found):
            return found
        solved: dict[str, Type] = {}
        self._solve(function.name, 1 if function.args else 0, call, args, keywords, solved)
        return substitute(found, solved)

    def _of_handed_class(
        self, found: Types_, function: Type, call: s.Call | None, args: tuple[Types_, ...], keywords: Mapping[str, Types_],
    ) -> Types_:
        """`def get_or_404(session, model: type[Base], key) -> Base` gives an instance of the class that it is handed."""
        parameter = self._class_parameter(function.name)
        if call is None or parameter is None:
            return found
        expr = argument(call, self._engine.program.functions[function.name].node, parameter, 1 if function.args else 0)
        types = keywords.get(parameter.name) or next((t for a, t in zip(call.args, args, strict=False) if a is expr), ())
        program = self._engine.program
        handed = tuple(Type(t.name) for t in types if t.meta and t.name in program.classes)
        fits = bool(handed) and all(program.inherits(h.name, t.name) for h in handed for t in found if not t.meta)
        return union((handed if fits and not t.meta else (t,)) for t in found)

    def _class_parameter(self, function_id: str) -> s.Parameter | None:
        """The parameter by which a function is told the class whose instance it gives, when its declarations name a base for both."""
        if function_id not in self._class_parameters:
            info = self._engine.program.functions[function_id]
            read = self._engine.annotations.read
            given = {t.name for t in read(info.node.returns, info) if not t.meta} if info.node.returns is not None else set()
            takes = (p for p in info.node.params if given and p.annotation is not None and any(t.meta and t.name in given for t in read(p.annotation, info)))
            self._class_parameters[function_id] = next(takes, None)
        return self._class_parameters[function_id]

    def _solve(
        self, function_id: str, shift: int, call: s.Call, args: tuple[Types_, ...], keywords: Mapping[str, Types_], solved: dict[str, Type],
    ) -> None:
        info = self._engine.program.functions[function_id]
        for parameter in info.node.params:
            if parameter.annotation is None:
                continue
            given = argument(call, info.node, parameter, shift)
            if given is None:
                continue
            types = keywords.get(parameter.name) or next((t for a, t in zip(call.args, args, strict=False) if a is given), ())
            for pattern in self._engine.annotations.read(parameter.annotation, info):
                if types:
                    self._engine.generics.solve(pattern, types[0], solved)

    def _library_result(self, function: Type, args: tuple[Types_, ...], keywords: Mapping[str, Types_]) -> Types_:
        engine = self._engine
        receiver = function.args[0] if function.args else None
        if receiver is not None:
            owner, _, name = function.name.rpartition(".")
            held = engine.members.containers(receiver, owner) if receiver.name in engine.program.classes else (receiver,)
            results = [made for h in held if (made := builtin_method(h, name)) is not None]
            if results:
                return union(results)
        made = builtin_call(function.name, args, engine.item)
        if made is not None:
            return made
        fixed = engine.members.parameter_of(receiver, function.name) if receiver is not None else None
        given = Given(receiver, args, keywords, fixed)
        told = engine.members.told(f"{function.name}()", "") if receiver is None else ()
        if told:
            return told
        if engine.known.has(f"{function.name}()"):
            return engine.known.known(f"{function.name}()", given)
        if engine.members.is_class(function.name):
            return (Type(function.name, function.args),)
        return (Type(function.name),)

    # -------------------------------------------------------------- results

    def _given(self, function: Type, call: s.Call, args: tuple[Types_, ...], keywords: Mapping[str, Types_]) -> Arguments:
        """What a call passes for the undeclared parameters on which the result depends."""
        names = self._dependence.of(function.name)
        if not names:
            return ()
        node = self._engine.program.functions[function.name].node
        found = []
        for parameter in node.params:
            expr = argument(call, node, parameter, 1 if function.args else 0) if parameter.name in names else None
            if expr is not None:
                types = keywords.get(parameter.name) or next((t for a, t in zip(call.args, args, strict=False) if a is expr), ())
                if types and any(self._tells(t) for t in types):
                    found.append((parameter.name, types))
        return tuple(found)

    def _tells(self, type: Type, levels: int = _MOST_LEVELS) -> bool:
        """False for what lies so deep in a library's value, or is wrapped so often, that it tells nothing of what is done with it.

        Functions that follow or build a tree call one another with every path, or every nesting, that their words can be put together to.
        """
        program = self._engine.program
        if type.name.count(".") > _MOST_DOTS and type.name not in program.functions and type.name not in program.classes:
            return False
        return levels > 0 and all(self._tells(arg, levels - 1) for arg in type.args)

    def returns(self, function_id: str, self_type: Type | None, given: Arguments = ()) -> Types_:
        """What a function gives, for methods on a concrete type, for parameters that one call passes."""
        return self._returns.ask((function_id, self_type, given), self._returned, function_id, self_type, given)

    def _returned(self, function_id: str, self_type: Type | None, given: Arguments) -> Types_:
        engine = self._engine
        info = engine.program.functions[function_id]
        frame = engine.frame(function_id, self_type, given)
        said = engine.annotated(info.node.returns, frame)
        if self_type is not None and info.owner and any(t.name == info.owner for t in said) and _says_self(info.node.returns):
            said = tuple(self_type if t.name == info.owner else t for t in said)
        if said and any(t.args or t.name in engine.program.classes or t.name in ("str", "int", "bool", "dict", "list") for t in said):
            plain = all(t.args or t.name in engine.program.classes or t.name in ("str", "int", "bool") for t in said)
            if plain and not engine.generics.has_variables(said) and not self._are_protocols(said) and not self._are_left_open(said):
                return said
        inferred = self._inferred(function_id, frame)
        return self.refined(said, inferred)

    def refined(self, said: Types_, inferred: Types_) -> Types_:
        """A declaration made more exact by what the code shows, where the two agree."""
        if not said:
            return inferred
        names = [t.name for t in said]
        program = self._engine.program
        fits = self._are_protocols(said)
        better = tuple(t for t in inferred if t.name in names or program.inherits(t.name, *names) or (fits and t.name in program.classes))
        if self._engine.generics.has_variables(said):
            return tuple(t for t in said if not self._engine.generics.is_variable(t.name)) or better or inferred or said
        rest = tuple(t for t in said if not any(t.name == b.name or program.inherits(b.name, t.name) for b in better)) if not (fits and better) else ()
        return union([better, rest])

    def _are_protocols(self, said: Types_) -> bool:
        """True when a declaration only says what a value can do: classes that fit it need not derive from it."""
        return any(self._engine.program.inherits(t.name, "typing.Protocol", "typing_extensions.Protocol") for t in said)

    def _are_left_open(self, said: Types_) -> bool:
        """True for a class that cannot be made: a function that declares to give one gives an heir of it."""
        program = self._engine.program
        methods = (program.functions[m] for t in said if t.name in program.classes for m in program.classes[t.name].methods.values())
        return any(_last_name(d) == "abstractmethod" for method in methods for d in method.node.decorators)

    def _inferred(self, function_id: str, frame: Frame) -> Types_:
        engine = self._engine
        flow = engine.flows[function_id]
        if flow.yields:
            return collection("list", union(engine.eval(y, frame) for y in flow.yields))
        found = union(engine.eval(r, frame) for r in flow.returns)
        if found or flow.returns:
            return found
        return self._of_heirs(function_id)

    def _of_heirs(self, function_id: str) -> Types_:
        """An abstract method gives what its overrides give."""
        program = self._engine.program
        info = program.functions[function_id]
        if not info.owner or not is_abstract(info.node):
            return ()
        heirs = program.hierarchy.subclasses(info.owner)
        if len(heirs) > _MOST_HEIRS:
            return ()
        overrides = (program.classes[h].methods.get(info.node.name, "") for h in heirs)
        return union(self.returns(o, None) for o in overrides if o)


def _says_self(annotation: s.Expr | None) -> bool:
    """True for `Self`, also in `Self | None` and `list[Self]`."""
    named = expressions(annotation) if annotation is not None else ()
    return any((isinstance(e, s.Name) and e.id == "Self") or (isinstance(e, s.Attribute) and e.attr == "Self") for e in named)


def is_abstract(node: s.Function) -> bool:
    """True when a method's body does nothing but refuse or wait for a subclass."""
    body = [st for st in node.body if not (isinstance(st, s.Expression) and isinstance(st.value, s.Constant))]
    if not body:
        return True
    if len(body) > 1:
        return False
    only = body[0]
    if isinstance(only, s.Raise) and only.value is not None:
        raised = only.value.func if isinstance(only.value, s.Call) else only.value
        return isinstance(raised, s.Name) and raised.id in ("NotImplementedError", "NotImplemented")
    return isinstance(only, s.Return) and (only.value is None or (isinstance(only.value, s.Constant) and only.value.value is None))


def is_left_empty(node: s.Function) -> bool:
    """True for a hook that may do nothing, as against one that waits for a subclass and says so: raised, by decorator, or as `...`."""
    told = any(isinstance(stmt, s.Raise) or (isinstance(stmt, s.Expression) and isinstance(stmt.value, s.Constant)) for stmt in node.body)
    return not told and not any(_last_name(d).startswith("abstract") for d in node.decorators)


def _last_name(expr: s.Expr) -> str:
    return expr.attr if isinstance(expr, s.Attribute) else expr.id if isinstance(expr, s.Name) else ""
