"""Copies of the framework that a project carries: its classes under their own names, in packages of the project itself."""

from __future__ import annotations

from functools import lru_cache

from agentlint.api import Lineage, Made, Member, Program, Ref, Value, setup_code, syntax, walk

_HOMES = {
    "viewsets": "ViewSetMixin ViewSet GenericViewSet ModelViewSet ReadOnlyModelViewSet",
    "mixins": "CreateModelMixin ListModelMixin RetrieveModelMixin UpdateModelMixin DestroyModelMixin",
    "views": "APIView",
    "generics": "GenericAPIView CreateAPIView ListAPIView RetrieveAPIView DestroyAPIView UpdateAPIView ListCreateAPIView RetrieveUpdateAPIView "
    "RetrieveDestroyAPIView RetrieveUpdateDestroyAPIView",
    "routers": "BaseRouter SimpleRouter DefaultRouter",
    "serializers": "BaseSerializer Serializer ModelSerializer ListSerializer",
    "authentication": "BaseAuthentication BasicAuthentication SessionAuthentication TokenAuthentication",
    "permissions": "BasePermission AllowAny IsAuthenticated IsAdminUser",
}
_NAMES = {name: f"rest_framework.{home}.{name}" for home, names in _HOMES.items() for name in names.split()}
"""Classes of the framework (https://www.django-rest-framework.org/api-guide/) by their last name."""
_OF_ROUTERS = ("register", "urls", "get_urls", "registry")
_HEART = "ViewSetMixin"
"""The class whose `as_view` takes a mapping of methods to actions: no other library has one of that name."""
_BINDS = ("bind_to_methods", "mapping")
"""Attributes by which the framework's decorators mark an action."""


@lru_cache(maxsize=2)
def copies_of(program: Program) -> dict[str, Lineage]:
    """Classes of a copied framework, each with the class that it is a copy of."""
    packages = {_around(info.module.name) for name, info in program.classes.items() if name.endswith(f".{_HEART}") and _takes_actions(name, program)}
    found = {}
    for name, info in program.classes.items():
        original = _NAMES.get(name.rpartition(".")[2])
        if original is not None and any(f"{info.module.name}.".startswith(f"{p}.") for p in packages):
            found[name] = Lineage(bases=(original,))
    return found


def spare_copies(program: Program) -> None:
    """Lets set-up code take routers of a copied framework for what they are copies of, in place of running their code."""
    routers = {name for name, lineage in copies_of(program).items() if ".routers." in lineage.bases[0]}
    homes = {program.classes[name].module.name for name in routers}

    def answer(owner: Value, attr: str) -> Value:
        made = owner.callee.name if isinstance(owner, Made) and isinstance(owner.callee, Ref) else ""
        if attr not in _OF_ROUTERS or made not in program.classes:
            return None
        method = program.method(made, attr)
        copied = method is None or method.module.name in homes
        return Member(owner, attr) if copied and not routers.isdisjoint(program.mro(made)) else None

    if routers:
        setup_code(program).teach("rest_framework.routers", answer)


def _around(module: str) -> str:
    """The package that holds a copy: it keeps the routers beside the package of the views, or among them."""
    parts = module.split(".")
    return ".".join(parts[:-2]) if len(parts) > 2 else ".".join(parts[:-1]) or module


def _takes_actions(name: str, program: Program) -> bool:
    method = program.functions.get(program.classes[name].methods.get("as_view", ""))
    return method is not None and any(p.name == "actions" for p in method.node.params)


def marks_action(name: str, program: Program) -> bool:
    """True for a decorator of a copied framework that marks a method as an action."""
    info = program.functions.get(name)
    if info is None or name.rpartition(".")[2] not in ("action", "detail_route", "list_route") or not copies_of(program):
        return False
    inner = [program.functions.get(f"{name}.{s.definition.name}") for s in walk.statements(info.node.body) if isinstance(s, syntax.Define)]
    blocks = (info.node.body, *(f.node.body for f in inner if f is not None))
    return any(
        isinstance(target, syntax.Attribute) and target.attr in _BINDS
        for body in blocks for stmt in walk.statements(body) if isinstance(stmt, syntax.Assign) for target in stmt.targets
    )
