"""Who may call routes of Flask: extensions that authenticate, loaders of users, the browser check."""

from __future__ import annotations

import pytest

from tests.unit.plugins.test_who_calls import callers_of

HTTP_AUTH = '''
from flask import Flask, jsonify
from flask_httpauth import HTTPBasicAuth, HTTPTokenAuth, MultiAuth
app = Flask(__name__)
basic = HTTPBasicAuth()
token = HTTPTokenAuth()
either = MultiAuth(basic, token)

@app.post("/boats")
@basic.login_required
def launch():
    return jsonify({})

@app.post("/crews")
@either.login_required(role="captain")
def hire():
    return jsonify({})
'''

RESOURCE_SERVER = '''
from authlib.integrations.flask_oauth2 import ResourceProtector
from flask import Flask, jsonify
app = Flask(__name__)
require_oauth = ResourceProtector()

@app.post("/boats")
@require_oauth("fleet")
def launch():
    return jsonify({})
'''

LOADER = '''
from flask import Flask, jsonify, render_template
from flask_login import LoginManager, login_required
app = Flask(__name__)
login_manager = LoginManager(app)

@login_manager.request_loader
def load(request):
    return find(request.headers.get("Authorization"))

@app.post("/boats")
@login_required
def launch():
    return jsonify({})

@app.route("/deck", methods=["POST"])
@login_required
def deck():
    return render_template("deck.html")
'''

BROWSER_CHECK = '''
from flask import Blueprint, Flask, jsonify
from flask_wtf import CSRFProtect
api = Blueprint("api", __name__)

@api.post("/boats")
def launch():
    return jsonify({})

def create_app():
    app = Flask(__name__)
    csrf = CSRFProtect(app)
    csrf.exempt(api)
    app.register_blueprint(api)

    @app.post("/deck")
    def deck():
        return jsonify({})

    return app
'''


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HTTP_AUTH, {"launch": ("api", ("basic",)), "hire": ("api", ("token",))}),
        (RESOURCE_SERVER, {"launch": ("api", ("oauth",))}),
        (LOADER, {"launch": ("api", ("session", "token")), "deck": ("gui", ("session",))}),
        (BROWSER_CHECK, {"launch": ("api", ("csrf-exempt",)), "create_app.deck": ("gui", ("csrf",))}),
    ],
    ids=["http-auth", "resource-server", "request-loader", "browser-check"],
)
def test_who_may_call(text: str, expected: dict[str, tuple[str, tuple[str, ...]]]) -> None:
    assert callers_of(text) == expected
