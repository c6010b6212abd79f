"""What can be mended without guessing: codemods on Python, Overlay documents on API descriptions; the only room that names libcst."""

from agentlint.fixes.base import Fix, Sources
from agentlint.fixes.catalog import FIXES, propose

__all__ = ["FIXES", "Fix", "Sources", "propose"]
