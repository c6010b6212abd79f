"""The call graph and the types behind it, from small sources."""

from __future__ import annotations

import sys
import textwrap

from agentlint.analysis.calls.sites import resolve_calls
from agentlint.analysis.program import Element
from agentlint.analysis.types.inference import Type, infer_types
from agentlint.ir import syntax as s
from tests.unit.analysis.harness import Analysed, calls_of, library


def one(text: str, **more: str) -> Analysed:
    files = {f"{name}.py": textwrap.dedent(body) for name, body in more.items()}
    return calls_of({"a.py": textwrap.dedent(text), **files})


SHOP = """
    class Order:
        def pay(self): pass
        def cancel(self): pass
    class Invoice:
        def send(self): pass
"""


def test_receivers_from_constructors_annotations_and_attributes() -> None:
    found = one("""
        from shop import Order
        import shop
        class Service:
            limit: "shop.Order"
            def __init__(self, order: Order, spare=None):
                self.order = order
                self.own = Order()
            def run(self):
                self.order.pay()
                self.own.cancel()
                self.limit.pay()
            @property
            def newest(self):
                return Order()
        def f(x: Order | None, y: "list[Order]", z: dict[str, Order]):
            x.pay()
            for item in y: item.cancel()
            first, *rest = y
            first.pay()
            for key, value in z.items(): value.pay()
            z["a"].cancel()
            [o.pay() for o in y]
            Service(x).newest.cancel()
        """, shop=SHOP)
    run = [s.targets[0].function for s in found.calls.sites("a.Service.run")]
    assert run == ["shop.Order.pay", "shop.Order.cancel", "shop.Order.pay"]
    names = [s.targets[0].function for s in found.calls.sites("a.f") if s.name in ("pay", "cancel")]
    assert names == [f"shop.Order.{n}" for n in ("pay", "cancel", "pay", "pay", "cancel", "pay", "cancel")]


def test_flow_of_locals() -> None:
    found = one("""
        from shop import Order, Invoice
        def f(kind, things):
            x = Order()
            x.pay()
            x = Invoice()
            x.send()
            y = Order() if kind else Invoice()
            y.send()
            if kind:
                z = Order()
            else:
                z = Invoice()
            z.cancel()
            if isinstance(things, Order):
                things.pay()
            if (w := Order()):
                w.pay()
            last = None
            for t in [Order()]:
                if last:
                    last.cancel()
                last = t
            a, b = Order(), Invoice()
            b.send()
        """, shop=SHOP)
    got = [(s.name, [t.function for t in s.targets]) for s in found.calls.sites("a.f") if s.name in ("pay", "send", "cancel")]
    assert got == [
        ("pay", ["shop.Order.pay"]), ("send", ["shop.Invoice.send"]), ("send", ["shop.Invoice.send"]), ("cancel", ["shop.Order.cancel"]),
        ("pay", ["shop.Order.pay"]), ("pay", ["shop.Order.pay"]), ("cancel", ["shop.Order.cancel"]), ("send", ["shop.Invoice.send"]),
    ]


def test_dispatch_through_bases_super_and_cls() -> None:
    found = one("""
        class Base:
            def run(self):
                self.step()
                self.common()
            def step(self):
                raise NotImplementedError
            def common(self): pass
            @classmethod
            def make(cls):
                return cls()
        class One(Base):
            def step(self): super().common()
        class Two(Base):
            def step(self): pass
        def f():
            One.make().step()
            One().run()
        """)
    assert found.targets("a.Base.run", "step") == ["a.Base.step", "a.One.step", "a.Two.step"]
    site = found.site("a.Base.run", "step")
    assert [t.function for t in found.calls.targets_for(site, "a.Two")] == ["a.Two.step"]
    assert found.targets("a.One.step", "common") == ["a.Base.common"]
    assert found.targets("a.f", "step") == ["a.One.step"]


