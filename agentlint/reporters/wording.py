"""Counts as people write them."""

from __future__ import annotations


def plural(count: int, noun: str) -> str:
    """`1 finding`, `1,204 findings`."""
    return f"{counted(count)} {noun}{'' if count == 1 else 's'}"


def counted(count: int) -> str:
    """A number with its thousands apart."""
    return f"{count:,}"


def percent(done: int, seen: int) -> str:
    """A share, never rounded up to a whole that it is not."""
    value = 100 * done / seen if seen else 100.0
    return "100%" if done == seen else f"{min(value, 99.9):.1f}%" if value > 99 else f"{value:.0f}%"
