"""The frontend of API descriptions: OpenAPI 2.0 to 3.2, Arazzo and Overlay documents, in YAML or JSON, in one file or many."""

from agentlint.frontends.openapi.document import Reader
from agentlint.frontends.openapi.loading import load
from agentlint.frontends.openapi.parsed import Unreadable
from agentlint.frontends.openapi.sniffing import kind_of, sniff

__all__ = ["Reader", "Unreadable", "kind_of", "load", "sniff"]
