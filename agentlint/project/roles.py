"""What a file is for, by its path and its first bytes: product code, or something set aside on purpose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

Role = Literal["python", "script", "markup", "data", "tests", "vendored", "generated", "migrations", "examples", "other"]
"""`data` is YAML or JSON that may be an API description; `tests`, `vendored`, `generated`, `migrations` and `examples` are set aside."""

SET_ASIDE: frozenset[Role] = frozenset({"tests", "vendored", "generated", "migrations", "examples"})

_SUFFIXES: dict[str, Role] = {
    ".py": "python",
    ".js": "script",
    ".jsx": "script",
    ".mjs": "script",
    ".ts": "script",
    ".tsx": "script",
    ".vue": "script",
    ".svelte": "script",
    ".html": "markup",
    ".htm": "markup",
    ".jinja": "markup",
    ".jinja2": "markup",
    ".j2": "markup",
    ".djhtml": "markup",
    ".mako": "markup",
    ".yaml": "data",
    ".yml": "data",
    ".json": "data",
}
_TEST_FOLDERS = frozenset({"tests", "unittests", "__tests__", "e2e", "cypress", "testdata", "test_data", "__mocks__"})
_PERHAPS_TESTS = frozenset({"test", "testing", "spec", "specs"})
"""Folder names that applications also use for things of their own: test folders only where test files stand in them."""
_EXAMPLES = frozenset({"example", "examples", "sample", "samples", "demo", "demos"})
"""Folders at the top that show how to use a product, where most of its code stands beside them."""
_VENDORED = frozenset(
    {
        "node_modules",
        "bower_components",
        "vendor",
        "vendored",
        "third_party",
        "thirdparty",
        "site-packages",
        "venv",
        "virtualenv",
        "env",
        "__pycache__",
        "eggs",
        "jspm_packages",
    }
)
_WELL_KNOWN = frozenset({
    "attr", "babel", "bs4", "certifi", "chardet", "charset_normalizer", "cherrypy", "click", "colorama", "cryptography", "dateutil", "decorator", "django",
    "docutils", "flask", "html5lib", "httplib2", "httpx", "idna", "itsdangerous", "jinja2", "jwt", "lxml", "mako", "markdown", "markupsafe", "oauthlib",
    "packaging", "paramiko", "pkg_resources", "psutil", "pygments", "pyparsing", "pytz", "requests", "requests_oauthlib", "rsa", "setuptools",
    "simplejson", "six", "sqlalchemy", "tornado", "typing_extensions", "tzlocal", "urllib3", "webencodings", "websocket", "werkzeug", "yaml",
})
"""Packages that nearly every Python program can install: several of them in one folder are copies."""
_PAGE_LIBRARIES = frozenset({
    "ace", "angular", "backbone", "bootstrap", "chart", "chartjs", "chosen", "ckeditor", "codemirror", "cytoscape", "d3", "datatables", "datepicker",
    "daterangepicker", "dropzone", "echarts", "ember", "fancybox", "flatpickr", "flot", "fontawesome", "fullcalendar", "handlebars", "highcharts", "highlight",
    "html2canvas", "inputmask", "jqvmap", "jquery", "knockout", "leaflet", "lodash", "mathjax", "moment", "monaco", "morris", "mustache", "nvd3", "parsley",
    "pdfjs", "popper", "prism", "quill", "raphael", "requirejs", "select2", "showdown", "slick", "sortable", "summernote", "sweetalert", "sweetalert2",
    "tagsinput", "tinymce", "toastr", "typeahead", "underscore", "vis", "webfont", "xterm",
})
"""Libraries of pages that are published as folders of files to copy."""
_PAGE_FAMILIES = ("jquery", "bootstrap")
"""Libraries whose many plugins begin with their name."""
_NAMED_RELEASE = re.compile(r"([.-]?v?\d[\w.]*)?([.-](js|min|custom|dist))*$")
_ONE_FILE = frozenset({"six", "typing_extensions"})
_SIDE_BY_SIDE = 4
_GENERATED = frozenset({"dist", "build", "_build", "htmlcov", "coverage", "staticfiles", "collected_static", "storybook-static"})
_MIGRATIONS = frozenset({"migrations", "alembic", "south_migrations"})
_PATCHES = re.compile(r"(^|/)(patches/(v\d[\w.]*|post_install|pre_install)|doctype/[^/]+/patches)(/|$)")
"""Changes of data that a release brings, a folder a release."""
_TEST_FILE = re.compile(r"^(test_.*|.*_tests?|tests?|conftest)\.py$|\.(test|spec|stories|cy)\.[jt]sx?$")
_MINIFIED = re.compile(r"[.-]min\.(js|mjs|css)$|\.bundle\.js$|\.chunk\.js$|\.d\.ts$|-lock\.(json|yaml)$|\.lock$|_pb2(_grpc)?\.py$")
_VERSION_KEYS = (b"openapi", b"swagger", b"arazzo", b"overlay")
_VERSION = re.compile(rb'(^|[\s{,])["\']?(openapi|swagger|arazzo|overlay)["\']?\s*:\s*["\']?\d')
_SORTED_ROOT = re.compile(
    rb'\A(?:\xef\xbb\xbf)?(?:[ \t]*(?:[#%][^\n]*|---[ \t\r]*)?\r?\n)*[ \t]*(?:\{\s*)?["\']?(basePath|components|consumes|definitions|externalDocs|host|info|'
    rb'parameters|paths|produces|responses|schemes|security|securityDefinitions|servers|tags|webhooks|x-[\w-]+)["\']?\s*:'
)
"""A first key of a description that is sorted, or in an order of its own, so that its version may stand anywhere."""
_LONG_LINE = 5000
_BANNER = re.compile(rb"\s*/\*(.*?)\*/", re.DOTALL)
_RELEASE = re.compile(rb"\bv?\d+\.\d+\.\d+")
"""Three numbers: licences have versions of two."""
_RIGHTS = re.compile(rb"licen[sc]e|copyright|\(c\)", re.IGNORECASE)
_LEAST_NAME = 4


def may_declare(path: str) -> bool:
    """True for a file of data in which a framework may declare pages, models or rights: XML, JSON and CSV."""
    return path.lower().endswith((".xml", ".json", ".csv"))


def proven_test_folders(paths: Iterable[str]) -> frozenset[str]:
    """The folders with an ambiguous name that hold a file named like a test, at any depth."""
    found = set()
    for path in paths:
        folder, _, name = path.rpartition("/")
        if _TEST_FILE.search(name):
            parts = folder.split("/")
            found |= {"/".join(parts[: n + 1]) for n, part in enumerate(parts) if part.lower() in _PERHAPS_TESTS}
    return frozenset(found)


def example_folders(paths: Iterable[str]) -> frozenset[str]:
    """The folders of examples at the top of a tree most of whose Python stands elsewhere; where they hold the most, they are the product."""
    counts: dict[str, int] = {}
    for path in paths:
        top, inside, _ = path.partition("/")
        if path.endswith(".py"):
            name = top if inside and top.lower() in _EXAMPLES else ""
            counts[name] = counts.get(name, 0) + 1
    rest = counts.pop("", 0)
    return frozenset(counts) if sum(counts.values()) < rest else frozenset()


def patch_folders(paths: Iterable[str]) -> tuple[str, ...]:
    """Folders of patches to the data that each release brings: called so, beside the hooks of an application."""
    known = set(paths)
    found = {path[: path.index("/patches/") + 9] for path in known if "/patches/" in path}
    return tuple(sorted(folder for folder in found if f"{folder[:-9]}/hooks.py" in known))


def alembic_folders(paths: Iterable[str]) -> tuple[str, ...]:
    """Folders of Alembic environments, by the template of revisions that stands in each. Alembic documentation, "The Migration Environment"."""
    return tuple(sorted({f"{path.rpartition('/')[0]}/" for path in paths if path.endswith("/script.py.mako")}))


def library_folders(paths: Iterable[str]) -> frozenset[str]:
    """The folders, other than the top, in which copies of well-known packages stand side by side, whatever the folder is called."""
    held: dict[str, set[str]] = {}
    for path in paths:
        parts = path.split("/")
        if path.endswith(".py") and len(parts) > 1:
            for depth, part in enumerate(parts[1:], 1):
                name = part.removesuffix(".py")
                if name in _WELL_KNOWN and (name in _ONE_FILE if part != name else path.endswith(f"/{name}/__init__.py")):
                    held.setdefault("/".join(parts[:depth]), set()).add(name)
    found = {folder for folder, names in held.items() if len(names) >= _SIDE_BY_SIDE}
    return frozenset(found | _page_libraries(paths))


def _page_libraries(paths: Iterable[str]) -> set[str]:
    """The folders that are called like published libraries of pages and stand side by side: those alone, whatever else stands beside them.

    Parts of a front end of the project's own (`chart/`, `datepicker/`) are called alike, but not like jQuery or Bootstrap.
    """
    held: dict[str, set[str]] = {}
    for path in paths:
        if path.endswith(".js"):
            parts = path.split("/")
            for depth, part in enumerate(parts[:-1]):
                if _is_page_library(part.lower()):
                    held.setdefault("/".join(parts[:depth]), set()).add(part)
    copies = {f: names for f, names in held.items() if len(names) >= _SIDE_BY_SIDE and any(n.lower().startswith(_PAGE_FAMILIES) for n in names)}
    return {f"{folder}/{name}".lstrip("/") for folder, names in copies.items() for name in names} | set(_with_release(paths))


def _with_release(paths: Iterable[str]) -> Iterator[str]:
    """The folders of one published library, told by its minified file in them or one below: `tinymce/tinymce.min.js`, `select2-4.0/js/select2.min.js`."""
    for path in paths:
        if path.endswith(".min.js"):
            *folders, file = path.lower().split("/")
            for depth in range(len(folders), max(len(folders) - 2, 0), -1):
                name = _NAMED_RELEASE.sub("", folders[depth - 1])
                if name in _PAGE_LIBRARIES and file == f"{name}.min.js":
                    yield "/".join(path.split("/")[:depth])


def _is_page_library(folder: str) -> bool:
    name = _NAMED_RELEASE.sub("", folder)
    return name in _PAGE_LIBRARIES or name.startswith(tuple(f"{family}{mark}" for family in _PAGE_FAMILIES for mark in ".-_"))


def is_read(path: str) -> bool:
    """True for a file of a kind that agentlint reads, or may read when a framework asks, by the end of its name alone."""
    return _kind_of(path.rpartition("/")[2]) != "other" or may_declare(path)


def _kind_of(name: str) -> Role:
    dot = name.rfind(".")
    return _SUFFIXES.get(name[dot:].lower(), "other") if dot > 0 else "other"


def role_of(path: str, test_folders: frozenset[str] = frozenset(), libraries: frozenset[str] = frozenset()) -> Role:
    """The role of a file by its path, the proven test folders and those of libraries; `other` for what agentlint does not read."""
    folder, _, name = path.rpartition("/")
    kind = _kind_of(name)
    if kind == "other":
        return kind
    folders = {part.lower() for part in folder.split("/")} if folder else set()
    copied = bool(libraries) and any(f"{folder}/".startswith(f"{one}/") for one in libraries)
    if copied or folders & _VENDORED or any(part.endswith((".egg-info", ".dist-info")) for part in folders):
        return "vendored"
    if kind in ("script", "python") and (folders & _GENERATED or _MINIFIED.search(name)):
        return "generated"
    if kind != "data" and (folders & _TEST_FOLDERS or any(f"{folder}/".startswith(f"{proven}/") for proven in test_folders)) or _TEST_FILE.search(name):
        return "tests"
    if kind == "python" and (folders & _MIGRATIONS or any(f.endswith("_migrations") for f in folders) or _PATCHES.search(folder)):
        return "migrations"
    return kind


def is_machine_made(head: bytes, role: Role) -> bool:
    """True for a page script with lines that nobody types: bundled or minified.

    Generated code that people can read is read: clients of APIs hold the addresses that pages call, generated Python most names of the product.
    """
    return role == "script" and any(len(line) > _LONG_LINE for line in head.split(b"\n", 12)[:12])  # what follows them is no line


def is_release(head: bytes, path: str) -> bool:
    """True for a page script that is a copy of a published library: its first comment names what the file is called, with a version and whose it is."""
    banner = _BANNER.match(head)
    if banner is None:
        return False
    said = banner.group(1)
    name = re.split(r"[^a-z]+", path.rpartition("/")[2].lower().removeprefix("jquery."), maxsplit=1)[0]
    return len(name) >= _LEAST_NAME and bool(re.search(rb"\b" + name.encode(), said.lower())) and bool(_RELEASE.search(said)) and bool(_RIGHTS.search(said))


def may_be_description(head: bytes, size: int) -> bool:
    """A cheap test whether YAML or JSON could be an OpenAPI, Arazzo or Overlay document: its version key stands in the first bytes."""
    return size > 20 and any(word in head for word in _VERSION_KEYS) and bool(_VERSION.search(head))


_EMBEDDED = re.compile(rb"""\{\s*"(?:openapi|swagger)"\s*:\s*"[23]\.""")


def may_hold_description(name: str, head: bytes) -> bool:
    """True for a page into whose script the JSON of an OpenAPI document was put for a viewer to show (Redoc, Swagger UI)."""
    found = _EMBEDDED.search(head) if name.lower().endswith((".html", ".htm")) else None
    return found is not None and head.rfind(b"<script", 0, found.start()) > head.rfind(b"</script", 0, found.start())


def may_be_sorted(head: bytes) -> bool:
    """True when YAML or JSON begins like a description whose keys are sorted: its version key may stand behind everything else."""
    return bool(_SORTED_ROOT.match(head))
