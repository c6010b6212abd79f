"""Plain words for a decision: what is done to what."""

from __future__ import annotations

from agentlint.analysis.decisions.arms import Arm
from agentlint.analysis.wording import spoken, words
from agentlint.ir.effects import Effect

_SAYS_NOTHING = frozenset({
    "handle", "run", "post", "put", "patch", "delete", "get", "index", "main", "execute", "process", "call", "perform", "do", "save", "create",
    "update", "form", "valid", "dispatch", "view", "action", "start", "work", "task", "job", "many", "one", "all", "perform_create",
    "perform_update", "perform_destroy",
})
_VERBS = {
    "create": "create", "update": "change", "delete": "delete", "write": "change", "send": "send", "call": "call", "run": "run", "login": "sign in",
    "logout": "sign out", "grant": "grant", "revoke": "revoke",
}
_KIND_NOUNS = {"mail": "mail", "outbound-http": "request to another system", "process": "process", "payment": "payment", "file": "file", "raw-sql": "rows",
               "queue": "job", "message": "message", "authentication": "session", "permission": "permission"}


def in_words(symbol: str, arm: Arm | None, effect: Effect, fields: tuple[str, ...]) -> str:
    """`delete check`, `change Member role`, `invite team member: create Member`."""
    plain = done(effect, fields)
    said = _said(symbol)
    if arm is not None and arm.words:
        said = " ".join(words(arm.words))[:60]
    return f"{said}: {plain}" if said and not set(words(plain)) <= set(words(said)) else said or plain


def done(effect: Effect, fields: tuple[str, ...]) -> str:
    """The effect itself: `change Member role`."""
    noun = effect.target or _KIND_NOUNS.get(effect.kind, "")
    if effect.kind == "mail":
        return "send mail"
    shown = f" {', '.join(fields[:3])}" if fields and effect.operation == "update" and len(fields) <= 3 else ""
    return f"{_VERBS[effect.operation]} {' '.join(words(noun)) or noun}{shown}".strip()


def _said(symbol: str) -> str:
    """The words of a function's name when they name an action."""
    last = spoken(symbol)
    return "" if all(w in _SAYS_NOTHING for w in last.split()) else last
