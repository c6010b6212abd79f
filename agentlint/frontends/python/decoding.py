"""From the bytes of a Python file to UTF-8 with plain newlines: byte order marks, declared encodings, broken bytes."""

from __future__ import annotations

import codecs
import re

_DECLARED = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_UTF8 = frozenset({"utf-8", "utf8", "utf-8-sig", "u8"})


def to_utf8(data: bytes) -> tuple[bytes, str]:
    """The text as UTF-8, and in words what was wrong with it (empty when nothing was)."""
    problem = ""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text, problem = _decode(data, "utf-16")
        data = text.encode()
    elif data.startswith(codecs.BOM_UTF8):
        data = data[3:]
    if not data.isascii():
        name = _declared(data)
        text, trouble = _decode(data, name)
        problem = problem or trouble
        if trouble or name not in _UTF8:
            data = text.encode("utf-8", "replace")
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return data, problem


def _declared(data: bytes) -> str:
    for line in data.split(b"\n", 2)[:2]:
        found = _DECLARED.match(line)
        if found:
            return found[1].decode("ascii", "replace").lower().replace("_", "-")
    return "utf-8"


def _decode(data: bytes, name: str) -> tuple[str, str]:
    try:
        codec = codecs.lookup(name)
        text = codec.decode(data, "strict")[0]
    except LookupError:
        return data.decode("utf-8", "replace"), f"unknown encoding {name}, read as UTF-8"
    except (UnicodeError, ValueError):
        return data.decode("utf-8", "replace"), f"bytes that are not {name}"
    return (text, "") if isinstance(text, str) else (data.decode("utf-8", "replace"), f"{name} is not a text encoding, read as UTF-8")
