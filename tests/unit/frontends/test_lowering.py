"""Every source under `fixtures/lowering/` lowers to the tree that stands beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from agentlint.frontends import javascript, markup, python

FIXTURES = Path(__file__).parents[3] / "fixtures" / "lowering"

LOWERINGS: dict[str, Callable[[bytes, str], msgspec.Struct]] = {
    "python": lambda data, path: python.lower(data, path, Path(path).stem),
    "markup": markup.lower,
    "javascript": lambda data, path: javascript.lower(data, path, path.rsplit(".", 1)[0]),
}

CASES = sorted(p for language in LOWERINGS for p in (FIXTURES / language).iterdir() if not p.name.endswith(".ir.json"))


def shown(lowered: msgspec.Struct) -> str:
    """JSON with one line for each top-level field, and for each item of those that hold several."""
    lines: list[str] = []
    for field in lowered.__struct_fields__:
        value = getattr(lowered, field)
        if isinstance(value, tuple) and value:
            items = ",\n".join("  " + msgspec.json.encode(item).decode() for item in value)
            lines.append(f'"{field}": [\n{items}]')
        else:
            lines.append(f'"{field}": {msgspec.json.encode(value).decode()}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


@pytest.mark.parametrize("source", CASES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_lowers_as_recorded(source: Path, update_golden: bool) -> None:
    golden = source.with_name(source.name + ".ir.json") if source.parent.name != "python" else source.with_suffix(".ir.json")
    actual = shown(LOWERINGS[source.parent.name](source.read_bytes(), source.name))
    if update_golden:
        golden.write_text(actual, encoding="utf-8")
    assert actual == golden.read_text(encoding="utf-8")
