"""The two answers: one pure function file per question, every part a share that a person can recount."""

from agentlint.scores.scorecard import Counted, scorecard

__all__ = ["Counted", "scorecard"]
