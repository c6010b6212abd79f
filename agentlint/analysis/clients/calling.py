"""Calls: requests they send, functions of the project they run, objects they make."""

from __future__ import annotations

from agentlint.analysis.clients.builtins import joined, joins, known_result
from agentlint.analysis.clients.expressions import Expressions
from agentlint.analysis.clients.libraries import (
    CLIENTS,
    VERBS,
    Sent,
    client_made,
    declared_request,
    endpoints_made,
    looks_like_path,
    requests_declared,
    requests_of,
    rewrites_url,
)
from agentlint.analysis.clients.requests import shown_method
from agentlint.analysis.clients.scopes import Frame, Scope
from agentlint.analysis.clients.state import DEEPEST, MOST_STEPS
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
    Obj,
    Ref,
    Text,
    Value,
    either,
    fixed,
    rendered,
    text,
)  # fmt: skip
from agentlint.ir import syntax as s

_GOES = frozenset({"location.assign", "location.replace", "window.location.assign", "window.location.replace", "document.location.assign"})
_REQUEST_HOOK = "interceptors.request.use"
_INJECTS = frozenset({"inject", "get", "resolve", "useservice", "getinstance", "getservice", "make", "injector"})
"""Names under which containers hand out the instance of a class."""


class Calling(Expressions):
    """How calls are read."""

    def execute(self, body: tuple[s.Stmt, ...], scope: Scope) -> bool:
        """Run a block; whether it certainly leaves the function."""
        raise NotImplementedError

    def define_module(self, args: tuple[s.Expr, ...], scope: Scope) -> bool:
        """`define([...], function)`, `require([...], function)`; whether the call was one."""
        raise NotImplementedError

    def required(self, importer: str, name: str) -> Value:
        """What `require(name)` gives."""
        raise NotImplementedError

    def call(self, expr: s.Call, scope: Scope) -> Value:
        """The value of a call; its requests are recorded."""
        said = spoken(expr.func)
        if said in ("define", "require", "requirejs", "require.config") and self.define_module(expr.args, scope):
            return HOLE
        if said == "require" and len(expr.args) == 1 and isinstance(expr.args[0], s.Constant):
            return self.required(scope.module.path if scope.module is not None else "", str(expr.args[0].value))
        receiver: Value | None = None
        attr = ""
        if isinstance(expr.func, s.Lambda):
            return self._run_here(Fn(expr.func.function, scope), self.listed(expr.args, scope))
        if isinstance(expr.func, s.Attribute):
            attr = expr.func.attr
            if isinstance(expr.func.value, s.Name) and expr.func.value.id == "super":
                return self._super(attr, expr, scope)
            receiver = self.value(expr.func.value, scope)
            if isinstance(receiver, Alt):
                args = self._arguments(expr, HOLE, scope)
                return either(self._one(self.member(r, attr), r, attr, said, args, expr, scope) for r in receiver.options)
            callee = self.member(receiver, attr)
        elif said == "super":
            return self._super("constructor", expr, scope)
        else:
            callee = self.value(expr.func, scope)
        args = self._arguments(expr, callee, scope)
        if said.endswith(_REQUEST_HOOK):
            self._hooked(expr.func, args, scope)
        if isinstance(callee, Alt):
            return either(self._one(c, receiver, attr, said, args, expr, scope) for c in callee.options)
        return self._one(callee, receiver, attr, said, args, expr, scope)

    def _hooked(self, func: s.Expr, args: tuple[Value, ...], scope: Scope) -> None:
        """`client.interceptors.request.use(hook)`: the client's requests go where the hook sends them."""
        for _ in _REQUEST_HOOK.split("."):
            func = func.value if isinstance(func, s.Attribute) else func
        client = self.value(func, scope)
        if isinstance(client, Client) and args and rewrites_url(args[0]):
            client.rewrites.append(func.line)

    def _arguments(self, expr: s.Call, callee: Value, scope: Scope) -> tuple[Value, ...]:
        """Functions handed over are run on the spot, since somebody will call them."""
        found: list[Value] = []
        for arg in expr.args:
            if isinstance(arg, s.Lambda):
                fn = Fn(arg.function, scope)
                found.append(fn)
                if self.at_root or (not isinstance(callee, Fn) and (self.relevance.sends(arg.function) or self.relevance.writes(arg.function))):
                    self._run_here(fn, None)
            else:
                found.extend(self.listed((arg,), scope))
        return tuple(found)

    def _one(self, callee: Value, receiver: Value | None, attr: str, said: str, args: tuple[Value, ...], expr: s.Call, scope: Scope) -> Value:
        if isinstance(callee, Bound) and isinstance(callee.receiver, Fn) and callee.attr in ("call", "apply", "bind"):
            return self._rebound(callee.receiver, callee.attr, args, expr, scope)
        if isinstance(callee, Ref) and isinstance(callee.default, Fn | Cls):
            callee = callee.default
        if isinstance(callee, Fn):
            return self._function(callee, said, args, expr, scope)
        if isinstance(callee, Cls):
            return self.instance(callee, args)
        if isinstance(callee, Ref) and receiver is None and callee.path:
            receiver, attr = Ref(callee.owner, callee.name, callee.path[:-1]), callee.path[-1]
        declared = self._declared_endpoints(callee, receiver, attr, args, expr, scope)
        if declared is not None:
            return declared
        made = client_made(callee.name, attr, args) if isinstance(callee, External) else None
        if made is not None:
            return made
        result = known_result(said, callee, receiver, attr, args)
        if result is not None:
            return result
        sent = requests_of(callee, said, args, receiver, attr) or self._in_passing(said, attr, args)
        for one in sent:
            self.record(Sent(one.method, self.body(one.url, (), None), one.caller) if isinstance(one.url, Fn) else one, expr, scope)
        if sent:
            return HOLE
        if isinstance(callee, Ref) and callee.owner < 0:
            return callee
        if joins(said) and len(args) > 1:
            return joined(args)
        if args and isinstance(args[0], Cls) and said.rpartition(".")[2].lower() in _INJECTS:
            return self.handed_out(args[0])
        return _wrapped(args)

    def _declared_endpoints(
        self, callee: Value, receiver: Value | None, attr: str, args: tuple[Value, ...], expr: s.Call, scope: Scope
    ) -> Client | None:
        """A client with endpoints that are declared one by one, or one of them, whose request is recorded; None for other calls."""
        made = endpoints_made(callee, receiver, attr, args)
        if made is not None:
            self.body(made[1], made[:1], None)
            return made[0]
        says = declared_request(receiver, attr, args)
        if says is None or not isinstance(receiver, Client):
            return None
        for one in requests_declared(receiver, self.body(says, (HOLE,) * len(says.node.params), says.this), attr):
            self.record(one, expr, scope)
        return receiver

    def _in_passing(self, said: str, attr: str, args: tuple[Value, ...]) -> list[Sent]:
        """Requests that no library is known for: an object with method and URL, a page to go to, a form's new action."""
        for value in args[:3]:
            if isinstance(value, Obj):
                known = value.known()
                method, url = known.get("method"), known.get("url") or known.get("path")
                if method is None and attr.lower() in VERBS:
                    method = text(attr)
                if url is not None and looks_like_path(url) and isinstance(method, Text) and shown_method(method) != "ANY":
                    return [Sent(method, url, attr if attr.lower() in VERBS else "request")]
        if attr in self.wrappers and args and looks_like_path(args[0]):
            return [Sent(text(self.wrappers[attr]), args[0], said)]
        if said in _GOES and args and looks_like_path(args[0]):
            return [Sent(text("GET"), args[0], "location")]
        if attr in ("attr", "prop", "setAttribute") and len(args) > 1 and fixed(args[0]) in ("action", "formaction") and looks_like_path(args[1]):
            return [Sent(HOLE, args[1], "form.action")]
        return []

    # ---------------------------------------------------------- the project's own

    def _function(self, fn: Fn, said: str, args: tuple[Value, ...], expr: s.Call, scope: Scope) -> Value:
        if fn.prototype or (fn.node.name[:1].isupper() and not self.relevance.builds(fn.node)):
            return self.instance(fn, args)
        before = len(self.met)
        result = self.run(fn, args, fn.this, expr, scope)
        if not any(m.speaks for m in self.met[before:]):
            for one in self._in_passing(said, said.rpartition(".")[2], args):
                self.record(one, expr, scope)
        if joins(said) and args and not _speaks(result):
            return joined(args)
        return result

    def _rebound(self, fn: Fn, how: str, args: tuple[Value, ...], expr: s.Call, scope: Scope) -> Value:
        this = args[0] if args and not isinstance(args[0], Hole) else fn.this
        if how == "bind":
            return Fn(fn.node, fn.scope, this, fn.owner)
        rest = args[1:]
        if how == "apply":
            rest = rest[0].items if rest and isinstance(rest[0], Arr) else ()
        return self.run(fn, rest, this, expr, scope)

    def _super(self, name: str, expr: s.Call, scope: Scope) -> Value:
        """`super(...)` and `super.method(...)`: the next class of the line."""
        frame = self.frame_with_owner(scope)
        args = self.listed(expr.args, scope)
        if frame is None or not isinstance(frame.owner, Cls) or not isinstance(frame.this, Instance):
            return HOLE
        line = self.line(frame.owner)[1:]
        if name == "constructor":
            self.construct(frame.this, line, args)
            return HOLE
        for cls in line:
            if name in cls.methods:
                return self.run(Fn(cls.methods[name], cls.scope, frame.this, cls), args, frame.this, expr, scope)
        return HOLE

    @staticmethod
    def frame_with_owner(scope: Scope | None) -> Frame | None:
        """The frame of the method that a scope belongs to."""
        while scope is not None:
            if scope.frame is not None and scope.frame.owner is not None:
                return scope.frame
            scope = scope.parent
        return None

    def run(self, fn: Fn, args: tuple[Value, ...] | None, this: Value | None, call: s.Call | None, scope: Scope) -> Value:
        """What a function returns; `call` is None when it runs as part of something else than a call."""
        if args and joins(fn.node.name) and self.relevance.variadic(fn.node):
            return joined(args)
        identity = self.identity(fn, this)
        tired = self.steps > MOST_STEPS or len(self.chain) >= DEEPEST or identity in self.chain
        if tired or not (self.relevance.sends(fn.node) or self.relevance.builds(fn.node) or this is not None):
            return HOLE
        entered = self.entry is None
        if entered:
            path = scope.module.path if scope.module is not None else ""
            self.entry = (path, call.line if call is not None else fn.node.line, scope.symbol)
        self.chain.append(identity)
        try:
            return self.body(fn, args if args is not None else self.parameters(fn), this)
        finally:
            self.chain.pop()
            if entered:
                self.entry = None

    def _run_here(self, fn: Fn, args: tuple[Value, ...] | None) -> Value:
        """Run a function as a part of the one it stands in."""
        if len(self.chain) > DEEPEST * 2:
            return HOLE
        return self.body(fn, args if args is not None else (HOLE,) * len(fn.node.params), fn.this)

    def parameters(self, fn: Fn) -> tuple[Value, ...]:
        """Parameters that only a caller knows."""
        owner = self.owner_of(fn)
        return tuple(Ref(owner, p.name) for p in fn.node.params if p.kind == "positional")

    def body(self, fn: Fn, args: tuple[Value, ...], this: Value | None) -> Value:
        """Bind parameters, run the statements, unite what is returned."""
        outer = fn.scope if isinstance(fn.scope, Scope) else None
        if outer is None:
            return HOLE
        inner = Scope(outer.module, outer, self._symbol(fn, this, outer), Frame(this, fn.owner))
        for index, parameter in enumerate(fn.node.params):
            if parameter.kind == "star":
                inner.names[parameter.name] = Arr(args[index:])
                continue
            given = args[index] if index < len(args) else None
            own = isinstance(given, Ref) and given.owner == self.owner_of(fn)
            if parameter.default is not None and (given is None or own):
                default = self.value(parameter.default, inner)
                given = Ref(given.owner, given.name, given.path, default) if isinstance(given, Ref) else default
            if isinstance(given, Ref | Hole) and parameter.annotation is not None:
                given = self._declared(parameter.annotation, outer) or given
            inner.names[parameter.name] = Obj() if given is None else given
        inner.names["arguments"] = Arr(args)
        self.execute(fn.node.body, inner)
        frame = inner.frame
        return either(frame.returned) if frame is not None and frame.returned else Obj()

    def _declared(self, annotation: s.Expr, scope: Scope) -> Value | None:
        """What a parameter's type says of it: an instance of a class of the project, a library's client."""
        if not isinstance(annotation, s.Name) or not annotation.id[:1].isupper():
            return None
        kind = self.value(annotation, scope)
        if isinstance(kind, Cls):
            return self.handed_out(kind)
        return External(annotation.id) if isinstance(kind, External) and annotation.id in CLIENTS else None

    @staticmethod
    def _symbol(fn: Fn, this: Value | None, outer: Scope) -> str:
        """What people call the function: methods by the class they run for."""
        if isinstance(this, Instance) and isinstance(this.kind, Cls) and fn.owner is not None:
            return f"{this.kind.node.name}.{fn.node.name}"
        return ".".join(p for p in fn.node.qualname.split(".") if p != "<lambda>") or outer.symbol


def spoken(expr: s.Expr) -> str:
    """An expression as one says it: `a.b` of `a.b`, of `a().b`, of `a[0].b`."""
    match expr:
        case s.Name():
            return expr.id
        case s.Attribute():
            held = spoken(expr.value)
            return f"{held}.{expr.attr}" if held else expr.attr
        case s.Call():
            return spoken(expr.func)
        case s.Subscript():
            return spoken(expr.value)
        case _:
            return ""


def _speaks(value: Value) -> bool:
    return any(c.isalnum() for c in rendered(value)) if isinstance(value, Text | Alt) else not isinstance(value, Hole | Obj)


def _wrapped(args: tuple[Value, ...]) -> Value:
    """What an unknown function makes of a function or object is most often a form of the same."""
    first = args[0] if args else None
    return first if isinstance(first, Fn | Instance | Client | Cls) or (isinstance(first, Obj) and first.known()) else HOLE
