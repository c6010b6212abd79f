"""Whatever the bytes, a frontend answers with a tree and gaps, and the answer can be shipped."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from agentlint.frontends import javascript, markup, python
from agentlint.ir.pages import Page
from agentlint.ir.syntax import Module

INPUTS: dict[str, bytes] = {
    "empty": b"",
    "nul": b"\x00\x00x = 1",
    "not-utf8": b"x = '\xff\xfe'",
    "utf16": "x = 1".encode("utf-16"),
    "parentheses": b"x = " + b"(" * 3000 + b")" * 3000,
    "brackets": b"x = " + b"[" * 3000 + b"]" * 3000,
    "sum": b"x = " + b" + ".join([b"a"] * 5000),
    "chain": b"x = a" + b".f()" * 3000,
    "not-a-language": b"%PDF-1.4 \x93\x8c {{{ <<< ''' \"\"\" `",
    "tags": b"<a href='{% if x %}" * 500,
}

FRONTENDS: dict[str, tuple[Callable[[bytes], msgspec.Struct], type]] = {
    "python": (lambda data: python.lower(data, "a.py", "a"), Module),
    "javascript": (lambda data: javascript.lower(data, "a.js", "a"), Module),
    "vue": (lambda data: javascript.lower(b"<script>" + data + b"</script>", "a.vue", "a"), Module),
    "markup": (lambda data: markup.lower(data, "a.html"), Page),
}


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("frontend", FRONTENDS)
def test_no_input_is_too_bad(frontend: str, name: str) -> None:
    lower, kind = FRONTENDS[frontend]
    lowered = lower(INPUTS[name])
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(lowered), type=kind) == lowered


@pytest.mark.parametrize("name", ["parentheses", "brackets"])
def test_nesting_beyond_reading_is_said(name: str) -> None:
    lowered = python.lower(INPUTS[name], "a.py", "a")
    assert [g.reason for g in lowered.gaps] == ["nested too deeply to be read"]


def test_what_a_bundler_wrote_is_known() -> None:
    assert javascript.is_generated(b"x", "static/app.min.js")
    assert javascript.is_generated(b"var a=1;" * 5000, "app.js")
    assert javascript.is_generated(b"x", "dist/assets/OrderView-BpnXHUoU.js")
    assert not javascript.is_generated(b"x", "static/assets/date-selector.js")
    assert javascript.is_generated(b"(self.webpackJsonp=[]).push()", "app.js")
    assert not javascript.is_generated(b"const a = 1;\n" * 5000, "app.js")
