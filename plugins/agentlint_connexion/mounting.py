"""Which descriptions an application serves, under which base path, and how it finds functions for operations without a name."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from agentlint.api import Context, Description, Factories, Made, Member, Program, Ref, Value, syntax, walk

_VERBS = frozenset({"add_api", "register_blueprint"})
_APIS = (
    "connexion.FlaskApi", "connexion.AioHttpApi", "connexion.apis.flask_api.FlaskApi", "connexion.apis.FlaskApi", "connexion.middleware.ConnexionMiddleware",
    "connexion.AsyncApi", "connexion.FlaskApp", "connexion.App", "connexion.AsyncApp",
)
_STAND_INS = dict.fromkeys(("app", "connexion_app", "cnx_app", "connexion.FlaskApp", "connexion.App"), "connexion.FlaskApp")
_RESOLVERS = ("RestyResolver", "MethodResolver", "MethodViewResolver")


class Mounting(msgspec.Struct, frozen=True):
    """How a description is served."""

    base_path: str
    resolver: str = ""
    """Name of the resolver class; empty for the one that reads `operationId` alone."""
    package: str = ""
    """Where the resolver looks for functions of operations without a name."""
    asked: bool = False
    """True when a call serves it."""


class Mountings:
    """The servings that set-up code asks for."""

    def __init__(self, context: Context) -> None:
        self._program: Program = context.program
        factories = Factories(context.program, _VERBS, frozenset())
        factories.run(frozenset(_APIS), _STAND_INS)
        self._setup = factories.setup
        self._asked = [m for m in tuple(self._setup.made) if _serves(m)]

    def of(self, document: Description) -> Mounting:
        """The serving of one description: the call that names its file, else the only call there is, else what the document itself says."""
        for made in self._asked:
            if _file_name(document.file) in {_file_name(t) for t in self._texts(made)}:
                return self._mounting(made, document)
        if len(self._asked) == 1 and not self._named(self._asked[0]):
            return self._mounting(self._asked[0], document)
        return Mounting(_own_base(document))

    def _mounting(self, made: Made, document: Description) -> Mounting:
        base = made.keywords.get("base_path")
        resolver, package = self._resolver(made.keywords.get("resolver"))
        return Mounting(base if isinstance(base, str) and "{}" not in base else _own_base(document), resolver, package, True)

    def _resolver(self, value: Value) -> tuple[str, str]:
        if not isinstance(value, Made) or not isinstance(value.callee, Ref):
            return "", ""
        names = self._program.mro(value.callee.name) if value.callee.name in self._program.classes else (value.callee.name,)
        kind = next((n.rpartition(".")[2] for n in names if n.rpartition(".")[2] in _RESOLVERS), "")
        package = value.args[0] if value.args else value.keywords.get("default_module_name", value.keywords.get("class_arguments"))
        return kind, package if isinstance(package, str) else ""

    def _named(self, made: Made) -> bool:
        return any(re.search(r"\.(ya?ml|json)$", t) for t in self._texts(made))

    def _texts(self, made: Made) -> Iterator[str]:
        """Texts that a call is given, and those of the function around it where it hands over a document that was read before."""
        given = [*made.args[:1], made.keywords.get("specification")]
        yield from (g for g in given if isinstance(g, str))
        if any(isinstance(g, str) for g in given):
            return
        module = self._program.module_of(made.file)
        bodies = [f.node for f in self._program.functions.values() if module is not None and f.module is module]
        around = next((n for n in bodies if n.line <= made.line <= n.end_line), None)
        for expr in walk.body_expressions(around.body) if around is not None else ():
            if isinstance(expr, syntax.Constant) and isinstance(expr.value, str):
                yield expr.value


def _serves(made: Made) -> bool:
    if isinstance(made.callee, Member) and made.callee.attr == "add_api":
        return True
    return isinstance(made.callee, Ref) and made.callee.name in _APIS[:4] and bool(made.args or "specification" in made.keywords)


def _file_name(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1]


def _own_base(document: Description) -> str:
    """The path of the document's first server."""
    server = document.servers[0] if document.servers else ""
    return re.sub(r"^[a-zA-Z]+://[^/]*", "", server).rstrip("/")
