"""Operations that deal with the person at the browser itself, recognised by what they do first and by their words second."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agentlint.analysis.decisions.consequence import concerns_session, is_bookkeeping, is_consequential, is_display_preference
from agentlint.analysis.wording import DEEDS, singular, words
from agentlint.ir.effects import Effect, ReachedEffect

_OPENS = "a person opens an account"
_PASSWORD = "a person's own password"
_PEOPLE = frozenset({"user", "account", "member", "customer", "person", "principal", "identity"})
_TRACES = frozenset({"log", "audit", "history"})
"""Words of rows that keep what happened: they say nothing of what is registered."""
_RULES = frozenset({"setting", "settings", "config", "configuration"})
"""Words of pages that say who may register at all: nobody opens an account there."""
_FLOWS: tuple[tuple[str, str], ...] = (
    (r"\b(log ?in|sign ?in)\b(?! (source|history|attempts?|counts?|times?|logs?|settings|banner|message|background|image)\b)", "sign-in"),
    (r"^(?!.*\b(add|create|new|edit|update|change|configure|delete|remove)\b.*).*\b(sso|saml|oidc)\b", "sign-in"),  # those set up a provider, not a session
    (r"\b(oauth( ?2)?|openid|social) (redirect|callback|complete|login)\b|\boauth( ?2)? \S+( \S+){0,3} callback$", "sign-in"),
    (r"\b(log ?out|sign ?out)\b", "sign-out"),
    (r"\b(sign ?up|registration|register (new )?(user|account)|(users?|accounts?|auth) register|create account)\b|^register( (post|submit))?$", _OPENS),
    (r"\b(passwords?|passwd|passphrase|forgot|recover account|account recovery)\b", _PASSWORD),
    (
        r"\b(mfa|otp|totp|hotp|2 ?fa|two factor|second factor|webauthn|passkeys?|u ?2 ?f|fido( ?2)?"
        r"|authenticator|security keys?|backup codes?|recovery codes?)\b",
        "a second factor",
    ),
    (r"\b(captcha|recaptcha|hcaptcha|turnstile)\b", "a captcha"),
    (r"\b(consent|authori[sz]e (app|application|client)|oauth( ?2)? authori[sz]e|cookie banner|accept terms|terms accept)\b", "consent"),
    (
        r"\b((verify|confirm|validate|activate) (e ?mail|account|address|mailbox)|change e ?mail"
        r"|(e ?mail|accounts?|address|mailbox) (verify|verification|confirm|confirmation|activation|activate)|e ?mail (address )?change)\b"
        r"|^((accounts?|users?|auth) resend (confirmation|verification|activation)( e ?mail| link)?|resend (confirmation|verification|activation) e ?mail"
        r"|((auth|accounts?|users?) )?(re)?send activation( e ?mail| link| code)?)$",
        "confirmation of an address",
    ),
    (r"\b(unsubscribe|opt out)\b", "a mailed unsubscribe link"),
    (r"\b(sudo|reauthenticate|re auth|impersonate|hijack|login as|check token|magic (links?|codes?|generate|login|sign ?in))\b", "the browser's session"),
    (r"\b(set language|i18n|set theme|appearance|dark mode)\b", "a display preference"),
)
_FLOWS_COMPILED = tuple((re.compile(pattern), meaning) for pattern, meaning in _FLOWS)
_OF_SESSIONS = frozenset("accept authorize confirm connect dismiss follow login logout set share signin signout signup switch toggle verify".split())
"""Deeds that may well be done to a session."""
_PERSON = re.compile(r"user|person|profile|account|member|customer|employee|session|token|credential|invit|login|identit|visitor|player|student", re.IGNORECASE)
"""Things that are about whoever signs in: what else a handler writes is not done for the sake of the session."""
_OWN_FIELDS = re.compile(r"(password|passwd|totp|otp|mfa|two_factor|webauthn|recovery_codes?|email_verified|email_confirmed)", re.IGNORECASE)

_PROVED = re.compile(r"^(is_)?e?_?mail_?(address_)?(is_)?(verified|confirmed|validated|proved)(_at|_on|_date)?$", re.IGNORECASE)
_CONFIRMS = frozenset({"confirm", "confirmation", "verify", "verification", "activate", "validate"})
_PROOFS = frozenset({"token", "key", "code", "uid", "uidb64", "hash", "secret"})
"""Words of what a mail carries: whoever brings it back has shown that the address is theirs."""
_CREDENTIAL_COOKIE = re.compile(r"^(access|refresh|auth|id|session|login)?_?(token|jwt)$|^(auth|session|session_?id|sid)$", re.IGNORECASE)


def human_by_design(names: Sequence[str], reached: Sequence[ReachedEffect], administers: bool, known: bool = False) -> str:
    """Why no program has business with an operation, in plain words; the empty string when it has.

    `names` are the operation's symbol and routes; `administers` says that it acts on other people's rows (an admin site): then words do not count.
    `known` says that only somebody who is signed in gets there, and so opens no account for themselves.
    """
    effects = [r.effect for r in reached]
    consequential = [e for e in effects if is_consequential(e)]
    if not consequential and any(concerns_session(r.effect) and not r.effect.incidental and (not r.chain or not _asks(names)) for r in reached):
        return "it changes nothing but the browser's own session"
    meant = _without_savings(consequential)
    if meant and all(is_display_preference(e) or is_bookkeeping(e) for e in meant if e.kind == "orm-write") and _only_rows(meant):
        return "it keeps a display preference of the person at the browser"
    if administers:
        return "it swaps the browser's session to another person" if _logs_in(effects) else ""
    if not known and _signs_up(effects):
        return f"it is about {_OPENS}"
    for meaning in _meanings(names):
        if meaning == _OPENS and known:
            continue
        if (meaning != _OPENS or _concerns_people(names, consequential)) and not (meaning == _PASSWORD and _of_something_else(consequential)):
            return f"it is about {meaning}"
    signs = _logs_in(effects) or _hands_out_credentials(effects)
    if signs and not (consequential and (_asks(names) or not any(_PERSON.search(e.target) for e in consequential))):
        return "it signs the person in or out"
    if _confirms_address(names, consequential):
        return "it is about confirmation of an address"
    if consequential and all(_own_credential(e) for e in consequential):
        return "it writes nothing but the person's own credentials"
    return ""


def _without_savings(effects: Sequence[Effect]) -> list[Effect]:
    """Effects without what a model's own `save` writes of a row of which the line that calls it says the fields."""
    told = {e.target for e in effects if e.fields and e.operation in ("update", "write")}
    return [e for e in effects if e.fields or e.operation != "write" or e.target not in told]


