"""The scores of a part of a system: the same counts over the operations and decisions that stand in some files."""

from __future__ import annotations

from collections.abc import Iterable

import pathspec

from agentlint.findings.scorecard import Scorecard
from agentlint.ir.decisions import Decision
from agentlint.ir.inventory import Inventory
from agentlint.ir.operations import Operation
from agentlint.scores.scorecard import Counted, scorecard


def scores_of_files(inventory: Inventory, operations: Iterable[Operation], decisions: Iterable[Decision], patterns: tuple[str, ...]) -> Scorecard:
    """Both answers for the files that match patterns in the form of `.gitignore`. How far to trust them is judged for the whole."""
    files = pathspec.GitIgnoreSpec.from_lines(patterns)
    return scorecard(Counted(
        inventory, tuple(o for o in operations if files.match_file(o.file)), tuple(d for d in decisions if files.match_file(d.file)),
    ))
