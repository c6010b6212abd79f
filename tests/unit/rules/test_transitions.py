"""Actions are told from plain writes by their verb and by the state that they write."""

from __future__ import annotations

import pytest

from agentlint.ir.operations import Operation, OperationEffect
from agentlint.rules.operations.transitions import action_word


def gui(action: str, resource: str, symbol: str, *fields: str) -> Operation:
    effect = OperationEffect("orm-write", "Thing", "update", "m.py", 1, fields)
    return Operation("gui:x", "gui", "POST", "/x", "v.py", 1, symbol, action, resource, True, (effect,))


@pytest.mark.parametrize(
    ("operation", "word"),
    [
        (gui("cancel order", "order", "cancel_order", "status"), "cancel"),
        (gui("update", "order", "OrderApproveView", "status"), "approve"),
        (gui("missed", "appointment", "missed", "status"), "missed"),
        (gui("update", "book", "edit_book", "title"), ""),
        (gui("book", "appointment", "book", "starts_at"), "book"),
        (gui("book", "book", "book", "title"), ""),
        (gui("update", "order", "edit_order", "status"), ""),
        (gui("profile", "profile", "profile", "phone"), ""),
    ],
)
def test_the_word_of_an_action(operation: Operation, word: str) -> None:
    """Nouns that are also verbs, plain edits and plain fields are told apart."""
    assert action_word(operation) == word
