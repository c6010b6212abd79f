"""Names of the forms that a report can have; `reporters/catalog.py` holds one reporter for each."""

from __future__ import annotations

FORMATS: tuple[str, ...] = ("console", "json", "sarif", "markdown", "github", "gitlab", "junit", "csv", "html")
"""In the order of `--help`."""
