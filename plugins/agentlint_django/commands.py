"""Management commands: `manage.py NAME` for every command module of an application."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Context, Route

_BASES = ("django.core.management.base.BaseCommand", "django.core.management.BaseCommand", "django.core.management.base.LabelCommand",
          "django.core.management.base.AppCommand", "django.core.management.LabelCommand", "django.core.management.AppCommand")


def command_routes(context: Context) -> Iterator[Route]:
    """One route a command."""
    program = context.program
    for info in program.classes.values():
        if ".management.commands." not in f".{info.module.name}." or info.node.name != "Command" or not program.inherits(info.id, *_BASES):
            continue
        handle = next((m for name in ("handle", "handle_label", "handle_app_config") if (m := program.method(info.id, name)) is not None), None)
        if handle is None:
            continue
        mine = handle.owner == info.id
        yield Route(
            framework="django", method="RUN", path=info.module.name.rpartition(".")[2], handler=handle.id,
            symbol=handle.node.qualname if mine else info.node.qualname,
            file=info.module.path, line=handle.node.line if mine else info.node.line, owner=info.id,
            surface="cli", table_file=info.module.path, table_line=info.node.line,
        )
