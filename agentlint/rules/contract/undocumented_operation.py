"""
What it finds
-------------
An HTTP operation that the code serves to programs and that the API description in the same repository does not mention.

Why it hurts
------------
Agents learn what they can do from the description, and tools are generated from it. An operation that is not in it does not exist for them.

How to fix
----------
Add the operation to the description, or generate the description from the code.

Limits
------
Only systems with both a description and code are compared, and only paths that stand under a server or prefix that the description covers. Paths are
compared by their shape: names of parameters do not count.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.findings.finding import Finding, Related
from agentlint.findings.fingerprint import fingerprint
from agentlint.rules.base import Rule, RuleContext

APP = """\
from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

app = FastAPI()
bearer = HTTPBearer()


class Base(DeclarativeBase):
    pass


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]


def session() -> Session: ...


@app.post("/books")
def add_book(title: str, db: Session = Depends(session), key=Depends(bearer)):
    db.add(Book(title=title))
    db.commit()
"""
DELETE = """\


@app.delete("/books/{book_id}")
def delete_book(book_id: int, db: Session = Depends(session), key=Depends(bearer)):
    db.delete(db.get(Book, book_id))
    db.commit()
"""
DOCUMENT = """\
openapi: 3.1.0
info: {title: Books, version: "1"}
paths:
  /books:
    post:
      operationId: addBook
      parameters: [{name: title, in: query, required: true, schema: {type: string}}]
      responses: {"200": {description: Added}}
"""
DOCUMENT_DELETE = """\
  /books/{id}:
    delete:
      operationId: deleteBook
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses: {"200": {description: Gone}}
"""

RULE = Rule(
    name="undocumented-operation",
    summary="the code serves it, the API description does not say so",
    category="contract",
    severity="warning",
    affects=("agent_ready.operate",),
    requires=("mismatches",),
    bad={"app.py": APP + DELETE, "openapi.yaml": DOCUMENT},
    good={"app.py": APP + DELETE, "openapi.yaml": DOCUMENT + DOCUMENT_DELETE},
)


def check(context: RuleContext) -> Iterator[Finding]:
    """One finding per operation that only the code knows."""
    for mismatch in context.facts.mismatches:
        if mismatch.kind != "undocumented":
            continue
        because = f" ({mismatch.evidence})" if mismatch.evidence else ""
        yield Finding(
            rule=RULE.name, severity="warning" if mismatch.changes_state else "info", weight=45 if mismatch.changes_state else 15,
            message=f"The code serves {mismatch.operation}, but {mismatch.document or 'the API description'} does not describe it{because}.",
            help="Add it to the description, so that programs that learn from it can use it.", file=mismatch.file, line=mismatch.line, symbol=mismatch.symbol,
            related=(Related(mismatch.document, 1, "the description it is missing from"),) if mismatch.document else (),
            fingerprint=fingerprint(RULE.name, mismatch.document, mismatch.operation),
        )
