"""Names, hierarchies and constants of linked programs."""


from __future__ import annotations

from agentlint.analysis.program import UNKNOWN, ClassInfo, FunctionInfo, Program
from agentlint.ir import syntax as s
from tests.unit.analysis.harness import program_of


def value(program: Program, module: str, name: str) -> object:
    return program.fold(s.Name(name, 0), program.modules[module])


def resolved(program: Program, module: str, text: str) -> str:
    parts = text.split(".")
    expr: s.Expr = s.Name(parts[0], 0)
    for part in parts[1:]:
        expr = s.Attribute(expr, part, 0)
    return program.resolve(expr, program.modules[module])


def test_imports_of_all_kinds_lead_to_definitions() -> None:
    program = program_of({
        "app/__init__.py": "from .views import edit\nfrom . import views as pages\n",
        "app/views/__init__.py": "from .impl import *\n",
        "app/views/impl.py": "__all__ = ['edit']\ndef edit(): pass\ndef hidden(): pass\n",
        "main.py": "import app.views.impl as impl\nimport app.views\nfrom app import edit as e, pages\nimport os.path\n",
    })
    assert resolved(program, "main", "e") == "app.views.impl.edit"
    assert resolved(program, "main", "impl.edit") == "app.views.impl.edit"
    assert resolved(program, "main", "app.views.edit") == "app.views.impl.edit"
    assert resolved(program, "main", "pages.edit") == "app.views.impl.edit"
    assert resolved(program, "main", "pages.hidden") == "app.views.hidden"
    assert program.lookup("app.views.hidden") is None
    assert resolved(program, "main", "os.path.join") == "os.path.join"
    assert isinstance(program.lookup("app.edit"), FunctionInfo)


def test_a_package_hides_the_module_beside_it_that_has_its_name() -> None:
    program = program_of({"shop.py": "from shop import main\nmain()\n", "shop/__init__.py": "def main(): pass\n", "shop/cart.py": "from . import main\n"})
    assert resolved(program, "shop.cart", "main") == "shop.main"
    assert isinstance(program.lookup("shop.main"), FunctionInfo)


def test_alternatives_prefer_the_project() -> None:
    program = program_of({
        "fast.py": "def run(): pass\n",
        "a.py": "try:\n    from speedups import run\nexcept ImportError:\n    from fast import run\ntry:\n    import ujson as json\nexcept ImportError:\n    import json\n",
        "b.py": "if True:\n    def go(): return 1\nelse:\n    def go(): return 2\n",
    })
    assert resolved(program, "a", "run") == "fast.run"
    assert resolved(program, "a", "json.dumps") in ("json.dumps", "ujson.dumps")
    assert program.functions["b.go"].node.line == 4
    assert program.functions["b.go#2"].node.line == 2


def test_imports_inside_functions_and_locals() -> None:
    program = program_of({"a.py": "def f(x):\n    from b import go\n    y = 1\n    return go(x, y)\n", "b.py": "def go(x, y): pass\n"})
    inside = program.functions["a.f"]
    assert program.resolve(s.Name("go", 0), inside) == "b.go"
    assert program.resolve(s.Name("x", 0), inside) == ""
    assert program.resolve(s.Name("y", 0), inside) == ""
    assert program.resolve(s.Name("len", 0), inside) == "len"


def test_source_roots_are_found() -> None:
    program = program_of({
        "src/shop/__init__.py": "", "src/shop/orders.py": "class Order: pass\n", "src/shop/api.py": "from shop.orders import Order\n",
        "tools/docker/run.py": "import docker\nimport shop.orders\n",
    })
    assert resolved(program, "src.shop.api", "Order") == "src.shop.orders.Order"
    assert resolved(program, "tools.docker.run", "shop.orders.Order") == "src.shop.orders.Order"
    assert resolved(program, "tools.docker.run", "docker.from_env") == "docker.from_env"
    assert isinstance(program.lookup("shop.orders.Order"), ClassInfo)


