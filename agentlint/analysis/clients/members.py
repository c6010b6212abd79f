"""Members of values: fields of objects and instances, methods of classes, names of modules."""

from __future__ import annotations

from agentlint.analysis.clients.scopes import Frame, Imported, ModuleScope, Scope
from agentlint.analysis.clients.state import State
from agentlint.analysis.clients.values import (
    HOLE,
    Alt,
    Arr,
    Bound,
    Client,
    Cls,
    External,
    Fn,
    Hole,
    Instance,
    Mod,
    Obj,
    Ref,
    Text,
    Value,
    either,
)  # fmt: skip
from agentlint.ir import syntax as s

_SAME_TEXT = frozenset({"value", "href", "pathname", "current", "data"})
_FUNCTION_METHODS = frozenset({"call", "apply", "bind"})
_OUTSIDE = "package:"
"""Marks the name of a package, where a path of the project would stand."""
_DEEPEST_STARS = 5
_LONGEST_LINE = 12
"""Classes of one line of inheritance that are followed."""


class Members(State):
    """How values answer to a member's name."""

    def value(self, expr: s.Expr, scope: Scope) -> Value:
        """The value of an expression."""
        raise NotImplementedError

    def run(self, fn: Fn, args: tuple[Value, ...] | None, this: Value | None, call: s.Call | None, scope: Scope) -> Value:
        """What a function returns."""
        raise NotImplementedError

    def member(self, value: Value, name: str) -> Value:
        """`value.name`."""
        match value:
            case Alt():
                return either(self.member(v, name) for v in value.options)
            case Obj():
                found = value.get(name)
                return Obj() if found is None else found
            case Ref():
                return Ref(value.owner, value.name, (*value.path, name)) if len(value.path) < 4 else HOLE
            case Text():
                return value if name in _SAME_TEXT else HOLE
            case Mod():
                return self.exported(value.path, name)
            case External():
                return External(f"{value.name}.{name}")
            case Fn():
                return self._of_function(value, name)
            case Cls():
                return self._of_class(value, name)
            case Instance():
                return self.of_instance(value, name)
            case Client():
                return Bound(value, name)
            case Hole() | Arr() | Bound():
                return HOLE

    def item(self, value: Value, index: Value | None, key: str | None) -> Value:
        """`value[index]`: a field when the key is fixed, any item of a list otherwise."""
        if isinstance(value, Alt):
            return either(self.item(v, index, key) for v in value.options)
        if isinstance(value, Arr):
            if key is not None and key.isdigit():
                return value.items[int(key)] if int(key) < len(value.items) else HOLE
            return either(value.items) if value.items else HOLE
        return self.member(value, key) if key is not None else HOLE

    @staticmethod
    def _of_function(fn: Fn, name: str) -> Value:
        if name == "prototype":
            return Obj([fn.prototype])
        if name in _FUNCTION_METHODS:
            return Bound(fn, name)
        return fn.members.get(name, HOLE)

    def _of_class(self, kind: Cls, name: str) -> Value:
        for cls in self.line(kind):
            if name in cls.statics:
                return cls.statics[name]
            if name in cls.methods:
                return Fn(cls.methods[name], cls.scope, kind, cls)
            field = cls.fields.get(name)
            if field is not None and field.value is not None and isinstance(cls.scope, Scope):
                cls.statics[name] = HOLE
                cls.statics[name] = self.value(field.value, cls.scope)
                return cls.statics[name]
        return Bound(kind, name) if name in _FUNCTION_METHODS else HOLE

    def line(self, kind: Cls) -> list[Cls]:
        """The class and what it extends, as far as the project defines it."""
        found = [kind]
        while len(found) < _LONGEST_LINE and found[-1].bases and isinstance(found[-1].scope, Scope):
            base = self.value(found[-1].bases[0], found[-1].scope)
            if isinstance(base, Fn):
                base = self.run(base, None, None, None, found[-1].scope)
            if not isinstance(base, Cls) or base in found:
                break
            found.append(base)
        return found

    def of_instance(self, instance: Instance, name: str) -> Value:
        """A field or method of an instance. What no class of the line sets may be set by a class that extends it."""
        if isinstance(instance.kind, Fn):
            self._build_function(instance, instance.kind)
            found = instance.fields.get(name) or instance.kind.prototype.get(name)
            return Fn(found.node, found.scope, instance) if isinstance(found, Fn) else found or HOLE
        for cls in self.line(instance.kind):
            if name in cls.fields and cls.fields[name].value is not None:
                break
            if name in cls.methods:
                method = cls.methods[name]
                fn = Fn(method, cls.scope, instance, cls)
                if any(isinstance(d, s.Name) and d.id == "property" for d in method.decorators) and isinstance(cls.scope, Scope):
                    return self.run(fn, (), instance, None, cls.scope)
                return fn
        self._build_class(instance, instance.kind)
        if name in instance.fields:
            return instance.fields[name]
        return Ref(-1, "this", (name,))

    def _build_class(self, instance: Instance, kind: Cls) -> None:
        """Run field initialisers and the constructor once."""
        if instance.built:
            return
        instance.built = True
        line = self.line(kind)
        for cls in reversed(line):
            scope = Scope(cls.scope.module, cls.scope, cls.node.name, Frame(instance, cls)) if isinstance(cls.scope, Scope) else None
            for name, field in cls.fields.items():
                if field.value is not None and scope is not None:
                    instance.fields[name] = self.value(field.value, scope)
        self.construct(instance, line)

    def construct(self, instance: Instance, line: list[Cls], args: tuple[Value, ...] | None = None) -> None:
        """Run the nearest constructor of a line of classes."""
        for cls in line:
            method = cls.methods.get("constructor")
            if method is not None and isinstance(cls.scope, Scope):
                self.run(Fn(method, cls.scope, instance, cls), args if args is not None else instance.arguments, instance, None, cls.scope)
                return

    def _build_function(self, instance: Instance, kind: Fn) -> None:
        if not instance.built and isinstance(kind.scope, Scope):
            instance.built = True
            self.run(kind, instance.arguments, instance, None, kind.scope)

    # ------------------------------------------------------------------ modules

    def exported(self, path: str, name: str) -> Value:
        """What a module hands over under a name; a name that modules hand round in a circle is none."""
        asked = (path, name)
        if asked in self.handing_over:
            return HOLE
        self.handing_over.add(asked)
        try:
            return self._exported(path, name)
        finally:
            self.handing_over.discard(asked)

    def _exported(self, path: str, name: str) -> Value:
        for module in self.load(path):
            whole = module.exported
            if whole is not None:
                if name == "default" and not (isinstance(whole, Obj) and "default" in whole.known()):
                    return whole
                return self.member(whole, name)
            found = self._named_export(module, name, 0)
            if found is not None:
                return found
        return HOLE

    def _named_export(self, module: ModuleScope, name: str, depth: int) -> Value | None:
        found = module.names.get(name)
        if found is not None:
            return self.settled(found)
        if depth < _DEEPEST_STARS and name != "default":
            for path in module.stars:
                for star in self.load(path):
                    handed = self._named_export(star, name, depth + 1)
                    if handed is not None:
                        return handed
        return None

    def settled(self, found: Value | Imported) -> Value:
        """The value behind an imported name."""
        if not isinstance(found, Imported):
            return found
        if found.module.startswith(_OUTSIDE):
            package = found.module[len(_OUTSIDE) :]
            return External(package if found.name in ("*", "default") else f"{package}.{found.name}")
        return Mod(found.module) if found.name == "*" else self.exported(found.module, found.name)

    def imported(self, importer: str, specifier: str, name: str, *, bare: bool = False) -> Imported:
        """The name that an import brings, without reading the other module yet."""
        path = self.index.resolve(importer, specifier, bare=bare)
        return Imported(path or _OUTSIDE + specifier, name)
