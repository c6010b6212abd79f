"""An application whose path operations answer with pages, mounted beside an API behind a middleware that reads tokens."""

from __future__ import annotations

from pathlib import Path

from agentlint.app import Options, run

SETTINGS = '''
class Settings:
    SESSION_COOKIE_KEY = load("cookie")

settings = Settings()
'''
PAGES = '''
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.middleware.base import BaseHTTPMiddleware
from settings import settings

class PageResponse(HTMLResponse):
    pass

def officer(request: Request, cookie: str = settings.SESSION_COOKIE_KEY):
    key = request.cookies.get(cookie)
    if key is None:
        raise HTTPException(401)

class Callers(BaseHTTPMiddleware):
    async def dispatch(self, request, call_next):
        request.state.caller = find(request.headers.get("Authorization"))
        return await call_next(request)

desk = FastAPI(default_response_class=PageResponse, dependencies=[Depends(officer)])

@desk.get("/loans/{id}")
def loan(id: int) -> None:
    heading("Loan")

@desk.post("/loans/{id}/close")
def close(id: int):
    open("loans.txt", "a").write(str(id))
    return RedirectResponse("/")

app = FastAPI()
app.add_middleware(Callers)
app.mount("/desk", desk)

@app.get("/loans/{path:path}")
def loans(path: str):
    return {}
'''


def test_who_may_call_pages(tmp_path: Path) -> None:
    (tmp_path / "web.py").write_text(PAGES, encoding="utf-8")
    (tmp_path / "settings.py").write_text(SETTINGS, encoding="utf-8")
    found = {o.symbol: (o.surface, o.path, o.auth) for o in run(Options(tmp_path))[0].operations}
    assert found == {
        "loan": ("gui", "/desk/loans/{id}", ("session",)),
        "close": ("gui", "/desk/loans/{id}/close", ("session",)),
        "loans": ("api", "/loans/{path}", ("token",)),
    }
