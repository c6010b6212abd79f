"""Functions and commands whose names say that they throw things away."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agentlint.analysis.wording import CLEARING, words

_REMOVING = CLEARING | {"unlink", "destroy", "wipe", "expunge", "discard", "revoke", "invalidate", "terminate", "kick"}
_TOGETHER = re.compile("^(" + "|".join(sorted(_REMOVING, key=lambda w: (-len(w), w))) + ")[a-z]{4,}$")
"""Names written together, as Django's own commands are: `clearsessions`."""


def clears(name: Sequence[str], file: str) -> bool:
    """True for the words of a function, or the file of a command that it stands in, that say so."""
    return bool(_REMOVING.intersection(name)) or is_clearing_command(file)


def is_clearing_command(file: str) -> bool:
    """True for the file of a command that is called after throwing something away."""
    *folders, last = file.removesuffix(".py").split("/")
    said = words(last)[:1] if "commands" in folders else []
    return bool(_REMOVING.intersection(said)) or any(map(_TOGETHER.match, said))
