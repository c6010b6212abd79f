"""Branches that turn away whoever's session lacks a value."""

from __future__ import annotations

import pytest

from agentlint.analysis.callers.sessions import demands_session
from agentlint.frontends.python import lower

_CASES = {
    "a row behind the value": ("row = db.get(Row, request.session.get('k', 0))\nif row is None:\n    raise HTTPException(401)", True),
    "no value": ("if 'k' not in session:\n    return redirect('/sign-in')", True),
    "through two names": ("key = session['k']\nrow = load(key)\nif not row:\n    return render('login.html')\nif not row.open:\n    abort(403)", True),
    "a refusing status": ("if not request.session.get('k'):\n    return {'error': 'who?'}, 401", True),
    "another value": ("if request.session.get('k') != given:\n    raise Refused()", True),
    "nobody signed in": ("if not current_user.is_authenticated:\n    return manager.unauthorized()", True),
    "a guest": ("if current_user.is_anonymous:\n    abort(401)", True),
    "another view for guests": ("if current_user.is_anonymous:\n    return page('welcome')\nreturn page('home')", False),
    "somebody who is there already": ("if request.session.get('k'):\n    return redirect('/home')", False),
    "a default": ("shown = request.session.get('k')\nif not shown:\n    shown = 'all'\nreturn page(shown)", False),
    "a database's session": ("row = session.get(Row, key)\nif row is None:\n    raise HTTPException(404)", False),
}


@pytest.mark.parametrize(("body", "expected"), _CASES.values(), ids=_CASES.keys())
def test_what_a_branch_demands(body: str, expected: bool) -> None:
    text = "def check(request, session, db, given, key):\n" + "\n".join(f"    {line}" for line in body.splitlines())
    function = lower(text.encode(), "m.py", "m", False).body[0].definition  # type: ignore[union-attr]
    assert (demands_session(function.body) is not None) is expected
