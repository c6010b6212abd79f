"""Two reports beside one another, in terms of what a program can do and what is on record."""

from agentlint.comparison.changes import Change, Comparison, ScoreChange
from agentlint.comparison.compare import compare
from agentlint.comparison.rendering import render

__all__ = ["Change", "Comparison", "ScoreChange", "compare", "render"]
