"""Classes that keep their address and have a method for each verb: `PATTERNS = patterns("/rooms$")`, `async def on_POST(self, request)`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentlint.analysis.program import ClassInfo, FunctionInfo, Program
from agentlint.extension.own_layers.lines import VERBS, Line, addresses

_KEEPS = re.compile(r"^_*(url_?|http_?|route_?)?(path|pattern|route|url|uri|endpoint|rule)s?_*$", re.IGNORECASE)
_ANSWERS = re.compile(r"^_?(?:on|do|render|handle|http|process)_?(get|post|put|patch|delete)(?:_async)?$", re.IGNORECASE)
_REQUESTS = ("request", "req", "environ", "ctx", "context")


def servlets(program: Program) -> Iterator[Line]:
    """A line for each verb of each class that keeps an address."""
    for info in program.classes.values():
        kept = [name for name in info.attributes if _KEEPS.match(name)]
        if not kept:
            continue
        found = next(addresses((info.attributes[name] for name in kept), program, info), "")
        for verb, method in responders(info, program) if found else ():
            yield Line(found, (verb,), method, info.module.path, info.node.line, info.id)


def responders(info: ClassInfo, program: Program) -> Iterator[tuple[str, FunctionInfo]]:
    """Verbs and the methods of a class that answer them: by a name that says so, by a verb in capitals, or by a verb that is given a request."""
    seen: set[str] = set()
    for base in program.mro(info.id):
        known = program.classes.get(base)
        for name, method in known.methods.items() if known is not None else ():
            verb = _verb(name, program.functions[method])
            if verb and verb not in seen:
                seen.add(verb)
                yield verb, program.functions[method]


def _verb(name: str, method: FunctionInfo) -> str:
    found = _ANSWERS.match(name)
    if found is not None:
        return found[1].upper()
    given = any(p.name in _REQUESTS for p in method.node.params)
    return name.upper() if name in VERBS or (name.upper() in VERBS and given) else ""
