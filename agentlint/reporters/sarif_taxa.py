"""Controls in SARIF: each law, standard or catalogue as a taxonomy, and which of its clauses a rule's findings bear on."""

from __future__ import annotations

from collections.abc import Sequence

from agentlint.ir.controls import Control
from agentlint.reporters import sarif_types as sarif

_CWE = "CWE-"


def taxonomies(controls: Sequence[Control]) -> list[sarif.Taxonomy]:
    """One per document, in the order of the controls, with the clauses in use."""
    return [
        sarif.Taxonomy(
            name=name, version=rows[0].edition, information_uri=rows[0].source,
            taxa=[sarif.Taxon(id=row.id, short_description=sarif.Text(text=row.says[:1].upper() + row.says[1:] + ".")) for row in rows],
        )
        for name, rows in _by_standard(controls).items()
    ]


def supported(controls: Sequence[Control]) -> list[sarif.ToolReference]:
    """The taxonomies, as the tool refers to them."""
    return [sarif.ToolReference(name=name, index=number) for number, name in enumerate(_by_standard(controls))]


def relationships(rule: str, controls: Sequence[Control]) -> list[sarif.Relationship]:
    """The clauses that a rule bears on: its findings are evidence about them, neither breach nor proof."""
    found = []
    for number, (name, rows) in enumerate(_by_standard(controls).items()):
        for index, row in enumerate(rows):
            if rule in row.rules:
                target = sarif.TaxonReference(id=row.id, index=index, tool_component=sarif.ToolReference(name=name, index=number))
                found.append(sarif.Relationship(target=target, kinds=["relevant"]))
    return found


def tags(rule: str, controls: Sequence[Control]) -> list[str]:
    """Weakness numbers in the form that code-scanning services show."""
    return [f"external/cwe/{row.id.lower()}" for row in controls if row.id.startswith(_CWE) and rule in row.rules]


def _by_standard(controls: Sequence[Control]) -> dict[str, list[Control]]:
    found: dict[str, list[Control]] = {}
    for control in controls:
        found.setdefault(control.standard, []).append(control)
    return found
