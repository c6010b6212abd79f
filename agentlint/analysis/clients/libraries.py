"""How client libraries send requests: which calls do, and where URL and method stand in them."""

from __future__ import annotations

import re

import msgspec

from agentlint.analysis.clients.values import (
    HOLE,
    Alt,
    Bound,
    Client,
    External,
    Fn,
    Hole,
    Instance,
    Obj,
    Ref,
    Text,
    Value,
    alternatives,
    concat,
    fixed,
    rendered,
    text,
)
from agentlint.ir import syntax as s
from agentlint.ir.walk import statements

VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options"})
_VERB_ALIASES = {"del": "delete", "destroy": "delete", "getjson": "get", "getscript": "get"}
_WITH_FORM = re.compile(r"^(post|put|patch|delete)_?(json|form|form_?data|data|multipart|body|xml)$")
_FETCHES = frozenset({
    "fetch", "$fetch", "useFetch", "useLazyFetch", "ofetch", "$fetch.raw", "nodeFetch", "node-fetch", "cross-fetch", "isomorphic-fetch", "authFetch",
})  # fmt: skip
CLIENTS = frozenset({"axios", "$axios", "ky", "got", "superagent", "$http", "http", "HttpClient", "request", "wretch", "redaxios", "ofetch", "$api"})
_FACTORIES = frozenset({"openapi-fetch", "openapi-fetch.createClient", "openapi-react-query", "openapi-react-query.createClient"})
"""Factories of clients whose calls name method and path as an API description writes them (openapi-ts.dev)."""
ENDPOINTS = "endpoints"
"""Name of a client whose endpoints are declared one by one. Redux Toolkit, "RTK Query"."""
_HOOKS = frozenset({"useQuery", "useMutation", "useSuspenseQuery", "useInfiniteQuery", "queryOptions", "prefetchQuery"})
"""Methods of openapi-react-query: `$api.useMutation("post", "/x")`."""
_JQUERY = frozenset({"$", "jQuery", "jquery"})
_LIKE_CLIENT = re.compile(r"(?:axios|http|api|client|requests?|fetch(?:er)?|rest|backend|ajax|gateway)$", re.IGNORECASE)
_CONTAINER = re.compile(r"(?:map|cache|storage|store|params|headers?|cookies?|formdata|registry|queue|db|set|controls?|injector|container)$", re.IGNORECASE)
_SERVER = re.compile(r"(?:router?s?|app|server|fastify|express|mock|adapter|nock|msw|cy|supertest)$", re.IGNORECASE)
"""What declares or simulates routes by the same verbs that clients call."""
_PATH = re.compile(r"^(?:https?://[^/]*)?/|^\{\}/?[\w/]|^\.{0,2}/|^[\w.-]+/[\w{]")
_URL_FIELDS = ("url", "uri", "path", "endpoint", "href")
_METHOD_FIELDS = ("method", "type", "httpMethod", "verb")
_BASE_FIELDS = ("baseURL", "baseUrl", "prefixUrl", "base_url", "base", "prefix")
_EXTERNAL_ROOTS = ("window.", "globalThis.", "self.", "global.", "this.", "Vue.", "Vue.prototype.", "unsafeWindow.")


class Sent(msgspec.Struct, frozen=True):
    """One request as a call site gives it."""

    method: Value
    url: Value
    caller: str


def short(name: str) -> str:
    """A dotted name without the global object in front."""
    for root in _EXTERNAL_ROOTS:
        name = name.removeprefix(root)
    return name


def requests_of(callee: Value, said: str, args: tuple[Value, ...], receiver: Value | None, attr: str) -> list[Sent]:
    """The requests that one call sends. `said` is the callee as written; `receiver` and `attr` are set for method calls."""
    if isinstance(callee, Bound):
        receiver, attr = callee.receiver, callee.attr
    name = short(callee.name) if isinstance(callee, External) else ""
    if name:
        found = _library_call(name, args)
        if found:
            return found
    if isinstance(callee, Client):
        return client_call(callee, args)
    if receiver is not None and attr and isinstance(receiver, External | Hole | Ref | Obj | Instance | Client) and not isinstance(callee, Fn):
        return _method_call(receiver, said, attr, args)
    return []


