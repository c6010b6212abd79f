"""Every error that a user can meet: a message, a hint on what to do next, an exit code."""

from __future__ import annotations

EXIT_CLEAN = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_INTERNAL = 3
TRACEBACK = "AGENTLINT_TRACEBACK"
"""Environment variable: set, an internal error ends the run and shows where it came from."""


class AgentlintError(Exception):
    """Base of all errors meant for a person. `str()` is the message; `hint` says what to do next."""

    exit_code = EXIT_USAGE

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class NothingToAnalyse(AgentlintError):
    """The path holds no file that agentlint reads: never a clean pass."""


class BadPath(AgentlintError):
    """The path does not exist or cannot be read."""


class BadSettings(AgentlintError):
    """The settings have mistakes; the message lists them all with file and line."""


class BadKnowledge(AgentlintError):
    """A knowledge file of the user has mistakes."""


class BadBaseline(AgentlintError):
    """The baseline cannot be read or is none."""


class BadRevision(AgentlintError):
    """A revision that git does not know, or no git repository at all."""


class BadReport(AgentlintError):
    """A saved report that cannot be read."""


class BrokenPlugin(AgentlintError):
    """A plugin could not be loaded; the message names its package."""

    exit_code = EXIT_INTERNAL


class OutputFailed(AgentlintError):
    """A report could not be written."""


class BrokenOverlay(AgentlintError):
    """An overlay names a place that its description does not have."""

    exit_code = EXIT_INTERNAL


class NoCache(AgentlintError):
    """The cache cannot be found or changed."""


class MissingExtra(AgentlintError):
    """Something that is installed only where it is asked for."""
