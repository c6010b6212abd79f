"""Endpoints behind a session that a sign-in without a browser hands out are for programs too; those behind a page's form are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from agentlint.app import Options, analyse

SIGNED_IN_BY_PASSWORD = '''
from functools import wraps
from flask import Flask, abort, jsonify, render_template, request, session
app = Flask(__name__)

def signed_in(view):
    @wraps(view)
    def inner(*args, **kwargs):
        if "user_id" not in session:
            abort(401)
        return view(*args, **kwargs)
    return inner

@app.post("/api/login")
def login():
    given = request.get_json()
    session["user_id"] = check(given["name"], given["password"])
    return jsonify({})

@app.post("/api/boats")
@signed_in
def launch():
    return jsonify({})

@app.post("/deck")
@signed_in
def deck():
    return render_template("deck.html")
'''
BY_BEARER = SIGNED_IN_BY_PASSWORD.replace("    given = request.get_json()\n", "    given = ResourceProtector().validate_request(['case'], request)\n").replace(
    "from functools import wraps", "from functools import wraps\nfrom authlib.oauth2 import ResourceProtector"
)
WITHOUT_PAGES = SIGNED_IN_BY_PASSWORD.replace('render_template("deck.html")', "jsonify({})")
BY_FORM = SIGNED_IN_BY_PASSWORD.replace("request.get_json()", "request.form")
WITH_CAPTCHA = SIGNED_IN_BY_PASSWORD.replace("    return jsonify({})", "    check_captcha(given)\n    return jsonify({})", 1)
BEHIND_BROWSER_CHECK = SIGNED_IN_BY_PASSWORD.replace("app = Flask(__name__)", "from flask_wtf import CSRFProtect\napp = Flask(__name__)\nCSRFProtect(app)")
OF_OTHERS = SIGNED_IN_BY_PASSWORD.replace('session["user_id"] = ', 'session["customer_id"] = ')

BOTH = {("api", ("session", "token")), ("gui", ("session", "token"))}
"""For programs, and for the pages that live on the same session."""


@pytest.mark.parametrize(
    ("text", "launched"),
    [
        (SIGNED_IN_BY_PASSWORD, BOTH),
        (BY_BEARER, BOTH),
        (WITHOUT_PAGES, {("api", ("session", "token"))}),
        (BY_FORM, {("gui", ("session",))}),
        (WITH_CAPTCHA, {("gui", ("session",))}),
        (BEHIND_BROWSER_CHECK, {("gui", ("csrf", "session"))}),
        (OF_OTHERS, {("gui", ("session",))}),
    ],
    ids=["json", "bearer", "no-pages", "form", "captcha", "browser-check", "another-session"],
)
def test_sessions_handed_to_programs(text: str, launched: set[tuple[str, tuple[str, ...]]], tmp_path: Path) -> None:
    (tmp_path / "boats.py").write_text(text, encoding="utf-8")
    found = analyse(Options(tmp_path)).facts.operations
    assert {(o.surface, tuple(sorted(o.auth))) for o in found if o.symbol == "launch"} == launched
    assert "deck" in {o.symbol for o in found if o.surface == "gui"} or "render_template(" not in text
