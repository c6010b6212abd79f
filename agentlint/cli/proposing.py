"""The settings and the hook that `agentlint init` proposes, from what a first run found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from agentlint import __version__
from agentlint.findings import Report
from agentlint.findings.baseline import FILE
from agentlint.findings.rule_info import DOCS
from agentlint.findings.scorecard import Question
from agentlint.reporters.wording import counted, percent, plural

_BESIDE = ("example", "examples", "demo", "demos", "sample", "samples", "docs", "doc", "scripts", "benchmarks", "playground", "sandbox")
"""Folders whose code often is no part of the product."""


def settings_text(report: Report) -> str:
    """`.agentlint.toml` with a reason for every line."""
    return "\n".join(_settings(report)) + "\n"


def hook_text() -> str:
    """`.pre-commit-config.yaml` with the hook of an installed agentlint."""
    return f"""\
# Judges what a commit touches, with the agentlint {__version__} that is installed. To let pre-commit install it, see {DOCS}/ci/
repos:
  - repo: local
    hooks:
      - id: agentlint
        name: agentlint
        entry: agentlint hook
        language: system
        require_serial: true
        files: '\\.(py|jsx?|mjs|tsx?|vue|svelte|html?|jinja2?|j2|djhtml|mako|ya?ml|json)$|(^|/)(\\.agentlint|pyproject)\\.toml$'
"""


def _settings(report: Report) -> Iterator[str]:
    inventory = report.inventory
    yield f"# Settings of agentlint; every key: {DOCS}/settings/"
    yield "#"
    languages = ", ".join(f"{name} {count}" for name, count in sorted(inventory.languages.items()))
    frameworks = ", ".join(inventory.frameworks) or "none known"
    yield f"# Read: {plural(inventory.files, 'file')}, {counted(inventory.lines)} lines ({languages}); frameworks: {frameworks}."
    if inventory.set_aside:
        yield f"# Set aside: {', '.join(f'{counted(count)} {reason}' for reason, count in sorted(inventory.set_aside.items()))}."
    done, seen = inventory.routes
    if seen and done < seen:
        yield f"# The handlers of {percent(done, seen)} of {counted(seen)} routes are known; the rest is judged by what the framework tells."
    yield ""
    yield from _beside(report)
    yield from _gates(report)


def _beside(report: Report) -> Iterator[str]:
    """Folders that may be no part of the product, to be decided by a person: what is left out is not judged."""
    places = [o.file for o in report.operations if o.changes_state] + [d.file for d in report.decisions]
    counts = Counter(file.split("/")[0] for file in places if "/" in file)
    found = [(name, counts[name]) for name in sorted(counts) if name.lower() in _BESIDE]
    if not found:
        return
    told = ", ".join(f"{name} ({plural(count, 'operation')} and decisions)" for name, count in found)
    yield f"# Counted too: {told}. If that is no part of the product, leave it out:"
    names = ", ".join(f'"/{name}/"' for name, _ in found)
    yield f"# exclude = [{names}]"
    yield ""


def _gates(report: Report) -> Iterator[str]:
    counts = Counter(f.severity for f in report.findings if f.suppressed is None)
    total = sum(counts.values())
    yield f"# {plural(total, 'finding')} of today ({counts['error']} errors) stand in {FILE} and fail nothing; new errors do."
    yield 'fail-on = "error"'
    yield ""
    card = report.scores
    told = ", ".join(f"{name} {_score(question)}" for name, question in (("agent-ready", card.agent_ready), ("auditable", card.auditable)))
    yield f"# Today: {told}. No score may fall below the baseline's."
    yield "ratchet = true"
    least = [f"{name} = {int(question.score)}" for name, question in (("agent-ready", card.agent_ready), ("auditable", card.auditable)) if question.score]
    if least:
        yield ""
        yield "# Raise these to where you want to be."
        yield "[fail-under]"
        yield from least


def _score(question: Question) -> str:
    return question.level if question.score is None else f"{question.score:g}"
