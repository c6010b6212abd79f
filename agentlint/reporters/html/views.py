"""The frames of what scripts draw: matrix, graph and decision paths, with their controls."""

from __future__ import annotations

from collections import Counter

from agentlint.findings.report import Report
from agentlint.reporters.html.markup import STATES, esc, section
from agentlint.reporters.wording import counted

_STATUSES = (("unaudited", "no record"), ("partial", "on some paths"), ("audited", "recorded"))
_SOURCES = (("person", "a person’s choice"), ("branch", "a test in the code"), ("rule", "a rule"), ("model", "a model’s answer"))
_SURFACES = (("gui", "pages"), ("api", "API"), ("graphql", "GraphQL"), ("rpc", "RPC"), ("mcp", "MCP"), ("cli", "command line"), ("job", "jobs"))

_MATRIX_HELP = (
    "Choose a cell for evidence and code; arrow keys move between cells. 2/3: of three ways over pages, two have a counterpart that does all of it."
)


def matrix_section(report: Report) -> str:
    """Resource by action."""
    del report
    toggles = "".join(
        f'<label class="toggle {key}"><input type="checkbox" name="matrix-state" value="{key}"> <span aria-hidden="true">{sign}</span> {esc(words)} '
        f'<output data-count="{key}"></output></label>'
        for key, (sign, words) in STATES.items()
    )
    body = (
        f'<div class="tools"><label class="search">Find a resource <input type="search" id="matrix-search" autocomplete="off"></label>'
        f'<fieldset><legend>Show rows with</legend>{toggles}</fieldset></div>'
        f'<p class="hint" id="matrix-help">{esc(_MATRIX_HELP)}</p>'
        '<div class="wide matrix-frame"><table id="matrix" role="grid" aria-describedby="matrix-help" aria-label="Capability matrix"></table></div>'
        '<p class="pager"><output id="matrix-shown"></output> <button type="button" id="matrix-more">Show all rows</button></p>'
    )
    return section("matrix-section", "Who can do what", "Every resource and action that was found. A dot in a cell: no operation was found for it.", body)


def graph_section() -> str:
    """One capability with all that hangs on it."""
    surfaces = _select("graph-surface", "Surface", (("", "all"), *_SURFACES))
    states = _select("graph-state", "Who can", (("", "anybody"), *((key, words) for key, (_, words) in STATES.items() if key not in ("nobody", "page"))))
    buttons = "".join(
        f'<button type="button" id="graph-{name}" aria-label="{label}">{sign}</button>'
        for name, sign, label in (("in", "+", "zoom in"), ("out", "−", "zoom out"), ("fit", "⤢", "fit"))
    )
    body = (
        '<div class="graph-frame"><div class="graph-side"><div class="tools">'
        f'<label class="search">Find a capability <input type="search" id="graph-search" autocomplete="off"></label>{surfaces}{states}</div>'
        '<p class="hint"><output id="graph-found"></output></p><div id="graph-list" role="listbox" aria-label="Capabilities" tabindex="0"></div></div>'
        f'<div class="graph-main"><div class="graph-bar"><h3 id="graph-title"></h3><span class="graph-buttons">{buttons}</span></div>'
        '<svg id="graph" role="group" tabindex="0" aria-labelledby="graph-title" aria-describedby="graph-help"></svg>'
        '<p class="hint" id="graph-help">Drag or arrow keys to pan, wheel with Ctrl or + and − to zoom, 0 to fit, Tab and Enter to open a node.</p></div></div>'
    )
    lead = "One capability with its surroundings: who starts it, which code runs, what it decides and changes, and what keeps a record."
    return section("graph-section", "The picture around a capability", lead, body)


def decisions_section(report: Report) -> str:
    """Decision paths as steps."""
    statuses: Counter[str] = Counter(d.status for d in report.decisions)
    sources: Counter[str] = Counter(d.source for d in report.decisions)
    options = [(key, f"{words} ({counted(statuses[key])})") for key, words in _STATUSES]
    body = (
        '<div class="tools"><label class="search">Find a decision <input type="search" id="decision-search" autocomplete="off"></label>'
        + _select("decision-status", "Record", (("", "any"), *options))
        + _select("decision-source", "Decided by", (("", "anybody"), *((k, f"{w} ({counted(sources[k])})") for k, w in _SOURCES if sources[k])))
        + '</div><p class="hint"><output id="decision-found"></output></p><div id="decision-list"></div>'
        '<p class="pager"><button type="button" id="decision-more">Show more</button></p>'
    )
    lead = "Each path from its start to the change it makes. Where no record is made on the way, the last step says so. The heaviest stand first."
    return section("decisions", "Decision paths", lead, body)


def _select(name: str, label: str, options: tuple[tuple[str, str], ...]) -> str:
    inner = "".join(f'<option value="{esc(key)}">{esc(words)}</option>' for key, words in options)
    return f'<label>{esc(label)} <select id="{name}">{inner}</select></label>'
