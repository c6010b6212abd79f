"""What earlier runs worked out, by content: a store that nothing depends on, whose entries are checked before they are believed."""

from agentlint.cache.place import cache_folder
from agentlint.cache.store import Store, digest

__all__ = ["Store", "cache_folder", "digest"]
