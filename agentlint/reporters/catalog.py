"""The formats, by name; a format that is not in this list does not exist."""

from __future__ import annotations

from functools import cache

from agentlint import REPORTER_GROUP
from agentlint.extension.loading import Refused, load_group
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


@cache
def offered_reporters() -> tuple[tuple[Reporter, ...], tuple[Refused, ...]]:
    """Formats of plugins, and those that are refused."""
    offered, failed = load_group(REPORTER_GROUP)
    accepted: dict[str, Reporter] = {}
    refused = list(failed)
    for one in offered:
        reporter = one.value
        if not isinstance(reporter, Reporter) or reporter.name != one.name:
            refused.append(Refused(one.package, f"entry point {one.name!r} is no agentlint.api.Reporter of that name"))
        elif reporter.name in accepted or any(r.name == reporter.name for r in REPORTERS):
            refused.append(Refused(one.package, f"the format {reporter.name!r} is taken"))
        else:
            accepted[reporter.name] = reporter
    return tuple(accepted.values()), tuple(refused)


def find_reporter(name: str) -> Reporter | None:
    """The reporter of a name, built in or of a plugin."""
    return next((r for r in REPORTERS if r.name == name), None) or next((r for r in offered_reporters()[0] if r.name == name), None)