def test_services_side_by_side_keep_apart() -> None:
    files = {f"services/{n}/app/{f}": t for n in ("a", "b") for f, t in (("__init__.py", ""), ("db.py", "def save(): pass\n"), ("main.py", "from app.db import save\n"))}
    program = program_of(files)
    assert resolved(program, "services.a.app.main", "save") == "services.a.app.db.save"
    assert resolved(program, "services.b.app.main", "save") == "services.b.app.db.save"


def test_the_inside_of_a_package_is_found_by_its_own_imports() -> None:
    program = program_of({
        "__init__.py": "", "db/__init__.py": "", "db/models.py": "class User: pass\n", "api/views.py": "from shop.db.models import User\nfrom shop import api\n",
    })
    assert resolved(program, "api.views", "User") == "db.models.User"


def test_reexports_of_a_package_that_was_not_read() -> None:
    program = program_of({"schema/base.py": "class Model: pass\n", "app.py": "from schema import Model\n"})
    assert resolved(program, "app", "Model") == "schema.base.Model"


def test_library_names_are_canonical() -> None:
    program = program_of({"a.py": "from django.db.models.query import QuerySet\nfrom django.db import models as m\n"})
    assert resolved(program, "a", "QuerySet.update") == "django.db.models.QuerySet.update"
    assert resolved(program, "a", "m.Model") == "django.db.models.Model"


def test_star_import_of_a_library() -> None:
    program = program_of({"a.py": "from lib.models import *\nx = Thing\n"})
    assert resolved(program, "a", "Thing") == "lib.models.Thing"
    assert resolved(program, "a", "dict") == "dict"


def test_hierarchy() -> None:
    program = program_of({
        "a.py": "from django.db import models\nclass A: \n    x = 1\n    def m(self): pass\nclass B(A): pass\nclass C(A):\n    x = 2\n    def m(self): pass\nclass D(B, C): pass\n"
                "class Row(models.Model): pass\nclass Sub(Row): pass\n",
    })
    assert program.mro("a.D") == ("a.D", "a.B", "a.C", "a.A")
    found = program.method("a.D", "m")
    assert found is not None and found.id == "a.C.m"
    held = program.attribute("a.D", "x")
    assert held is not None and held[1].id == "a.C"
    assert program.subclasses("a.A") == ("a.B", "a.C", "a.D")
    assert program.subclasses("django.db.models.base.Model") == ("a.Row", "a.Sub")
    assert program.inherits("a.Sub", "django.db.models.Model")


def test_bases_made_by_calls_and_attributes() -> None:
    program = program_of({
        "a.py": "from sqlalchemy.orm import declarative_base\nfrom flask_sqlalchemy import SQLAlchemy\nimport six\nBase = declarative_base()\ndb = SQLAlchemy()\nclass T(Base): pass\n"
                "class U(db.Model): pass\nclass M(type): pass\nclass V(six.with_metaclass(M, T)): pass\ndef make():\n    class Inner(T): pass\n    return Inner\nclass W(make()): pass\n"
                "from typing import Generic, TypeVar\nX = TypeVar('X')\nclass G(Generic[X]): pass\nclass H(G[T]): pass\n",
    })
    assert program.inherits("a.T", "sqlalchemy.orm.DeclarativeBase")
    assert program.mro("a.U")[1].startswith(("flask_sqlalchemy", "sqlalchemy"))
    assert "a.T" in program.mro("a.V")
    assert program.mro("a.W")[:3] == ("a.W", "a.make.Inner", "a.T")
    assert program.mro("a.H")[1] == "a.G"


def test_properties_and_overloads_keep_the_plain_id() -> None:
    program = program_of({"a.py": "class A:\n    @property\n    def x(self): return 1\n    @x.setter\n    def x(self, v): pass\n"})
    assert program.functions[program.classes["a.A"].methods["x"]].node.line == 3


