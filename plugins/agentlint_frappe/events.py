"""What writing a document runs: methods of its class and functions of `doc_events`. Frappe documentation, "Controllers" and "Hooks"."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Context, Target, syntax
from agentlint_frappe.doctypes import DocTypes

EVENTS: dict[str, tuple[str, ...]] = {
    "insert": ("before_insert", "autoname", "before_validate", "validate", "before_save", "after_insert", "on_update", "on_change"),
    "save": ("before_validate", "validate", "before_save", "on_update", "on_change"),
    "submit": ("before_validate", "validate", "before_submit", "on_update", "on_submit", "on_change"),
    "cancel": ("before_cancel", "on_cancel", "on_change"),
    "delete": ("on_trash", "after_delete"),
    "db_set": ("before_change", "on_change"),
}
"""Method of a document to the events that it runs, in their order."""


def handlers_at(doctypes: DocTypes, doctype: str, class_id: str, method: str) -> tuple[str, ...]:
    """Functions that run when a document is written by a method."""
    program = doctypes.program
    found = []
    for event in EVENTS.get(method, ()):
        own = program.method(class_id, event) if class_id in program.classes else None
        found += [own.id] if own is not None else []
        for wanted, named, dotted in doctypes.hooks.events:
            function = program.canonical(dotted)
            if named == event and wanted in (doctype, "*") and function in program.functions:
                found.append(function)
    return tuple(dict.fromkeys(found))


def document_events(context: Context, doctypes: DocTypes) -> Iterator[tuple[str, Target]]:
    """Edges from code that writes a document of a known DocType."""
    names = {doctypes.class_of(n): n for n in (*doctypes.own, *doctypes.outside)}
    program = context.program
    for info in program.functions.values():
        for call in program.calls_in(info):
            func = call.func
            if isinstance(func, syntax.Attribute) and func.attr == "run_method" and call.args and isinstance(call.args[0], syntax.Constant):
                yield from _run(context, info.id, func.value, str(call.args[0].value))
            elif isinstance(func, syntax.Attribute) and func.attr in EVENTS:
                for type_ in context.types.of(func.value, info.id):
                    if type_.name in names and program.method(type_.name, func.attr) is None if type_.name in program.classes else type_.name in names:
                        for function in handlers_at(doctypes, names[type_.name], type_.name, func.attr):
                            if function != info.id:
                                yield info.id, Target(function, "high", "call")


def _run(context: Context, caller: str, receiver: syntax.Expr, name: str) -> Iterator[tuple[str, Target]]:
    for type_ in context.types.of(receiver, caller):
        method = context.program.method(type_.name, name) if type_.name in context.program.classes else None
        if method is not None:
            yield caller, Target(method.id, "high", "call")
