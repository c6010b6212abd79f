"""Views as routes: functions with the methods their decorators allow, class-based views with the methods they define or inherit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from agentlint.api import ClassInfo, Context, Effect, EffectOperation, Element, FunctionInfo, Guard, Program, Route, Scope, syntax, walk
from agentlint_django.forms import MODEL_FORMS, Written, form_model, model_named
from agentlint_django.urlconf import UrlEntry

Renders = Literal["html", "json", "redirect", "other", ""]
_RESTRICT = {"require_POST": ("POST",), "require_GET": ("GET",), "require_safe": ("GET",)}
_METHODS = ("get", "post", "put", "patch", "delete")
_VIEWS = ("django.views.View", "django.views.generic.View", "django.views.generic.base.View", "django.views.generic.base.TemplateView")
_GENERIC: dict[str, tuple[str, ...]] = {
    "create": ("CreateView", "BaseCreateView"), "update": ("UpdateView", "BaseUpdateView"), "delete": ("DeleteView", "BaseDeleteView", "DeletionMixin"),
    "form": ("FormView", "BaseFormView", "ProcessFormView"),
}
ACCOUNT_VIEWS = {
    "django.contrib.auth.views.LoginView": ("authentication", "login", "session"), "django.contrib.auth.views.LogoutView": ("authentication", "logout", "session"),
    "django.contrib.auth.views.PasswordChangeView": ("orm-write", "update", "User"), "django.contrib.auth.views.PasswordResetView": ("mail", "send", "password reset"),
    "django.contrib.auth.views.PasswordResetConfirmView": ("orm-write", "update", "User"),
}
"""Views of `django.contrib.auth` that act, with what they do (django.contrib.auth.views, Django 5.2)."""
_DOES: dict[str, EffectOperation] = {"create": "create", "update": "update", "delete": "delete"}
_HOOKS = ("dispatch", "setup", "get_object", "get_form", "get_form_kwargs", "form_valid", "form_invalid", "delete", "get_queryset", "test_func", "handle_no_permission")
_HTML_NAMES = frozenset({"render", "render_to_string", "TemplateResponse", "SimpleTemplateResponse", "render_to_response"})


def view_routes(entries: Iterable[UrlEntry], context: Context) -> Iterator[Route]:
    """Routes of all views that resolve to code of the project; what does not resolve is a gap."""
    reader = _Views(context)
    for entry in entries:
        yield from reader.routes(entry)


class _Views:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._program: Program = context.program
        self._renders: dict[str, Renders] = {}
        self._csrf = _checks_csrf(context.program)

    def routes(self, entry: UrlEntry) -> Iterator[Route]:
        view, scope, extra = self._followed(entry)
        if isinstance(view, FunctionInfo):
            if not any(walk.dotted(d.func).endswith("api_view") for d in view.node.decorators if isinstance(d, syntax.Call)):  # another plugin's
                yield from self._function(view, entry, extra)
        elif isinstance(view, ClassInfo):
            yield from self._class(view, entry, extra)
        elif (name := self._program.resolve(_shown_class(entry.view) or entry.view, scope)) in ACCOUNT_VIEWS:
            yield self._account_view(name, entry)
        elif not isinstance(entry.view, syntax.Attribute) or entry.view.attr != "urls":
            if (not name or name.partition(".")[0] in {m.partition(".")[0] for m in self._program.modules}) and not isinstance(entry.view, syntax.Lambda):
                self._context.gap(entry.file, entry.line, f"the view of {entry.path} could not be resolved")

    def _followed(self, entry: UrlEntry) -> tuple[object, Scope, tuple[str, ...]]:
        """The function or class behind a view expression, with further wrappers met on the way."""
        expr, scope, wrappers = entry.view, entry.scope, entry.wrappers
        for _ in range(8):
            if isinstance(expr, syntax.Name) and isinstance(held := entry.bound.get(expr.id), Element):
                expr, scope = held.expr, held.scope
            if isinstance(expr, syntax.Constant) and isinstance(expr.value, str):
                return self._program.lookup(expr.value), scope, wrappers
            if isinstance(expr, syntax.Call):
                shown = _shown_class(expr)
                if shown is not None:
                    expr = shown
                elif not expr.args or isinstance(expr.args[0], syntax.Constant):
                    return self._made_by(expr, scope), scope, wrappers
                elif expr.args:
                    name = self._program.resolve(expr.func.func if isinstance(expr.func, syntax.Call) else expr.func, scope)
                    wrappers = (*wrappers, *filter(None, (name,)))
                    expr = expr.args[0]
                else:
                    return None, scope, wrappers
                continue
            if not isinstance(expr, (syntax.Name, syntax.Attribute)):
                return None, scope, wrappers
            name = self._program.resolve(expr, scope)
            target = self._program.lookup(name) if name else None
            if isinstance(target, (FunctionInfo, ClassInfo)) or target is None or isinstance(target, syntax.Module):
                return target, scope, wrappers
            expr, owner = target, name.rpartition(".")[0]
            scope = self._program.modules.get(owner) or self._program.classes.get(owner) or scope
        return None, scope, wrappers

    def _made_by(self, call: syntax.Call, scope: Scope) -> FunctionInfo | None:
        """The inner function that a view factory returns."""
        factory = self._program.lookup(self._program.resolve(call.func, scope))
        for returned in self._program.returned(factory) if isinstance(factory, FunctionInfo) else ():
            if isinstance(returned, syntax.Name) and isinstance(factory, FunctionInfo):
                return self._program.functions.get(f"{factory.id}.{returned.id}")
        return None

    # ------------------------------------------------------------- functions

    def _function(self, info: FunctionInfo, entry: UrlEntry, wrappers: tuple[str, ...]) -> Iterator[Route]:
        guards, checks = self._wrapper_guards(wrappers, entry)
        if self._csrf:
            guards = (*guards, Guard("csrf", "", entry.file, entry.line))
        for method in self._allowed(info):
            yield Route(
                framework="django", method=method, path=_rooted(entry.path), handler=info.id, symbol=info.node.qualname, file=info.module.path, line=info.node.line,
                owner=info.owner, guards=guards, renders=self._answers(info), name=entry.name, table_file=entry.file, table_line=entry.line, guard_handlers=checks,
            )

    def _allowed(self, info: FunctionInfo) -> tuple[str, ...]:
        for decorator in info.node.decorators:
            func = decorator.func if isinstance(decorator, syntax.Call) else decorator
            name = walk.dotted(func).rpartition(".")[2]
            if name in _RESTRICT:
                return _RESTRICT[name]
            if name == "require_http_methods" and isinstance(decorator, syntax.Call) and decorator.args:
                folded = self._program.fold(decorator.args[0], info.module)
                if isinstance(folded, (list, tuple)):
                    return tuple(str(m).upper() for m in folded if m not in ("HEAD", "OPTIONS"))
        return ("ANY",)

    def _wrapper_guards(self, wrappers: Iterable[str], entry: UrlEntry) -> tuple[tuple[Guard, ...], tuple[str, ...]]:
        guards, checks = [], []
        for name in wrappers:
            kind = self._context.library.guard(name)
            if kind is not None:
                guards.append(Guard(kind, name, entry.file, entry.line))
            elif name in self._program.functions:
                checks.append(name)
        return tuple(guards), tuple(checks)

    # --------------------------------------------------------------- classes

    def _class(self, info: ClassInfo, entry: UrlEntry, wrappers: tuple[str, ...]) -> Iterator[Route]:
        program = self._program
        if program.inherits(info.id, "rest_framework.views.APIView"):
            return  # another plugin's
        guards, checks = self._wrapper_guards(wrappers, entry)
        guards = (*guards, *self._class_guards(info), *((Guard("csrf", "", entry.file, entry.line),) if self._csrf else ()))
        hooks = tuple(m.id for name in _HOOKS if (m := program.method(info.id, name)) is not None)
        allowed = self._http_method_names(info)
        kind = self._generic_kind(info)
        for name in _METHODS:
            own = program.method(info.id, name)
            effects: tuple[Effect, ...] = ()
            if name == "post" and kind:
                effects = self._framework_effects(info, kind)
                own = own or program.method(info.id, "form_valid" if kind != "delete" else "delete") or program.method(info.id, "form_valid")
                if own is None and not effects and kind == "form":
                    continue
            elif own is None or (name == "delete" and kind == "delete"):
                continue
            if allowed is not None and name not in allowed:
                continue
            mine = own is not None and own.owner == info.id
            extra = hooks if name == "post" and kind else tuple(h for h in hooks if h.rpartition(".")[2] in ("dispatch", "setup"))
            yield Route(
                framework="django", method=name.upper(), path=_rooted(entry.path), handler=own.id if own is not None else "",
                symbol=f"{info.node.qualname}.{own.node.name}" if mine and own is not None else info.node.qualname, file=info.module.path,
                line=own.node.line if mine and own is not None else info.node.line, owner=info.id, guards=guards, effects=effects,
                renders=self._answers(own) if own is not None else "html", name=entry.name, resource=effects[0].target if effects else "", table_file=entry.file,
                table_line=entry.line, extra_handlers=(*extra, *self._form_saves(info)) if name == "post" else extra, guard_handlers=checks,
            )

    def _http_method_names(self, info: ClassInfo) -> frozenset[str] | None:
        held = self._program.attribute(info.id, "http_method_names")
        folded = self._program.fold(held[0], held[1]) if held is not None else None
        return frozenset(str(m).lower() for m in folded) if isinstance(folded, (list, tuple)) else None

    def _class_guards(self, info: ClassInfo) -> tuple[Guard, ...]:
        found = []
        for base in self._program.mro(info.id):
            kind = self._context.library.guard(base)
            if kind is not None:
                found.append(Guard(kind, base, info.module.path, info.node.line))
        for decorator in info.node.decorators:  # `@method_decorator(login_required, name="dispatch")`
            for argument in decorator.args if isinstance(decorator, syntax.Call) else ():
                for one in argument.items if isinstance(argument, syntax.Sequence) else (argument,):
                    kind = self._context.library.guard(self._program.resolve(one, info.module)) if isinstance(one, (syntax.Name, syntax.Attribute)) else None
                    if kind is not None:
                        found.append(Guard(kind, walk.dotted(one), info.module.path, decorator.line))
        return tuple(found)

    def _generic_kind(self, info: ClassInfo) -> str:
        for base in self._program.mro(info.id):
            if base.startswith("django.") and ".generic" in base:
                for kind, names in _GENERIC.items():
                    if base.rpartition(".")[2] in names:
                        return kind
            elif base in ACCOUNT_VIEWS:
                return "form"
        return ""

    def _account_view(self, name: str, entry: UrlEntry) -> Route:
        """A view of `django.contrib.auth` routed as it is: it stands where the URLconf names it."""
        return Route(
            framework="django", method="POST", path=_rooted(entry.path), handler="", symbol=name.rpartition(".")[2], file=entry.file, line=entry.line, surface="gui",
            guards=(Guard("session", name, entry.file, entry.line),), effects=(_account_effect(name, entry.file, entry.line),), renders="html", name=entry.name,
            table_file=entry.file, table_line=entry.line,
        )

    def _framework_effects(self, info: ClassInfo, kind: str) -> tuple[Effect, ...]:
        """What the generic view writes by itself, unless the project's `form_valid` replaces it."""
        account = next((b for b in self._program.mro(info.id) if b in ACCOUNT_VIEWS), "")
        if account:
            return (_account_effect(account, info.module.path, info.node.line),)
        hook = self._program.method(info.id, "form_valid" if kind != "delete" else "delete") or (self._program.method(info.id, "form_valid") if kind == "delete" else None)
        if hook is not None and not _hands_on(hook):
            return ()
        written = self._written(info)
        if written is None or kind == "form":
            return ()
        api = "django.db.models.Model.delete()" if kind == "delete" else "django.db.models.Model.save()"
        fields = () if kind == "delete" else written.fields
        return (Effect("orm-write", _DOES[kind], written.model.rpartition(".")[2], info.module.path, info.node.line, "", model=written.model, fields=fields, api=api,
                       methods=("POST",), registered=True),)

    def _written(self, info: ClassInfo) -> Written | None:
        program = self._program
        form = program.attribute(info.id, "form_class")
        form_id = program.resolve(form[0], form[1]) if form is not None else ""
        if form_id in program.classes and program.inherits(form_id, *MODEL_FORMS):
            return form_model(form_id, program)
        listed = program.attribute(info.id, "fields")
        folded = program.fold(listed[0], listed[1]) if listed is not None else None
        fields = tuple(sorted(str(f) for f in folded)) if isinstance(folded, (list, tuple)) else ()
        for name in ("model", "queryset"):
            held = program.attribute(info.id, name)
            found = model_named(held[0], held[1], program) if held is not None else ""
            if found:
                return Written(found, fields)
        for hook in ("get_queryset", "get_object"):
            method = program.method(info.id, hook)
            for kind in self._context.types.returns(method.id) if method is not None else ():
                inner = kind.args[0] if kind.args else kind
                if inner.name in program.classes and program.inherits(inner.name, "django.db.models.Model"):
                    return Written(inner.name, fields)
        return None

    def _form_saves(self, info: ClassInfo) -> tuple[str, ...]:
        form = self._program.attribute(info.id, "form_class")
        form_id = self._program.resolve(form[0], form[1]) if form is not None else ""
        method = self._program.method(form_id, "save") if form_id in self._program.classes else None
        return (method.id,) if method is not None else ()

    # --------------------------------------------------------------- answers

    def _answers(self, info: FunctionInfo, depth: int = 2) -> Renders:
        """What a view answers: a page, data, or a redirect, also through functions that it returns from."""
        known = self._renders.get(info.id)
        if known is not None:
            return known
        self._renders[info.id] = ""
        answer: Renders = ""
        for call in walk.calls(info.node.body):
            name = walk.dotted(call.func).rpartition(".")[2]
            if name in _HTML_NAMES:
                answer = "html"
                break
            if name == "JsonResponse" or "JsonResponse" in name:
                answer = "json"
            elif name in ("redirect", "HttpResponseRedirect") and not answer:
                answer = "redirect"
        if not answer and depth:
            for returned in self._program.returned(info):
                if isinstance(returned, syntax.Call):
                    target = self._program.lookup(self._program.resolve(returned.func, info))
                    if isinstance(target, FunctionInfo):
                        answer = answer or self._answers(target, depth - 1)
        self._renders[info.id] = answer
        return answer


