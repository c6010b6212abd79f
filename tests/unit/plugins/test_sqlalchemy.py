"""Relationships of mapped classes."""

from __future__ import annotations

from agentlint.analysis.types.inference import Type
from agentlint_sqlalchemy.relations import relations
from tests.unit.analysis.harness import Analysed, program_of

MODELS = """
from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import backref, declarative_base, declared_attr, relationship
Base = declarative_base()
class User(Base):
    __tablename__ = "users"
    tokens = relationship("Token", back_populates="user")
    profile = relationship("Profile", uselist=False)
    groups = relationship("Group", secondary="members", backref="users")
    boss_id = Column(ForeignKey("users.id"))
    boss = relationship("User", remote_side="User.id", backref=backref("reports", lazy="dynamic"))
class Token(Base):
    __tablename__ = "tokens"
    user_id = Column(Integer, ForeignKey("users.id"))
    user = relationship(lambda: User, back_populates="tokens")
    def revoke(self): pass
class Profile(Base):
    __tablename__ = "profiles"
class Group(Base):
    __tablename__ = "groups"
class Owned:
    @declared_attr
    def owner_id(cls): return Column(ForeignKey("users.id"))
    @declared_attr
    def owner(cls): return relationship("User")
class Thing(Owned, Base):
    __tablename__ = "things"
"""


def test_directions_follow_foreign_keys() -> None:
    found = relations(program_of({"m.py": MODELS}))
    user = Type("m.User")
    assert found["m.User"] == {
        "tokens": Type("list", (Type("m.Token"),)), "profile": Type("m.Profile"), "groups": Type("list", (Type("m.Group"),)), "boss": user,
        "reports": Type("sqlalchemy.orm.Query", (user,)),
    }
    assert found["m.Token"]["user"] == user
    assert found["m.Group"]["users"] == Type("list", (user,))
    assert found["m.Owned"]["owner"] == user


def test_calls_go_through_relations() -> None:
    code = "from m import Thing\ndef f(x: Thing):\n    for token in x.owner.tokens:\n        token.revoke()\n    x.owner.reports.filter(1).delete()\n"
    files = {"m.py": MODELS, "a.py": code}
    found = Analysed(files, relations(program_of(files)))
    assert found.targets("a.f", "revoke") == ["m.Token.revoke"]
    assert found.library("a.f", "delete") == "sqlalchemy.orm.Query.delete"
