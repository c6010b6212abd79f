"""Effects that a function reaches and yet does not decide over: defaults made while reading, traces of what happens, the delivery of a record."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agentlint.analysis.decisions.clearing import clears, is_publishing_command
from agentlint.analysis.decisions.consequence import is_cache
from agentlint.analysis.effects.summary_entries import Entry
from agentlint.analysis.wording import DEEDS, LOOKUPS, RIGHTS, singular, words
from agentlint.ir import syntax as s
from agentlint.ir import walk
from agentlint.ir.effects import Effect

_READING = frozenset({"get", "aget", "fetch", "afetch", "find", "load", "lookup", "ensure", "retrieve", "read", "has", "is"})
_WRITING = frozenset({
    "create", "make", "new", "set", "update", "change", "save", "add", "insert", "register", "delete", "remove", "and", "or", "refresh", "sync", "import",
    "store", "apply",
})
_TRACING = frozenset({
    "trace", "tracer", "tracing", "telemetry", "debug", "logging", "logger", "metrics", "metric", "sentry", "analytics", "profiler", "profiling", "stats",
})
_RECORDING = frozenset({"record", "records", "event", "events", "log", "audit", "track", "history", "trail", "journal", "emit", "notify"})
_SENDING = frozenset({"mail", "outbound-http", "message", "queue"})
_ASKING = (LOOKUPS - {"complete", "report", "export", "whoami", "simulate"}) | {
    "transcribe", "synthesize", "embed", "rerank", "tokenize", "browse", "crawl", "scrape", "extract", "test", "ping", "probe", "ocr", "geocode", "warm",
}
"""First words of functions that send something only to be told something."""
_ASKING_IN = frozenset({"get", "fetch", "refresh", "exchange", "obtain", "acquire", "renew", "request"})

_DOING = (DEEDS - {"make", "new", "run", "execute", "connect", "verify", "import", "setup", "exchange", "complete", "swap", "finish", "sign"}) | {
    "reopen", "refund", "capture", "provision", "deliver", "forward", "mail", "email", "sms", "alert", "warn", "remind", "report", "tell", "inform",
    "broadcast", "fire", "emit", "transition",
}
_WORKING_OUT = frozenset({"computed", "recompute", "recomputed", "recalculate", "denormalize", "denormalise", "precompute"})
_RUNS = frozenset({"job", "run", "execution", "worker", "import", "export"})
_TRIES = frozenset({"attempt", "attempts", "run", "runs", "execution", "executions"})
"""Last words of rows that stand for one try of something that runs by itself: `IndexAttempt`, `AutomationRun`."""
_TALK = frozenset({"message", "messages", "chat", "conversation", "transcript", "utterance"})
_CHAT = _TALK - {"message", "messages"}
_SHARING = frozenset({
    "share", "shared", "archived", "public", "visibility", "visible", "hidden", "owner", "assignee", "assigned", "closed", "resolved", "approved", "pinned",
})
_STANDING = _SHARING | RIGHTS | {
    "status", "state", "active", "enabled", "disabled", "blocked", "locked", "suspended", "verified", "expires", "expiry", "expiration",
}
_PERSONS = frozenset({"request", "user", "actor", "current_user", "by", "author"})
_PROGRESS = frozenset({
    "status", "state", "progress", "result", "results", "error", "errors", "log", "logs", "output", "feedback", "explanation", "traceback", "started", "start",
    "finished", "finish", "ended", "end", "completed", "stopped", "heartbeat", "pid", "attempt", "attempts", "retries", "duration", "elapsed", "exit",
})
_EXCHANGE = frozenset({
    "sync", "synced", "synchronized", "synchronised", "synchronization", "export", "exported", "import", "imported", "notification", "webhook", "transmission",
    "fetch", "fetched", "crawl", "crawled", "scan", "scanned", "poll", "polled", "upload", "uploaded", "push", "pushed",
})
_MOMENTS = frozenset({"at", "on", "time", "date", "timestamp", "endpoint", "code", "response", "last", "hash", "checksum", "etag", "needs", "pending"})
_SEEN = frozenset({"visit", "visits", "hit", "hits", "pageview", "pageviews", "impression", "impressions"})
"""Last words of rows that only count who looked at a page."""
_ELSEWHERE = frozenset({"external", "remote", "foreign", "upstream"})
_INDEXING = frozenset({"index", "indexer", "indexing", "indices", "vector", "vectors", "embedding", "embeddings", "cache", "fts"})

_PIECES = frozenset({
    "chunk", "document", "doc", "entry", "page", "node", "collection", "index", "indice", "passage", "segment", "memory", "record", "row", "item",
})
"""Words of rows that a search finds."""
_VECTORS = frozenset({"vector", "vectors", "vectordb", "vectorstore", "pgvector", "embedding", "embeddings", "opensearch", "elasticsearch"})
"""Modules and classes of stores that are made from other rows to search them."""


def is_upkeep(effect: Effect) -> bool:
    """True for what code writes down about its own running (prompt traces, telemetry, metrics), for upkeep of search indexes and caches beside
    the rows they are made from, and for commands of the framework that another command runs."""
    if effect.model and effect.function == f"{effect.model}.save" and effect.operation == "update" and effect.api.rpartition(".")[2] == "update()":
        return True  # what a row's own `save` fills in of it and its like by a statement, beside the saving that is asked for
    if effect.kind in ("file", "outbound-http", "process") and _TRACING.intersection(_name(effect.function)):
        return True
    if is_cache(effect) or (effect.kind == "orm-write" and effect.operation != "delete" and _WORKING_OUT.intersection(_name(effect.function))):
        return True
    if effect.kind == "orm-write" and effect.operation != "delete" and _fills_index(_name(effect.function)):
        return True
    if effect.kind == "orm-write" and effect.operation == "create" and _SEEN.intersection(words(effect.target)[-1:]):
        return True
    commanded = effect.kind == "process" and effect.api.rpartition(".")[2].startswith("call_command")
    return is_index_work(effect, (effect.function,)) or (commanded and "commands" in effect.file.split("/"))


def _fills_index(name: list[str]) -> bool:
    """True for `index_full_text`: a page called `index` is another matter."""
    return name[:1] in (["index"], ["reindex"]) and bool({"text", "fulltext", "search", "content", "contents"}.intersection(name[1:]))


def is_index_work(effect: Effect, functions: Iterable[str]) -> bool:
    """True for statements and files of a search index or cache, told by the names of the functions, classes and modules on the way to them."""
    if effect.kind == "orm-write":
        said = words(effect.target)
        if effect.model and (said[-1:] in (["config"], ["configs"], ["settings"]) or not {*_VECTORS, *_PIECES}.intersection(map(singular, said))):
            return False  # rows of the program's own that say which stores there are
        return bool(_VECTORS.intersection(w for part in effect.function.split(".")[1:-1] for w in words(part)))
    if effect.kind not in ("file", "raw-sql"):
        return False
    return bool(_INDEXING.intersection(w for function in functions for part in function.split(".")[-3:] for w in words(part)))


def is_work(effect: Effect, function: str, file: str = "") -> bool:
    """True for files and programs that a function below a handler handles, which is how something is done rather than what is decided: all but
    the deletion of files by a function or command that says so, and what a command writes that is there to publish."""
    if effect.kind == "file" and effect.operation != "delete":
        return not is_publishing_command(file)
    if effect.kind == "file":
        return not clears(_name(function), file) or bool({"temp", "tmp"}.intersection(_name(function)))
    return effect.kind == "process" and (effect.operation == "run" or (effect.operation == "delete" and effect.api.startswith(_SIGNALS)))


def hands_on(effect: Effect, node: s.Function, called: bool = False) -> bool:
    """True for a function that sends what it is given where it is told to, or that is there to send one kind of mail and is called for it: who calls it
    decides. `send_email(recipient, subject, html)`, `request(method, url, **kwargs)`, `send_order_cancelled_mail(order)`."""
    if effect.kind in ("mail", "queue") and called and words(node.name)[:1] in (["send"], ["mail"], ["email"]):
        return True
    if not called and node.name == "save":
        return False  # a form that mails what it was filled in for
    names = [p.name for p in node.params if p.kind != "double-star"]
    if effect.kind == "mail" or is_notice(effect):
        said = sum(any(map(part.match, names)) for part in _PARTS_OF_MAIL)  # of three: to whom, on what, which text
        return said >= 2 or (not names and bool(node.params))
    return effect.kind == "outbound-http" and any(name in _PLACES_OF_REQUEST for name in names) and any(name in _PARTS_OF_REQUEST for name in names)


def is_notice(effect: Effect) -> bool:
    """True for a row that tells somebody of something."""
    return effect.kind == "orm-write" and effect.operation in ("create", "write") and words(effect.target)[-1:] in (["notification"], ["notifications"])


_PARTS_OF_MAIL = (
    re.compile(r"^(\w+_)?(to|recipients?|targets|receivers?|addressees?|address(es)?)(_\w+)?$"),
    re.compile(r"^(\w+_)?(subject|title|verb|action)(_\w+)?$"),
    re.compile(r"^(\w+_)?(body|message|html|text|content|template)(_\w+)?$"),
)
_PLACES_OF_REQUEST = frozenset({"url", "uri", "path", "endpoint"})
_PARTS_OF_REQUEST = frozenset({"method", "verb", "headers", "payload", "body", "json", "data", "params"})
_SAVED = "instance"
_SIGNALS = ("os.", "subprocess.", "asyncio.", "psutil.", "multiprocessing.")
"""Where the end of a program of the same machine is asked for, as against a container or a server elsewhere."""
_SEEDING = frozenset({"seed", "backfill", "bootstrap", "init"})
_SHAPING = frozenset({"tables", "migrate", "migration", "migrations", "schema"})
_STARTING = frozenset({"lifespan", "startup"})
_SEEDING_FILES = frozenset({
    "seed", "seeds", "seeder", "seeding", "startup", "backfill", "bootstrap", "populate", "preload", "demo", "fake",
    "install", "installer", "importer", "importers",
})
_SEEDING_COMMANDS = frozenset({"configure", "setup", "install", "init"})
_FILLING = frozenset({
    "import", "load", "populate", "repopulate", "migrate", "generate", "regenerate", "backfill", "fill", "fix", "patch", "sync", "resync", "synchronize",
    "synchronise", "copy", "convert", "rebuild", "recompute", "recalculate", "compute", "calculate", "refresh", "retry", "reprocess", "parse", "fetch",
    "ingest", "geocode", "geolocate", "sanitize", "sanitise", "normalize", "normalise", "correct", "repair", "extract", "scan", "reindex",
    "scrape", "crawl", "dump", "upgrade",
})
"""First words of commands with which whoever runs a system fills or mends its tables."""
_SYNCING = frozenset({"sync", "resync", "synchronize", "synchronise", "mirror"})
_BELONGING = frozenset({"user", "users", "member", "members", "membership", "memberships", "account", "accounts", "profile"})
_MOVING = frozenset({"migration", "migrations"})
_MADE_UP = ("fixture", "fixtures", "testdata", "demodata", "sampledata")
_ADJUSTING = frozenset({"create", "update", "move", "transfer", "restore", "reset"})
"""First words of commands that do so as long as they neither delete nor change what something is allowed or counts as."""
_RIGHTFUL = frozenset({"permission", "role", "group", "membership", "member", "admin", "moderator"})
_ENTITLING = frozenset({"token", "secret", "role", "roles", "staff", "superuser", "admin", "permission", "permissions", "groups"})
_IN_LINE = frozenset({"sync", "resync", "synchronize", "synchronise", "fix", "correct", "repair", "sanitize", "sanitise"})
_MEASURED = frozenset({"snapshot", "insight", "metric", "stat", "statistic", "summary", "measurement", "sample", "usage", "report"})
"""Words of rows in which a command keeps what it found at a time."""
_SEEDING_FOLDERS = frozenset({"seed", "seeds", "seeding", "localdev", "fixtures", "importers", "upgrade", "upgrades", "testing"})
"""Folders of what is run when a system is set up, moved from another or tested; `is_seeding` is asked where no person comes by."""
_SEEDING_NAMES = _SEEDING_FILES | {"fixture", "fixtures", "dummy", "testdata"}
"""Words of commands that fill the tables of a system which nobody works with yet."""
_WRITTEN_TOGETHER = re.compile("^(" + "|".join(sorted(_FILLING | _ADJUSTING | {"seed", "setup"}, key=lambda w: (-len(w), w))) + ")([a-z]{4,})$")


def is_seeding(effect: Effect, symbol: str, file: str) -> bool:
    """True for rows that an installation starts with or that a change of the schema asks for: made by a function, or in a file of commands, whose
    first word says so. Deletions by other than those and what leaves the system are none."""
    name = words(symbol.rpartition(".")[2])
    *folders, last = file.removesuffix(".py").split("/")
    if mends_by_command(effect, file) or (_SYNCING.intersection(name[:1]) and _is_copy(effect)):
        return True
    if effect.kind == "orm-write" and (last.endswith(_MADE_UP) or any(_MOVING.intersection(words(folder)) for folder in folders)):
        return True
    seeding = _STARTING.intersection(name) or name[:1] == ["seed"] or ("commands" in folders and last.startswith("seed"))
    if effect.kind == "orm-write" and seeding:
        return True
    if effect.kind == "raw-sql":
        return effect.operation != "delete" and bool(_SHAPING.intersection(name) or name[:1] == ["init"])
    if effect.kind != "orm-write" or effect.operation == "delete":
        return False
    name, stem = name[:1], words(last)[:1]
    if "commands" in folders and (_SEEDING_COMMANDS.intersection(stem) or _SEEDING_NAMES.intersection(_command(last))):
        return True
    return bool(_SEEDING.intersection(name) or _SEEDING_FILES.intersection(stem) or _SEEDING_FOLDERS.intersection(folders))


def _is_copy(effect: Effect) -> bool:
    """True for rows that only mirror what stands elsewhere: not those that say who may do what, and none that are deleted."""
    return effect.kind == "orm-write" and effect.operation != "delete" and not (RIGHTS | _BELONGING).intersection(words(effect.target))


def mends_by_command(effect: Effect, file: str) -> bool:
    """True for what a command writes that is there to fill or mend tables, by its name or by that of the folder of commands that it belongs to."""
    *folders, last = file.removesuffix(".py").split("/")
    below = folders[folders.index("commands") + 1:] if "commands" in folders else []
    return "commands" in folders and any(_mends(effect, _command(part)) for part in (*below, last))


def _command(name: str) -> list[str]:
    """The words of a command, also where its name is written together as Django's own are: `createfixtures`, `loaddata`."""
    said = words(name)
    together = _WRITTEN_TOGETHER.match(said[0]) if len(said) == 1 and said[0] not in _FILLING else None
    return [*together.groups()] if together else said


