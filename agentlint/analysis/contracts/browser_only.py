"""Which described operations only a browser can use: interactive sign-in, cookies alone, answers that are pages."""

from __future__ import annotations

import re

from agentlint.ir.description import DescribedOperation, Description, SecurityScheme

_INTERACTIVE = re.compile(
    r"(^|/)(oauth2?|oidc|sso|saml2?|openid(-connect)?)(/(callback|authorize|login|acs|start|redirect))?/?$|/(authorize|callback)/?$", re.IGNORECASE,
)
_SIGN_IN_HOME = re.compile(r"(^|/)(auth|oauth2?|oidc|openid|saml2?|sso|login|signin)(/|$)", re.IGNORECASE)
_SENDS_ON = re.compile(r"(redirect|callback)[^/]*/?$", re.IGNORECASE)
_PAGE = re.compile(
    r"\b(survey|login|sign-?in|consent|checkout|landing|confirmation|html|web) page\b|"
    r"\bredirect (the|your|a) (client|user|customer|browser)s? to this (url|page|link)\b",
    re.IGNORECASE,
)
"""Words of an operation that is a page to be looked at."""
_HEADLESS = frozenset({"client-credentials", "password", "device"})
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
_REDIRECTS = frozenset({"301", "302", "303", "307", "308", "3XX"})
COOKIE = "it accepts nothing but what a person's browser gets: a session cookie"
GRANT = "it accepts nothing but what a person's browser gets: an interactive grant"


class BrowserOnly:
    """Answers for one description."""

    def __init__(self, description: Description) -> None:
        self._schemes = {s.name: s for s in description.security_schemes}

    def reason(self, operation: DescribedOperation) -> str:
        """Why a program cannot use the operation; empty when it can."""
        if operation.method == "GET" and _INTERACTIVE.search(operation.path) and not self._answers_data(operation):
            return "it is a step of an interactive sign-in, to which a browser is sent"
        if operation.method == "GET" and _SIGN_IN_HOME.search(operation.path) and self._only_sends_on(operation):
            return "it only sends a browser on to a sign-in"
        if operation.method == "GET" and _SENDS_ON.search(operation.path) and _SIGN_IN_HOME.search(operation.path) and not self._answers_anything(operation):
            return "it only sends a browser on to a sign-in"
        if operation.method == "GET" and _PAGE.search(f"{operation.summary}. {operation.description[:400]}") and not self._answers_anything(operation):
            return "it answers with a page, not with data"
        if self._answers_pages(operation):
            return "it answers with a page, not with data"
        if operation.security and all(self._needs_browser(alternative) for alternative in operation.security):
            return COOKIE if any(self._cookie(alternative) for alternative in operation.security) else GRANT
        return ""

    def _cookie(self, alternative: tuple[tuple[str, tuple[str, ...]], ...]) -> bool:
        return any(self._schemes[name].location == "cookie" for name, _ in alternative if name in self._schemes)

    def _needs_browser(self, alternative: tuple[tuple[str, tuple[str, ...]], ...]) -> bool:
        named = [self._schemes[name] for name, _ in alternative if name in self._schemes]
        return any(self._interactive(scheme) and not self._same_token(scheme, named) for scheme in named)

    def _same_token(self, scheme: SecurityScheme, others: list[SecurityScheme]) -> bool:
        """True when another scheme of the same alternative is another grant for the same scopes: one token serves for both."""
        return any(other.kind == "oauth2" and _scopes(other) & _scopes(scheme) and not self._interactive(other) for other in others)

    @staticmethod
    def _interactive(scheme: SecurityScheme) -> bool:
        if scheme.kind == "api-key":
            return scheme.location == "cookie"
        if scheme.kind == "oauth2" and scheme.flows:
            return not any(flow.kind in _HEADLESS for flow in scheme.flows) and all(flow.kind == "implicit" for flow in scheme.flows)
        return False

    @staticmethod
    def _only_sends_on(operation: DescribedOperation) -> bool:
        statuses = {r.status for r in operation.responses}
        return bool(statuses & _REDIRECTS) and not any(s[:1] == "2" for s in statuses)

    @staticmethod
    def _answers_data(operation: DescribedOperation) -> bool:
        return any("json" in m.name and m.schema is not None and m.schema.value not in ({}, True) for r in operation.responses if r.success for m in r.content)

    @staticmethod
    def _answers_anything(operation: DescribedOperation) -> bool:
        return any(r.content for r in operation.responses if r.success)

    @staticmethod
    def _answers_pages(operation: DescribedOperation) -> bool:
        good = [r for r in operation.responses if r.success]
        kinds = {m.name.partition(";")[0].strip() for r in good for m in r.content}
        if kinds:
            return kinds <= _PAGES and not _takes_data(operation)
        form = operation.body is not None and {m.name for m in operation.body.content} == {"application/x-www-form-urlencoded"}
        return form and not good and any(r.status in _REDIRECTS for r in operation.responses)


def _scopes(scheme: SecurityScheme) -> set[str]:
    return {scope for flow in scheme.flows for scope in flow.scopes}


def _takes_data(operation: DescribedOperation) -> bool:
    """True for a body that no form of a page sends: what answers it with HTML makes HTML for a program."""
    return operation.body is not None and not all(m.name in _FORMS for m in operation.body.content)
