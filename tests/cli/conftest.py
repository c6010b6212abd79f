"""The command line, called as a person calls it."""

from __future__ import annotations

import pytest

from agentlint.cli.main import _outcome


class Outcome:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def agentlint(capsys: pytest.CaptureFixture[str]):
    def call(*args: object) -> Outcome:
        code = _outcome([str(a) for a in args])
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    call.out = lambda: capsys.readouterr().out  # type: ignore[attr-defined]
    return call