def _mends(effect: Effect, command: list[str]) -> bool:
    """`command` are the words of its name."""
    first = command[:1]
    if effect.kind == "outbound-http":
        return effect.verb in ("", "GET", "POST") and bool(_FILLING.intersection(first))
    if effect.kind not in ("orm-write", "raw-sql"):
        return False
    said = [singular(w) for w in words(effect.target)]
    if first == ["collect"]:
        return effect.operation == "create" and bool(_MEASURED.intersection(said))
    if _FILLING.intersection(first):
        return not _is_of_people(effect, said, [singular(w) for w in command])
    standing = any(_STANDING.intersection(words(field)) for field in effect.fields) or (effect.operation != "create" and not effect.fields)
    return effect.operation != "delete" and not standing and bool(_ADJUSTING.intersection(first))


def _is_of_people(effect: Effect, said: list[str], command: list[str]) -> bool:
    """True for what a command does that brings rows in line and is more than that: it gives or takes rights, it makes the accounts that it is called
    after, it throws away what is no more elsewhere."""
    if effect.kind != "orm-write":
        return False
    given = {w for field in effect.fields for w in words(field)} if effect.operation == "update" else set()
    if _RIGHTFUL.intersection(said[-1:]) or _ENTITLING & given or (_BELONGING.intersection(said[-1:]) and _STANDING & given):
        return True
    if effect.operation == "delete":
        return bool(_IN_LINE.intersection(command[:1]) or _BELONGING.intersection(said[-1:]))
    return effect.operation == "create" and bool(_BELONGING.intersection(said[-1:])) and said[-1] in command


