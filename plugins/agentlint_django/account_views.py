"""The views of `django.contrib.auth`, routed as they are or extended by the project."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Effect, Guard, Route
from agentlint_django.class_views import ClassView
from agentlint_django.urlconf import UrlEntry

_VIEWS = "django.contrib.auth.views."
_DOES: dict[str, tuple[str, str, str]] = {
    "LoginView": ("authentication", "login", "session"), "LogoutView": ("authentication", "logout", "session"),
    "login": ("authentication", "login", "session"), "logout": ("authentication", "logout", "session"), "PasswordChangeView": ("orm-write", "update", "User"),
    "password_change": ("orm-write", "update", "User"),
    "PasswordResetView": ("mail", "send", "password reset"), "password_reset": ("mail", "send", "password reset"),
    "PasswordResetConfirmView": ("orm-write", "update", "User"), "password_reset_confirm": ("orm-write", "update", "User"),
}
"""What each view does on a POST (django.contrib.auth.views, Django 5.2, and the functions of the same names before 2.1)."""
_INCLUDED = (
    ("login/", "login", "LoginView"), ("logout/", "logout", "LogoutView"), ("password_change/", "password_change", "PasswordChangeView"),
    ("password_reset/", "password_reset", "PasswordResetView"), ("reset/{uidb64}/{token}/", "password_reset_confirm", "PasswordResetConfirmView"),
)
"""What `include("django.contrib.auth.urls")` routes."""


def account_view(view: ClassView) -> str:
    """The account view that a class extends; empty when none."""
    return next((b for b in view.library_bases if is_account_view(b)), "")


def is_account_view(name: str) -> bool:
    """True for a view of the account application that does something."""
    return name.startswith(_VIEWS) and name.removeprefix(_VIEWS) in _DOES


def account_effect(name: str, file: str, line: int) -> Effect:
    """What an account view does."""
    kind, operation, target = _DOES[name.removeprefix(_VIEWS)]
    fields = ("password",) if operation == "update" else ()
    return Effect(kind, operation, target, file, line, "", fields=fields, methods=("POST",), registered=True)  # type: ignore[arg-type]


def account_route(name: str, entry: UrlEntry) -> Route:
    """An account view routed as it is: it stands where the URLconf names it."""
    return Route(
        framework="django", method="POST", path=entry.path, handler="", symbol=name.rpartition(".")[2], file=entry.file, line=entry.line, surface="gui",
        guards=(Guard("session", name, entry.file, entry.line),), effects=(account_effect(name, entry.file, entry.line),), renders="html", name=entry.name,
        table_file=entry.file, table_line=entry.line,
    )


def included_account_routes(entry: UrlEntry) -> Iterator[Route]:
    """Routes of the account application's own URLconf."""
    for path, name, view in _INCLUDED:
        full = f"{entry.name}:{name}" if entry.name else name
        inner = UrlEntry(f"{entry.path.rstrip('/')}/{path}", entry.view, full, entry.file, entry.line)
        yield account_route(f"{_VIEWS}{view}", inner)
