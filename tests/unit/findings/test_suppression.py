"""What a suppression must say, what it silences, and what is said of it."""

from __future__ import annotations

import datetime

import pytest

from agentlint.findings import Finding
from agentlint.findings.suppression import read_note, silence
from agentlint.ir.notes import Note, Suppression, SuppressionFlaw

RULES = ("no-undo", "gui-only-operation")
RAN = frozenset(RULES)
HERE = Finding("no-undo", "warning", "m", "a.py", 10, "f1", operation="gui:POST /rooms/{pk}/close/")


def note(text: str, first: int = 10, last: int = 12) -> Note:
    return Note("a.py", 10, f"agentlint: {text}", first, last)


def stated(text: str, **lines: int) -> Suppression:
    read = read_note(note(text, **lines), RULES)
    assert isinstance(read, Suppression)
    return read


def reasons(findings: tuple[Finding, ...]) -> list[str | None]:
    return [f.suppressed.reason if f.suppressed else None for f in findings]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ignore[no-undo]", "gives no reason"),
        ("ignore[no-undoo] why", "there is no rule no-undoo; did you mean no-undo?"),
        ("ignore[] why", "names no rule"),
        ("ignore no-undo", "is not understood"),
        ("ignore[no-undo, until=2030-02-31] why", "until=2030-02-31 is no day"),
    ],
)
def test_what_does_not_hold_is_told(text: str, message: str) -> None:
    """Each mistake by name, with what to do."""
    read = read_note(note(text), RULES)
    assert isinstance(read, SuppressionFlaw)
    assert message in read.message and read.help


def test_a_comment_silences_its_rule_on_its_lines_alone() -> None:
    """Another rule and another line still count."""
    one = stated("ignore[no-undo] kept by law")
    others = (Finding("gui-only-operation", "error", "m", "a.py", 10, "f2"), Finding("no-undo", "warning", "m", "a.py", 13, "f3"))
    assert reasons(silence((HERE, *others), [one], RAN, lambda _: (), None).findings) == ["kept by law", None, None]


def test_a_whole_file() -> None:
    """`ignore-file` speaks of every line, of this file only."""
    one = stated("ignore-file[no-undo]: kept by law")
    found = silence((HERE, Finding("no-undo", "warning", "m", "b.py", 10, "f4")), [one], RAN, lambda _: (), None)
    assert reasons(found.findings) == ["kept by law", None]


def test_the_end_is_compared_with_the_day_that_is_given() -> None:
    """On its last day it holds, on the next it does not and says so; without a day it always holds."""
    one = stated("ignore[no-undo, until=2030-01-31] kept")
    for day, reason in ((datetime.date(2030, 1, 31), "kept"), (datetime.date(2030, 2, 1), None), (None, "kept")):
        found = silence((HERE,), [one], RAN, lambda _: (), day)
        assert reasons(found.findings) == [reason]
        assert [f.kind for f in found.flaws] == ([] if reason else ["invalid"])


def test_each_unused_rule_is_told_unless_it_was_not_run() -> None:
    """Of two rules in one bracket the idle one."""
    one = stated("ignore[no-undo, gui-only-operation] kept")
    assert [f.names for f in silence((HERE,), [one], RAN, lambda _: (), None).flaws] == ["gui-only-operation"]
    assert silence((HERE,), [one], frozenset({"no-undo"}), lambda _: (), None).flaws == ()


@pytest.mark.parametrize(
    ("rules", "paths", "operations", "fits"),
    [
        (("no-undo",), (), (), True),
        (("gui-only-operation",), (), (), False),
        ((), ("*.py",), (), True),
        ((), ("legacy/**",), (), False),
        ((), (), ("POST /rooms/*/close/",), True),
        ((), (), ("gui:POST /rooms/{pk}/close/",), True),
        (("no-undo",), ("a.py",), ("GET *",), False),
    ],
)
def test_settings_silence_by_rule_path_and_operation(rules: tuple[str, ...], paths: tuple[str, ...], operations: tuple[str, ...], fits: bool) -> None:
    """All that is given must fit."""
    one = Suppression(rules, "meant", "settings", ".agentlint.toml", 3, paths=paths, operations=operations)
    found = silence((HERE,), [one], RAN, lambda f: (f.operation or "",), None)
    assert reasons(found.findings) == (["meant"] if fits else [None])
    assert bool(found.flaws) is not fits