def is_test(symbol: str) -> bool:
    """True for a test that a product ships for those who extend it, in a file of the product's own."""
    owner, _, name = symbol.rpartition(".")
    return name.startswith("test_") and bool({"test", "tests", "testing"}.intersection(words(owner)))


def accompanies(effect: Effect, node: s.Function) -> bool:
    """True for what a receiver of a signal tells others about the change that set it off, for what it fills in of the row that was saved, and for a row
    that a function makes which reads by name."""
    if is_getter(node.name):
        filled = effect.operation in ("update", "write") and effect.function == f"{effect.model}.{node.name}"  # what a row keeps once it has been asked
        return effect.kind == "orm-write" and (effect.operation == "create" or filled)
    raised = any((_ENTITLING | _STANDING).intersection(words(field)) for field in effect.fields)
    if _is_receiver(node) and effect.function.rpartition(".")[2] == node.name and effect.operation in ("update", "write") and not raised:
        own = (c for c in walk.calls(node.body) if c.line == effect.line)
        return any(walk.dotted(c.func) == f"{_SAVED}.save" for c in own)
    if effect.kind not in _SENDING and not is_notice(effect):
        return False
    if effect.kind == "outbound-http" and effect.function.rpartition(".")[2] == node.name:
        return False  # something is done at another service, by this receiver itself
    return any(walk.dotted(d.func if isinstance(d, s.Call) else d).rpartition(".")[2] == "receiver" for d in node.decorators)