def _library_call(name: str, args: tuple[Value, ...]) -> list[Sent]:
    last = name.rsplit(".", 1)[-1]
    if name in _FETCHES or last in _FETCHES:
        return _fetch(args, last)
    head, _, verb = name.rpartition(".")
    base = head.rsplit(".", 1)[-1]
    if base in _JQUERY:
        return _jquery(verb, args, f"{base}.{verb}")
    if name == "navigator.sendBeacon" and args:
        return [Sent(text("POST"), args[0], "sendBeacon")]
    if name == "htmx.ajax" and len(args) > 1:
        return [Sent(args[0], args[1], "htmx.ajax")]
    if verb_of(verb) and (base in CLIENTS or name.startswith("@inertiajs/")):
        return _with_verb(verb, args, f"{base}.{verb}")
    if base in CLIENTS and verb == "request":
        return _request(args, name) or _options_call(args, name) or _fetch(args, name)
    if name in CLIENTS or last in CLIENTS:
        if len(args) > 1 and (fixed(args[0]) or "").lower() in VERBS:
            return _request(args, name)
        return _options_call(args, last) or (_fetch(args, last) if args and isinstance(args[0], Text | Ref) else [])
    return []


def verb_of(name: str) -> str:
    """The method a member is named after, in capitals; `$get` and `GET` are spellings of it, `postJson` says the form of what is sent."""
    plain = name.lower().removeprefix("$").removesuffix("async")
    plain = _VERB_ALIASES.get(plain, plain)
    formed = _WITH_FORM.match(plain)
    return formed[1].upper() if formed else plain.upper() if plain in VERBS else ""


def _with_verb(verb: str, args: tuple[Value, ...], caller: str) -> list[Sent]:
    return [Sent(text(verb_of(verb)), args[0], caller)] if args else []


def _fetch(args: tuple[Value, ...], caller: str) -> list[Sent]:
    """`fetch(url, options)`, `fetch(new Request(url, options))`."""
    if not args:
        return []
    url, options = args[0], args[1] if len(args) > 1 else None
    if isinstance(url, Obj):
        return _options_call((url,), caller)
    return [Sent(_method_in(options), url, caller)]


def _method_in(options: Value | None, default: str = "GET") -> Value:
    if options is None:
        return text(default)
    if isinstance(options, Ref):
        return Ref(options.owner, options.name, (*options.path, "method"))
    if isinstance(options, Alt):
        return Alt(tuple(_method_in(o, default) for o in options.options))
    if not isinstance(options, Obj):
        return HOLE
    open_ended: Value | None = None
    for field in _METHOD_FIELDS:
        found = options.get(field)
        if isinstance(found, Ref) and found.default is None:
            open_ended = open_ended or found
        elif found is not None:
            return found
    return open_ended or text(default)


def _options_call(args: tuple[Value, ...], caller: str) -> list[Sent]:
    """`axios({ method, url })`, `axios(url, { method })`."""
    for index, value in enumerate(args[:3]):
        if isinstance(value, Obj):
            url = next((u for u in (value.get(f) for f in _URL_FIELDS) if u is not None and not _open(u, value)), None)
            if url is not None:
                return [Sent(_method_in(value), _based(value, url), caller)]
            if index and isinstance(args[0], Text | Ref):
                return [Sent(_method_in(value), args[0], caller)]
        elif isinstance(value, Ref) and len(args) == 1:
            path = (*value.path, "url")
            return [Sent(_method_in(value), Ref(value.owner, value.name, path), caller)]
    return []


def _open(url: Value, options: Obj) -> bool:
    """A field that only a spread might hold."""
    return isinstance(url, Hole) and not any(f in options.known() for f in _URL_FIELDS)


