"""What functions reach through calls: chains, HTTP methods, concrete classes, cycles and bounds."""

from __future__ import annotations

from collections.abc import Mapping

from agentlint.analysis.effects.direct import EffectFinder
from agentlint.analysis.effects.summaries import Summaries, summarise
from agentlint.ir.effects import ReachedEffect
from tests.unit.analysis.harness import calls_of, library

MODELS = """
from django.db import models
class Order(models.Model):
    state = models.CharField(max_length=9)
class Bill(models.Model):
    state = models.CharField(max_length=9)
"""


def summaries_of(files: Mapping[str, str]) -> Summaries:
    """Summaries of a small program."""
    found = calls_of({"shop/__init__.py": "", "shop/models.py": MODELS, **files})
    finder = EffectFinder(found.program, found.types, found.calls, library())
    return summarise(found.program, found.calls, finder, finder.all())


def said(reached: tuple[ReachedEffect, ...]) -> list[str]:
    return [f"{r.effect.operation} {r.effect.target}{'@' + ','.join(r.methods) if r.methods else ''}" for r in reached]


def test_the_shortest_chain_is_kept_in_words() -> None:
    found = summaries_of({"shop/views.py": """
from shop.models import Order
def close(order: Order):
    order.delete()
def detour(order: Order):
    close(order)
def view(request, order: Order):
    detour(order)
    close(order)
"""}).reached("shop.views.view")
    assert said(found) == ["delete Order"]
    assert [(s.line, s.text) for s in found[0].chain] == [(9, "calls close")]


def test_http_methods_meet_along_the_chain() -> None:
    found = summaries_of({"shop/views.py": """
from shop.models import Order
def change(request, order: Order):
    if request.method == "POST":
        order.delete()
def view(request, order: Order):
    if request.method == "GET":
        return change(request, order)
    Order.objects.create(state="x")
def both(request, order: Order):
    change(request, order)
"""})
    assert said(found.reached("shop.views.both")) == ["delete Order@POST"]
    assert "delete Order" not in " ".join(said(found.reached("shop.views.view")))


def test_functions_that_call_one_another() -> None:
    found = summaries_of({"shop/tree.py": """
from shop.models import Bill, Order
def even(order: Order, n):
    order.delete()
    odd(order, n - 1)
def odd(order: Order, n):
    Bill.objects.create(state="x")
    even(order, n - 1)
"""})
    assert sorted(said(found.reached("shop.tree.even"))) == ["create Bill", "delete Order"]
    assert sorted(said(found.reached("shop.tree.odd"))) == ["create Bill", "delete Order"]
    assert found.gaps == []


def test_inherited_handler_runs_on_the_concrete_class() -> None:
    found = summaries_of({"shop/views.py": """
from shop.models import Bill, Order
class Base:
    model = None
    def post(self, request):
        self.apply(request)
    def apply(self, request):
        self.model.objects.create(state="x")
class Orders(Base):
    model = Order
class Bills(Base):
    model = Bill
    def apply(self, request):
        super().apply(request)
        Order.objects.filter(state="x").delete()
"""})
    assert said(found.reached_for("shop.views.Base.post", "shop.views.Orders")) == ["create Order"]
    assert sorted(said(found.reached_for("shop.views.Base.post", "shop.views.Bills"))) == ["create Bill", "delete Order"]


def test_generic_repository_writes_the_bound_model() -> None:
    found = summaries_of({"shop/repos.py": """
from typing import Generic, TypeVar
from sqlalchemy.orm import DeclarativeBase, Mapped, Session
class Base(DeclarativeBase):
    pass
class Recipe(Base):
    name: Mapped[str]
class Meal(Base):
    name: Mapped[str]
Model = TypeVar("Model", bound=Base)
class Repository(Generic[Model]):
    def __init__(self, session: Session, model: type[Model]) -> None:
        self.session = session
        self.model = model
    def create(self, data: dict) -> Model:
        new = self.model(**data)
        self.session.add(new)
        self.session.commit()
        return new
class Meals(Repository[Meal]):
    pass
def recipes(session: Session) -> Repository[Recipe]:
    return Repository(session, Recipe)
def add_recipe(session: Session):
    recipes(session).create({"name": "x"})
def add_meal(session: Session):
    Meals(session, Meal).create({"name": "x"})
"""})
    assert said(found.reached("shop.repos.add_recipe")) == ["create Recipe"]
    assert said(found.reached("shop.repos.add_meal")) == ["create Meal"]


def test_deferred_calls_and_names_alone() -> None:
    found = summaries_of({"shop/tasks.py": """
from celery import shared_task
from django.db import transaction
from shop.models import Order
@shared_task
def purge():
    Order.objects.all().delete()
def view(request):
    transaction.on_commit(purge)
def queue(request):
    purge.delay()
"""})
    assert said(found.reached("shop.tasks.view")) == ["delete Order"]
    assert sorted(said(found.reached("shop.tasks.queue"))) == ["delete Order", "send purge"]
    assert found.reaches("shop.tasks.view", lambda e: e.operation == "delete")
    assert not found.reaches("shop.tasks.view", lambda e: e.kind == "mail")


def test_what_a_caller_hands_in_decides_the_model() -> None:
    found = summaries_of({"shop/helpers.py": """
from shop.models import Bill, Order
def erase(model, pk):
    model.objects.filter(pk=pk).delete()
def erase_all(kind):
    erase(kind, None)
def one(request):
    erase(Order, 1)
def other(request):
    erase_all(Bill)
"""})
    assert said(found.reached("shop.helpers.one")) == ["delete Order"]
    assert said(found.reached("shop.helpers.other")) == ["delete Bill"]


def test_statements_handed_to_wrappers() -> None:
    found = summaries_of({"shop/db.py": """
from sqlalchemy import create_engine, text
engine = create_engine("x")
def insert_query(table: str, keys) -> str:
    names = ", ".join(keys)
    return f"INSERT INTO {table} ({names}) VALUES ({names})"
class Connection:
    def __init__(self):
        self.conn = engine.connect()
    def execute(self, query: str, values=None):
        return self.conn.execute(text(self.rewrite(query)), values)
    def rewrite(self, query):
        return query.replace("$", ":")
    def insert(self, table_name: str, row):
        self.conn.execute(text(insert_query(table_name, row)), row)
def close(connection: Connection):
    connection.execute("UPDATE accounts SET state = :s", {})
def read(connection: Connection):
    connection.execute("SELECT * FROM accounts")
def add(connection: Connection):
    connection.insert("accounts", {})
"""})
    assert said(found.reached("shop.db.close")) == ["update accounts"]
    assert said(found.reached("shop.db.read")) == []
    assert said(found.reached("shop.db.add")) == ["create accounts"]


def test_what_is_made_once_for_the_process_is_no_effect_of_its_callers() -> None:
    found = summaries_of({"shop/views.py": """
from functools import lru_cache
from shop.models import Order
@lru_cache
def settings():
    Order.objects.create(state="first")
@lru_cache
def order(state):
    Order.objects.create(state=state)
def view(request):
    settings()
def other(request):
    order("x")
"""})
    assert said(found.reached("shop.views.view")) == []
    assert said(found.reached("shop.views.other")) == ["create Order"]
