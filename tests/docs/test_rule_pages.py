"""The pages on rules are generated; rewritten with `pytest tests/docs --update-golden`."""

from __future__ import annotations

from pathlib import Path

from agentlint.reporters.rule_page import pages
from agentlint.rules.catalog import built_in_rules

DOCS = Path(__file__).parents[2] / "docs"


def test_every_rule_has_its_generated_page_and_no_page_is_left_over(update_golden: bool) -> None:
    """`docs/rules` holds exactly what the rules say."""
    expected = pages(r.info for r in built_in_rules())
    folder = DOCS / "rules"
    if update_golden:
        folder.mkdir(exist_ok=True)
        for old in folder.glob("*.md"):
            old.unlink()
        for name, text in expected.items():
            (folder / name).write_text(text, encoding="utf-8")
    assert {p.name: p.read_text(encoding="utf-8") for p in folder.glob("*.md")} == expected


def test_the_page_on_scores_names_every_part_with_its_weight() -> None:
    """What is counted is said where people look for it."""
    from agentlint.ir.inventory import Inventory
    from agentlint.scores import Counted, scorecard

    text = (DOCS / "scores.md").read_text(encoding="utf-8")
    card = scorecard(Counted(Inventory()))
    for question in (card.agent_ready, card.auditable):
        assert question.question in text
        for name, part in question.parts.items():
            assert f"| `{name}` | {part.weight:.0%} |" in text


def test_every_format_is_documented() -> None:
    """`docs/formats.md` has a section for each."""
    from agentlint.ir.formats import FORMATS
    from agentlint.reporters.catalog import REPORTERS

    assert tuple(r.name for r in REPORTERS) == FORMATS
    text = (DOCS / "formats.md").read_text(encoding="utf-8")
    assert [name for name in FORMATS if f"## `{name}`" not in text] == []
