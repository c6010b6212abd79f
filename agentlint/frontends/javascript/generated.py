"""Whether a script was made by a bundler or a minifier rather than by a person."""

from __future__ import annotations

import re

_NAME = re.compile(
    r"[.-](?:min|bundle|bundled|pack|packed|chunk|umd|iife|prod)\.[cm]?js$|(?:^|/)(?:vendors?|chunk-[\w-]+|runtime~\w+)\.[cm]?js$", re.IGNORECASE
)
_BUNDLED = re.compile(rb"__webpack_(?:require__|modules__|exports__)|webpackBootstrap|webpackJsonp|parcelRequire|/\*! For license information")
_LONG_LINE = 5_000
_AVERAGE = 250
_SMALL = 2_000


def is_generated(source: bytes, path: str) -> bool:
    """By the file's name, by the marks of bundlers, by lines no person writes."""
    if _NAME.search(path) or _BUNDLED.search(source[:20_000]):
        return True
    if len(source) < _SMALL:
        return False
    lines = source.splitlines()
    longest = max(map(len, lines))
    return len(source) / len(lines) > _AVERAGE or (longest > _LONG_LINE and longest > len(source) / 3)
