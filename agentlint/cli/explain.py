"""`agentlint explain RULE`: the text of a rule's page."""

from __future__ import annotations

import difflib

import click

from agentlint.errors import AgentlintError


@click.command("explain")
@click.argument("rule")
def command(rule: str) -> None:
    """Explain RULE: what it finds, why it hurts, how to fix it, and what it cannot see."""
    from agentlint.reporters.rule_page import rule_page
    from agentlint.rules.catalog import all_rules, find_rule

    rules = all_rules()
    found = find_rule(rule, rules)
    if found is None:
        near = difflib.get_close_matches(rule, [r.info.name for r in rules], 1)
        raise AgentlintError(f"there is no rule {rule!r}" + (f"; did you mean {near[0]!r}?" if near else ""), "`agentlint rules` lists them")
    click.echo(rule_page(found.info), nl=False)
