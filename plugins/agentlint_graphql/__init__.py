"""GraphQL: fields of Graphene, Strawberry and Ariadne schemas. Extends the Django and DRF plugins, which read URLconfs, forms and serializers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from agentlint.api import Context, Element, FrameworkBase, Program, Route, Type, imports
from agentlint_graphql.ariadne import ariadne_fields
from agentlint_graphql.context_values import context_values
from agentlint_graphql.endpoints import Endpoints
from agentlint_graphql.fields import Field
from agentlint_graphql.graphene import graphene_fields, meta_types
from agentlint_graphql.roots import Roots
from agentlint_graphql.strawberry import strawberry_fields

_METHODS = {"query": "QUERY", "mutation": "MUTATION", "subscription": "SUBSCRIPTION"}


class GraphQL(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "graphql"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports a GraphQL server library."""
        return imports(program, "graphene", "graphene_django", "strawberry", "strawberry_django", "ariadne", "ariadne_django")

    def attribute_types(self, context: Context) -> Mapping[str, Mapping[str, Type | Element]]:
        """`_meta` of Graphene's classes, which holds what their `Meta` says; what resolvers find in their context."""
        return {**meta_types(context.program), **context_values(context.program)}

    def routes(self, context: Context) -> Iterable[Route]:
        """One route a field of a root type."""
        roots = Roots(context.program)
        fields = [*graphene_fields(context, roots), *strawberry_fields(context, roots), *ariadne_fields(context)]
        endpoints = Endpoints(context, fields) if fields else None
        for field in fields:
            if endpoints is not None:
                yield _route(field, endpoints)


def _route(field: Field, endpoints: Endpoints) -> Route:
    return Route(
        framework="graphql", method=_METHODS[field.kind], path=field.name, handler=field.handler, symbol=field.symbol, file=field.file, line=field.line,
        owner=field.owner, surface="graphql", guards=endpoints.guards, effects=field.effects, renders="json", name=field.name,
        resource=field.effects[0].target if field.effects else "", table_file=field.table_file, table_line=field.table_line,
        extra_handlers=field.extra, guard_handlers=(*endpoints.checks, *field.checks), confidence=field.confidence,
    )


plugin = GraphQL()