def test_attributes_of_concrete_classes_reach_inherited_methods() -> None:
    found = one("""
        from django.db import models
        from django.db.models import QuerySet
        class Order(models.Model): pass
        class Repo:
            def delete(self, x): pass
        class Archive(Repo):
            def delete(self, x): pass
        class Base:
            model = None
            repo: Repo
            def queryset(self):
                return self.model.objects.all()
            def purge(self):
                self.queryset().filter(x=1).delete()
                self.repo.delete(1)
        class Orders(Base):
            model = Order
            repo: Archive
        """)
    site = found.site("a.Base.purge", "delete")
    concrete = found.calls.site_for(site, "a.Orders")
    assert concrete.library == "django.db.models.QuerySet.delete"
    assert concrete.receiver == (Type("django.db.models.QuerySet", (Type("a.Order"),)),)
    repo = found.calls.sites("a.Base.purge")[-1]
    assert [t.function for t in found.calls.targets_for(repo, "a.Orders")] == ["a.Archive.delete"]


def test_generic_bases_bind_their_parameters() -> None:
    found = one("""
        from typing import Generic, TypeVar
        from shop import Order
        T = TypeVar("T")
        class Repo(Generic[T]):
            model: type[T]
            def __init__(self, model: type[T]): self.model = model
            def get(self) -> T: ...
            def all(self) -> list[T]: ...
        class Orders(Repo[Order]): pass
        def first(items: list[T]) -> T: ...
        class Factory:
            @property
            def orders(self) -> Repo[Order]: ...
        def f(r: Orders, g: Factory):
            r.get().pay()
            for o in r.all(): o.cancel()
            Repo(Order).get().pay()
            first(r.all()).pay()
            g.orders.get().cancel()
        """, shop=SHOP)
    names = [s.targets[0].function for s in found.calls.sites("a.f") if s.name in ("pay", "cancel")]
    assert names == [f"shop.Order.{n}" for n in ("pay", "cancel", "pay", "pay", "cancel")]


def test_methods_of_a_concrete_class_pass_what_only_it_can_tell() -> None:
    code = """
class Order:
    def close(self): pass
class Bill:
    def close(self): pass
class Base:
    kind = None
    def run(self): self.end(self.made())
    def made(self): return self.kind()
    def end(self, row): row.close()
class OrderTask(Base):
    kind = Order
class BillTask(Base):
    kind = Bill
"""
    found = Analysed({"m.py": code})
    site = next(s for s in found.calls.sites("m.Base.end") if s.name == "close")
    assert [t.function for t in found.calls.targets_for(site, "m.OrderTask")] == ["m.Order.close"]
    assert [t.function for t in found.calls.targets_for(site, "m.BillTask")] == ["m.Bill.close"]


def test_parameters_from_call_sites() -> None:
    found = one("""
        from shop import Order
        def f(order, times=1): order.pay()
        def g(): f(Order())
        class C:
            def __init__(self, order): self.order = order
            def go(self): self.order.cancel()
        def h(): C(order=Order()).go()
        """, shop=SHOP)
    site = found.site("a.f", "pay")
    assert [(t.function, t.confidence) for t in site.targets] == [("shop.Order.pay", "medium")]
    assert found.targets("a.C.go", "cancel") == ["shop.Order.cancel"]


