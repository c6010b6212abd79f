"""What is about the person at the browser, and what only sounds like it."""

from __future__ import annotations

import pytest

from agentlint.analysis.callers.persons import human_by_design
from agentlint.ir.effects import Effect, ReachedEffect, Step


def reached(kind: str, operation: str, *fields: str) -> ReachedEffect:
    return ReachedEffect(Effect(kind, operation, "User", "m.py", 1, "f", model="app.User", fields=fields))


@pytest.mark.parametrize(
    ("names", "effect", "administers", "expected"),
    [
        (["login", "/accounts/login/"], reached("authentication", "login"), False, True),
        (["leave"], reached("session", "write"), False, True),
        (["add_totp", "/two_factor/totp/"], reached("orm-write", "update", "totp"), False, True),
        (["verify_mailbox", "/mailbox_verify"], reached("orm-write", "update", "verified"), False, True),
        (["oauth_redirect", "/redirect"], reached("orm-write", "create"), False, True),
        (["appearance"], reached("orm-write", "update", "theme"), False, True),
        (["save"], reached("orm-write", "update", "password"), False, True),
        (["ProfileAdmin.remove_totp", "/admin/profile/"], reached("orm-write", "update", "totp"), True, False),
        (["delete_user", "/users/{id}/delete"], reached("orm-write", "delete"), False, False),
        (["Register.post", "/accounts/register/"], reached("orm-write", "create"), False, True),
        (["Confirm", "/accounts/confirm/{key}/"], reached("orm-write", "update", "is_active"), False, True),
        (["register_device", "/devices/register/"], reached("orm-write", "create"), False, False),
        (["add_oidc_publisher", "/projects/{id}/publishing/"], reached("orm-write", "create"), False, False),
        (["oidc_callback", "/oidc/callback"], reached("orm-write", "update", "last_seen"), False, True),
        (["resend_confirmation", "/accounts/resend-confirmation/"], reached("orm-write", "create"), False, True),
        (["resend_confirmation", "/orders/{id}/resend-confirmation/"], reached("mail", "send"), False, False),
        (["MagicCode.post", "/auth/magic-generate/"], reached("queue", "send"), False, True),
        (["Disable2FA.post", "/preferences/disable-2fa/"], reached("orm-write", "update", "two_factor_auth"), False, True),
        (["Registration.post", "/settings/registration/"], reached("orm-write", "update", "invitation_only"), False, False),
        (["register_post", "/register"], reached("orm-write", "create"), False, True),
        (["confirm_alert", "/alerts/{id}/confirm/{secret}/"], reached("orm-write", "update", "email", "email_confirmed"), False, True),
        (["edit_alert", "/alerts/{id}/"], reached("orm-write", "update", "email", "email_confirmed"), False, False),
        (["confirm_order", "/orders/{id}/confirm/"], reached("orm-write", "update", "confirmed"), False, False),
        (["edit_order", "/orders/{id}/"], reached("orm-write", "update", "price"), False, False),
        (["activate_by_token", "/activation/{pk}/{token}/"], reached("orm-write", "update", "activation"), False, True),
        (["activate_user", "/users/{pk}/activate/"], reached("orm-write", "update", "is_active"), False, False),
        (["send_activation", "/auth/send-activation/"], reached("mail", "send"), False, True),
        (["update_login_source", "/users/login-source"], reached("orm-write", "update", "source"), False, False),
        (["oauth_azure_callback", "/done"], reached("orm-write", "create"), False, True),
    ],
)
def test_human_by_design(names: list[str], effect: ReachedEffect, administers: bool, expected: bool) -> None:
    assert bool(human_by_design(names, [effect], administers)) is expected


def test_the_password_of_a_thing_is_nobodys_own() -> None:
    removed = ReachedEffect(Effect("orm-write", "update", "Document", "m.py", 1, "f", model="app.Document"))
    assert human_by_design(["remove_password", "/documents/{id}/remove_password/"], [removed], False) == ""
    assert human_by_design(["remove_password", "/password/"], [], False) != "", "nothing else is known to be written"


def test_a_flash_message_alone_makes_nothing_personal() -> None:
    shown = ReachedEffect(Effect("session", "write", "", "m.py", 1, "f", incidental=True))
    assert human_by_design(["shortlist"], [shown], True) == ""


