"""The tree-sitter grammars of JavaScript and TypeScript, and which of them reads a file."""

from __future__ import annotations

import tree_sitter
import tree_sitter_javascript
import tree_sitter_typescript

_GRAMMARS = {
    "javascript": tree_sitter.Language(tree_sitter_javascript.language()),
    "typescript": tree_sitter.Language(tree_sitter_typescript.language_typescript()),
    "tsx": tree_sitter.Language(tree_sitter_typescript.language_tsx()),
}
_BY_SUFFIX = {"ts": "typescript", "mts": "typescript", "cts": "typescript", "tsx": "tsx"}


def dialect_of(path: str) -> str:
    """The grammar that a file's name asks for."""
    return _BY_SUFFIX.get(path.rsplit(".", 1)[-1].lower(), "javascript")


def parse(source: bytes, dialect: str) -> tree_sitter.Node:
    """The root of the syntax tree. Plain JavaScript with errors is read as TypeScript when that fits (Flow, types in a `.js` file)."""
    root = tree_sitter.Parser(_GRAMMARS[dialect]).parse(source).root_node
    if root.has_error and dialect == "javascript":
        typed = tree_sitter.Parser(_GRAMMARS["tsx"]).parse(source).root_node
        if not typed.has_error:
            return typed
    return root
