"""Tests that a product ships for those who extend it are no code that decides."""

import pytest

from agentlint.analysis.decisions.relevance import is_test


@pytest.mark.parametrize("symbol", ["StoreTest.test_large_loans_are_closed", "TestStore.test_empty", "DeletedRowsTests.test_purge"])
def test_methods_of_test_classes(symbol: str) -> None:
    assert is_test(symbol)


@pytest.mark.parametrize("symbol", ["test_for_credit", "Loans.test_for_credit", "StoreTest.close", "Contest.test_entry"])
def test_names_that_only_sound_like_tests(symbol: str) -> None:
    assert not is_test(symbol)
