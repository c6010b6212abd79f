"""Views as routes: functions with the methods that their decorators allow, class-based views with the methods that they define or inherit."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from agentlint.api import ClassInfo, Context, FunctionInfo, Member, Ref, Route, syntax, walk
from agentlint_django.account_views import account_route, included_account_routes, is_account_view
from agentlint_django.answers import Answers, Renders
from agentlint_django.class_views import METHODS, ClassView
from agentlint_django.generic_views import framework_effects, hooks_of
from agentlint_django.guarding import Guarding
from agentlint_django.project import settings_of
from agentlint_django.ready_views import ready_route
from agentlint_django.targets import View, only_answers, view_of
from agentlint_django.urlconf import UrlEntry, url_table

_RESTRICT = {"require_POST": ("POST",), "require_GET": ("GET",), "require_safe": ("GET",)}
_FOREIGN = ("rest_framework.", "ninja", "graphene", "strawberry", "modernrpc", "ariadne")
"""Packages whose views other plugins read."""
_API = re.compile(r"(^|[/_-])api([/_-]?v?[\d.]*)?/?$")
"""An address that ends so is where a whole interface for programs begins."""
_POSTS = frozenset({"create", "update", "delete", "form", "formset", "wizard", "unknown"})


def view_routes(context: Context) -> Iterator[Route]:
    """Routes of all views that resolve to code of the project; what does not resolve is a gap."""
    table = url_table(context.program)
    for gap in table.gaps:
        context.gap(*gap)
    reader = _Views(context)
    for entry in table.entries:
        yield from reader.routes(entry)


def _is_api(path: str) -> bool:
    return _API.search(path) is not None


class _Views:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._program = context.program
        self._answers = Answers(context.program)
        self._guarding = Guarding(context)

    def routes(self, entry: UrlEntry) -> Iterator[Route]:
        """The routes of one pattern."""
        view = view_of(entry.view, self._program)
        if isinstance(view.target, FunctionInfo):
            if not any(walk.dotted(d.func).endswith("api_view") for d in view.target.node.decorators if isinstance(d, syntax.Call)):  # another plugin's
                yield from self._function(view.target, view, entry)
        elif isinstance(view.target, ClassInfo):
            if not any(base.startswith(_FOREIGN) for base in self._program.mro(view.target.id)):
                yield from self._class(ClassView(view.target, view.options, self._program), view, entry)
        elif is_account_view(view.name):
            yield account_route(view.name, entry)
        elif (ready := ready_route(view, entry, self._program)) is not None:
            guards, checks = self._guarding.of_wrappers(self._wrappers(view, entry), entry)
            yield msgspec.structs.replace(ready, guards=(*guards, *self._guarding.of_site(entry)), guard_handlers=checks)
        elif view.name == "django.contrib.auth.urls":
            yield from included_account_routes(entry)
        else:
            self._outside(view, entry)

    def _outside(self, view: View, entry: UrlEntry) -> None:
        """A view of a library needs no word; one that nothing tells is a gap."""
        if view.name.startswith(("django.", *_FOREIGN)) or isinstance(entry.view, Member) or only_answers(entry.view):
            return
        if view.name and view.name.partition(".")[0] not in {m.partition(".")[0] for m in self._program.modules}:
            if entry.included:
                kind = "unread" if _is_api(entry.path) else "unresolved"
                self._context.gap(entry.file, entry.line, f"the URLs of {view.name} are in a library and were not read", kind)
            return
        if _is_api(entry.path):
            self._context.gap(entry.file, entry.line, f"what answers at {entry.path} could not be resolved: what that interface offers is not known", "unread")
        else:
            self._context.gap(entry.file, entry.line, f"the view of {entry.path} could not be resolved")

    # ------------------------------------------------------------- functions

    def _function(self, info: FunctionInfo, view: View, entry: UrlEntry) -> Iterator[Route]:
        guards, checks = self._guarding.of_wrappers(self._wrappers(view, entry), entry)
        for method in self._restricted(info, view):
            yield Route(
                framework="django", method=method, path=entry.path, handler=info.id, symbol=info.node.qualname, file=info.module.path, line=info.node.line,
                owner=info.owner, guards=(*guards, *self._guarding.of_site(entry, info)), renders=self._answers.of(info), name=entry.name,
                table_file=entry.file, table_line=entry.line, guard_handlers=checks, confidence=entry.confidence,
            )

    def _wrappers(self, view: View, entry: UrlEntry) -> list[str]:
        return [*view.wrappers, *(w.name for w in entry.wrappers if isinstance(w, Ref))]

    def _restricted(self, info: FunctionInfo, view: View) -> tuple[str, ...]:
        """Methods that decorators let through, `ANY` when they do not say."""
        for wrapper in view.wrappers:
            if wrapper.rpartition(".")[2] in _RESTRICT:
                return _RESTRICT[wrapper.rpartition(".")[2]]
        for decorator in info.node.decorators:
            func = decorator.func if isinstance(decorator, syntax.Call) else decorator
            name = walk.dotted(func).rpartition(".")[2]
            if name in _RESTRICT:
                return _RESTRICT[name]
            if name == "require_http_methods" and isinstance(decorator, syntax.Call) and decorator.args:
                listed = settings_of(self._program).setup.value(decorator.args[0], info.module)
                if isinstance(listed, list | tuple):
                    return tuple(str(m).upper() for m in listed if str(m).upper() not in ("HEAD", "OPTIONS"))
        return ("ANY",)

    # --------------------------------------------------------------- classes

    def _class(self, view: ClassView, found: View, entry: UrlEntry) -> Iterator[Route]:
        guards, checks = self._guarding.of_wrappers(self._wrappers(found, entry), entry)
        guards = (*guards, *self._guarding.of_class(view.info), *self._guarding.of_site(entry, view.info))
        for method in self._methods(view):
            yield self._class_route(view, method, entry, (guards, checks))

    def _methods(self, view: ClassView) -> Iterator[str]:
        """Lower-case methods that a view answers; `any` when its `dispatch` or `__call__` decides."""
        served = [m for m in METHODS if m in view.allowed and self._serves(view, m)]
        if not served and any(view.method(name) is not None for name in ("dispatch", "__call__")):
            yield "any"
        yield from served

    @staticmethod
    def _serves(view: ClassView, method: str) -> bool:
        if view.method(method) is not None:
            return not (method == "delete" and view.kind == "delete")
        if method == "get":  # the page of a form is no operation beside sending it
            return view.kind == "page"
        return method == "post" and view.kind in _POSTS

    def _class_route(self, view: ClassView, method: str, entry: UrlEntry, guarding: tuple) -> Route:  # type: ignore[type-arg]
        info = view.info
        effects = framework_effects(view, self._program) if method == "post" else ()
        hooks = hooks_of(view, "dispatch" if method == "any" else method, self._program)
        own = self._handler(view, method)
        mine = own is not None and own.owner == info.id
        handler = own.id if own is not None else ""
        return Route(
            framework="django", method=method.upper(), path=entry.path, handler=handler, symbol=own.node.qualname if mine and own else info.node.qualname,
            file=info.module.path, line=own.node.line if mine and own else info.node.line, owner=info.id, guards=guarding[0], effects=effects,
            renders=(self._answers.of(own) if own is not None else "") or self._shows(view), name=entry.name, table_file=entry.file, table_line=entry.line,
            resource=effects[0].target if effects else "", extra_handlers=tuple(h for h in hooks if h != handler), guard_handlers=guarding[1],
            confidence=entry.confidence,
        )

    @staticmethod
    def _handler(view: ClassView, method: str) -> FunctionInfo | None:
        """The method that answers: the view's own, or the hook of the project that stands in its place."""
        own = view.method(method if method != "any" else "dispatch") or (view.method("__call__") if method == "any" else None)
        if own is not None or method != "post":
            return own
        deleting = ("process_deletion", "delete") if view.by_role else ("form_valid", "delete")
        names = {"delete": deleting, "wizard": ("done",), "formset": ("formset_valid", "form_valid", "forms_valid")}
        return next((m for name in names.get(view.kind, ("form_valid",)) if (m := view.method(name)) is not None), None)

    @staticmethod
    def _shows(view: ClassView) -> Renders:
        return "html" if view.kind or isinstance(view.attribute("template_name"), str) else ""