def _checks_csrf(program: Program) -> bool:
    """True unless the settings list middleware without the one that checks for forged requests."""
    listed = []
    for module in program.modules.values():
        if program.lookup(f"{module.name}.MIDDLEWARE") is not None:
            folded = program.fold(syntax.Name("MIDDLEWARE", 0), module)
            if isinstance(folded, (list, tuple)):
                listed += [str(name) for name in folded]
    return not listed or any(name.endswith("CsrfViewMiddleware") or "{}" in name for name in listed)


def _account_effect(name: str, file: str, line: int) -> Effect:
    kind, operation, target = ACCOUNT_VIEWS[name]
    return Effect(kind, operation, target, file, line, "", fields=("password",) if operation == "update" else (), methods=("POST",), registered=True)  # type: ignore[arg-type]


def _hands_on(method: FunctionInfo) -> bool:
    return any(isinstance(c.func, syntax.Attribute) and isinstance(c.func.value, syntax.Call) and walk.dotted(c.func.value.func) == "super" for c in walk.calls(method.node.body))


def _shown_class(expr: syntax.Expr) -> syntax.Expr | None:
    """The class of `Class.as_view(...)`."""
    return expr.func.value if isinstance(expr, syntax.Call) and isinstance(expr.func, syntax.Attribute) and expr.func.attr == "as_view" else None


def _rooted(path: str) -> str:
    return path if path.startswith("/") else f"/{path}"
