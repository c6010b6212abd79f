"""The settings of a Django project: which modules hold them, and what they say of URLconfs, applications, middleware and the user model."""

from __future__ import annotations

import re
from functools import lru_cache

from agentlint.api import Closure, Made, Member, Program, Ref, SetupCode, Value, setup_code, syntax, walk

_TELLING = frozenset({"ROOT_URLCONF", "INSTALLED_APPS", "MIDDLEWARE", "MIDDLEWARE_CLASSES", "REST_FRAMEWORK", "AUTH_USER_MODEL", "ROOT_HOSTCONF"})
"""Settings that only a settings module assigns."""

_WORD = re.compile(r"[A-Z]?[a-z]+")
_FOR_WORK = frozenset({"dev", "devel", "develop", "development", "local", "test", "tests", "testing", "ci", "debug"})
_LAZY = frozenset({"_setup", "_wrapped"})
"""Names that a lazy object keeps to itself."""


class Settings:
    """What the settings of a program say, of all its settings modules together: which one runs is decided outside."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._setup = setup_code(program)
        self._setup.teach("django.db.models", self._metadata)
        self._setup.teach("django.apps", self._application)
        self._setup.teach("django.utils.functional", self._wrapped)
        self._applications: dict[str, Made] = {}
        self._homes = _homes(program)
        self._late = _late(program)
        self._load()

    def _load(self) -> None:
        """Runs the project as Django starts it: models, applications with their `ready`, everything that may register something, URLconfs last."""
        configs: dict[str, list[str]] = {}
        for class_id in self._program.subclasses("django.apps.AppConfig"):
            configs.setdefault(self._program.classes[class_id].module.name, []).append(class_id)
        for name in sorted(self._program.modules, key=lambda m: (1 if m in configs else _rank(m), m)):
            self._setup.run_module(name)
            for class_id in configs.get(name, ()):
                self._ready(Ref(class_id))

    def _ready(self, value: Ref) -> None:
        info = self._program.classes[value.name]
        told = next((t for n in ("label", "name") if isinstance(t := self._setup.evaluator.attribute_of(value, n), str)), "")
        application = Made(value, [], {}, info.module.path, info.node.line)
        held = self._applications.get(told.rpartition(".")[2])
        if told and (held is None or self._program.inherits(value.name, held.callee.name)):
            self._applications[told.rpartition(".")[2]] = application
        method = self._program.method(value.name, "ready")
        if method is not None:
            self._setup.caller.run_function(Closure(method, None, application), [], {})

    def _application(self, owner: Value, attr: str) -> Value:
        """What an application offers that code asks the registry for: `apps.get_app_config("orders").urls`."""
        if not isinstance(owner, Made) or not owner.args or not isinstance(owner.args[0], str):
            return None
        called = owner.callee.attr if isinstance(owner.callee, Member) else owner.callee.name.rpartition(".")[2] if isinstance(owner.callee, Ref) else ""
        application = self._applications.get(owner.args[0]) if called == "get_app_config" else None
        return self._setup.evaluator.attribute_of(application, attr) if application is not None else None

    def _wrapped(self, owner: Value, attr: str) -> Value:
        """What a lazy object hands on to the one that its `_setup` makes: `site.urls`."""
        if not isinstance(owner, Made) or not isinstance(owner.callee, Ref) or attr in _LAZY or owner.callee.name not in self._program.classes:
            return None
        if not self._program.inherits(owner.callee.name, "django.utils.functional.LazyObject") or self._program.method(owner.callee.name, attr) is not None:
            return None
        method = self._program.method(owner.callee.name, "_setup")
        if method is not None and "_wrapped" not in owner.attributes:
            self._setup.caller.run_function(Closure(method, None, owner), [], {})
        wrapped = owner.attributes.get("_wrapped")
        return self._setup.evaluator.attribute_of(wrapped, attr) if isinstance(wrapped, Made) and wrapped is not owner else None

    @property
    def setup(self) -> SetupCode:
        """Set-up code that knows Django's models."""
        return self._setup

    def values(self, name: str) -> list[Value]:
        """The values of a setting, one for each module or class that assigns it, defaults of environment look-ups included."""
        found = [_default(self._setup.evaluator.named(f"{home}.{name}")) for home in self._homes.get(name, ())]
        found = [*(self._setup.value(expr, home) for expr, home in self._late.get(name, ())), *found]
        return [v for v in found if v is not None and not isinstance(v, Made | Member | Ref)]

    def texts(self, name: str) -> list[str]:
        """All texts that a setting holds, in lists or alone."""
        found: dict[str, None] = {}
        for value in self.values(name):
            for item in value if isinstance(value, list | tuple) else (value,):
                if isinstance(item, str):
                    found[item] = None
        return list(found)

    def mapping(self, name: str) -> dict[str, Value]:
        """A setting that is a mapping, of all modules together; the first one that has a key tells it."""
        merged: dict[str, Value] = {}
        for value in self.values(name):
            if isinstance(value, dict):
                merged = {**{k: v for k, v in value.items() if isinstance(k, str)}, **merged}
        return merged

    def _metadata(self, owner: Value, attr: str) -> Value:
        """`Model._meta.app_label` and its kin."""
        if not isinstance(owner, Member) or owner.attr != "_meta" or not isinstance(owner.owner, Ref):
            return None
        app, name = label(owner.owner.name, self._program)
        known = {"app_label": app, "model_name": name.lower(), "object_name": name, "label": f"{app}.{name}", "label_lower": f"{app}.{name.lower()}"}
        return known.get(attr)


