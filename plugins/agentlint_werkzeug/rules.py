"""Rules of Werkzeug's URL maps: a path, its methods, and an endpoint that is the handler itself, or a text from which the program finds it.

How a text leads to its handler is the program's own affair; the ways of the documentation's tutorial and their kin are known: a method `on_{endpoint}` or
`{endpoint}` of a class, or a function of that name, in the file of the rule before others. https://werkzeug.palletsprojects.com/en/stable/routing/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentlint.api import Answers, AnswerWords, ClassInfo, Context, Factories, FunctionInfo, Made, Ref, Route, Value, handler_of, join_paths, once

_MAPS = frozenset({"werkzeug.routing.Map", "werkzeug.routing.map.Map"})
_RULES = frozenset({"werkzeug.routing.Rule", "werkzeug.routing.rules.Rule"})
_BELOW = frozenset({"werkzeug.routing.Submount", "werkzeug.routing.rules.Submount"})
_AROUND = frozenset({f"werkzeug.routing.{place}{name}" for place in ("", "rules.") for name in ("Subdomain", "EndpointPrefix")})
_HOLE = re.compile(r"<(?:[^<>:]*(?:\([^<>]*\))?:)?(\w+)>")
_ANSWERS = AnswerWords(
    pages=frozenset({"render_template", "render", "render_to_response"}), data=frozenset({"dumps", "jsonify", "JSON", "JSONResponse"}),
    redirects=frozenset({"redirect"}), unsaid="other",
)


def collect_routes(context: Context) -> Iterator[Route]:
    """One route for each method of each rule."""
    return once(_routes(context))


def _routes(context: Context) -> Iterator[Route]:
    factories = Factories(context.program, frozenset({"add"}), frozenset())
    factories.run(_MAPS, {})
    answers = Answers(context, _ANSWERS)
    prefixes: dict[int, str] = {}
    for made in factories.setup.made:
        if _name(made) in _BELOW | _AROUND:
            _place(made, prefixes)
    for made in factories.setup.made:
        if _name(made) not in _RULES or made.keywords.get("redirect_to") or made.keywords.get("build_only") is True:
            continue
        info = _handler(made.keywords.get("endpoint", made.args[2] if len(made.args) > 2 else None), made, context)
        path = _text(made.args[0] if made.args else made.keywords.get("string"))
        if info is None:
            context.gap(made.file, made.line, f"the endpoint of {path} is not known")
            continue
        for method in _methods(made):
            yield Route(
                framework="werkzeug", method=method, path=_HOLE.sub(r"{\1}", join_paths(prefixes.get(id(made), ""), path)) or "/", handler=info.id,
                symbol=info.node.qualname, file=info.module.path, line=info.node.line, owner=info.owner, renders=answers.of(info), name=info.node.name,
                table_file=made.file, table_line=made.line,
            )


def _name(made: Made) -> str:
    return made.callee.name if isinstance(made.callee, Ref) else ""


def _place(around: Made, prefixes: dict[int, str]) -> None:
    """What a group of rules puts before the paths of its own; groups around others were made after those."""
    rules = around.keywords.get("rules", around.args[1] if len(around.args) > 1 else None)
    before = _text(around.args[0] if around.args else around.keywords.get("path")) if _name(around) in _BELOW else ""
    for rule in rules if isinstance(rules, list | tuple) else ():
        for one in _within(rule):
            prefixes[id(one)] = join_paths(before, prefixes.get(id(one), ""))


def _within(value: Value) -> Iterator[Made]:
    """The rules of a group, those of groups in it included."""
    if not isinstance(value, Made):
        return
    if _name(value) in _RULES:
        yield value
    rules = value.keywords.get("rules", value.args[1] if len(value.args) > 1 else None)
    for rule in rules if isinstance(rules, list | tuple) else ():
        yield from _within(rule)


def _methods(made: Made) -> tuple[str, ...]:
    told = made.keywords.get("methods")
    found = {v.upper() for v in told if isinstance(v, str)} if isinstance(told, list | tuple | set | frozenset) else set()
    return tuple(sorted(found - {"HEAD", "OPTIONS"})) or ("ANY",)


def _handler(endpoint: Value, rule: Made, context: Context) -> FunctionInfo | None:
    if not isinstance(endpoint, str):
        found, _ = handler_of(endpoint, context.program)
        return found if isinstance(found, FunctionInfo) else context.program.method(found.id, "__call__") if isinstance(found, ClassInfo) else None
    last = endpoint.replace("/", ".").rpartition(".")[2]
    names = (f"on_{last}", last, f"handle_{last}", f"{last}_view")
    functions = [f for f in context.program.functions.values() if f.node.name in names and f.parent not in context.program.functions]
    near = [f for f in functions if f.module.path == rule.file] or functions
    ranked = sorted(near, key=lambda f: (names.index(f.node.name), f.id))
    chosen = [f for f in ranked if f.node.name == ranked[0].node.name] if ranked else []
    return chosen[0] if len(chosen) == 1 else None  # of several of one name any could be meant


def _text(value: Value) -> str:
    return value if isinstance(value, str) else "{}"
