"""Classes of the program that keep their instances in a store of documents themselves, in a collection whose name the class says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentlint.analysis.program import ClassInfo, FunctionInfo, Program
from agentlint.ir import syntax as s
from agentlint.ir import walk

NAMING = frozenset({"get_collection", "__getitem__", "collection", "table", "from_", "get_table", "load_table", "create_table", "Table"})
"""Methods of clients that are told the name of a collection first."""
_OF_STORE = re.compile(r"collection|_?coll?$|table|bucket", re.IGNORECASE)
"""What an attribute is called that names a collection: any key stands in brackets."""
_CONTENT = re.compile(r"(^|_)(dump|dict|json|bson|doc|document|mongo|serialize|serialise)($|_)", re.IGNORECASE)
"""Methods that turn an instance into what is kept of it."""


class OwnStores:
    """Says which classes are kept so."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._known: dict[str, str] = {}

    def kept_by(self, class_id: str) -> str:
        """The class attribute by which methods of the class find the collection of its instances; empty where there is none."""
        known = self._known.get(class_id)
        if known is None:
            self._known[class_id] = ""
            info = self._program.classes[class_id]
            told = self._told(info)
            found = next((a for a in self._naming(info) if a in told), "") if told else ""
            known = self._known[class_id] = found if found and self._keeps_itself(info) else ""
        return known

    def named(self, class_id: str, store: str) -> bool:
        """True for a class that has a collection of its own, or shares that of a base, as against one that leaves the name to those below it."""
        held = self._program.attribute(class_id, self.kept_by(store))
        return held is not None and _is_name(held[0])

    def _keeps_itself(self, info: ClassInfo) -> bool:
        """True where instances are what is kept, as against a repository of documents: they are turned into one, or made of one."""
        return any(_is_own_content(e) for method in info.methods.values() for e in walk.body_expressions(self._program.functions[method].node.body))

    def _naming(self, info: ClassInfo) -> Iterator[str]:
        for method in info.methods.values():
            function = self._program.functions.get(method)
            for expr in walk.body_expressions(function.node.body) if function is not None else ():
                attribute = own_attribute(named_by(expr), function)
                if attribute:
                    yield attribute

    def _told(self, info: ClassInfo) -> frozenset[str]:
        """Attributes that the class or one below it sets to a name."""
        below = (self._program.classes.get(name) for name in (info.id, *self._program.subclasses(info.id)))
        return frozenset(attribute for one in below if one is not None for attribute, value in one.attributes.items() if _is_name(value))


def named_by(expr: s.Expr) -> s.Expr | None:
    """What names the collection: `database.collection(NAME)`, `database[NAME]`."""
    match expr:
        case s.Call() if expr.args and isinstance(expr.func, s.Attribute) and expr.func.attr in NAMING:
            return expr.args[0]
        case s.Subscript() if isinstance(expr.index, s.Attribute) and _OF_STORE.search(expr.index.attr):
            return expr.index
    return None


def own_attribute(expr: s.Expr | None, info: FunctionInfo | None) -> str:
    """The attribute of `self.name`, `cls.name`, `type(self).name` and `self.__class__.name` in a method."""
    if not isinstance(expr, s.Attribute) or info is None or not info.owner:
        return ""
    holder = expr.value
    if isinstance(holder, s.Call) and walk.dotted(holder.func) == "type" and holder.args:
        holder = holder.args[0]
    return expr.attr if walk.dotted(holder) in ("self", "cls", "self.__class__") else ""


def _is_own_content(expr: s.Expr) -> bool:
    """`self.model_dump()`, `vars(self)`, `self.__dict__`, `cls(**document)`."""
    match expr:
        case s.Attribute(value=s.Name(id="self")):
            return expr.attr == "__dict__" or bool(_CONTENT.search(expr.attr))
        case s.Call(func=s.Name(id="vars" | "asdict")) | s.Call(func=s.Attribute(attr="asdict")):
            return any(isinstance(a, s.Name) and a.id == "self" for a in expr.args)
        case s.Call(func=s.Name(id="cls")):
            return any(not k.name for k in expr.keywords)
    return False


def _is_name(expr: s.Expr | None) -> bool:
    return isinstance(expr, s.Constant) and isinstance(expr.value, str) and bool(expr.value)
