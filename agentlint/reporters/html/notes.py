"""What stands behind the answers: findings by rule, controls they bear on, and what could not be seen."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from agentlint.findings.finding import SEVERITIES
from agentlint.findings.report import Report
from agentlint.findings.rule_info import RuleInfo
from agentlint.ir.controls import Control
from agentlint.ir.source import Gap
from agentlint.reporters.html.markup import esc, folded, section, table
from agentlint.reporters.wording import counted, percent, plural

_SHOWN = 12
_CONTRACTS_LEAD = (
    "What a caller needs beyond the call itself, and what somebody who looks later needs: of how many operations or things the description tells it."
)
_CONTROLS_LEAD = (
    "Clauses of laws, standards and catalogues on which the rules bear, in our own words. A finding is evidence, not a verdict: whether a clause binds this "
    "system is for its owners to say. No finding means that these rules found nothing, not that the clause is met; where there was "
    "nothing to judge, the clause is not applicable, which is no pass."
)


def rules_section(report: Report) -> str:
    """How often each rule fired."""
    open_ = Counter((f.rule, f.severity) for f in report.findings if f.suppressed is None)
    silenced = Counter(f.rule for f in report.findings if f.suppressed is not None)
    rows = []
    for rule in report.rules:
        counts = [*(open_[(rule.name, severity)] for severity in SEVERITIES), silenced[rule.name]]
        rows.append((not any(counts), (_rule(rule), *(counted(n) if n else "·" for n in counts))))
    found = [row for empty, row in rows if not empty]
    quiet = [row for empty, row in rows if empty]
    heads = ("Rule", "#errors", "#warnings", "#notes", "#silenced")
    body = table(heads, found, "rules") if found else "<p>No rule found anything.</p>"
    if quiet:
        body += f'<details class="more"><summary>{plural(len(quiet), "rule")} without findings</summary>{table(heads, quiet, "rules")}</details>'
    return section("rules", "Findings by rule", "Open a rule to read why it hurts and how to fix it.", body)


def _rule(rule: RuleInfo) -> str:
    words = f'<div class="prose">{_paragraphs(rule.hurts)}<h4>How to fix</h4>{_paragraphs(rule.fix)}</div>'
    return f"<details><summary><code>{esc(rule.name)}</code> {esc(rule.summary)}</summary>{words}</details>"


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{esc(part)}</p>" for part in text.split("\n\n"))


def contracts_section(report: Report) -> str:
    """What each API description tells its callers, and those who look later; nothing without one."""
    heads = ("", "#told", "#of", "What was counted", "It lacks, for example")
    parts = []
    for contract in report.contracts:
        rows = [(
            f"<strong>{esc(c.name)}</strong>", counted(c.told), counted(c.of), esc(c.what), "<br>".join(f"<code>{esc(one)}</code>" for one in c.lacking),
        ) for c in contract.clauses]
        parts.append(f"<h3><code>{esc(contract.file)}</code></h3>{table(heads, rows, 'contracts')}")
    return section("contracts", "What the API descriptions tell", _CONTRACTS_LEAD, "".join(parts)) if parts else ""


def controls_section(report: Report) -> str:
    """Clauses with the findings that bear on them."""
    counts = Counter(f.rule for f in report.findings if f.suppressed is None)
    touched, quiet, moot = [], [], []
    for control in report.controls:
        by_rule = [(name, counts[name]) for name in control.rules if counts[name]]
        if control.not_applicable:
            moot.append((*_clause(control), f"Not applicable: {esc(control.not_applicable)}."))
        elif by_rule:
            touched.append((*_clause(control), "<br>".join(f"{counted(n)} <code>{esc(name)}</code>" for name, n in by_rule)))
        else:
            quiet.append((*_clause(control), f"none of {esc(', '.join(control.rules))}"))
    heads = ("Standard", "Clause", "In short", "Findings that bear on it")
    body = table(heads, touched, "controls") if touched else "<p>No finding bears on a listed clause.</p>"
    if quiet:
        body += f'<details class="more"><summary>{plural(len(quiet), "clause")} without findings</summary>{table(heads, quiet, "controls")}</details>'
    if moot:
        said = f"{plural(len(moot), 'clause')} that nothing here can be held against"
        body += f'<details class="more"><summary>{said}</summary>{table((*heads[:3], "Why"), moot, "controls")}</details>'
    return section("controls", "Controls", _CONTROLS_LEAD, body)


def _clause(control: Control) -> tuple[str, str, str]:
    """Where a clause stands, its number, and what it asks for, with the day from which it does."""
    where = f'<a href="{esc(control.source)}" rel="noreferrer noopener">{esc(control.standard)}</a> <small>{esc(control.edition)}</small>'
    says = esc(control.says) + (f" <small>Applies {esc(control.applies)}.</small>" if control.applies else "")
    return where, f"<strong>{esc(control.id)}</strong>", says


def unseen_section(report: Report) -> str:
    """Gaps by reason, shares resolved, files left out."""
    inventory = report.inventory
    facts = [
        f"Handlers of {counted(inventory.routes[0])} of {counted(inventory.routes[1])} routes are known ({percent(*inventory.routes)}).",
        f"{counted(inventory.calls[0])} of {counted(inventory.calls[1])} calls lead to code or a library that is known ({percent(*inventory.calls)}).",
    ]
    facts += [f"{counted(n)} files left out on purpose: {reason}." for reason, n in sorted(inventory.set_aside.items())]
    items = list(_gaps(inventory.gaps))
    body = "<ul>" + "".join(f"<li>{esc(fact)}</li>" for fact in facts) + "</ul>"
    if items:
        body += folded(items[:_SHOWN], items[_SHOWN:], f"{plural(len(items) - _SHOWN, 'more reason')}", ('<div class="gaps">', "</div>"))
    lead = (
        f"{plural(len(inventory.gaps), 'place')} could not be read or followed. Nothing is guessed: what lies behind them is in no number above."
        if inventory.gaps else "Everything that was read could be followed."
    )
    return section("unseen", "What could not be seen", lead, body)


def _gaps(gaps: Sequence[Gap]) -> Iterator[str]:
    """One entry per reason, the most frequent first."""
    groups: dict[tuple[str, str], list[Gap]] = defaultdict(list)
    for gap in gaps:
        groups[(gap.kind, gap.reason)].append(gap)
    for (kind, reason), members in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        places = [f"<li><code>{esc(g.file or 'the whole run')}{f':{g.line}' if g.line else ''}</code></li>" for g in members]
        yield (
            f'<details class="gap"><summary><span class="kind {esc(kind)}">{esc("not followed" if kind == "unresolved" else "not read")}</span> '
            f"{esc(reason)} <b>{counted(len(members))}</b></summary><ul>{''.join(places)}</ul></details>"
        )