def test_registries_and_functions_as_values() -> None:
    found = one("""
        from shop import Order, Invoice
        import functools
        def work(): pass
        def other(): pass
        CLASSES = [Order, Invoice]
        TABLE = {"o": work, "p": other}
        HANDLERS = {}
        HANDLERS["x"] = Order
        def f(key, pool):
            for cls in CLASSES: cls().send()
            TABLE[key]()
            HANDLERS.get(key)().pay()
            g = functools.partial(work, 1)
            g()
            pool.submit(work)
            getattr(Order(), "cancel")()
        class D:
            def do_a(self): pass
            def do_b(self): pass
            def run(self, name):
                getattr(self, "do_" + name)()
                handler = getattr(self, f"do_{name}", None)
                handler()
        """, shop=SHOP)
    assert found.targets("a.f", "send") == ["shop.Invoice.send"]
    sites = found.calls.sites("a.f")
    assert sorted(t.function for t in sites[2].targets) == ["a.other", "a.work"]
    assert found.targets("a.f", "pay") == ["shop.Order.pay"]
    assert found.targets("a.f", "g") == ["a.work"]
    assert [(t.function, t.kind) for t in found.site("a.f", "submit").targets] == [("a.work", "reference")]
    assert [t.function for t in sites[-1].targets] == ["shop.Order.cancel"]
    dynamic = [sorted((t.function, t.confidence) for t in s.targets) for s in found.calls.sites("a.D.run") if s.targets]
    assert dynamic == [[("a.D.do_a", "medium"), ("a.D.do_b", "medium")]] * 2


def test_methods_looked_up_under_names_of_a_table() -> None:
    found = one("""
        from shop import Order
        WORK = {"p": ("right.pay", "pay"), "c": ("right.cancel", "cancel")}
        KINDS = {"p": "pay"}
        def f(order: Order, key, sure):
            right, method = WORK[key]
            getattr(order, method)()
        def g(order: Order, key):
            getattr(order, KINDS.get(key))()
        def h(order: Order, sure):
            name = "pay" if sure else "cancel"
            getattr(order, name)()
        def i(order: Order):
            for name in ("pay", "cancel"):
                getattr(order, name)()
        def j(order: Order, name):
            getattr(order, name)()
        """, shop=SHOP)
    called = {f: [[(t.function, t.confidence) for t in s.targets] for s in found.calls.sites(f"a.{f}") if s.targets] for f in "fghij"}
    assert [name for name, _ in called["g"][0]] == ["shop.Order.pay"]
    assert all([name for name, _ in called[f][0]] == ["shop.Order.cancel", "shop.Order.pay"] for f in "fhi")
    assert all(sure != "low" for f in "fghi" for _, sure in called[f][0])
    assert called["j"] == []


def test_deferred_calls() -> None:
    found = one("""
        import threading, asyncio
        from celery import shared_task
        from django.db import transaction
        from fastapi import BackgroundTasks
        @shared_task
        def job(x): pass
        @shared_task(bind=True)
        def bound(self, x): pass
        def work(): pass
        class Worker(threading.Thread):
            def run(self): work()
        def f(tasks: BackgroundTasks):
            job.delay(1)
            bound.apply_async(args=[1])
            threading.Thread(target=work).start()
            transaction.on_commit(work)
            transaction.on_commit(lambda: work())
            tasks.add_task(work)
            asyncio.create_task(coro())
            Worker().start()
        async def coro(): pass
        """)
    kinds = [(s.name, t.function, t.kind) for s in found.calls.sites("a.f") for t in s.targets]
    assert ("delay", "a.job", "deferred") in kinds
    assert ("apply_async", "a.bound", "deferred") in kinds
    assert ("Thread", "a.work", "deferred") in kinds
    assert ("on_commit", "a.work", "deferred") in kinds
    assert ("work", "a.work", "call") in kinds
    assert ("add_task", "a.work", "deferred") in kinds
    assert ("coro", "a.coro", "call") in kinds
    assert ("start", "a.Worker.run", "deferred") in kinds
    assert found.library("a.f", "delay") == "celery.Task.delay"


