"""Estimated tokens beside those that a real vocabulary counts (o200k_base, counted once by `benchmarks/tokens.py`)."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentlint.analysis.contracts.tokens import pieces, tokens
from agentlint.analysis.contracts.tool_schemas import ToolSchemas
from agentlint.frontends.openapi import load
from agentlint.ir.description import Description

DESCRIPTIONS = Path(__file__).parents[3] / "fixtures" / "descriptions"


@pytest.mark.parametrize(("name", "counted"), [
    ("ferry.yaml", (95, 45, 128, 52, 54, 95, 87)),
    ("guild.yaml", (22, 37, 29, 29, 29, 29, 29, 29, 23, 36, 29, 30, 95, 53, 39, 30, 53, 35, 30)),
])
def test_an_operation_is_within_fifteen_percent_and_all_of_them_within_eight(name: str, counted: tuple[int, ...]) -> None:
    description = load((DESCRIPTIONS / name).read_bytes(), name, lambda _: None)
    assert isinstance(description, Description)
    schemas = ToolSchemas(description)
    estimated = [schemas.tokens(operation) for operation in description.operations]
    assert all(abs(estimate - true) <= 0.15 * true for estimate, true in zip(estimated, counted, strict=True))
    assert abs(sum(estimated) - sum(counted)) <= 0.08 * sum(counted)


@pytest.mark.parametrize(("text", "counted"), [
    ("The quick brown fox jumps over the lazy dog.", 10), ("createOrderForCustomer", 4), ("支払いを確認する", 5), ("550e8400-e29b-41d4-a716-446655440000", 18),
])
def test_a_text_is_within_one_token(text: str, counted: int) -> None:
    assert abs(tokens(pieces(text)) - counted) <= 1
