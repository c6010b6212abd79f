"""Lowering of JavaScript imports and exports. An export leaves its name in the module; the default one is named `default`."""

from __future__ import annotations

from tree_sitter import Node

from agentlint.frontends.javascript.definitions import class_of, function_of
from agentlint.frontends.javascript.source import EXPRESSIONS, Source, expression, expressions, parts
from agentlint.frontends.javascript.statements import STATEMENTS, lower_into
from agentlint.ir import syntax as s

_DEFAULT = "default"


def _text(source: Source, node: Node) -> str:
    return source.slice(node).strip("'\"")


@STATEMENTS("import_statement")
def _import(source: Source, node: Node, out: list[s.Stmt]) -> None:
    origin = node.child_by_field_name("source")
    line = source.line(node)
    clauses = parts(node)
    if clauses and clauses[0].type == "import_require_clause":
        name, origin = parts(clauses[0])[0], clauses[0].child_by_field_name("source")
        out.append(s.Import(_text(source, origin) if origin is not None else "", (), 0, line, source.slice(name)))
        return
    module = _text(source, origin) if origin is not None else ""
    names: list[s.ImportedName] = []
    whole = ""
    for child in (c for clause in clauses if clause.type == "import_clause" for c in parts(clause)):
        if child.type == "identifier":
            names.append(s.ImportedName(_DEFAULT, source.slice(child)))
        elif child.type == "namespace_import":
            whole = source.slice(parts(child)[0])
        elif child.type == "named_imports":
            names.extend(_specifier(source, c) for c in parts(child))
    if names or not whole:
        out.append(s.Import(module, tuple(names), 0, line))
    if whole:
        out.append(s.Import(module, (), 0, line, whole))


def _specifier(source: Source, node: Node) -> s.ImportedName:
    name, alias = node.child_by_field_name("name"), node.child_by_field_name("alias")
    return s.ImportedName(_text(source, name) if name is not None else _DEFAULT, _text(source, alias) if alias is not None else None)


@STATEMENTS("export_statement")
def _export(source: Source, node: Node, out: list[s.Stmt]) -> None:
    line = source.line(node)
    origin = node.child_by_field_name("source")
    default = any(c.type == _DEFAULT for c in node.children)
    declaration = node.child_by_field_name("declaration")
    value = node.child_by_field_name("value")
    if origin is not None:
        out.append(_forwarded(source, node, _text(source, origin)))
    elif declaration is not None:
        _declared(source, node, declaration, out)
        if default:
            made = out[-1]
            if isinstance(made, s.Define) and made.definition.name != _DEFAULT:
                out.append(s.Assign((s.Name(_DEFAULT, line),), s.Name(made.definition.name, line), line))
    elif value is not None:
        _default_value(source, value, out)
    else:
        _listed(source, node, out)


def _forwarded(source: Source, node: Node, module: str) -> s.Stmt:
    """`export ... from "module"` imports and hands on."""
    for child in parts(node):
        if child.type == "export_clause":
            return s.Import(module, tuple(_specifier(source, c) for c in parts(child)), 0, source.line(node))
        if child.type == "namespace_export":
            return s.Import(module, (), 0, source.line(node), source.slice(parts(child)[0]))
    return s.Import(module, (s.ImportedName("*"),), 0, source.line(node))


def _declared(source: Source, node: Node, declaration: Node, out: list[s.Stmt]) -> None:
    """A class may carry its decorators before `export`; a definition without a name is called `default`."""
    decorators = expressions(source, [c for c in parts(node) if c.type == "decorator"])
    source.hint = _DEFAULT
    if declaration.type in ("class_declaration", "abstract_class_declaration", "class"):
        made = class_of(source, declaration, decorators)
        out.append(s.Define(made, made.line))
    else:
        source.hint = ""
        first = len(out)
        lower_into(source, [declaration], out)
        if source.path.lower().endswith(".svelte") and source.slice(declaration).startswith("let"):
            out[first:] = [_property(stmt) for stmt in out[first:]]


def _property(stmt: s.Stmt) -> s.Stmt:
    """`export let id = ""` of a Svelte component: what whoever uses the component hands it, of which the value is but the default."""
    if not isinstance(stmt, s.Assign):
        return stmt
    return s.Assign(stmt.targets, s.Other("property", (stmt.value,) if stmt.value is not None else (), stmt.line), stmt.line, stmt.annotation)


def _default_value(source: Source, value: Node, out: list[s.Stmt]) -> None:
    line = source.line(value)
    if value.type == "class":
        source.hint = _DEFAULT
        made = class_of(source, value)
        out.append(s.Define(made, made.line))
        if made.name != _DEFAULT:
            out.append(s.Assign((s.Name(_DEFAULT, line),), s.Name(made.name, line), line))
        return
    if value.type in ("function_expression", "generator_function", "function"):
        source.hint = _DEFAULT
        function = function_of(source, value)
        out.append(s.Define(function, function.line))
        if function.name != _DEFAULT:
            out.append(s.Assign((s.Name(_DEFAULT, line),), s.Name(function.name, line), line))
        return
    out.append(s.Assign((s.Name(_DEFAULT, line),), source.named(value, _DEFAULT), line))


def _listed(source: Source, node: Node, out: list[s.Stmt]) -> None:
    """`export { a as b }`, and TypeScript's `export = a`."""
    line = source.line(node)
    for child in parts(node):
        if child.type == "export_clause":
            for specifier in (_specifier(source, c) for c in parts(child)):
                if specifier.alias and specifier.alias != specifier.name:
                    out.append(s.Assign((s.Name(specifier.alias, line),), s.Name(specifier.name, line), line))
        elif child.type in EXPRESSIONS and child.type != "decorator":
            out.append(s.Assign((s.Name(_DEFAULT, line),), expression(source, child), line))