def test_constants() -> None:
    program = program_of({
        "conf.py": "BASE = '/api'\nVERSION = 2\n",
        "a.py": "from conf import BASE, VERSION\nimport os\nURL = f'{BASE}/v{VERSION}/{os.name}'\nOLD = '%s/v%d' % (BASE, 1)\nNEW = '{}/{x}'.format(BASE, x=VERSION)\n"
                "PARTS = ['a'] + ['b']\nPARTS += ['c']\nPARTS.append('d')\nfor n in ('e', 'f'):\n    PARTS.append(n + '/')\nJOINED = '/'.join(PARTS)\nROWS = [(p, len(p)) for p in ('x', 'y')]\n"
                "TABLE = {'a': 1, **{'b': 2}}\nTABLE['c'] = TABLE['a'] + 2\nENV = os.getenv('X', '/default')\ndef prefix(v): return '/p' + v\nP = prefix('1')\nOTHER = unknown()\n",
    })
    assert value(program, "a", "URL") == "/api/v2/{}"
    assert value(program, "a", "OLD") == "/api/v1"
    assert value(program, "a", "NEW") == "/api/2"
    assert value(program, "a", "PARTS") == ["a", "b", "c", "d", "e/", "f/"]
    assert value(program, "a", "JOINED") == "a/b/c/d/e//f/"
    assert value(program, "a", "ROWS") == [("x", UNKNOWN), ("y", UNKNOWN)]
    assert value(program, "a", "TABLE") == {"a": 1, "b": 2, "c": 3}
    assert value(program, "a", "ENV") == "/default"
    assert value(program, "a", "P") == "/p1"
    assert value(program, "a", "OTHER") is UNKNOWN


def test_settings_are_looked_up() -> None:
    program = program_of({
        "proj/settings/__init__.py": "from .base import *\n", "proj/settings/base.py": "PREFIX = 'shop'\n", "app/urls.py": "from django.conf import settings\nX = settings.PREFIX + '/x'\n",
    })
    assert value(program, "app.urls", "X") == "shop/x"


def test_class_and_enum_constants() -> None:
    program = program_of({"a.py": "from enum import Enum\nclass K(Enum):\n    A = 'one'\nclass Base:\n    name = 'x'\n    def path(self): return '/' + self.name\nclass Sub(Base): name = 'y'\nX = K.A.value\nY = Sub.name\n"})
    assert value(program, "a", "X") == "one"
    assert value(program, "a", "Y") == "y"


def test_elements_of_tables() -> None:
    program = program_of({
        "urls.py": "from more import patterns\nimport views\nurls = [path('a', views.a)]\nurls += patterns\nif views.debug:\n    urls += [path('d', views.d)]\nfor n in ['x', 'y']:\n    urls.append(path(n, views.n))\n"
                   "all_urls = [*urls, *extra()]\ndef extra():\n    return [path('e', views.e)]\n",
        "more.py": "import views\npatterns = [path('b', views.b)] + [path('c', views.c)]\n", "views.py": "debug = 1\n",
    })
    module = program.modules["urls"]
    found = program.elements(s.Name("all_urls", 0), module)
    shown = [(program.fold(e.expr.args[0], e.scope, e.names), program.id_of(e.scope)) for e in found if isinstance(e.expr, s.Call)]
    assert shown == [("a", "urls"), ("b", "more"), ("c", "more"), ("d", "urls"), ("x", "urls"), ("y", "urls"), ("e", "urls.extra")]


def test_a_cycle_of_reexports_ends() -> None:
    program = program_of({"a.py": "from b import x\n", "b.py": "from a import x\nfrom a import *\n"})
    assert program.lookup("a.x") is None


def test_names_that_a_module_loads_on_demand() -> None:
    program = program_of({
        "pkg/__init__.py": "_TABLE = {'run': 'pkg.work', 'stop': '.work'}\n_LISTS = {'other': ['go']}\ndef __getattr__(name):\n    return load(_TABLE[name])\n",
        "pkg/work.py": "def run(): pass\ndef stop(): pass\ndef lone(): pass\n", "pkg/other.py": "def go(): pass\n", "a.py": "from pkg import run, stop, lone\n",
    })
    assert resolved(program, "a", "run") == "pkg.work.run"
    assert resolved(program, "a", "stop") == "pkg.work.stop"
    assert resolved(program, "a", "lone") == "pkg.work.lone"
