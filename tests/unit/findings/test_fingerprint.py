"""Fingerprints survive edits and tell equal findings apart."""

from __future__ import annotations

from msgspec.structs import replace

from agentlint.findings import Finding, distinct, fingerprint, in_order

ONE = Finding("some-rule", "warning", "message", "a.py", 10, fingerprint("some-rule", "a.py", "f"))


def test_meaning_alone_decides() -> None:
    """The same parts give the same fingerprint; another part, or parts cut elsewhere, give another."""
    assert fingerprint("r", "a", "b") == fingerprint("r", "a", "b")
    assert len({fingerprint("r", "a", "b"), fingerprint("r", "ab"), fingerprint("r", "a", "c"), fingerprint("s", "a", "b")}) == 4


def test_a_moved_finding_keeps_its_fingerprint_and_a_twin_gets_its_own() -> None:
    """Lines only order twins."""
    moved = replace(ONE, line=99)
    assert [f.fingerprint for f in distinct([ONE])] == [f.fingerprint for f in distinct([moved])]
    assert [f.fingerprint for f in distinct([moved, ONE])] == [ONE.fingerprint, f"{ONE.fingerprint}.2"]


def test_most_consequential_first() -> None:
    """Severity, then weight, then confidence, then place."""
    heavy, light = replace(ONE, severity="error", weight=80), replace(ONE, severity="error", weight=70)
    unsure, late = replace(light, confidence="low"), replace(ONE, file="z.py")
    assert in_order([late, ONE, unsure, light, heavy]) == (heavy, light, unsure, ONE, late)