def test_decorators_add_their_wrapper() -> None:
    found = one("""
        import functools
        def audited(func):
            @functools.wraps(func)
            def wrapper(*args):
                log()
                return func(*args)
            return wrapper
        def with_options(name):
            def decorate(func):
                def inner(*args): return func(*args)
                return inner
            return decorate
        def register(func):
            return func
        def log(): pass
        @audited
        @with_options("x")
        @register
        def view(): pass
        def f(): view()
        """)
    edges = [(t.function, t.kind) for s in found.calls.sites("a.view") for t in s.targets]
    assert edges == [("a.audited.wrapper", "decorates"), ("a.with_options.decorate.inner", "decorates")]
    assert found.targets("a.f", "view") == ["a.view"]
    assert found.targets("a.audited.wrapper", "func") == []


def test_nested_functions_and_closures() -> None:
    found = one("""
        from shop import Order
        def outer(order: Order):
            local = Order()
            def inner():
                order.pay()
                local.cancel()
            inner()
            return inner
        class C:
            def __init__(self): self.order = Order()
            def go(self):
                def deep(): self.order.pay()
                deep()
        """, shop=SHOP)
    assert [s.targets[0].function for s in found.calls.sites("a.outer.inner")] == ["shop.Order.pay", "shop.Order.cancel"]
    assert found.targets("a.outer", "inner") == ["a.outer.inner"]
    assert found.targets("a.C.go.deep", "pay") == ["shop.Order.pay"]


def test_context_managers_generators_and_dependencies() -> None:
    found = one("""
        from contextlib import contextmanager
        from typing import Annotated
        from collections.abc import Generator
        from fastapi import Depends
        from shop import Order
        @contextmanager
        def opened():
            yield Order()
        def provide() -> Generator[Order, None, None]:
            yield Order()
        def plain(): return Order()
        Given = Annotated[Order, Depends(plain)]
        class Box:
            def __enter__(self): return Order()
            def __exit__(self, *a): pass
        def f(a=Depends(provide), b: Order = Depends(plain), c: Given = None, d=Depends(plain)):
            with opened() as x: x.pay()
            with Box() as y: y.cancel()
            a.pay(); b.pay(); c.pay(); d.cancel()
            for z in provide(): z.pay()
        """, shop=SHOP)
    got = [s.targets[0].function if s.targets else "" for s in found.calls.sites("a.f") if s.name in ("pay", "cancel")]
    assert got == [f"shop.Order.{n}" for n in ("pay", "cancel", "pay", "pay", "pay", "cancel", "pay")]


def test_orm_queries() -> None:
    found = one("""
        from django.db import models
        from django.shortcuts import get_object_or_404
        class Order(models.Model):
            def pay(self): pass
        def f(pk):
            get_object_or_404(Order, pk=pk).pay()
            order = Order.objects.filter(x=1).select_related("y").first()
            order.delete()
            for o in Order.objects.all(): o.save()
            Order.objects.filter(x=1).update(y=2)
            order, made = Order.objects.get_or_create(x=1)
            order.pay()
            Order(x=1).save()
            Order.objects.filter(pk=1)[0].pay()
        """)
    assert found.targets("a.f", "pay") == ["a.Order.pay"]
    assert found.library("a.f", "delete") == "django.db.models.Model.delete"
    assert found.site("a.f", "delete").receiver == (Type("a.Order"),)
    assert found.library("a.f", "save") == "django.db.models.Model.save"
    assert found.library("a.f", "update") == "django.db.models.QuerySet.update"
    assert found.site("a.f", "update").receiver == (Type("django.db.models.QuerySet", (Type("a.Order"),)),)
    assert [s.targets[0].function for s in found.calls.sites("a.f") if s.name == "pay"] == ["a.Order.pay"] * 3


