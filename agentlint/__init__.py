"""agentlint: is our architecture agent-ready, and is its logic auditable?"""

__version__ = "0.1.0"
PLUGIN_GROUP = "agentlint.frameworks"
"""The entry-point group in which framework plugins are found."""
