"""The scores of a part of a system: the same counts over the operations and decisions that stand in some files."""

from __future__ import annotations

from collections.abc import Iterable

import pathspec

from agentlint.findings.scorecard import Scorecard
from agentlint.ir.decisions import Decision
from agentlint.ir.gates import PathGate
from agentlint.ir.inventory import Inventory
from agentlint.ir.operations import Operation
from agentlint.scores.scorecard import Counted, scorecard


def scores_of_files(inventory: Inventory, operations: Iterable[Operation], decisions: Iterable[Decision], gate: PathGate) -> Scorecard:
    """Both answers for the files that a gate speaks of. How far to trust them is judged for the whole."""
    files = pathspec.GitIgnoreSpec.from_lines(gate.paths)
    return scorecard(Counted(
        inventory, tuple(o for o in operations if files.match_file(gate.below + o.file)), tuple(d for d in decisions if files.match_file(gate.below + d.file)),
    ))