def test_sqlalchemy_sessions() -> None:
    found = one("""
        from sqlalchemy import select
        from sqlalchemy.orm import Session, declarative_base, sessionmaker
        Base = declarative_base()
        maker = sessionmaker()
        class Row(Base):
            def mark(self): pass
        def f(session: Session):
            session.query(Row).filter(Row.x == 1).first().mark()
            session.execute(select(Row)).scalars().all()[0].mark()
            for r in session.scalars(select(Row)): r.mark()
            row = session.get(Row, 1)
            session.delete(row)
            with maker() as other: other.add(Row())
        """)
    assert [s.targets[0].function if s.targets else "" for s in found.calls.sites("a.f") if s.name == "mark"] == ["a.Row.mark"] * 3
    assert found.library("a.f", "delete") == "sqlalchemy.orm.Session.delete"
    assert found.library("a.f", "add") == "sqlalchemy.orm.Session.add"
    assert found.types.of(found.site("a.f", "delete").call.args[0], "a.f") == (Type("a.Row"),)


def test_library_paths_of_unknown_libraries() -> None:
    found = one("""
        import cloudlib, requests
        from openai import OpenAI
        client = OpenAI()
        class Api:
            def __init__(self): self.session = requests.Session()
            def go(self): self.session.post("x")
        def f():
            cloudlib.client("s3").put_object()
            client.chat.completions.create(model="x")
            requests.post("x")
        """)
    assert found.library("a.f", "put_object") == "cloudlib.client.put_object"
    assert found.library("a.f", "create") == "openai.OpenAI.chat.completions.create"
    assert found.library("a.f", "post") == "requests.post"
    assert found.library("a.Api.go", "post") == "requests.Session.post"


def test_singletons_made_on_demand() -> None:
    found = one("""
        from shop import Order
        _order = None
        def get():
            global _order
            if _order is None:
                _order = Order()
            return _order
        def f(): get().pay()
        """, shop=SHOP)
    assert found.targets("a.f", "pay") == ["shop.Order.pay"]


def test_name_alone_is_low() -> None:
    found = one("""
        from shop import Order
        def f(x): x.cancel(); x.get()
        """, shop=SHOP)
    assert [(t.function, t.confidence) for t in found.site("a.f", "cancel").targets] == [("shop.Order.cancel", "low")]
    assert found.site("a.f", "get").targets == ()


def test_methods_of_requests() -> None:
    found = one("""
        def view(request, form):
            if request.method == "POST":
                a()
                if form.is_valid(): b()
            else:
                c()
            d()
        def early(request):
            if request.method != "POST":
                return e()
            f()
        def match(request):
            match request.method:
                case "PUT" | "PATCH": g()
                case _: h()
        def listed(self):
            if self.request.method in ("POST", "PUT"): i()
            if request.POST: j()
            k() if request.method == "DELETE" else l()
        """)
    methods = {s.name: s.methods for f in ("a.view", "a.early", "a.match", "a.listed") for s in found.calls.sites(f)}
    rest = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "PUT")
    assert methods["a"] == methods["b"] == ("POST",)
    assert methods["c"] == methods["e"] == rest
    assert methods["d"] == ()
    assert methods["f"] == ("POST",)
    assert methods["g"] == ("PATCH", "PUT")
    assert methods["i"] == ("POST", "PUT")
    assert methods["j"] == ("POST",)
    assert methods["k"] == ("DELETE",)
    assert "DELETE" not in methods["l"]
    assert found.types.method_context("a.view", 4) == ("POST",)
    assert found.types.method_context("a.view", 8) == ()


def test_attribute_writes() -> None:
    found = one("""
        from shop import Order
        def f(request):
            order = Order()
            order.state = "paid"
            setattr(order, "note", "x")
            if request.method == "POST":
                order.total += 1
        """, shop=SHOP)
    writes = [(w.attr, w.receiver, w.name, w.methods) for w in found.types.writes("a.f")]
    order = (Type("shop.Order"),)
    assert writes == [("state", order, "order", ()), ("note", order, "order", ()), ("total", order, "order", ("POST",))]


def test_plugins_give_attribute_types() -> None:
    source = "class Order: \n    def go(self): self.owner.notify()\nclass User:\n    def notify(self): pass\n"
    found = Analysed({"a.py": source}, {"a.Order": {"owner": Type("a.User")}})
    assert found.targets("a.Order.go", "notify") == ["a.User.notify"]


