"""What is known of libraries: data files, their schema, and the object that answers questions about them."""

from agentlint.knowledge.library import LibraryFacts
from agentlint.knowledge.loader import load_library
from agentlint.knowledge.paths import TypeText
from agentlint.knowledge.problems import KnowledgeError, Problem

__all__ = ["KnowledgeError", "LibraryFacts", "Problem", "TypeText", "load_library"]