def _is_receiver(node: s.Function) -> bool:
    """True for the parameters that Django hands to receivers of a model's signals."""
    return {"sender", _SAVED} <= {p.name for p in node.params}


def keeps_progress(effect: Effect, node: s.Function) -> bool:
    """True for what a worker writes down about how far its own run is: `job.status`, `import_run.finished_at`, and for how far a row is known
    elsewhere: `order.sync_status`; no person asks for that."""
    if effect.kind != "orm-write" or effect.operation == "delete" or any(p.name in _PERSONS for p in node.params):
        return False
    said = words(effect.target)
    if len(said) > 1 and said[-1] in _TRIES:
        return True
    if _is_known_elsewhere([words(field) for field in effect.fields]):
        return True
    return bool(effect.fields) and bool(_RUNS.intersection(said[-1:])) and all(_PROGRESS.intersection(words(field)) for field in effect.fields)


def reports_failure(effect: Effect, line: int, node: s.Function) -> bool:
    """True for a mail or notice that the function sends while it handles an exception: it tells that something did not happen."""
    if effect.kind != "mail" and not is_notice(effect):
        return False
    handlers = (h for stmt in walk.statements(node.body) if isinstance(stmt, s.Try) for h in stmt.handlers)
    return any(call.line == line for h in handlers for call in walk.calls(h.body))