def test_recursion_and_recursive_types_end() -> None:
    found = one("""
        JSON = dict[str, "JSON"] | list["JSON"]
        def f(x: JSON) -> JSON: return g(x)
        def g(x): return f(x) or g(x.y)
        class Node:
            def __init__(self, parent): self.parent = parent
            def root(self): return self.parent.root() if self.parent else self
        def h(n): return Node(h(n)).root()
        """)
    assert isinstance(found.types.returns("a.h"), tuple)


def test_module_code_and_class_bodies_have_callers() -> None:
    found = one("""
        def make(): pass
        class C:
            x = make()
        make()
        """)
    assert [s.targets[0].function for s in found.calls.sites("a.<module>")] == ["a.make", "a.make"]
    assert len(found.calls.callers("a.make")) == 2
    assert found.calls.at("a", 0) is not None
    assert isinstance(found.calls.at("a", 0).call, s.Call)  # type: ignore[union-attr]


def test_results_follow_the_arguments_of_each_call() -> None:
    found = one("""
        from shop import Order, Invoice
        def same(x): return x
        def first(items):
            for item in items:
                return item
        def make(cls, **kwargs):
            made = cls(**kwargs)
            return made
        def f():
            same(Order()).pay()
            same(x=Invoice()).send()
            make(Order, a=1).cancel()
            first([Invoice()]).send()
        """, shop=SHOP)
    got = [(s.name, [t.function for t in s.targets]) for s in found.calls.sites("a.f") if s.name in ("pay", "send", "cancel")]
    assert got == [("pay", ["shop.Order.pay"]), ("send", ["shop.Invoice.send"]), ("cancel", ["shop.Order.cancel"]), ("send", ["shop.Invoice.send"])]


def test_wrappers_that_delegate() -> None:
    found = one("""
        from shop import Order
        class Wrapped:
            def __init__(self, order: Order): self._order = order
            def __getattr__(self, name):
                if name.startswith("_"): raise AttributeError(name)
                return getattr(self._order, name)
        def f(w: Wrapped): w.pay()
        """, shop=SHOP)
    assert found.targets("a.f", "pay") == ["shop.Order.pay"]


def test_attributes_assigned_from_outside() -> None:
    found = one("""
        from django.http import HttpRequest
        from shop import Order
        class Cart: pass
        class Middleware:
            def __call__(self, request: HttpRequest):
                request.order = Order()
        def fill(cart: Cart): cart.order = Order()
        def f(request: HttpRequest, cart: Cart):
            request.order.pay()
            cart.order.cancel()
        """, shop=SHOP)
    assert found.targets("a.f", "pay") == ["shop.Order.pay"]
    assert found.targets("a.f", "cancel") == ["shop.Order.cancel"]


def test_fields_that_give_something_else_on_instances() -> None:
    found = one("""
        from traitlets import Instance, Type, Any
        from traitlets.config import Configurable
        from django.db import models
        from shop import Order
        class Kind(Type): pass
        class Hub(Configurable):
            order = Instance("shop.Order").tag(config=True)
            other = Any()
            maker = Kind(klass=Order, config=True)
            def go(self):
                self.order.pay()
                self.other = Order()
                self.maker().cancel()
        class Upload(models.Model):
            file = models.FileField()
        def f(hub: Hub, upload: Upload):
            hub.other.cancel()
            upload.file.delete()
        """, shop=SHOP)
    assert found.targets("a.Hub.go", "pay") == ["shop.Order.pay"]
    assert found.targets("a.Hub.go", "cancel") == ["shop.Order.cancel"]
    assert found.targets("a.f", "cancel") == ["shop.Order.cancel"]
    assert found.library("a.f", "delete") == "django.db.models.FieldFile.delete"


