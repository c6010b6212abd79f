"""Remote procedures: XML-RPC, JSON-RPC and gRPC services. Extends the Django and FastAPI plugins, which read settings and dependencies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agentlint.api import Context, FrameworkBase, Program, Route, imports
from agentlint_rpc.dispatchers import dispatched
from agentlint_rpc.django_servers import django_procedures
from agentlint_rpc.procedures import Procedure, decorated
from agentlint_rpc.servicers import serviced


class RemoteProcedures(FrameworkBase):
    """The plugin object that the entry point names."""

    name = "rpc"
    version = "0.1.0"

    def detect(self, program: Program) -> bool:
        """True when a module imports a library that serves procedures."""
        return imports(program, "modernrpc", "xmlrpc", "jsonrpcserver", "fastapi_jsonrpc", "flask_jsonrpc", "jsonrpc", "pjrpc", "tinyrpc", "grpc")

    def routes(self, context: Context) -> Iterable[Route]:
        """One route a procedure, whatever number of servers offers it."""
        seen: set[tuple[str, str]] = set()
        for procedure in _all(context):
            if (procedure.name, procedure.info.id) not in seen:
                seen.add((procedure.name, procedure.info.id))
                yield _route(procedure)


def _all(context: Context) -> Iterator[Procedure]:
    yield from django_procedures(context)
    yield from decorated(context)
    yield from dispatched(context)
    yield from serviced(context)


def _route(procedure: Procedure) -> Route:
    info = procedure.info
    mine = not procedure.owner or info.owner == procedure.owner.id
    owner = procedure.owner
    return Route(
        framework="rpc", method="CALL", path=procedure.name, handler=info.id, symbol=info.node.qualname if mine or owner is None else owner.node.qualname,
        file=info.module.path if mine or owner is None else owner.module.path, line=info.node.line if mine or owner is None else owner.node.line,
        owner=owner.id if owner is not None else info.owner, surface="rpc", guards=procedure.guards, renders="json", name=procedure.name,
        table_file=procedure.file, table_line=procedure.line, guard_handlers=procedure.checks,
    )


plugin = RemoteProcedures()
