"""The Python frontend: source bytes to the neutral syntax tree, for every Python version in use."""

from agentlint.frontends.python.lowering import lower

__all__ = ["lower"]