def _based(options: Obj, url: Value) -> Value:
    for field in _BASE_FIELDS:
        base = options.known().get(field)
        if base is not None:
            return joined_paths((base, url))
    return url


def _jquery(verb: str, args: tuple[Value, ...], caller: str) -> list[Sent]:
    if verb == "ajax":
        if args and isinstance(args[0], Obj | Ref) and len(args) == 1:
            return _options_call(args, caller)
        return [Sent(_method_in(args[1] if len(args) > 1 else None), args[0], caller)] if args else []
    if verb_of(verb) in ("GET", "POST") and args:
        if isinstance(args[0], Obj):
            return [Sent(text(verb_of(verb)), args[0].get("url") or HOLE, caller)]
        return [Sent(text(verb_of(verb)), args[0], caller)]
    return []


def _method_call(receiver: Value, said: str, attr: str, args: tuple[Value, ...]) -> list[Sent]:
    """`anything.post(url)`: a client when it is one by its name, or when nothing speaks against it and the argument is a path."""
    if attr == "open" and len(args) > 1 and (receiver == Client("XMLHttpRequest") or (fixed(args[0]) or "").lower() in VERBS):
        return [Sent(args[0], args[1], "XMLHttpRequest.open")]
    if attr == "sendBeacon" and args:
        return [Sent(text("POST"), args[0], "sendBeacon")]
    if attr in ("request", "fetch") and args:
        return _request(args, said)
    if attr in _HOOKS and isinstance(receiver, Client):
        return [Sent(r.method, _on_base(receiver, r.url), r.caller) for r in _request(args, said)]
    verb = verb_of(attr)
    holder = said.rpartition(".")[0].rpartition(".")[2]
    if not verb or not args or any(isinstance(a, Fn) for a in args[1:]) or _SERVER.search(holder):
        return []
    caller = f"{holder}.{attr}" if holder else attr
    if isinstance(receiver, Client):
        return [Sent(text(verb), _on_base(receiver, args[0]), caller)]
    if isinstance(receiver, Obj) or _CONTAINER.search(holder):
        return []
    likely = bool(_LIKE_CLIENT.search(holder))
    return [Sent(text(verb), u, caller) for u in alternatives(args[0]) if looks_like_path(u) or (likely and (isinstance(u, Ref) or _speaks(u)))]


def _request(args: tuple[Value, ...], said: str) -> list[Sent]:
    """`client.request({ method, url })`, `client.request("PUT", url)`."""
    first = args[0]
    if isinstance(first, Obj):
        return _options_call(args, said) if any(f in first.known() for f in _URL_FIELDS) else []
    if len(args) > 1 and (fixed(first) or "").lower() in VERBS:
        return [Sent(first, args[1], said.rpartition(".")[2] or said)]
    return []


def client_call(client: Client, args: tuple[Value, ...]) -> list[Sent]:
    """A made client called like a function: `client(url, options)`, `client({ url, method })`."""
    return [Sent(r.method, _on_base(client, r.url), client.name) for r in _options_call(args, client.name) or _fetch(args, client.name)]


def _on_base(client: Client, url: Value) -> Value:
    if client.rewrites:
        return joined_paths((HOLE, url))
    return joined_paths((client.base, url)) if client.base is not None and not rendered(url).startswith("http") else url


def rewrites_url(hook: Value) -> bool:
    """Whether a request hook sets the URL of the request that it is handed (`config.url = ...`)."""
    if not isinstance(hook, Fn):
        return False
    first = hook.node.params[0].name if hook.node.params else ""
    targets = (t for stmt in statements(hook.node.body) if isinstance(stmt, s.Assign) for t in stmt.targets)
    return any(isinstance(t, s.Attribute) and t.attr in (*_URL_FIELDS, *_BASE_FIELDS) and isinstance(t.value, s.Name) and t.value.id == first for t in targets)


