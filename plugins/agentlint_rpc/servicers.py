"""gRPC services: classes that implement a generated servicer."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Context
from agentlint_rpc.procedures import Procedure


def serviced(context: Context) -> Iterator[Procedure]:
    """Methods of classes below a `...Servicer`; the generated class itself only says what there is."""
    program = context.program
    for class_id, info in program.classes.items():
        service = next((b.rpartition(".")[2].removesuffix("Servicer") for b in program.mro(class_id)[1:] if _is_generated(b)), "")
        if not service or _is_generated(class_id):
            continue
        for name, method in info.methods.items():
            if name[:1].isupper():
                function = program.functions[method]
                yield Procedure(f"{service}/{name}", function, info.module.path, info.node.line, info)


def _is_generated(name: str) -> bool:
    return name.endswith("Servicer") and "_pb2_grpc" in name
