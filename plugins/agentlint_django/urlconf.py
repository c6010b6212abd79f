"""URLconfs: every pattern with its full path, its view, and the wrappers around it, from lists, includes, helper functions and loops."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from agentlint.api import UNKNOWN, ClassInfo, Context, Element, FunctionInfo, Scope, join_paths, syntax

PATTERNS = frozenset({"django.urls.path", "django.urls.re_path", "django.urls.conf.path", "django.urls.conf.re_path", "django.conf.urls.url", "django.conf.urls.re_path"})
_REGEX = frozenset({"django.urls.re_path", "django.urls.conf.re_path", "django.conf.urls.url", "django.conf.urls.re_path"})
_INCLUDE = frozenset({"django.urls.include", "django.urls.conf.include", "django.conf.urls.include"})
_LISTS = frozenset({"django.conf.urls.i18n.i18n_patterns", "rest_framework.urlpatterns.format_suffix_patterns", "django.conf.urls.patterns"})
_DEPTH = 16


class UrlEntry(msgspec.Struct, frozen=True, eq=False):
    """One pattern of the tree, flattened."""

    path: str
    """Full path with typed holes."""
    view: syntax.Expr
    """The view, wrappers taken off."""
    scope: Scope
    """Where the view's names mean something."""
    name: str
    file: str
    line: int
    wrappers: tuple[str, ...] = ()
    """Resolved names of decorators around the view in the URLconf."""
    bound: dict[str, object] = {}
    """Bindings of the loop that built the pattern."""