def client_made(name: str, attr: str, args: tuple[Value, ...]) -> Client | None:
    """The client that a library's factory makes; None when the call is no factory."""
    library = short(name).rsplit(".", 1)[0] if attr else short(name)
    if name in ("XMLHttpRequest", "window.XMLHttpRequest"):
        return Client("XMLHttpRequest")
    if library.endswith(".fetchBaseQuery"):
        return Client(name, _base_in(args[0] if args else None))
    if name in _FACTORIES:
        given = args[0] if args else None
        return given if isinstance(given, Client) else Client(name, _base_in(given))
    if attr not in ("create", "extend", "defaults", "instance") or library.rsplit(".", 1)[-1] not in CLIENTS | _FETCHES:
        return None
    return Client(library, _base_in(args[0] if args else None))


def endpoints_made(callee: Value, receiver: Value | None, attr: str, args: tuple[Value, ...]) -> tuple[Client, Fn] | None:
    """The client and the function that declares its endpoints: `createApi({ baseQuery, endpoints })`, `api.injectEndpoints({ endpoints })`. RTK Query."""
    options = args[0] if args and isinstance(args[0], Obj) else None
    makes = isinstance(callee, External) and callee.name.endswith("createApi")
    declare = options.known().get("endpoints") if options is not None and (makes or attr in ("injectEndpoints", "enhanceEndpoints")) else None
    if options is None or not isinstance(declare, Fn):
        return None
    held = options.known().get("baseQuery") if makes else receiver
    return Client(ENDPOINTS, held.base if isinstance(held, Client) and held.base is not None else HOLE), declare


def declared_request(receiver: Value | None, attr: str, args: tuple[Value, ...]) -> Fn | None:
    """The function that says what an endpoint of such a client sends: `builder.mutation({ query: order => ({ url, method }) })`."""
    if not isinstance(receiver, Client) or receiver.name != ENDPOINTS or attr not in ("query", "mutation", "infiniteQuery") or not args:
        return None
    said = args[0].known().get("query") if isinstance(args[0], Obj) else None
    return said if isinstance(said, Fn) else None


def requests_declared(client: Client, said: Value, attr: str) -> list[Sent]:
    """What it returns as a request: an address to read, or options."""
    found = []
    for one in alternatives(said):
        read = [Sent(text("GET"), one, f"builder.{attr}")] if isinstance(one, Text) else []
        sent = _options_call((one,), f"builder.{attr}") if isinstance(one, Obj) else read
        found += [Sent(r.method, _on_base(client, r.url), r.caller) for r in sent]
    return found


def _base_in(settings: Value | None) -> Value | None:
    """The address that a factory's settings put in front of every path."""
    return next((b for f in _BASE_FIELDS if isinstance(settings, Obj) and (b := settings.known().get(f)) is not None), None)


def _speaks(url: Value) -> bool:
    return isinstance(url, Text) and any(isinstance(p, str) and re.fullmatch(r"[\w\-/.?=&:%+,~{}]+", p) for p in url.parts)


def looks_like_path(url: Value) -> bool:
    """Whether a text is shaped like the path of a URL."""
    return bool(_PATH.search(rendered(url)))


def joined_paths(values: tuple[Value, ...]) -> Value:
    """Path pieces with one slash between them."""
    found: Value = text("")
    for index, value in enumerate(values):
        if index == 0:
            found = value
            continue
        left, right = rendered(found), rendered(value)
        if not left or not right:
            found = concat((found, value))
        elif left.endswith("/") and right.startswith("/"):
            found = concat((_without_last(found), value))
        elif left.endswith("/") or right.startswith("/"):
            found = concat((found, value))
        else:
            found = concat((found, text("/"), value))
    return found


def _without_last(value: Value) -> Value:
    if isinstance(value, Text) and value.parts and isinstance(value.parts[-1], str):
        return Text((*value.parts[:-1], value.parts[-1][:-1]))
    return value
