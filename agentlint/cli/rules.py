"""`agentlint rules`: the list of rules."""

from __future__ import annotations

import click


@click.command("rules")
@click.option("--format", "form", type=click.Choice(("text", "json", "markdown")), default="text", show_default=True, help="Form of the list.")
def command(form: str) -> None:
    """List the rules with severity and summary."""
    from agentlint.rules.catalog import all_rules

    infos = [r.info for r in all_rules()]
    if form == "json":
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(infos), indent=1).decode())
        return
    if form == "markdown":
        from agentlint.reporters.rule_page import pages

        click.echo("\n".join(pages(infos).values()), nl=False)
        return
    width = max(len(i.name) for i in infos)
    for info in infos:
        click.echo(f"{info.name:{width}}  {info.severity:7}  {info.summary}")
