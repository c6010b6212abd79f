"""Routers of a class that a function makes."""

from __future__ import annotations

from pathlib import Path

from agentlint.app import Options, run

ROUTING = '''
from fastapi import APIRouter as Base

def router_class(route):
    class Made(Base):
        def __init__(self, *args, **kwargs):
            kwargs["route_class"] = route
            super().__init__(*args, **kwargs)

    return Made

Router = router_class(object)
'''
API = '''
from fastapi import FastAPI
from routing import Router

meters = Router(prefix="/meters")

@meters.get("/{id}")
def meter(id: int):
    return {}

outer = Router(prefix="/v1")
outer.include_router(meters)
app = FastAPI()
app.include_router(outer)
'''


def test_prefixes_of_made_routers(tmp_path: Path) -> None:
    (tmp_path / "routing.py").write_text(ROUTING, encoding="utf-8")
    (tmp_path / "api.py").write_text(API, encoding="utf-8")
    assert [o.path for o in run(Options(tmp_path))[0].operations] == ["/v1/meters/{id}"]