def _is_known_elsewhere(fields: list[list[str]]) -> bool:
    """True for fields that say how far an exchange is, if need be together with what the row is called over there: `crm_invoice_id`, `external_id`."""
    names = [said for said in fields if not _is_exchange(said)]
    return len(names) < len(fields) and all(said[-1:] == ["id"] and (len(said) > 2 or _ELSEWHERE.intersection(said)) for said in names)


def _is_exchange(said: list[str]) -> bool:
    """True for the words of a field that says how far an exchange with another system is: `sync_status`, `last_exported_at`, `crm_notification_time`."""
    return bool(_EXCHANGE.intersection(said)) and bool((_PROGRESS | _MOMENTS).intersection(said))


def is_talk(effect: Effect, with_model: bool) -> bool:
    """True for what is said in a conversation, as the program writes it down while it goes on: who may read it is another matter.

    Where no model is asked (`with_model`), a message is what people write to one another, and what becomes of it is decided."""
    said = words(effect.target)
    if effect.kind != "orm-write" or effect.operation == "delete" or not _TALK.intersection(said[-1:]):
        return False
    if not with_model and not _CHAT.intersection(said):
        return False
    return not any(_SHARING.intersection(words(field)) for field in effect.fields)


def only_asks(effect: Effect, function: str) -> bool:
    """True for a request by a function whose name says that it reads or gets itself a token, unless its verb says otherwise: remote procedures
    are asked by POST."""
    if effect.kind != "outbound-http" or effect.verb not in ("", "POST"):
        return False
    said = _name(function)
    if is_getter(function) or _ASKING.intersection(said[:1]):
        return True
    return bool({"token", "tokens"}.intersection(said)) and bool(_ASKING_IN.intersection(said))


def is_errand(effect: Effect, function: str, guarded: bool = False) -> bool:
    """True for work that a function below a handler hands to a queue, unless a branch of its own decides (`guarded`), and for a request that it sends
    where neither its name nor that of the function which sends it says that something is done elsewhere: how the program gets what it needs (a
    search, a page, a transcript, a token)."""
    if effect.kind == "queue":
        return effect.operation == "send" and not guarded  # what the job does is decided there, or where the request came in
    if effect.kind != "outbound-http" or effect.verb not in ("", "POST"):
        return False
    if only_asks(effect, effect.function):
        return True
    return not any(_DOING.intersection(_name(f)) for f in (function, effect.function))


def is_reached_in_passing(entry: Entry, recorders: frozenset[str]) -> bool:
    """True for an effect of callees that no caller of theirs means: a row or file that a getter makes when it is missing, and what a function
    that makes records sends on or tells subscribers. `recorders` are the functions that make records."""
    effect = entry.effect
    if effect.function in recorders and (is_notice(effect) or (effect.kind in _SENDING and _RECORDING.intersection(_name(effect.function)))):
        return True
    if is_index_work(effect, _along(entry)):
        return True
    if effect.kind not in ("orm-write", "file") or effect.operation == "delete":
        return False
    return is_getter(effect.function) or any(is_getter(f) for f in _along(entry))


def is_getter(function: str) -> bool:
    """True for a function whose name says that it reads and not that it writes: `get_conversation`, not `get_or_create_user`."""
    said = _name(function)
    return len(said) > 1 and said[0] in _READING and not _WRITING.intersection(said)


def _along(entry: Entry) -> list[str]:
    found = []
    step: Entry | None = entry
    while step is not None and step.via is not None:
        found.append(step.via[1].function)
        step = step.rest
    return found


def _name(function: str) -> list[str]:
    return words(function.rpartition(".")[2])
