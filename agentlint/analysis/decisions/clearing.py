"""Functions and commands whose names say that they throw things away, or hand them out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agentlint.analysis.wording import CLEARING, words

_REMOVING = CLEARING | {"unlink", "destroy", "wipe", "expunge", "discard", "revoke", "invalidate", "terminate", "kick"}
_HANDING_OUT = frozenset({"publish", "release", "upload", "deploy", "unpublish"})
_TOGETHER = re.compile("^(" + "|".join(sorted(_REMOVING, key=lambda w: (-len(w), w))) + ")[a-z]{4,}$")
"""Names written together, as Django's own commands are: `clearsessions`."""


def clears(name: Sequence[str], file: str) -> bool:
    """True for the words of a function, or the file of a command that it stands in, that say so."""
    return bool(_REMOVING.intersection(name)) or is_clearing_command(file)


def is_clearing_command(file: str) -> bool:
    """True for the file of a command that is called after throwing something away."""
    said = _command(file)
    return bool(_REMOVING.intersection(said)) or any(map(_TOGETHER.match, said))


def is_publishing_command(file: str) -> bool:
    """True for the file of a command that is called after handing something out: the files that it writes are what it is for."""
    return bool(_HANDING_OUT.intersection(_command(file)))


def _command(file: str) -> list[str]:
    """The first word of a command; nothing for any other file."""
    *folders, last = file.removesuffix(".py").split("/")
    return words(last)[:1] if "commands" in folders else []
