"""The log that the admin site keeps of what staff do on its pages."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Context, Mechanism, RecordContent
from agentlint_django.admin_sites import registrations
from agentlint_django.class_views import hands_on

_HOOKS = ("log_change", "log_addition", "log_deletion", "log_deletions")


def admin_mechanisms(context: Context) -> Iterator[Mechanism]:
    """The admin site writes a log entry for each add, change and delete through its own pages, and none for custom actions."""
    for found in registrations(context.program):
        if found.admin is None:
            yield _mechanism(found.model, found.file, found.line, f"{found.file}:{found.line}")
            continue
        overridden = [m for hook in _HOOKS if (m := context.program.method(found.admin.id, hook)) is not None]
        if any(not hands_on(m, m.node.name) for m in overridden):
            continue
        yield _mechanism(found.model, found.admin.module.path, found.admin.node.line, found.admin.id)


def _mechanism(model: str, file: str, line: int, scope: str) -> Mechanism:
    return Mechanism(
        name="the admin site's LogEntry", library="django.contrib.admin", model=model, file=file, line=line, content=RecordContent(who=True, what=True),
        scope=scope,
    )
