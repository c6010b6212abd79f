"""A rule's words as text and as Markdown: `agentlint explain`, the docs page, and the help in SARIF all come from here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agentlint.findings.rule_info import RuleInfo

_LANGUAGES = {"py": "python", "yaml": "yaml", "yml": "yaml", "json": "json", "html": "html", "js": "javascript", "ts": "typescript", "toml": "toml"}
_QUESTIONS = {"agent_ready": "agent-ready", "auditable": "auditable"}


def help_text(rule: RuleInfo) -> str:
    """What hurts and how to mend it, as plain text."""
    return f"{rule.finds}\n\n{rule.hurts}\n\nHow to fix: {rule.fix}\n\nLimits: {rule.limits}"


def help_markdown(rule: RuleInfo) -> str:
    """The same with headings."""
    return f"{rule.finds}\n\n**Why it hurts.** {rule.hurts}\n\n**How to fix.** {rule.fix}\n\n**Limits.** {rule.limits}"


def rule_page(rule: RuleInfo) -> str:
    """The whole docs page of a rule."""
    parts = [
        f"# {rule.name}\n\n{rule.summary[:1].upper() + rule.summary[1:]}.",
        f"| category | severity, at most | confidence | lowers | since |\n| --- | --- | --- | --- | --- |\n"
        f"| {rule.category} | {rule.severity} | {rule.confidence} | {_lowered(rule)} | {rule.since} |",
        f"## What it finds\n\n{rule.finds}",
        f"## Why it hurts\n\n{rule.hurts}",
        f"## How to fix\n\n{rule.fix}",
        f"## Limits\n\n{rule.limits}",
    ]
    if rule.options:
        parts.append("## Options\n\n" + "\n".join(f"- `{o.name}` (default `{o.default}`): {o.doc}" for o in rule.options))
    if rule.bad:
        parts.append("## Example that fires\n\n" + _files(rule.bad, {}))
    if rule.good:
        parts.append("## The same, mended\n\n" + _files(rule.good, rule.bad))
    if rule.references:
        parts.append("## References\n\n" + "\n".join(f"- <{url}>" for url in rule.references))
    return "\n\n".join(parts) + "\n"


def index(rules: Iterable[RuleInfo]) -> str:
    """The page that lists all rules."""
    rows = [f"| [{r.name}]({r.name}.md) | {r.summary} | {r.category} | {r.severity} | {_lowered(r)} |" for r in rules]
    head = "# Rules\n\nThese pages are generated from the rules themselves (`agentlint rules --format markdown`); what they say is what the tool does.\n"
    return "\n".join([head, "| rule | a finding means | category | severity, at most | lowers |", "| --- | --- | --- | --- | --- |", *rows]) + "\n"


def pages(rules: Iterable[RuleInfo]) -> dict[str, str]:
    """All generated pages by file name."""
    listed = tuple(rules)
    return {"index.md": index(listed), **{f"{rule.name}.md": rule_page(rule) for rule in listed}}


def _lowered(rule: RuleInfo) -> str:
    return ", ".join(f"{_QUESTIONS.get(q, q)} / {part}" for q, _, part in (a.partition(".") for a in rule.affects)) or "nothing"


def _files(files: Mapping[str, str], known: Mapping[str, str]) -> str:
    """The files of an example; those that the reader has already seen by name only."""
    new = [name for name in sorted(files) if files[name].strip() and files[name] != known.get(name)]
    seen = [name for name in sorted(files) if files[name].strip() and files[name] == known.get(name)]
    blocks = [f"`{name}`\n\n```{_LANGUAGES.get(name.rsplit('.', 1)[-1], '')}\n{files[name].rstrip()}\n```" for name in new]
    if seen:
        blocks.append(f"Unchanged: {', '.join(f'`{name}`' for name in seen)}.")
    return "\n\n".join(blocks)
