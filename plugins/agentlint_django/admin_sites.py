"""Admin sites: which models are registered on which site with which class, and where each site is routed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import msgspec

from agentlint.api import ClassInfo, Closure, FunctionInfo, Made, Member, Program, Ref, Value, walk
from agentlint_django.models import models_of
from agentlint_django.project import settings_of
from agentlint_django.urlconf import url_table

_SITE = ("django.contrib.admin.site", "django.contrib.admin.sites.site")
_SITE_CLASS = ("django.contrib.admin.AdminSite", "django.contrib.admin.sites.AdminSite")
_DECORATOR = "django.contrib.admin.register"
_DEFINED = "django.contrib.admin.decorators.register"
_HANDED_ON = (".admin.site", ".admin.register", ".admin.sites.site")
"""How names end by which a library hands on Django's own admin, perhaps with another class of site: `from library.sites import admin`."""
ADMIN_CLASS = ("django.contrib.admin.ModelAdmin", "django.contrib.admin.options.ModelAdmin")


class Registration(msgspec.Struct, frozen=True, eq=False):
    """A model on an admin site, with the class that shows it (None: the plain one)."""

    model: str
    admin: ClassInfo | None
    file: str
    line: int
    site: str = ""
    """Key of the site, empty for the default one."""

    def actions(self, program: Program) -> tuple[FunctionInfo, ...]:
        """Functions that staff can run on chosen rows."""
        return tuple(_actions(self.admin, program)) if self.admin is not None else ()


@lru_cache(maxsize=2)
def registrations(program: Program) -> tuple[Registration, ...]:
    """Every `site.register(Model, Admin)` and `@admin.register(Model)` that importing the project makes, without what it unregisters."""
    found: dict[tuple[str, str], Registration] = {}
    for made in settings_of(program).setup.made:
        callee = made.callee
        if isinstance(callee, Ref) and _own(callee.name, program) == _DECORATOR:
            for admin in made.applied:
                for one in _registered(made.args, admin, made, site_key(made.keywords.get("site"), program), program):
                    found[one.model, one.site] = one
        else:
            verb, site = _on_site(made, program)
            admin = made.args[1] if len(made.args) > 1 else made.keywords.get("admin_class")
            for one in _registered(made.args[:1], admin, made, site, program) if verb else ():
                if verb == "unregister":
                    found.pop((one.model, one.site), None)
                else:
                    found[one.model, one.site] = one
    return tuple(sorted(found.values(), key=lambda r: (r.file, r.line, r.model, r.site)))


def _on_site(made: Made, program: Program) -> tuple[str, str]:
    """(`register` or `unregister`, key of the site) of a call on an admin site."""
    callee = made.callee
    if isinstance(callee, Ref):
        owner, _, verb = callee.name.rpartition(".")
        return (verb, "") if _own(owner, program) in _SITE and verb in ("register", "unregister") else ("", "")
    if isinstance(callee, Member) and callee.attr in ("register", "unregister") and is_site(callee.owner, program):
        return callee.attr, site_key(callee.owner, program)
    return "", ""


def is_site(value: Value, program: Program) -> bool:
    """True for an admin site."""
    if isinstance(value, Ref):
        return _own(value.name, program) in _SITE
    if isinstance(value, Made) and isinstance(value.callee, Ref):
        return value.callee.name in _SITE_CLASS or program.inherits(value.callee.name, *_SITE_CLASS)
    return False


def _own(name: str, program: Program) -> str:
    """Django's name of what a library hands on of its admin; any other name as it is."""
    top = name.partition(".")[0]
    if name == _DEFINED:
        return _DECORATOR
    if not name.endswith(_HANDED_ON) or top == "django" or any(module.partition(".")[0] == top for module in program.modules):
        return name
    return _DECORATOR if name.endswith(".register") else _SITE[0]


def site_key(value: Value, program: Program) -> str:
    """What tells one site from another; empty for the default site."""
    return f"{value.file}:{value.line}" if isinstance(value, Made) and is_site(value, program) else ""


def _registered(models: list[Value], admin: Value, made: Made, site: str, program: Program) -> Iterator[Registration]:
    info = program.classes.get(admin.name) if isinstance(admin, Ref) else None
    for given in models:
        for one in given if isinstance(given, list | tuple) else (given,):
            name = models_of(program).named(one) or (one.name if isinstance(one, Ref) and one.name.rpartition(".")[2][:1].isupper() else "")
            if name:
                yield Registration(name, info, made.file, made.line, site)


def site_prefixes(program: Program) -> dict[str, str]:
    """Key of each routed admin site to its path."""
    found: dict[str, str] = {}
    for entry in url_table(program).entries:
        view = entry.view
        if isinstance(view, Ref) and _own(view.name.removesuffix(".urls"), program) in _SITE:
            found.setdefault("", entry.path)
        elif isinstance(view, Member) and view.attr == "urls" and is_site(view.owner, program):
            found.setdefault(site_key(view.owner, program), entry.path)
    return found


def _actions(admin: ClassInfo, program: Program) -> Iterator[FunctionInfo]:
    """Actions that the class lists or gives in `get_actions`, and methods that are decorated as actions."""
    evaluator = settings_of(program).setup.evaluator
    found: dict[str, FunctionInfo] = {}
    held = program.attribute(admin.id, "actions")
    listed = evaluator.class_attribute(held[1].id, "actions") if held is not None else None
    for item in listed if isinstance(listed, list | tuple) else ():
        target = _action(item, admin, program)
        if target is not None:
            found[target.id] = target
    for name in dict.fromkeys(m for b in program.mro(admin.id) if b in program.classes for m in program.classes[b].methods):
        method = program.method(admin.id, name)
        if method is not None and any(walk.dotted(getattr(d, "func", d)).endswith("admin.action") for d in method.node.decorators):
            found.setdefault(method.id, method)
    yield from found.values()


def _action(item: Value, admin: ClassInfo, program: Program) -> FunctionInfo | None:
    if isinstance(item, str):
        return program.method(admin.id, item) or next(
            (f for f in (program.functions.get(f"{admin.module.name}.{item}"),) if f is not None), None)
    if isinstance(item, Closure):
        return item.info
    if isinstance(item, Ref):
        return program.functions.get(item.name)
    inner = item.args[0] if isinstance(item, Made) and item.args else None
    return _action(inner, admin, program) if inner is not None else None
