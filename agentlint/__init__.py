"""agentlint: is our architecture agent-ready, and is its logic auditable?"""

__version__ = "0.1.0"
