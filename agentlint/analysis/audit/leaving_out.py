"""What a call of a function that makes records leaves out: a row made without a key is not taken along with what the key would have named."""

from __future__ import annotations

import msgspec

from agentlint.analysis.audit.events import Transfer
from agentlint.analysis.audit.ledger import Ledger
from agentlint.analysis.models.values import handed_over
from agentlint.analysis.program import FunctionInfo
from agentlint.ir import syntax as s


def as_called(transfer: Transfer, ledger: Ledger, call: s.Call, info: FunctionInfo | None) -> Transfer:
    """The transfer of a function for one call of it."""
    if not transfer.may & ledger.tied or info is None or any(k.name is None for k in call.keywords):
        return transfer
    given = handed_over(call, info)

    def left_out(parameter: str) -> bool:
        value = given.get(parameter)
        return value is None or (isinstance(value, s.Constant) and value.value is None)

    must, may = (ledger.freed(records, info.id, left_out) for records in (transfer.must, transfer.may))
    return msgspec.structs.replace(transfer, must=must, may=may)
