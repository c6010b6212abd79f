"""Takes out comments that silence nothing, or from their bracket the rules that they name in vain; Python only."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from agentlint.findings.report import Report
from agentlint.fixes.base import Change, Fix, Sources
from agentlint.ir.description import Description

NAME = "unused-suppression"
_BRACKET = re.compile(r"(#\s*agentlint:\s*ignore(?:-file)?\s*)\[([^\]]*)\]")


def propose(report: Report, sources: Sources, descriptions: Sequence[Description]) -> Iterator[Fix]:
    """One fix per comment."""
    del descriptions
    found: dict[tuple[str, int], dict[str, str]] = defaultdict(dict)
    for finding in report.findings:
        if finding.rule == NAME and finding.suppressed is None and finding.file.endswith(".py"):
            found[(finding.file, finding.line)][finding.symbol] = finding.fingerprint
    for (file, line), idle in sorted(found.items(), key=lambda item: (item[0][0], -item[0][1])):  # from below, so that lines above keep their numbers
        change = _change(line, frozenset(idle))
        source = sources.read(file)
        if change(source) != source:
            yield Fix(NAME, f"take out the suppression of {', '.join(sorted(idle))}", file, line, {file: change}, tuple(sorted(idle.values())))


def _change(line: int, idle: frozenset[str]) -> Change:
    def apply(source: bytes) -> bytes:
        try:
            wrapper = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
        except cst.ParserSyntaxError:
            return source
        return wrapper.visit(_Remover(line, idle)).bytes

    return apply


class _Remover(cst.CSTTransformer):
    """Removes or shortens the comment at one line."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, line: int, idle: frozenset[str]) -> None:
        self._line, self._idle = line, idle

    def leave_EmptyLine(self, original_node: cst.EmptyLine, updated_node: cst.EmptyLine) -> cst.EmptyLine | cst.RemovalSentinel:
        comment = original_node.comment
        if comment is None or not self._here(comment):
            return updated_node
        kept = self._kept(comment.value)
        return cst.RemoveFromParent() if kept is None else updated_node.with_changes(comment=cst.Comment(kept))

    def leave_TrailingWhitespace(self, original_node: cst.TrailingWhitespace, updated_node: cst.TrailingWhitespace) -> cst.TrailingWhitespace:
        comment = original_node.comment
        if comment is None or not self._here(comment):
            return updated_node
        kept = self._kept(comment.value)
        if kept is None:
            return updated_node.with_changes(comment=None, whitespace=cst.SimpleWhitespace(""))
        return updated_node.with_changes(comment=cst.Comment(kept))

    def _here(self, comment: cst.Comment) -> bool:
        return bool(self.get_metadata(PositionProvider, comment).start.line == self._line and _BRACKET.match(comment.value))

    def _kept(self, text: str) -> str | None:
        """The comment without the idle rules; None when no rule is left."""
        match = _BRACKET.match(text)
        if match is None:
            return text
        parts = [p.strip() for p in match[2].split(",") if p.strip()]
        left = [p for p in parts if p.removeprefix("agentlint/") not in self._idle]
        if not any(not p.startswith("until") for p in left):
            return None
        return text if left == parts else f"{match[1]}[{', '.join(left)}]{text[match.end():]}"
