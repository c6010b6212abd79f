"""Command-line programs: commands of click, Typer, Flask's command line and argparse sub-commands."""

from __future__ import annotations

from collections.abc import Iterable

from agentlint.api import Context, FrameworkBase, FunctionInfo, Program, Route, imports, syntax
from agentlint_commands.parsers import parsed_commands

_DECORATORS = frozenset({
    "click.command", "click.group", "typer.command", "rich_click.command", "rich_click.group", "click.decorators.command", "asyncclick.command",
    "asyncclick.group", "invoke.task", "fabric.task", "doit.task", "djclick.command",
})
_ATTRIBUTES = frozenset({"command", "callback", "default"})
_OWNERS = (
    "typer.Typer", "click.Group", "flask.cli.AppGroup", "flask.cli.FlaskGroup", "click.core.Group", "flask_script.Manager", "cyclopts.App", "asyncclick.Group",
)


class Commands(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "commands"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports a command-line library."""
        return imports(
            program, "click", "typer", "flask", "rich_click", "asyncclick", "argparse", "fire", "flask_script", "cyclopts", "invoke", "fabric", "djclick",
            "plac",
        )

    def routes(self, context: Context) -> Iterable[Route]:
        """One route a command."""
        yield from parsed_commands(context)
        for info in context.program.functions.values():
            for decorator in info.node.decorators:
                name = _command(decorator, info, context.program)
                if name:
                    yield Route(
                        framework="commands", method="RUN", path=name, handler=info.id, symbol=info.node.qualname, file=info.module.path, line=info.node.line,
                        owner=info.owner, surface="cli", table_file=info.module.path, table_line=decorator.line,
                    )
                    break


def _command(decorator: syntax.Expr, info: FunctionInfo, program: Program) -> str:
    """The command's name, empty when the decorator declares none."""
    func = decorator.func if isinstance(decorator, syntax.Call) else decorator
    given = decorator.args[0] if isinstance(decorator, syntax.Call) and decorator.args else None
    said = str(given.value) if isinstance(given, syntax.Constant) and isinstance(given.value, str) else info.node.name.replace("_", "-")
    if program.resolve(func, info.module) in _DECORATORS:
        return said
    if not isinstance(func, syntax.Attribute) or func.attr not in _ATTRIBUTES:
        return ""
    owner = program.resolve(func.value, info.module)
    made = program.lookup(owner) if owner else None
    if isinstance(made, syntax.Call) and program.resolve(made.func, program.modules.get(owner.rpartition(".")[0], info.module)) in _OWNERS:
        return said
    if isinstance(made, FunctionInfo) and _is_group(made, program):
        return f"{made.node.name.replace('_', '-')} {said}"
    return said if isinstance(func.value, syntax.Attribute) and func.value.attr == "cli" else ""


def _is_group(info: FunctionInfo, program: Program) -> bool:
    return any(
        program.resolve(d.func if isinstance(d, syntax.Call) else d, info.module).endswith((".group", ".command")) or "group" in syntax_text(d)
        for d in info.node.decorators
    )


def syntax_text(expr: syntax.Expr) -> str:
    """The last name of a decorator: `cli.group()` -> `group`."""
    func = expr.func if isinstance(expr, syntax.Call) else expr
    return func.attr if isinstance(func, syntax.Attribute) else func.id if isinstance(func, syntax.Name) else ""


plugin = Commands()
