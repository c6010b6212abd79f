"""What can be mended without guessing: codemods on Python, Overlay documents on API descriptions; the only room that names libcst."""

from agentlint.fixes.base import Fix, Sources
from agentlint.fixes.catalog import FIXES, ON_REQUEST, propose

__all__ = ["FIXES", "ON_REQUEST", "Fix", "Sources", "propose"]
