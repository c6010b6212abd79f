"""What to do first: blockers from what the scores count, waves of them, and what each wave is worth by recount."""

from agentlint.planning.waves import make_plan

__all__ = ["make_plan"]
