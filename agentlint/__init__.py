"""agentlint: is our architecture agent-ready, and is its logic auditable?"""

__version__ = "0.1.0"
DISTRIBUTION = "agentlint-arch"
"""The name under which it is installed; the import name was taken there."""
PLUGIN_GROUP = "agentlint.frameworks"
"""The entry-point group in which framework plugins are found."""
RULE_GROUP, REPORTER_GROUP, KNOWLEDGE_GROUP = "agentlint.rules", "agentlint.reporters", "agentlint.knowledge"
"""Those of rule modules, of `Reporter` objects, and of packages that hold knowledge files."""
PLUGIN_GROUPS = (PLUGIN_GROUP, KNOWLEDGE_GROUP, REPORTER_GROUP, RULE_GROUP)
"""All of them: what is kept between runs depends on each."""