class UrlConf:
    """Flattens the URLconf of a program."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._program = context.program
        self._included: set[str] = set()

    def entries(self) -> list[UrlEntry]:
        """All patterns, reached from the root URLconfs; a URLconf that nothing includes is a root when the settings name none."""
        program = self._program
        with_patterns = [m for m in program.modules.values() if isinstance(program.lookup(f"{m.name}.urlpatterns"), syntax.Sequence | syntax.Call | syntax.Apply)]
        roots = self._settings_roots()
        found: list[UrlEntry] = []
        for root in roots or [m for m in with_patterns if m.name.rpartition(".")[2] in ("urls", "urlconf")]:
            found += self._module(root, "", "", ())
        if not roots:  # what an include reaches is no root of its own
            found = [e for e in found if e.path is not None]
            kept: list[UrlEntry] = []
            for module in with_patterns:
                if module.name not in self._included:
                    kept += self._module(module, "", "", ())
            found = kept or found
        return sorted({(e.path, e.file, e.line, id(e.view)): e for e in found}.values(), key=lambda e: (e.path, e.file, e.line))

    def _settings_roots(self) -> list[syntax.Module]:
        names: list[str] = []
        for module in self._program.modules.values():
            value = self._program.fold(syntax.Name("ROOT_URLCONF", 0), module) if self._program.lookup(f"{module.name}.ROOT_URLCONF") is not None else UNKNOWN
            if isinstance(value, str):
                names.append(value)
        found = [self._program.lookup(name) for name in dict.fromkeys(names)]
        return [m for m in found if isinstance(m, syntax.Module)]

    def _module(self, module: syntax.Module, prefix: str, namespace: str, seen: tuple[str, ...]) -> Iterator[UrlEntry]:
        if module.name in seen or len(seen) > _DEPTH:
            return
        app = self._program.fold(syntax.Name("app_name", 0), module) if self._program.lookup(f"{module.name}.app_name") is not None else ""
        own = namespace or (app if isinstance(app, str) else "")
        yield from self._list(syntax.Name("urlpatterns", 0), module, prefix, own, (*seen, module.name))

    def _list(
        self, expr: syntax.Expr, scope: Scope, prefix: str, namespace: str, seen: tuple[str, ...], bound: dict[str, object] | None = None
    ) -> Iterator[UrlEntry]:
        if len(seen) > _DEPTH:
            return
        for element in self._program.elements(expr, scope, bound):
            yield from self._item(element.expr, element.scope, prefix, namespace, seen, dict(element.names))

    def _item(self, expr: syntax.Expr, scope: Scope, prefix: str, namespace: str, seen: tuple[str, ...], bound: dict[str, object]) -> Iterator[UrlEntry]:
        if isinstance(expr, syntax.Other) and expr.kind == "star":
            yield from self._list(expr.children[0], scope, prefix, namespace, seen)
            return
        if isinstance(expr, syntax.Sequence):
            for item in expr.items:
                yield from self._item(item, scope, prefix, namespace, seen, bound)
            return
        if not isinstance(expr, syntax.Call):
            if isinstance(expr, (syntax.Name, syntax.Attribute)):
                held = self._program.lookup(self._program.resolve(expr, scope))
                if isinstance(held, syntax.Call):
                    yield from self._item(held, self._home(expr, scope), prefix, namespace, (*seen, "value"), bound)
            return
        called = self._program.resolve(expr.func, scope)
        if called in PATTERNS:
            yield from self._pattern(expr, scope, prefix, namespace, seen, bound, called in _REGEX)
        elif called in _LISTS:
            for argument in expr.args:
                yield from self._item(argument, scope, prefix, namespace, seen, bound) if isinstance(argument, (syntax.Call, syntax.Sequence)) else self._list(
                    argument, scope, prefix, namespace, seen)
        else:
            target = self._program.lookup(called) if called else None
            if isinstance(target, FunctionInfo):
                given = self._given(expr, target, scope, bound)
                for returned in self._program.returned(target):
                    if isinstance(returned, syntax.Call):
                        yield from self._item(returned, target, prefix, namespace, (*seen, called), given)
                    else:
                        yield from self._list(returned, target, prefix, namespace, (*seen, called), given)

    def _given(self, call: syntax.Call, helper: FunctionInfo, scope: Scope, bound: dict[str, object]) -> dict[str, object]:
        """What the parameters of a helper are in one call: constants, or the expressions themselves."""
        names = [p.name for p in helper.node.params]
        values = [*zip(names, call.args, strict=False), *((k.name, k.value) for k in call.keywords if k.name)]
        found: dict[str, object] = {}
        for name, value in values:
            folded = self._program.fold(value, scope, bound)
            found[str(name)] = Element(value, scope, bound) if folded is UNKNOWN else folded
        return found

    def _pattern(
        self, call: syntax.Call, scope: Scope, prefix: str, namespace: str, seen: tuple[str, ...], bound: dict[str, object], regex: bool
    ) -> Iterator[UrlEntry]:
        text = self._program.fold(call.args[0] if call.args else _keyword(call, "route"), scope, bound)
        path = join_paths(prefix, holes(text if isinstance(text, str) else "{}", regex)) if text != "" else prefix
        view = call.args[1] if len(call.args) > 1 else _keyword(call, "view")
        if view is None:
            return
        if isinstance(view, syntax.Call) and self._program.resolve(view.func, scope) in _INCLUDE:
            yield from self._include(view, scope, path, namespace, seen)
            return
        name = self._program.fold(_keyword(call, "name") or (call.args[3] if len(call.args) > 3 else None), scope, bound) if _keyword(call, "name") or len(call.args) > 3 else ""
        inner, wrappers = self._unwrapped(view, scope)
        full = f"{namespace}:{name}" if namespace and isinstance(name, str) and name else name if isinstance(name, str) else ""
        file = scope.path if isinstance(scope, syntax.Module) else scope.module.path
        yield UrlEntry(path or "/", inner, scope, full, file, call.line, wrappers, bound)

    def _include(self, call: syntax.Call, scope: Scope, prefix: str, namespace: str, seen: tuple[str, ...]) -> Iterator[UrlEntry]:
        if not call.args:
            return
        given = call.args[0]
        spoken = self._program.fold(_keyword(call, "namespace"), scope) if _keyword(call, "namespace") is not None else ""
        inner_space = ":".join(filter(None, (namespace, spoken if isinstance(spoken, str) else "")))
        if isinstance(given, syntax.Sequence) and given.kind == "tuple" and given.items:
            app = self._program.fold(given.items[1], scope) if len(given.items) > 1 else ""
            inner_space = inner_space or (app if isinstance(app, str) else "")
            given = given.items[0]
        folded = self._program.fold(given, scope)
        target = self._program.lookup(folded) if isinstance(folded, str) else None
        if target is None and isinstance(given, (syntax.Name, syntax.Attribute)):
            target = self._program.lookup(self._program.resolve(given, scope))
        if isinstance(target, syntax.Module):
            self._included.add(target.name)
            yield from self._module(target, prefix, inner_space, seen)
        elif isinstance(given, syntax.Attribute) and given.attr == "urls":  # a router, an admin site: whoever knows the object reads on
            file = scope.path if isinstance(scope, syntax.Module) else scope.module.path
            yield UrlEntry(prefix, given, scope, inner_space, file, call.line)
        elif isinstance(folded, str):
            if self._is_own(folded):
                self._context.gap(scope.path if isinstance(scope, syntax.Module) else scope.module.path, call.line, f"included URLconf {folded} was not found")
        else:
            yield from self._list(given, scope, prefix, inner_space, (*seen, "include"))

    def _is_own(self, dotted: str) -> bool:
        top = dotted.partition(".")[0]
        return any(name == top or name.startswith(top + ".") for name in self._program.modules)

    def _unwrapped(self, view: syntax.Expr, scope: Scope) -> tuple[syntax.Expr, tuple[str, ...]]:
        """The view inside decorator calls: `login_required(View.as_view())`, `cache_page(60)(view)`."""
        wrappers: list[str] = []
        for _ in range(8):
            if not isinstance(view, syntax.Call) or _is_as_view(view) or not view.args or isinstance(view.args[0], syntax.Constant):
                break  # not a wrapper: a factory called with a text makes the view
            func = view.func.func if isinstance(view.func, syntax.Call) else view.func
            name = self._program.resolve(func, scope)
            if isinstance(self._program.lookup(name), ClassInfo):
                break
            wrappers.append(name)
            view = view.args[0]
        return view, tuple(filter(None, wrappers))

    def _home(self, expr: syntax.Expr, scope: Scope) -> Scope:
        owner = self._program.resolve(expr, scope).rpartition(".")[0]
        return self._program.modules.get(owner) or self._program.classes.get(owner) or scope


def _is_as_view(call: syntax.Call) -> bool:
    return isinstance(call.func, syntax.Attribute) and call.func.attr == "as_view"


def _keyword(call: syntax.Call, name: str) -> syntax.Expr | None:
    return next((k.value for k in call.keywords if k.name == name), None)


def holes(route: str, regex: bool) -> str:
    """A route's converters or a regular expression's groups as `{name}` holes."""
    if not regex:
        return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", route)
    text, number = route, 0
    while True:
        match = re.search(r"\((\?P<(\w+)>|\?:)?[^()]*\)[?*+]?", text)
        if match is None:
            break
        if match.group(1) == "?:":
            inner = match.group(0)[3:].rstrip("?*+")
            text = text[: match.start()] + inner[:-1].partition("|")[0] + text[match.end() :]
            continue
        text = text[: match.start()] + "\x00" + (match.group(2) or str(number)) + "\x01" + text[match.end() :]
        number += 1
    text = re.sub(r"\\([./_\-])", r"\1", text.removeprefix("^").removesuffix("$").removesuffix(r"\Z"))
    text = re.sub(r"\\[dwsDWS][*+?]?|\[[^\]]*\][*+?]?", "{}", text).replace("?", "").replace("^", "")
    return text.replace("\x00", "{").replace("\x01", "}")