def test_containers_of_the_project() -> None:
    found = one("""
        from shop import Order
        class Orders(dict):
            def __getitem__(self, key):
                if key not in self:
                    self[key] = Order()
                return super().__getitem__(key)
        def f(orders: Orders): orders["x"].pay()
        """, shop=SHOP)
    assert found.targets("a.f", "pay") == ["shop.Order.pay"]


def test_plugins_may_name_expressions_keys_and_conventions() -> None:
    found = one("""
        import lib
        from shop import Order
        def setup():
            return Order()
        def f(request):
            lib.store["order"].pay()
            lib.store.get("order").cancel()
            request.pay()
        """, shop=SHOP)
    setup = found.program.functions["a.setup"]
    extra = {"lib.store": {"order": Element(found.program.returned(setup)[0], setup)}, "*": {"request": Type("shop.Order")}}
    calls = resolve_calls(found.program, infer_types(found.program, library(), extra), library())
    got = [[t.function for t in s.targets] for s in calls.sites("a.f") if s.name in ("pay", "cancel")]
    assert got == [["shop.Order.pay"], ["shop.Order.cancel"], ["shop.Order.pay"]]


def test_long_chains_of_names_end_open_and_not_in_an_error() -> None:
    """Each name rests on the one before: deeper than a bound, what it holds stays open."""
    lines = ["class A:", "    def step(self):", "        return self", "def chain():", "    v0 = A()"]
    lines += [f"    v{n + 1} = [v{n}.step() for _ in range(1)][0]" for n in range(900)]
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(12_000)
    try:
        calls = calls_of({"app/deep.py": "\n".join([*lines, "    v900.step()"])})
        assert calls.calls.sites("app.deep.chain")
        assert calls.targets("app.deep.chain", "step")
    finally:
        sys.setrecursionlimit(limit)


def test_what_a_shared_method_is_passed_depends_on_the_class_it_runs_for() -> None:
    found = one("""
        from shop import Order, Invoice
        class Base:
            kind = None
            def run(self):
                self.keep(self.kind())
            def keep(self, thing):
                thing.close()
        class Orders(Base):
            kind = Order
        class Invoices(Base):
            kind = Invoice
        """, shop=SHOP)
    thing = s.Name("thing", 8)
    assert {t.name for t in found.types.of(thing, "a.Base.keep", "a.Orders")} == {"shop.Order"}
    assert {t.name for t in found.types.of(thing, "a.Base.keep", "a.Invoices")} == {"shop.Invoice"}


def test_what_fits_a_protocol_is_told_by_what_is_returned() -> None:
    code = """
from typing import Protocol
class Adapter(Protocol):
    def go(self) -> None: ...
class A:
    def go(self): pass
class B:
    def go(self): pass
_A = A()
def get(x) -> Adapter:
    if x:
        return _A
    return B()
def f(x):
    get(x).go()
"""
    assert Analysed({"m.py": code}).targets("m.f", "go") == ["m.A.go", "m.B.go"]


def test_keywords_taken_out_of_the_rest() -> None:
    found = one("""
        from shop import Order, Invoice
        class Form:
            def __init__(self, *args, **kwargs):
                self.order = kwargs.pop("order")
                self.invoice = kwargs["invoice"]
            def save(self):
                self.order.pay()
                self.invoice.send()
        def view():
            return Form({}, order=Order(), invoice=Invoice()).save()
        """, shop=SHOP)
    assert [site.targets[0].function for site in found.calls.sites("a.Form.save")] == ["shop.Order.pay", "shop.Invoice.send"]


def test_an_annotation_that_names_a_container_alone_leaves_its_contents_to_the_calls() -> None:
    found = one("""
        from shop import Order
        class View:
            def context(self) -> dict:
                return {"order": Order()}
            def keep(self, context: dict):
                context["order"].pay()
            def post(self):
                self.keep(self.context())
        """, shop=SHOP)
    assert found.targets("a.View.keep", "pay") == ["shop.Order.pay"]
