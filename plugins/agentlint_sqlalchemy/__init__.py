"""SQLAlchemy and the libraries that dress it (Flask-SQLAlchemy, SQLModel): relationships between mapped classes and their reverse sides."""

from __future__ import annotations

from collections.abc import Mapping

from agentlint.api import Context, FrameworkBase, Program, Type, imports
from agentlint_sqlalchemy.relations import relations


class SqlAlchemy(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "sqlalchemy"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports SQLAlchemy or a library on top of it."""
        return imports(program, "sqlalchemy", "flask_sqlalchemy", "sqlmodel")

    def attribute_types(self, context: Context) -> Mapping[str, Mapping[str, Type]]:
        """Relationships and backrefs."""
        return relations(context.program)


plugin = SqlAlchemy()
