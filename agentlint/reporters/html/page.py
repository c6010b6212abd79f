"""Puts the page together: the sections, the data, the style and the scripts, and the policy that lets nothing else run."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from string import Template

from agentlint.findings.report import Report
from agentlint.reporters.base import Style
from agentlint.reporters.html import answers, notes, plan, views
from agentlint.reporters.html.data import data_view
from agentlint.reporters.html.markup import embedded, esc
from agentlint.reporters.wording import counted, plural

_SCRIPTS = ("dom.js", "parts.js", "matrix.js", "graph_model.js", "graph.js", "decisions.js", "page.js")


def render(report: Report, style: Style | None = None) -> str:
    """The report as one HTML file."""
    del style
    css, script = _template("style.css"), "\n".join(map(_template, _SCRIPTS))
    sections = (
        answers.section_of(report), plan.section_of(report), views.matrix_section(report), views.graph_section(), views.decisions_section(report),
        notes.rules_section(report), notes.contracts_section(report), notes.controls_section(report), notes.unseen_section(report),
    )
    return Template(_template("page.html")).substitute(
        title=esc(_name(report)), meta=_meta(report), sections="\n".join(sections), css=css, script=script, css_hash=_hash(css), script_hash=_hash(script),
        data=embedded(data_view(report)), version=esc(report.tool.version),
    )


@cache
def _template(name: str) -> str:
    return (files(__package__) / "templates" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """As a content security policy names a text that may run: the text between the tags, line ends included."""
    return base64.b64encode(hashlib.sha256(f"\n{text}\n".encode()).digest()).decode()


def _name(report: Report) -> str:
    """The last part of the path that was read; a bare dot says nothing."""
    name = report.root.rstrip("/").rsplit("/", 1)[-1]
    return name if name not in ("", ".", "..") else "this system"


def _meta(report: Report) -> str:
    inventory = report.inventory
    facts = [
        plural(inventory.files, "file"), *([f"{counted(inventory.lines)} lines"] if inventory.lines else []), plural(len(report.operations), "operation"),
        plural(len(report.decisions), "decision"), *(inventory.frameworks or ()),
    ]
    return " · ".join(map(esc, facts))
