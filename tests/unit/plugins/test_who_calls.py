"""Who may call a route, where hooks, middleware and the session tell."""

from __future__ import annotations

import pytest

from agentlint.analysis.callers.guards import GuardFinder
from agentlint.analysis.calls.sites import resolve_calls
from agentlint.analysis.operations import surface_of
from agentlint.analysis.types.inference import infer_types
from agentlint.extension.framework import Context
from agentlint.extension.loading import load_frameworks
from tests.unit.analysis.harness import library, program_of

FLASK = '''
from flask import Flask, Blueprint, jsonify, render_template, request, session, abort
bp = Blueprint("loans", __name__)

@bp.route("/loans", methods=["POST"])
def lend():
    return jsonify({})

@bp.route("/shelf")
def shelf():
    return render_template("shelf.html")

def install(app):
    @app.before_request
    def who():
        key = request.headers.get("Authorization")
        if key is None and not session.get("user_id"):
            abort(401)

def create():
    app = Flask(__name__)
    install(app)
    app.register_blueprint(bp)
    return app
'''

SESSION_ONLY = '''
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
app = FastAPI()

def reader(request: Request):
    if not request.session.get("officer"):
        raise HTTPException(401)

@app.post("/loans", dependencies=[Depends(reader)])
def lend():
    return {}

@app.get("/look")
def look(request: Request):
    return {"language": request.session.get("language")}
'''

BACKEND = '''
from fastapi import FastAPI, Request
from starlette.authentication import AuthenticationBackend, AuthCredentials, requires
from starlette.middleware.authentication import AuthenticationMiddleware
app = FastAPI()

class Readers(AuthenticationBackend):
    async def authenticate(self, request):
        if "user" in request.session or request.session["user"]:
            return AuthCredentials(["reader"]), 1
        if request.headers["Authorization"]:
            return AuthCredentials(["reader"]), 2

@app.post("/loans")
@requires(["reader"])
def lend(request: Request):
    return {}

@app.get("/about")
def about():
    return {}

app.add_middleware(AuthenticationMiddleware, backend=Readers())
'''


CONSTANT_HEADER = '''
from flask import Flask, jsonify, request
app = Flask(__name__)
HEADER = "HTTP_AUTHORIZATION_BEARER"

@app.route("/loans", methods=["POST"])
def lend():
    return jsonify({"ok": bool(request.META.get(HEADER))})
'''

SCHEMA = '''
import strawberry
from django.urls import path
from strawberry.django.views import GraphQLView

@strawberry.type
class Mutation:
    @strawberry.mutation
    def lend(self, info: strawberry.Info) -> bool:
        return info.context.request.user.is_authenticated

schema = strawberry.Schema(query=None, mutation=Mutation)
urlpatterns = [path("graphql", GraphQLView.as_view(schema=schema))]
'''

CHECKED_BROWSER = '''
import os
from flask import Flask, jsonify, request
from flask_login import LoginManager, login_required
from flask_wtf import CSRFProtect
app = Flask(__name__)
csrf = CSRFProtect(app)
manager = LoginManager(app)

@manager.request_loader
def from_header(request):
    return request.headers.get("Authorization")

def store():
    headers = {}
    self = request
    self.headers["Authorization"] = os.environ.get("STORE_API_KEY")
    return headers

@app.route("/loans", methods=["POST"])
@login_required
def lend():
    return jsonify(store())

@app.route("/loans/all")
@login_required
def look():
    return jsonify({})

@app.route("/api/loans", methods=["POST"])
@login_required
@csrf.exempt
def lend_by_program():
    return jsonify({})
'''


def callers_of(text: str) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Surface and kinds of guards of each handler."""
    program = program_of({"library/web.py": text})
    context = Context(program, library(), lambda file, line, reason, *kind: None)
    types = infer_types(program, library(), {})
    calls = resolve_calls(program, types, library())
    finder = GuardFinder(program, calls, library())
    found = {}
    for framework in (f for f in load_frameworks()[0] if f.detect(program)):
        for route in framework.routes(context.with_facts(types, calls)):
            guards = finder.guards(route)
            found[route.symbol] = surface_of(route, guards, True), tuple(sorted({g.kind for g in guards}))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FLASK, {"lend": ("api", ("session", "token")), "shelf": ("gui", ())}),
        (SESSION_ONLY, {"lend": ("gui", ("session",)), "look": ("api", ())}),
        (CONSTANT_HEADER, {"lend": ("api", ("token",))}),
        (SCHEMA, {"Mutation.lend": ("gui", ("csrf", "session"))}),
        (CHECKED_BROWSER, {
            "lend": ("gui", ("csrf", "session", "token")), "look": ("api", ("session", "token")), "lend_by_program": ("api", ("csrf-exempt", "session", "token")),
        }),
        (BACKEND, {"lend": ("api", ("session", "token")), "about": ("api", ())}),
    ],
    ids=["hook-of-application", "session-only", "constant-header", "schema-for-the-session", "checked-browser", "authentication-backend"],
)
def test_who_may_call(text: str, expected: dict[str, tuple[str, tuple[str, ...]]]) -> None:
    assert callers_of(text) == expected
