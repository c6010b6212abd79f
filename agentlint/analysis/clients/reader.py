"""Reads all modules: their top levels first, then every function for itself, then methods for every class that has them."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.analysis.clients.libraries import Sent, looks_like_path
from agentlint.analysis.clients.requests import Met
from agentlint.analysis.clients.scopes import Frame, ModuleScope, Scope
from agentlint.analysis.clients.statements import Statements
from agentlint.analysis.clients.values import HOLE, Cls, External, Fn, Instance, Mod, Obj, Text, Value, fixed, text
from agentlint.ir import syntax as s

_PAGES = (".html", ".htm", ".jinja", ".jinja2", ".j2", ".mako", ".tmpl")


class Reader(Statements):
    """One reading of the client code of a project."""

    def __init__(self, modules: Iterable[s.Module]) -> None:
        super().__init__(tuple(modules))
        self._classes: list[Cls] = []

    @property
    def classes(self) -> list[Cls]:
        """Classes whose methods are still to be read."""
        return self._classes

    def read(self) -> list[Met]:
        """Every request met, in the order of reading."""
        for path in sorted(self.index.by_path, key=lambda p: (p.endswith(_PAGES), p)):
            self.load(path)
            self._drain()
        self._drain()
        return self.met

    def load(self, path: str) -> list[ModuleScope]:
        """The scopes of a file, its top level run once."""
        known = self.scopes.get(path)
        if known is not None:
            return known
        made = [ModuleScope(m) for m in self.index.by_path.get(path, ())]
        self.scopes[path] = made
        kept = self.chain, self.entry, self.steps
        for module in made:
            self.chain, self.entry, self.steps = [f"<{path}>"], None, 0
            module.frame = Frame(None)
            try:
                self.execute(module.source.body, module)
            except RecursionError:
                self.lost.append((path, 1))
            if module.exported is None and module.frame.returned:
                module.exported = module.frame.returned[0]
        self.chain, self.entry, self.steps = kept
        return made

    def _drain(self) -> None:
        """Read functions and classes until none is left: reading one may bring others up."""
        while self.roots or self._classes or self.made:
            while self._classes:
                self._class(self._classes.pop(0))
            if self.made:
                self._made_with_texts(self.made.popleft())
            if self.roots:
                fn, this = self.roots.popleft()
                self._alone(fn, this)

    def _alone(self, fn: Fn, this: Value | None) -> None:
        self.steps = 0
        self.chain = [self.identity(fn, this)]
        self.entry = None
        try:
            self.body(fn, self.parameters(fn), this)
        except RecursionError:
            scope = fn.scope if isinstance(fn.scope, Scope) else None
            self.lost.append((scope.module.path if scope is not None and scope.module is not None else "", fn.node.line))
        self.chain = []

    def _made_with_texts(self, made: Instance) -> None:
        """Every method that may send something, as it runs on an object that was made with texts of its own."""
        if not isinstance(made.kind, Cls):
            return
        methods = {name: Fn(m, cls.scope, made, cls) for cls in reversed(self.line(made.kind)) for name, m in cls.methods.items()}
        self.roots.extend((fn, made) for name, fn in methods.items() if name != "constructor" and self.relevance.sends(fn.node))

    def _class(self, kind: Cls) -> None:
        """Every method for itself, inherited ones too: what the class sets may change what they send."""
        self.steps = 0
        self.chain = [f"class {kind.node.qualname}"]
        instance = Instance(kind, None)
        seen: set[str] = set()
        for cls in self.line(kind):
            for name, method in cls.methods.items():
                if name not in seen:
                    seen.add(name)
                    fn = Fn(method, cls.scope, instance, cls)
                    self.root(fn, instance)
                    if cls is not kind:
                        self.inherited[self.identity(fn, instance)] = self.identity(fn, Instance(cls, None))
            for name, field in cls.fields.items():
                if isinstance(field.value, s.Lambda) and name not in seen and isinstance(cls.scope, Scope):
                    seen.add(name)
                    scope = Scope(cls.scope.module, cls.scope, cls.node.name, Frame(instance, cls))
                    self.root(Fn(field.value.function, scope, instance, cls), instance)

    # --------------------------------------------------------------------- AMD

    def define_module(self, args: tuple[s.Expr, ...], scope: Scope) -> bool:
        """An AMD module: its factory runs with what it asks for, and exports what it returns."""
        listed = next((a for a in args if isinstance(a, s.Sequence)), None)
        factory = next((a for a in args if isinstance(a, s.Lambda)), None)
        if factory is None or (listed is None and len(args) > 2):
            return False
        path = scope.module.path if scope.module is not None else ""
        given: list[Value] = []
        for item in listed.items if listed is not None else ():
            name = item.value if isinstance(item, s.Constant) else None
            given.append(self.required(path, name) if isinstance(name, str) else HOLE)
        made = self.body(Fn(factory.function, scope), tuple(given), None)
        if scope.module is not None and scope.module.exported is None:
            scope.module.exported = made
        return True

    def required(self, importer: str, name: str) -> Value:
        """What another module exports as a whole, or the module itself."""
        path = self.index.resolve(importer, name, bare=True)
        if not path:
            return External(name)
        whole = [m.exported for m in self.load(path) if m.exported is not None]
        return whole[0] if whole else Mod(path)

    def element(self, expr: s.Other, scope: Scope) -> Value:
        """A form written in JSX sends a request of its own."""
        attributes = self.value(expr.children[1], scope) if len(expr.children) > 1 else HOLE
        tag = expr.children[0]
        if isinstance(tag, s.Name) and tag.id == "form" and isinstance(attributes, Obj):
            action = attributes.known().get("action")
            if isinstance(action, Text) and looks_like_path(action):
                method = attributes.known().get("method")
                known = method if fixed(method) else text("GET")
                self.record(Sent(known or HOLE, action, "form"), s.Call(tag, (), (), expr.line, -1), scope)
        for child in expr.children[2:]:
            self.value(child, scope)
        return HOLE
