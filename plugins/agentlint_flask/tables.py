"""Applications, blueprints, namespaces and API objects that set-up code makes, and where they hang."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agentlint.api import Above, Factories, Made, Member, MountTree, Program, Ref, Value

APPS = ("flask.Flask", "quart.Quart", "flask_openapi3.OpenAPI", "apiflask.APIFlask", "connexion.FlaskApp", "connexion.App", "connexion.apps.flask_app.FlaskApp",
        "dash.Dash", "dash.dash.Dash")
BLUEPRINTS = (
    "flask.Blueprint", "quart.Blueprint", "flask_smorest.Blueprint", "apiflask.APIBlueprint", "flask_openapi3.APIBlueprint", "flask.blueprints.Blueprint",
    "flask_smorest.blueprint.Blueprint", "flask_openapi3.APIView",
)
NAMESPACES = ("flask_restx.Namespace", "flask_restplus.Namespace", "flask_restx.namespace.Namespace", "flask_restplus.namespace.Namespace")
_APIS = ("flask_restful.Api", "flask_restx.Api", "flask_restplus.Api", "flask_smorest.Api", "flask_restx.api.Api", "flask_restplus.api.Api")
JSONAPIS = ("flask_rest_jsonapi.Api", "flask_rest_jsonapi.api.Api", "flask_combo_jsonapi.Api", "flask_combo_jsonapi.api.Api")
"""They stand in a blueprint and register it themselves."""
SOCKETS = ("flask_sock.Sock", "flask_sockets.Sockets")
"""Their rules take connections that stay open."""
APIS = (*_APIS, *JSONAPIS, *SOCKETS)
_ANSWERS_PROGRAMS = (*NAMESPACES, *APIS, "flask_smorest.Blueprint", "flask_smorest.blueprint.Blueprint", "apiflask.APIFlask", "apiflask.APIBlueprint",
                     "flask_openapi3.OpenAPI", "flask_openapi3.APIBlueprint", "flask_openapi3.APIView")
"""Tables whose views answer with data."""
_STAND_INS = {
    **dict.fromkeys(("flask.Flask", "app", "application", "flask_app", "server"), "flask.Flask"),
    **{name: name for name in (*APPS, *BLUEPRINTS, *NAMESPACES, *APIS)},
    **dict.fromkeys(("bp", "blueprint"), "flask.Blueprint"),
    "api": "flask_restful.Api",
}
_VERBS = frozenset({"register_blueprint", "add_url_rule", "add_resource", "add_namespace", "init_app", "permission_manager", "register"})
_DECORATING = frozenset({"route", "websocket", "get", "post", "put", "patch", "delete", "resource", "before_request", "before_app_request"})
_ROOTS = ("flask.current_app", "quart.current_app")
_INNER = ("app", "flask_app", "server", "wsgi_app")
"""Attributes of objects that hold an application."""


class Tables:
    """Every table of the program and the tree in which they are mounted."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self.tree = MountTree()
        self.answers_programs: set[str] = set()
        self.sockets: set[str] = set()
        """Tables whose rules take connections that stay open."""
        factories = Factories(program, _VERBS, _DECORATING)
        factories.run(frozenset(APPS), _STAND_INS)
        self.setup = factories.setup
        self._keys: dict[int, str] = {}
        self._namespaces: set[str] = set()
        self.calls = tuple(self.setup.made)
        for number, made in enumerate(self.calls):
            self._declare(made, str(number))
        for made in self.calls:
            self._mount(made)

    # ------------------------------------------------------------ questions

    def key(self, value: Value) -> str:
        """What tells one table from another; empty for what is no table."""
        if isinstance(value, Above):
            value = value.receiver
        for _ in range(3):
            if isinstance(value, Member) and value.attr in _INNER:
                value = value.owner
        if isinstance(value, Ref):
            return _ROOTS[0] if value.name in _ROOTS else ""
        return self._keys.get(id(value), "")

    def called_on(self, made: Made) -> tuple[str, str]:
        """The table on which a call was made and the name of its method; two empty texts for other calls."""
        callee = made.callee
        return (self.key(callee.owner), callee.attr) if isinstance(callee, Member) else ("", "")

    def is_a(self, made: Made, *wanted: str) -> bool:
        """True for an object of one of the classes, or of a project class below it."""
        name = made.callee.name if isinstance(made.callee, Ref) else ""
        return bool(name) and (name in wanted or (name in self._program.classes and self._program.inherits(name, *wanted)))

    # ---------------------------------------------------------------- tables

    def _declare(self, made: Made, key: str) -> None:
        prefix = ""
        root = self.is_a(made, *APPS)
        if self.is_a(made, *NAMESPACES) or (isinstance(made.callee, Member) and made.callee.attr == "namespace" and self.key(made.callee.owner)):
            name = made.args[0] if made.args else made.keywords.get("name")
            prefix = _text(made.keywords.get("path", made.args[2] if len(made.args) > 2 else None)) or f"/{_text(name) or '{}'}"
            self._namespaces.add(key)
        elif self.is_a(made, *BLUEPRINTS):
            prefix = _text(made.keywords.get("url_prefix"))
        elif self.is_a(made, *APIS):
            prefix = _text(made.keywords.get("prefix"))
        elif not root:
            return
        self._keys[id(made)] = key
        self.tree.declare(key, prefix, root=root)
        if self.is_a(made, *SOCKETS):
            self.sockets.add(key)
        if key in self._namespaces or self.is_a(made, *_ANSWERS_PROGRAMS):
            self.answers_programs.add(key)

    def _mount(self, made: Made) -> None:
        for owner, child, prefix, replaces in self._mounts(made):
            if owner and child and owner != child:
                self.tree.mount(owner, child, prefix, replaces=replaces)

    def _mounts(self, made: Made) -> Iterator[tuple[str, str, str, bool]]:
        own = self._keys.get(id(made), "")
        if own and self.is_a(made, *JSONAPIS):
            app, blueprint = (made.keywords.get(n, made.args[i] if len(made.args) > i else None) for i, n in enumerate(("app", "blueprint")))
            yield self.key(blueprint) or self.key(app), own, "", False
            yield self.key(app), self.key(blueprint), "", False
        elif own and self.is_a(made, *APIS):
            for value in (*made.args[:1], made.keywords.get("app"), made.keywords.get("blueprint")):
                yield self.key(value), own, "", False
        if own in self._namespaces and isinstance(made.callee, Member):
            yield self.key(made.callee.owner), own, "", False
        callee, args = _run_later(made)
        if not isinstance(callee, Member) or not args:
            return
        table, given = self.key(callee.owner), self.key(args[0])
        if callee.attr in ("register_blueprint", "register_api"):
            prefix = _text(made.keywords.get("url_prefix"))
            # a url_prefix given at registration takes the place of the blueprint's own
            yield table or _ROOTS[0], given, prefix, bool(prefix)
        elif callee.attr == "add_namespace":
            prefix = _text(made.keywords.get("path", args[1] if len(args) > 1 else None))
            yield table, given, prefix, bool(prefix)
        elif callee.attr == "init_app":
            yield given, table, "", False


def _run_later(made: Made) -> tuple[Value, Sequence[Value]]:
    """What is called and with what; a partial of a registration is made to be run, also where set-up code cannot be followed to the line that does."""
    if isinstance(made.callee, Ref) and made.callee.name == "functools.partial" and made.args and isinstance(made.args[0], Member):
        return made.args[0], made.args[1:]
    return made.callee, made.args


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""
