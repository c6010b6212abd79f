"""Controllers: methods under `@http.route`, with what their decorators and those of the methods they override say.

Odoo documentation, "Web Controllers". A decorator without a path keeps that of the overridden method.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentlint.api import AuthKind, ClassInfo, Context, FunctionInfo, Guard, Program, Route, syntax, walk

_ROUTE = ("odoo.http.route", "odoo.http.route()")
_AUTH: dict[str, tuple[AuthKind, ...]] = {
    "user": ("session",), "public": ("anonymous",), "none": ("anonymous",), "bearer": ("token",), "api_key": ("api-key",), "jwt": ("token",),
}
_CALLS = ("json", "jsonrpc", "json2")
_PAGES = frozenset({"render", "redirect", "redirect_query", "local_redirect", "login_and_redirect"})
_ANSWERS = frozenset({"make_json_response", "make_response", "Response", "dumps", "jsonify"})


def controller_routes(context: Context) -> Iterator[Route]:
    """One route for each path and method of each controller method."""
    program = context.program
    for info in program.functions.values():
        owner = program.classes.get(info.owner)
        said = [told for decorator in info.node.decorators if (told := _told(decorator, info, program)) is not None] if owner is not None else []
        if owner is not None and said and not _overridden(info, owner, program):
            yield from _routes(info, owner, _merged(info, owner, said[0], program), context)


def _told(decorator: syntax.Expr, info: FunctionInfo, program: Program) -> dict[str, object] | None:
    """What a route decorator says; None for any other."""
    func = decorator.func if isinstance(decorator, syntax.Call) else decorator
    if program.resolve(func, info.module) not in _ROUTE or not isinstance(decorator, syntax.Call):
        return None
    given: dict[str, object] = {k.name: program.fold(k.value, info.module) for k in decorator.keywords if k.name}
    if decorator.args:
        given["route"] = program.fold(decorator.args[0], info.module)
    return given


def _overridden(info: FunctionInfo, owner: ClassInfo, program: Program) -> bool:
    """True when a controller below publishes the method in its place."""
    for below in program.subclasses(owner.id):
        method = program.functions.get(program.classes[below].methods.get(info.node.name, ""))
        if method is not None and any(_told(d, method, program) is not None for d in method.node.decorators):
            return True
    return False


def _merged(info: FunctionInfo, owner: ClassInfo, said: dict[str, object], program: Program) -> dict[str, object]:
    for base in program.mro(owner.id)[1:]:
        above = program.functions.get(program.classes[base].methods.get(info.node.name, "")) if base in program.classes else None
        for decorator in above.node.decorators if above is not None else ():
            told = _told(decorator, above, program)  # type: ignore[arg-type]
            said = {**told, **said} if told is not None else said
    return said


def _routes(info: FunctionInfo, owner: ClassInfo, said: dict[str, object], context: Context) -> Iterator[Route]:
    paths = said.get("route")
    listed = [p for p in paths if isinstance(p, str)] if isinstance(paths, list | tuple) else [paths] if isinstance(paths, str) else []
    if not listed:
        context.gap(info.module.path, info.node.line, f"the path of {info.node.qualname} stands in another package")
        listed = [f"/{info.node.name}"]
    methods = said.get("methods")
    verbs = [str(m).upper() for m in methods] if isinstance(methods, list | tuple) and methods else ["POST" if _is_call(said) else "ANY"]
    checks = tuple(_own_check(said, context.program))
    for path in listed:
        for verb in verbs:
            yield Route(
                framework="odoo", method=verb, path=_holes(path), handler=info.id, symbol=info.node.qualname, file=info.module.path, line=info.node.line,
                owner=owner.id, guards=tuple(_guards(said, info, bool(checks))), renders=_renders(said, info), table_file=info.module.path,  # type: ignore[arg-type]
                table_line=info.node.line, guard_handlers=checks,
            )


def _holes(path: str) -> str:
    return re.sub(r"<(?:[^:<>]*(?:\([^<>]*\))?:)?([^<>:]+)>", r"{\1}", path)


def _is_call(said: dict[str, object]) -> bool:
    return said.get("type") in _CALLS


def _guards(said: dict[str, object], info: FunctionInfo, checked: bool) -> Iterator[Guard]:
    auth = said.get("auth", "user")
    for kind in _AUTH.get(str(auth), () if checked else ("unknown",)):
        yield Guard(kind, f"auth={auth!r}", info.module.path, info.node.line)
    if auth == "bearer":
        yield Guard("session", "", info.module.path, info.node.line, optional=True)
    if not _is_call(said):
        off = said.get("csrf") is False
        yield Guard("csrf-exempt" if off else "csrf", "", info.module.path, info.node.line)


def _own_check(said: dict[str, object], program: Program) -> Iterator[str]:
    """`_auth_method_NAME` of the project for an `auth=` of its own."""
    auth = said.get("auth")
    for info in program.functions.values() if isinstance(auth, str) and auth not in ("user", "public", "none") else ():
        if info.node.name == f"_auth_method_{auth}":
            yield info.id


def _renders(said: dict[str, object], info: FunctionInfo) -> str:
    if _is_call(said):
        return "json"
    called = {walk.dotted(c.func).rpartition(".")[2] for c in walk.calls(info.node.body)}
    if called & _PAGES:
        return "html"
    return "json" if called & _ANSWERS else "html"
