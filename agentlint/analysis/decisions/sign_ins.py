"""Handlers that let somebody in by handing out a signed token and change nothing else: who gets in is decided there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from itertools import pairwise

from agentlint.analysis.audit.events import Transfer
from agentlint.analysis.calls.sites import Calls, CallSite
from agentlint.analysis.program import FunctionInfo, Program
from agentlint.analysis.wording import spoken, words
from agentlint.ir.decisions import AuditStatus, Decision, RecordContent
from agentlint.ir.effects import Effect, Step

_SIGNED = frozenset({
    "jwt.encode", "jwt.api_jwt.encode", "jwt.PyJWT.encode", "jose.jwt.encode", "authlib.jose.jwt.encode", "python_jwt.generate_jwt", "joserfc.jwt.encode",
    "flask_jwt_extended.create_access_token", "fastapi_jwt_auth.AuthJWT.create_access_token", "async_fastapi_jwt_auth.AuthJWT.create_access_token",
    "quart_jwt_extended.create_access_token", "sanic_jwt_extended.JWT.create_access_token", "rest_framework_simplejwt.tokens.RefreshToken.for_user",
    "rest_framework_simplejwt.tokens.AccessToken.for_user",
})
"""Calls that make a token by which its bearer is let in. PyJWT, python-jose, Authlib, Flask-JWT-Extended, FastAPI JWT Auth, Simple JWT: documentation."""
_LETS_IN = frozenset({
    "login", "signin", "authenticate", "authentication", "token", "tokens", "otp", "totp", "mfa", "2fa", "sso", "oauth", "auth", "authorize", "refresh",
    "impersonate", "exchange",
})
_DEPTH = 5
"""Calls between a handler and the one that makes the token."""


class SignIns:
    """Finds handlers named after letting somebody in, from which a signed token is reached."""

    def __init__(self, program: Program, calls: Calls, transfer: Callable[[str], Transfer]) -> None:
        self._program, self._calls, self._transfer = program, calls, transfer

    def find(self, operations: Mapping[str, tuple[str, ...]], taken: AbstractSet[str]) -> Iterator[Decision]:
        """A row for each such handler; `operations` are those of handlers, `taken` are functions that have a row already."""
        for function in sorted(operations):
            info = self._program.functions.get(function)
            if info is None or function in taken or not _lets_in(info):
                continue
            made = self._token(function)
            if made is not None:
                yield self._row(info, made, operations[function])

    def _token(self, function: str) -> CallSite | None:
        """The nearest call that makes a token, breadth first."""
        level, seen = [function], {function}
        for _ in range(_DEPTH):
            further: list[str] = []
            for one in level:
                for site in self._calls.sites(one):
                    if site.library in _SIGNED:
                        return site
                    further += [t for t in _surely(site) if t not in seen]
                    seen.update(further)
            level = further
        return None

    def _row(self, info: FunctionInfo, made: CallSite, operations: tuple[str, ...]) -> Decision:
        transfer = self._transfer(info.id)
        status: AuditStatus = "audited" if transfer.must else "partial" if transfer.may else "unaudited"
        effect = Effect(kind="authentication", operation="login", target="token", file=made.file, line=made.line, function=made.caller)
        path = () if status == "audited" else (
            Step(info.module.path, info.node.line, f"{info.node.qualname} is entered"),
            Step(made.file, made.line, "a signed token is made"),
            Step(info.module.path, info.node.end_line, "it is handed out with no record"),
        )
        return Decision(
            id="", file=info.module.path, line=info.node.line, symbol=info.node.qualname, decision=f"{spoken(info.node.name)}: let in or refuse",
            effect=effect, source="person", status=status, records=RecordContent(what=bool(transfer.may)), path=path, operations=operations,
            confidence="medium", function=info.id,
        )


def _lets_in(info: FunctionInfo) -> bool:
    said = words(info.node.name)
    owner = words(info.owner.rpartition(".")[2]) if info.owner else []
    together = {a + b for a, b in pairwise(said)}  # `sign_in`, `log_in`
    return not _LETS_IN.isdisjoint({*said, *owner, *together})


def _surely(site: CallSite) -> Iterable[str]:
    return [t.function for t in site.targets if t.confidence != "low" and t.kind != "decorates"]
