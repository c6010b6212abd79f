"""A report all of whose names try to be markup, script or the end of a data block."""

from __future__ import annotations

from agentlint.findings import Report, Tool
from agentlint.ir.decisions import Decision
from agentlint.ir.effects import Effect, Step
from agentlint.ir.inventory import Inventory
from agentlint.ir.operations import Operation, OperationEffect
from agentlint.ir.source import Excerpt, Gap
from agentlint.planning import make_plan
from agentlint.scores import Counted, scorecard

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&\u2028"


def hostile_report() -> Report:
    """The report."""
    operation = Operation(
        f"gui:{EVIL}", "gui", "POST", f"/{EVIL}", f"{EVIL}.py", 3, EVIL, EVIL, EVIL, True,
        (OperationEffect("orm-write", EVIL, "update", f"{EVIL}.py", 4, (EVIL,)),), ("session",), "gui-only", evidence=(EVIL,),
    )
    effect = Effect("orm-write", "update", EVIL, f"{EVIL}.py", 4, EVIL)
    decision = Decision(f"d{EVIL}", f"{EVIL}.py", 3, EVIL, EVIL, effect, "person", "unaudited", path=(Step(f"{EVIL}.py", 4, EVIL),), operations=(operation.id,))
    inventory = Inventory(files=1, frameworks=(EVIL,), gaps=(Gap(f"{EVIL}.py", 1, EVIL),), set_aside={EVIL: 1})
    counted = Counted(inventory, (operation,), (decision,))
    return Report(
        Tool(version=EVIL), f"/x/{EVIL}", 0.0, inventory, scorecard(counted), operations=counted.operations, decisions=counted.decisions,
        plan=make_plan(counted, ()), excerpts=(Excerpt(f"{EVIL}.py", 3, (EVIL, EVIL)),),
    )