def _concerns_people(names: Sequence[str], consequential: Sequence[Effect]) -> bool:
    """True unless what is registered is known to be something else, or somebody who manages registrations acts: a talk, a vehicle, a form."""
    targets = [{singular(w) for w in words(e.target)} for e in consequential if e.kind == "orm-write" and e.target]
    written = [found for found in targets if not found & _TRACES]
    said = {w for name in names for w in words(name)}
    if said & _RULES:
        return False
    return any(found & _PEOPLE for found in written) if written else not said & {"manage", "management", "admin", "administration"}


def _of_something_else(consequential: Sequence[Effect]) -> bool:
    """True when all rows that are written are of things that no person signs in with: the password is that of a document, an archive, a share."""
    written = [e for e in consequential if e.kind == "orm-write"]
    return bool(written) and all(e.target and not _PERSON.search(e.target) and not _own_credential(e) for e in written)


def _meanings(names: Sequence[str]) -> list[str]:
    found = []
    for name in names:
        text = " ".join(words(name))
        found += [meaning for pattern, meaning in _FLOWS_COMPILED if pattern.search(text)]
    return found


def _asks(names: Sequence[str]) -> bool:
    """True when the words ask for something to be done: then a note that a helper leaves in the session is not all that happens."""
    said = [w for name in names for w in words(name)]
    flows = {meaning for pattern, meaning in _FLOWS_COMPILED if pattern.search(" ".join(said))}
    return bool(set(said) & DEEDS - _OF_SESSIONS) and (not flows or (flows == {_OPENS} and not _concerns_people(names, ())))


def _only_rows(effects: Sequence[Effect]) -> bool:
    return all(e.kind == "orm-write" for e in effects)


def _logs_in(effects: Sequence[Effect]) -> bool:
    return any(e.kind == "authentication" and e.operation in ("login", "logout") for e in effects)


def _hands_out_credentials(effects: Sequence[Effect]) -> bool:
    """True when the browser is given a cookie that says who it is."""
    return any(e.kind == "session" and e.operation == "write" and _CREDENTIAL_COOKIE.match(e.target) for e in effects)


def _signs_up(effects: Sequence[Effect]) -> bool:
    """True when somebody new is kept and signed in at once: administrators who add people stay who they are."""
    made = any(e.kind == "orm-write" and e.operation == "create" and words(e.target)[-1:] and words(e.target)[-1] in _PEOPLE for e in effects)
    return made and any(e.kind == "authentication" and e.operation == "login" for e in effects)


def _confirms_address(names: Sequence[str], consequential: Sequence[Effect]) -> bool:
    """True when what is confirmed, whatever it is called, is kept as an address that somebody proved to be theirs, or as a person who brought the proof."""
    said = {w for name in names for w in words(name)}
    if said & (_CONFIRMS | {"activation"}) and said & _PROOFS and consequential:
        if all(e.kind == "orm-write" and e.operation != "create" and words(e.target)[-1:] and words(e.target)[-1] in _PEOPLE for e in consequential):
            return True
    return bool(said & _CONFIRMS) and bool(consequential) and all(e.kind == "orm-write" and any(map(_PROVED.match, e.fields)) for e in consequential)


def _own_credential(effect: Effect) -> bool:
    return effect.kind == "orm-write" and bool(effect.fields) and all(map(_OWN_FIELDS.search, effect.fields))