def _rank(module: str) -> int:
    last = module.rpartition(".")[2]
    return 0 if ".models." in f".{module}." else 1 if last == "apps" else 3 if "url" in last or ".urls." in f".{module}." else 2


def label(model: str, program: Program) -> tuple[str, str]:
    """The application label and the name of a model class."""
    info = program.classes.get(model)
    meta = program.classes.get(info.nested.get("Meta", "")) if info is not None else None
    held = program.attribute(meta.id, "app_label") if meta is not None else None
    told = program.fold(held[0], held[1]) if held is not None else None
    parts = (info.module.name if info is not None else model.rpartition(".")[0]).split(".")
    packages = parts[: parts.index("models")] if "models" in parts else parts[:-1]
    return (told if isinstance(told, str) else packages[-1] if packages else "app"), model.rpartition(".")[2]


def _homes(program: Program) -> dict[str, list[str]]:
    """Setting to the modules and classes (class-based settings) that assign it; the shortest names first: base settings before special ones, and those of
    developers and of tests last."""
    found: dict[str, list[str]] = {}
    for module in program.modules.values():
        names = {t.id for stmt in walk.statements(module.body) if isinstance(stmt, syntax.Assign) for t in stmt.targets if isinstance(t, syntax.Name)}
        if names & _TELLING:
            for name in names:
                found.setdefault(name, []).append(module.name)
    for info in program.classes.values():
        if _TELLING & (info.attributes.keys() | info.methods.keys()):
            for name in (*info.attributes, *info.methods):
                found.setdefault(name, []).append(info.id)
    return {name: sorted(homes, key=lambda h: (_is_for_work(h), h.count("."), len(h), h)) for name, homes in found.items()}


def _is_for_work(home: str) -> bool:
    """True for settings under which nobody uses a system: on a developer's machine, in tests."""
    return not _FOR_WORK.isdisjoint(w.lower() for w in _WORD.findall(home.rpartition(".")[2]))


def _late(program: Program) -> dict[str, list[tuple[syntax.Expr, syntax.Module]]]:
    """Setting to what other modules set it to when they are imported: `settings.X = ...`, `setattr(settings, "X", ...)`."""
    found: dict[str, list[tuple[syntax.Expr, syntax.Module]]] = {}
    for module in program.modules.values():
        for stmt in module.body:
            if isinstance(stmt, syntax.Assign) and stmt.value is not None:
                told = [(t.value, t.attr, stmt.value) for t in stmt.targets if isinstance(t, syntax.Attribute)]
            else:
                call = stmt.value if isinstance(stmt, syntax.Expression) else None
                told = _set_by_name(call) if isinstance(call, syntax.Call) else []
            for holder, name, value in told:
                if name.isupper() and walk.dotted(holder).rpartition(".")[2] == "settings":
                    found.setdefault(name, []).append((value, module))
    return found


def _set_by_name(call: syntax.Call) -> list[tuple[syntax.Expr, str, syntax.Expr]]:
    if walk.dotted(call.func) != "setattr" or len(call.args) != 3:
        return []
    name = call.args[1]
    return [(call.args[0], name.value, call.args[2])] if isinstance(name, syntax.Constant) and isinstance(name.value, str) else []


def _default(value: Value) -> Value:
    """What an environment look-up gives when nothing is set: `env("X", default=...)`, `os.environ.get("X", ...)`."""
    if isinstance(value, Made):
        if "default" in value.keywords:
            return value.keywords["default"]
        return value.args[1] if len(value.args) > 1 else None
    return value


@lru_cache(maxsize=2)
def settings_of(program: Program) -> Settings:
    """The settings of a program, read once."""
    return Settings(program)
