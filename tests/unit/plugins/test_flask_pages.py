"""Which pages of Flask change something."""

from __future__ import annotations

from pathlib import Path

from agentlint.app import Options, run

PAGES = '''
from flask import Blueprint, Flask, jsonify, render_template, request
from flask_appbuilder import ModelView
from flask_wtf import CSRFProtect
api = Blueprint("api", __name__)

@api.post("/stock")
def stock():
    store(request.json)
    return jsonify({})

def create_app():
    app = Flask(__name__)
    CSRFProtect(app)
    app.register_blueprint(api)
    app.extensions["csrf"].exempt(api)

    @app.route("/about", methods=["GET", "POST"])
    def about():
        return render_template("about.html", news=latest())

    @app.route("/order", methods=["GET", "POST"])
    def order():
        if request.method == "POST":
            store(request.form)
        return render_template("order.html")

    return app

def latest():
    return []

def store(data):
    open("orders.txt", "a").write(str(data))
'''


def test_pages_that_look_at_nothing_submitted_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "web.py").write_text(PAGES, encoding="utf-8")
    found = {o.symbol.rpartition(".")[2]: o for o in run(Options(tmp_path))[0].operations}
    assert {name: (o.surface, o.changes_state) for name, o in found.items()} == {"about": ("gui", False), "order": ("gui", True), "stock": ("api", True)}
    assert found["stock"].auth == ("csrf-exempt",)
