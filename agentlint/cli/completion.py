"""`agentlint completion SHELL`: the script that lets a shell complete commands, options and names of rules."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command("completion")
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion script of SHELL.

    \b
    Examples:
      agentlint completion bash > ~/.local/share/bash-completion/completions/agentlint
      agentlint completion zsh > ~/.zfunc/_agentlint
      agentlint completion fish > ~/.config/fish/completions/agentlint.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(context.find_root().command, {}, "agentlint", "_AGENTLINT_COMPLETE").source())
