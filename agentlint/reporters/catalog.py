"""The formats, by name; a format that is not in this list does not exist."""

from __future__ import annotations

from agentlint.reporters import console, csv_table, github, gitlab, html, json_v1, junit, markdown, sarif
from agentlint.reporters.base import Reporter

REPORTERS: tuple[Reporter, ...] = (
    Reporter("console", console.render, "for a person at a terminal"),
    Reporter("json", json_v1.render, "for other programs: everything, in a promised form"),
    Reporter("sarif", sarif.render, "SARIF 2.1.0 for code-scanning services"),
    Reporter("markdown", markdown.render, "for a comment on a pull request"),
    Reporter("github", github.render, "annotations of GitHub Actions"),
    Reporter("gitlab", gitlab.render, "code quality report of GitLab"),
    Reporter("junit", junit.render, "JUnit XML for build servers"),
    Reporter("csv", csv_table.render, "the inventory as a table"),
    Reporter("html", html.render, "one page for architects, offline", shows_code=True),
)


def find_reporter(name: str) -> Reporter | None:
    """The reporter of a name."""
    return next((r for r in REPORTERS if r.name == name), None)
