"""Desktop and terminal toolkits: what a button, menu, key or field runs.

Python documentation, "tkinter" (`command`, "Bindings and Events"); Qt for Python 6, "Signals and Slots" and `QMetaObject.connectSlotsByName`; wxPython 4,
`wx.EvtHandler.Bind`; GTK 4 and PyGObject, "Signals"; Kivy 2, "Events and Properties"; Textual, "Events and Messages", "Actions".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from agentlint.api import Context, FunctionInfo, Route, Scope, imports, syntax, walk
from agentlint_interfaces.handling import all_calls, functions_of, page_route

_TK = ("tkinter", "Tkinter", "customtkinter", "ttkbootstrap")
_QT = ("PyQt5", "PyQt6", "PySide2", "PySide6", "qtpy", "PyQt4")
_OTHERS = ("wx", "gi", "kivy", "textual")
PACKAGES = (*_TK, *_QT, *_OTHERS)
_CLICKS = frozenset(
    "accepted activated cellChanged cellClicked cellDoubleClicked clicked currentIndexChanged currentTextChanged dateChanged doubleClicked editingFinished "
    "idClicked buttonClicked itemActivated itemChanged itemClicked itemDoubleClicked pressed released returnPressed stateChanged textActivated textChanged "
    "textEdited timeChanged toggled triggered valueChanged".split()
)
"""Signals of Qt's elements that a person sets off."""
_GTK = frozenset("activate changed clicked edited response row-activated state-set toggled value-changed".split())
_WX = re.compile(
    r"EVT_(BUTTON|MENU|TOOL|CHECKBOX|CHOICE|COMBOBOX|RADIOBUTTON|RADIOBOX|TEXT_ENTER|LISTBOX_DCLICK|LIST_ITEM_ACTIVATED|TOGGLEBUTTON|SPINCTRL|SLIDER)$"
)
_TK_EVENTS = re.compile(
    r"<+(.*-)?(Button|ButtonPress|ButtonRelease|Double|Return|Key|KeyPress|KeyRelease|ComboboxSelected|ListboxSelect|TreeviewSelect|Delete|Control)\b"
)
_SLOT = re.compile(rf"on_\w+_({'|'.join(sorted(_CLICKS))})$")
"""Methods that Qt ties to the element that they name."""
_MESSAGES = re.compile(
    r"(_?on_(button_pressed|input_(submitted|changed)|switch_changed|checkbox_changed|select_changed|radio_set_changed|"
    r"(list_view|option_list|data_table|tree)_\w*selected|key)|action_\w+|key_\w+)$"
)
"""Methods that Textual runs for a message of an element, an action or a key."""


def desktop_routes(context: Context) -> Iterator[Route]:
    """Handlers of all elements of all toolkits that the program imports."""
    for package in PACKAGES:
        if not imports(context.program, package):
            continue
        for call, scope in all_calls(context, package):
            handler = _handler(package, call, scope, context)
            functions = functions_of(handler, scope, context)
            if functions:
                yield page_route(package, functions, call, scope)
        if package in _QT or package == "textual":
            yield from _by_name(package, context)


def _handler(package: str, call: syntax.Call, scope: Scope, context: Context) -> syntax.Expr | None:
    if package in _TK:
        return _of_tk(call, scope, context)
    if package in _QT:
        return _of_qt(call)
    if package == "wx":
        return _of_wx(call)
    if package == "gi":
        return _told(call, "connect", lambda event: event in _GTK, scope, context)
    if package == "kivy":
        return next((k.value for k in call.keywords if k.name in ("on_press", "on_release", "on_text_validate", "on_active")), None)
    return None


def _of_tk(call: syntax.Call, scope: Scope, context: Context) -> syntax.Expr | None:
    command = next((k.value for k in call.keywords if k.name == "command"), None)
    return command or _told(call, "bind", lambda event: _TK_EVENTS.match(event) is not None, scope, context)


def _of_qt(call: syntax.Call) -> syntax.Expr | None:
    """`self.save.clicked.connect(self.store)`, `clicked[bool].connect(...)`, and the keyword of a constructor: `QAction("Save", triggered=self.store)`."""
    func = call.func
    if isinstance(func, syntax.Attribute) and func.attr == "connect" and call.args:
        signal = func.value.value if isinstance(func.value, syntax.Subscript) else func.value
        if isinstance(signal, syntax.Attribute) and signal.attr in _CLICKS:
            return call.args[0]
    return next((k.value for k in call.keywords if k.name in _CLICKS), None)


def _of_wx(call: syntax.Call) -> syntax.Expr | None:
    if isinstance(call.func, syntax.Attribute) and call.func.attr == "Bind" and len(call.args) > 1 and _WX.match(walk.dotted(call.args[0]).rpartition(".")[2]):
        return call.args[1]
    return None


def _told(call: syntax.Call, method: str, wanted: Callable[[str], bool], scope: Scope, context: Context) -> syntax.Expr | None:
    """`element.method("event", handler)`."""
    if isinstance(call.func, syntax.Attribute) and call.func.attr == method and len(call.args) > 1:
        event = context.program.fold(call.args[0], scope)
        if isinstance(event, str) and wanted(event):
            return call.args[1]
    return None


def _by_name(package: str, context: Context) -> Iterator[Route]:
    """Methods that the toolkit finds by their name, or under a decorator that names the message."""
    shape = _MESSAGES if package == "textual" else _SLOT
    for info in context.program.functions.values():
        if info.owner and _of_toolkit(info, package, context) and (shape.match(info.node.name) or _decorated(info, context)):
            yield page_route(package, (info,), syntax.Call(syntax.Name(info.node.name, info.node.line), (), (), info.node.line, -1), info.module)


def _of_toolkit(info: FunctionInfo, package: str, context: Context) -> bool:
    return any(base.partition(".")[0] == package for base in context.program.mro(info.owner))


def _decorated(info: FunctionInfo, context: Context) -> bool:
    """`@on(Button.Pressed, "#save")` of Textual."""
    return any(isinstance(d, syntax.Call) and context.program.resolve(d.func, info.module) == "textual.on" for d in info.node.decorators)
