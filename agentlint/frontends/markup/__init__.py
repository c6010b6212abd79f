"""The markup frontend: HTML and server-side templates to the actions that their pages offer."""

from agentlint.frontends.markup.lowering import lower
from agentlint.frontends.markup.scripts import inline_script, scripts

__all__ = ["inline_script", "lower", "scripts"]
