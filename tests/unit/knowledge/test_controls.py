"""Control sets are data: every clause has a source and names rules that exist."""

from __future__ import annotations

import re

from agentlint.knowledge.controls import control_sets, load_controls
from agentlint.rules.catalog import built_in_rules


def test_every_rule_that_a_clause_names_exists() -> None:
    """A renamed rule must not leave a clause silently empty."""
    known = {rule.info.name for rule in built_in_rules()}
    assert [(c.id, name) for c in load_controls() for name in c.rules if name not in known] == []
    assert all(c.rules for c in load_controls())


def test_every_set_says_what_was_read_where_and_when() -> None:
    """Edition, source, and the month of the check."""
    for one in control_sets():
        assert one.edition and one.source.startswith("https://")
        assert re.fullmatch(r"20\d\d-\d\d", one.checked)
        assert len({row.id for row in one.controls}) == len(one.controls)


def test_laws_stand_before_standards_and_catalogues() -> None:
    """The order in which people ask."""
    kinds = [one.kind for one in control_sets()]
    assert kinds == sorted(kinds, key=["law", "standard", "catalogue"].index)


def test_clauses_on_ai_systems_rest_on_what_a_model_does() -> None:
    """They bind AI systems alone: a decision of a person that leaves no record is no evidence about them."""
    allowed = {"unrecorded-model-decision", "model-usage-not-recorded", "irreversible-effect-without-approval"}
    assert {name for c in load_controls() if c.standard in ("EU AI Act", "ISO/IEC 42001", "NIST AI RMF") for name in c.rules} <= allowed


def test_laws_say_from_when_they_bind() -> None:
    """A date that a reader needs, as data beside its source."""
    assert [c.id for one in control_sets() if one.kind == "law" for c in one.controls if not (c.applies or one.applies)] == []
