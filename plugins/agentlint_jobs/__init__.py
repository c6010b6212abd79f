"""Background jobs: functions that a queue or a clock runs, and the calls that hand work to them by name."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.api import Context, FrameworkBase, Program, Route, Target, imports
from agentlint_jobs.handing import named_edges
from agentlint_jobs.tasks import task_routes


class Jobs(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "jobs"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports a task queue or a scheduler."""
        return imports(
            program, "celery", "rq", "django_rq", "rq_scheduler", "dramatiq", "huey", "apscheduler", "flask_apscheduler", "django_q", "arq", "schedule",
            "taskiq", "procrastinate", "background_task", "django_tasks", "django_dramatiq", "periodiq",
        )

    def deferred(self, context: Context) -> Iterable[tuple[str, Target]]:
        """Jobs handed over by a text that names them."""
        return named_edges(context)

    def routes(self, context: Context) -> Iterable[Route]:
        """One route a job."""
        return task_routes(context)


plugin = Jobs()