def test_a_note_left_in_the_session_by_a_helper_is_not_all_that_an_action_does() -> None:
    note = ReachedEffect(Effect("session", "write", "message", "m.py", 1, "note"), (Step("m.py", 2, "note"),))
    assert human_by_design(["cancel_order", "/orders/{id}/cancel"], [note], False) == ""
    assert human_by_design(["choose_tab", "/tabs"], [note], False) != ""


def test_a_flashed_message_says_nothing() -> None:
    flash = ReachedEffect(Effect("session", "write", "", "m.py", 1, "f", incidental=True))
    assert human_by_design(["save_order"], [flash], False) == ""


def test_what_ends_in_a_sign_out_is_no_matter_of_the_session_alone() -> None:
    effects = [reached("orm-write", "delete"), reached("authentication", "logout")]
    assert human_by_design(["delete", "/user/delete"], effects, False) == ""
    assert human_by_design(["leave", "/bye"], effects[1:], False) != ""


def test_settings_that_may_end_the_session_are_no_matter_of_the_session() -> None:
    effects = [ReachedEffect(Effect("file", "write", "settings.json", "m.py", 1, "f")), reached("authentication", "logout")]
    assert human_by_design(["settings_page", "/settings"], effects, False) == ""


@pytest.mark.parametrize(
    ("names", "target", "expected"),
    [
        (["SignUp.post", "/sign-up/"], "User", True),
        (["SignUpForTour.post", "/tours/{id}/sign-up/"], "TourPlace", False),
        (["edit_form", "/events/{id}/registration/"], "RegistrationForm", False),
        (["close_registration", "/events/{id}/manage/registration/close"], "", False),
        (["register", "/registration"], "", True),
    ],
)
def test_what_is_registered_for_is_no_account(names: list[str], target: str, expected: bool) -> None:
    written = [ReachedEffect(Effect("orm-write", "create", target, "m.py", 1, "f", model=f"app.{target}"))] if target else []
    assert bool(human_by_design(names, written, False)) is expected


def test_a_note_in_the_session_makes_no_managing_of_registrations_personal() -> None:
    noted = ReachedEffect(Effect("session", "write", "filters", "m.py", 1, "f"), (Step("m.py", 9, "calls filters"),))
    assert not human_by_design(["DeleteReceipt.post", "/events/{id}/manage/registration/receipts/{id}/delete"], [noted], False)
    assert human_by_design(["SignUp.post", "/sign-up/"], [noted], False)


def test_a_note_in_a_log_says_nothing_of_what_is_registered() -> None:
    note = ReachedEffect(Effect("orm-write", "create", "AuditLog", "m.py", 1, "f", model="app.AuditLog", fields=("action",)))
    vehicle = ReachedEffect(Effect("orm-write", "create", "Vehicle", "m.py", 2, "f", model="app.Vehicle", fields=("plate",)))
    assert human_by_design(["register", "/accounts/register/"], [note], False)
    assert not human_by_design(["register", "/vehicles/register/"], [note, vehicle], False)


def test_who_is_kept_and_signed_in_at_once_opens_an_account() -> None:
    made, signed = reached("orm-write", "create"), reached("authentication", "login")
    assert human_by_design(["UserViewSet.create", "/api/users/"], [made, signed], False)
    assert not human_by_design(["UserViewSet.create", "/api/users/"], [made], False)


def test_who_is_signed_in_opens_no_account_for_themselves() -> None:
    made = reached("orm-write", "create")
    assert human_by_design(["CreateAccount", "/voice/"], [made], False)
    assert not human_by_design(["CreateAccount", "/voice/"], [made], False, known=True)


def test_a_cookie_that_says_who_somebody_is_signs_them_in() -> None:
    cookie = ReachedEffect(Effect("session", "write", "access_token", "m.py", 1, "f"))
    choice = ReachedEffect(Effect("session", "write", "columns", "m.py", 1, "f"))
    assert human_by_design(["by_header", "/auth/header"], [cookie, reached("orm-write", "create")], False)
    assert not human_by_design(["by_header", "/auth/header"], [choice, reached("orm-write", "create")], False)
