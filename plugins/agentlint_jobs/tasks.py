"""Functions that run as jobs: under a decorator, as a task class, handed to a queue or scheduler, listed for a worker."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import ClassInfo, Context, FunctionInfo, Program, Route, Scope, syntax, walk

_DECORATORS = frozenset({
    "celery.shared_task", "celery.task", "celery.task.periodic_task", "celery.task.base.periodic_task", "rq.decorators.job", "rq.job", "django_rq.job",
    "django_rq.decorators.job", "dramatiq.actor", "huey.contrib.djhuey.task", "huey.contrib.djhuey.db_task", "huey.contrib.djhuey.periodic_task",
    "huey.contrib.djhuey.db_periodic_task", "huey.contrib.djhuey.on_startup", "background_task.background", "django.tasks.task", "django_tasks.task",
    "schedule.repeat", "taskiq.task", "django_tasks_scheduler.job", "scheduler.job",
})
_MAKERS: dict[str, tuple[str, ...]] = {
    "celery.Celery": ("task",),
    "huey.api.Huey": ("task", "periodic_task"),
    "dramatiq.Broker": ("actor",),
    "apscheduler.BaseScheduler": ("scheduled_job", "task"),
    "procrastinate.App": ("task", "periodic"),
    "taskiq.AsyncBroker": ("task",),
}
"""Library class to the methods that make a job of the function they decorate."""
_NAMES = frozenset(name for names in _MAKERS.values() for name in names)
_TASK_CLASSES = ("celery.Task", "celery.app.task.Task", "huey.api.Task")
_QUEUES = ("celery.", "rq.", "django_rq.", "rq_scheduler.", "dramatiq.", "huey.", "apscheduler.", "arq.", "django_q.", "schedule.")
_LISTS = ("functions", "cron_jobs")


def task_routes(context: Context) -> Iterator[Route]:
    """Every job once; its first declaration names it."""
    seen: set[str] = set()
    for route in _all(context):
        if (route.handler or route.symbol) not in seen:
            seen.add(route.handler or route.symbol)
            yield route


def _all(context: Context) -> Iterator[Route]:
    reader = _Reader(context)
    yield from reader.decorated()
    yield from reader.classes()
    yield from reader.handed()
    yield from reader.listed()


class _Reader:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._program: Program = context.program

    def decorated(self) -> Iterator[Route]:
        """`@shared_task`, `@app.task(name=...)`, `@scheduler.scheduled_job(...)`."""
        for info in self._program.functions.values():
            for decorator in info.node.decorators:
                call = decorator if isinstance(decorator, syntax.Call) else None
                func = call.func if call is not None else decorator
                if self._makes(func, info):
                    yield _route(info, self._told(call, info), decorator.line)
                    break

    def _makes(self, func: syntax.Expr, info: FunctionInfo) -> bool:
        scope = self._program.scope_of(info.owner or info.parent) if info.owner or info.parent else info.module
        if self._decorates(func, scope):
            return True
        return isinstance(func, syntax.Attribute) and func.attr in _NAMES and self._is_maker(func, scope)

    def _decorates(self, func: syntax.Expr, scope: Scope) -> bool:
        """True for a library's decorator, also with arguments fixed beforehand: `job = functools.partial(rq_job, connection=...)`."""
        name = self._program.resolve(func, scope)
        held = self._program.lookup(name) if name and name not in _DECORATORS else None
        if isinstance(held, syntax.Call) and held.args and walk.dotted(held.func).rpartition(".")[2] == "partial":
            name = self._program.resolve(held.args[0], self._program.modules.get(name.rpartition(".")[0], scope))
        return name in _DECORATORS or (name in self._program.classes and any(base in _DECORATORS for base in self._program.mro(name)))

    def _is_maker(self, func: syntax.Attribute, scope: Scope) -> bool:
        for type_ in self._context.types.of(func.value, self._program.id_of(scope)):
            bases = self._program.mro(type_.name) if type_.name in self._program.classes else self._context.library.ancestors(type_.name)
            if any(func.attr in _MAKERS.get(base, ()) for base in (type_.name, *bases)):
                return True
        return False

    def _told(self, call: syntax.Call | None, info: FunctionInfo) -> str:
        """The name that `name=`, `actor_name=` or `id=` gives a job; else its dotted name."""
        for keyword in call.keywords if call is not None else ():
            if keyword.name in ("name", "actor_name", "id"):
                told = self._program.fold(keyword.value, info.module)
                if isinstance(told, str):
                    return told
        return info.id

    def classes(self) -> Iterator[Route]:
        """Task classes with a `run` of their own or inherited from the project."""
        for class_id, info in self._program.classes.items():
            run = self._program.method(class_id, "run") if self._program.inherits(class_id, *_TASK_CLASSES) else None
            if run is not None and not _is_abstract(info):
                told = self._program.attribute(class_id, "name")
                name = self._program.fold(told[0], told[1]) if told is not None else None
                mine = run.owner == class_id
                yield Route(
                    framework="jobs", method="RUN", path=name if isinstance(name, str) else class_id, handler=run.id,
                    symbol=run.node.qualname if mine else info.node.qualname, file=info.module.path, line=run.node.line if mine else info.node.line,
                    owner=class_id, surface="job", table_file=info.module.path, table_line=info.node.line,
                )

    def handed(self) -> Iterator[Route]:
        """Functions that some call gives to a queue or scheduler."""
        scopes = [*self._program.functions, *(f"{m}.<module>" if m else "<module>" for m in self._program.modules)]
        for scope in scopes:
            for site in self._context.calls.sites(scope):
                if site.library.startswith(_QUEUES) or site.call.site < 0:
                    for target in site.targets:
                        info = self._program.functions.get(target.function)
                        if target.kind == "deferred" and target.confidence != "low" and info is not None:
                            yield _route(info, info.id, site.line, site.file)

    def listed(self) -> Iterator[Route]:
        """`functions` and `cron_jobs` of a worker's settings class."""
        for info in self._program.classes.values():
            if not info.node.name.endswith("WorkerSettings"):
                continue
            for expr in (e for name in _LISTS for e in (info.attributes.get(name),) if isinstance(e, syntax.Sequence) for e in e.items):
                given = expr.args[0] if isinstance(expr, syntax.Call) and expr.args else expr
                named = self._program.lookup(self._program.resolve(given, info)) if isinstance(given, syntax.Name | syntax.Attribute) else None
                if isinstance(named, FunctionInfo):
                    yield _route(named, named.id, expr.line, info.module.path)


def _route(info: FunctionInfo, name: str, line: int, file: str = "") -> Route:
    return Route(
        framework="jobs", method="RUN", path=name, handler=info.id, symbol=info.node.qualname, file=info.module.path, line=info.node.line, owner=info.owner,
        surface="job", table_file=file or info.module.path, table_line=line,
    )


def _is_abstract(info: ClassInfo) -> bool:
    flag = info.attributes.get("abstract")
    return isinstance(flag, syntax.Constant) and flag.value is True


