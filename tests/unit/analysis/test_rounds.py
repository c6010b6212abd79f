"""Functions that call one another are accounted for twice, all others once."""

from __future__ import annotations

import pytest

from agentlint.analysis.audit.rounds import rounds


@pytest.mark.parametrize(
    ("calls", "order"),
    [
        ({"a": "", "b": "a", "c": "b"}, "abc"),
        ({"a": "b", "b": "a", "c": "a"}, "ababc"),
        ({"a": "a", "b": "a"}, "ab"),
        ({"z": "", "a": "c", "b": "a", "c": "bz", "d": "c"}, "zabcabcd"),
        ({"a": "b", "b": "a", "c": "d", "d": "ac"}, "ababcdcd"),
        ({"a": "x", "b": "a"}, "ab"),
    ],
    ids=["chain", "pair", "itself", "ring between others", "two rings", "a callee of elsewhere"],
)
def test_knots_come_again_once_all_of_them_came(calls: dict[str, str], order: str) -> None:
    assert "".join(rounds(calls, calls.__getitem__)) == order
