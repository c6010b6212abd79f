"""Words of API descriptions: verbs of actions and what undoes them, states that people decide on, things that are never edited."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from agentlint.analysis.wording import singular, words

CREATE_VERBS = frozenset(
    "create add new insert register make generate issue upload import submit book place grant invite enroll provision open request post upsert put record "
    "schedule duplicate copy clone fork define allocate build compose draft enqueue order".split()
)
READ_VERBS = frozenset(
    "get read show fetch retrieve view describe display download count list browse find lookup check inspect identify resolve obtain enumerate return head "
    "search query filter poll watch stream export print".split()
)
LIST_VERBS = frozenset("list search query find browse enumerate filter all".split())
UPDATE_VERBS = frozenset("update edit change modify set save patch replace put rename adjust amend configure assign move reorder overwrite".split())
DELETE_VERBS = frozenset("delete remove destroy drop purge clear erase trash discard unregister deregister".split())
HARMLESS_VERBS = frozenset(
    "search query filter validate verify check test-connection preview estimate quote calculate compute convert parse render lookup "
    "find count list get fetch "
    "read export compare match simulate dry ping echo sync synchronize refresh reload heartbeat touch poll introspect describe evaluate explain suggest "
    "sanitize sanitise normalize normalise format "
    "analyze analyse detect classify recognize recognise translate tokenize autocomplete batchget evaluate login authenticate authorize".split()
)
"""Verbs that change nothing of weight, or the same when repeated."""
SENDING_VERBS = frozenset(
    "send resend email mail notify remind message text call publish broadcast forward share invite trigger fire rerun retry run execute invoke dispatch "
    "emit announce charge pay capture transfer payout withdraw deposit refund import migrate ingest duplicate copy clone fork generate reply post".split()
)
"""Verbs whose every repetition happens again outside."""
FINAL_VERBS = frozenset(
    "delete remove destroy purge erase wipe clean cleanup clear flush empty truncate drop merge shutdown terminate kill reset restore "
    "rollback revert overwrite "
    "finalize void expire deprovision decommission archive-permanently uninstall reboot restart prune vacuum burn redact rotate regenerate roll leave stop "
    "cancel abort revoke reject decline deny discard dismiss refund complete submit sign confirm approve accept redeem consume capture settle close finish "
    "convert release reimburse invalidate".split()
)
"""Verbs after which nothing in an API brings the former state back by itself."""
ACTION_VERBS = frozenset(
    "abort accept acknowledge activate admit allow answer apply approve archive arrive assign attach authorize ban block book bulk calculate call cancel "
    "capture certify charge check checkin checkout claim clean cleanup clear clone close commit complete confirm connect consume convert copy deactivate "
    "decline demote deny deploy detach disable disconnect dismiss dispatch download downgrade duplicate edit enable end enroll escalate execute expire "
    "export extend finalize finish flag flush follow force forward freeze fulfil fulfill generate grant halt hide hold import install invalidate invite "
    "invoke join kick kill leave like link lock login logout mark merge migrate move mute notify open order pause pay pin ping play post preview print "
    "process promote publish purge push quote read rebuild reactivate reassign reboot recall recalculate record recover redeem refresh refund regenerate "
    "register reject release reload remind remove rename renew reopen reorder reply report reprocess request rerun resend reset reschedule resize resolve "
    "restart restore resume retire retry return revert review revoke rollback rotate run schedule search send settle share ship shutdown sign simulate skip "
    "snooze split star start stop submit subscribe suspend swap sync synchronize tag terminate test toggle touch transfer transition trigger truncate "
    "unarchive unassign unban unblock undelete undo unenroll unfollow unfreeze unhide uninstall unlike unlink unlock unmark unmute unpause unpin unpublish "
    "unregister unshare unstar unsubscribe unsuspend untag unwatch update upgrade upload validate verify view void vote waive watch wipe withdraw".split()
)
NOUN_VERBS = frozenset(
    "access answer arrive login book bulk call charge check claim clone comment copy download export flag fork hold image import "
    "invite like link lock mark match "
    "order pin play post preview process quote read record refund release reply report request return review run schedule search share ship sign split star "
    "start tag test transfer transition trigger update upgrade upload view vote watch".split()
)
"""Verbs that also name things: a path ends with one as an action only when nothing is read there."""

INVERSES: dict[str, tuple[str, ...]] = {
    "suspend": ("unsuspend", "resume", "reactivate", "activate", "restore", "enable", "unblock"), "archive": ("unarchive", "restore", "reopen", "activate"),
    "lock": ("unlock",), "block": ("unblock", "allow"), "ban": ("unban", "pardon"), "disable": ("enable", "activate", "reactivate"),
    "deactivate": ("activate", "reactivate", "enable", "restore"), "pause": ("resume", "unpause", "start", "restart"), "freeze": ("unfreeze", "thaw"),
    "hide": ("unhide", "show"), "mute": ("unmute",), "publish": ("unpublish", "retract", "withdraw", "archive", "draft"),
    "subscribe": ("unsubscribe", "cancel"),
    "follow": ("unfollow",), "star": ("unstar",), "pin": ("unpin",), "like": ("unlike", "dislike"), "favorite": ("unfavorite", "remove"),
    "favourite": ("unfavourite", "remove"), "assign": ("unassign", "reassign", "remove"), "attach": ("detach", "remove"), "link": ("unlink", "remove"),
    "connect": ("disconnect", "remove"), "grant": ("revoke", "remove", "deny"), "start": ("stop", "cancel", "pause", "shutdown", "end",
    "finish", "terminate"),
    "share": ("unshare", "revoke", "leave", "remove"), "join": ("leave", "remove"), "watch": ("unwatch",), "enroll": ("unenroll",
    "withdraw", "cancel", "remove"),
    "close": ("reopen", "open", "restore"), "snooze": ("unsnooze", "wake", "resume"), "retire": ("restore", "reactivate", "activate"),
    "enable": ("disable", "deactivate", "cancel"),
    "activate": ("deactivate", "suspend", "disable", "cancel", "archive"), "hold": ("release", "unhold", "resume"),
    "quarantine": ("release", "restore", "unquarantine"), "install": ("uninstall", "remove"), "trash": ("untrash", "restore", "undelete"),
}
"""What takes an action back; only for actions that are meant to be taken back."""

DECISIONS: dict[str, str] = {
    "approved": "approve", "rejected": "reject", "declined": "decline", "denied": "deny", "accepted": "accept", "cancelled": "cancel", "canceled": "cancel",
    "suspended": "suspend", "archived": "archive", "published": "publish", "unpublished": "unpublish", "closed": "close", "reopened": "reopen",
    "locked": "lock", "blocked": "block", "banned": "ban", "disabled": "disable", "deactivated": "deactivate", "inactive": "deactivate", "paused": "pause",
    "frozen": "freeze", "hidden": "hide", "muted": "mute", "voided": "void", "refunded": "refund", "revoked": "revoke", "withdrawn": "withdraw",
    "resolved": "resolve", "dismissed": "dismiss", "escalated": "escalate", "assigned": "assign", "confirmed": "confirm", "submitted": "submit",
    "retired": "retire", "terminated": "terminate", "waived": "waive", "on_hold": "hold", "acknowledged": "acknowledge", "signed": "sign",
    "completed by user": "complete", "shipped": "ship", "fulfilled": "fulfil", "returned": "return", "snoozed": "snooze", "redeemed": "redeem",
    "quarantined": "quarantine", "trashed": "trash",
}
"""States that somebody decides on, and the verb that leads there."""
WEAK_DECISIONS = frozenset(
    "archive disable deactivate retire revoke terminate return confirm submit resolve lock hide complete ship redeem close block".split()
)
"""Decisions whose states systems also reach by themselves: beside states of a job they say nothing."""
JOB_STATES = frozenset(
    "queued pending processing running in_progress inprogress started starting stopping stopped succeeded success successful failed failure error errored "
    "completed complete done finished timeout timed_out expired waiting scheduled provisioning creating deleting updating initializing building built ready "
    "unknown partial warning skipped aborted aborting cancelling canceling terminating syncing synced importing imported exporting exported new created "
    "verified unverified verifying degraded healthy unhealthy online offline idle busy available unavailable neutral stale action_required delivered bounced "
    "received requires_action requires_payment_method incomplete past_due unpaid paid overdue trialing".split()
)
"""States that the system itself reports."""
RUNNING_STATES = frozenset("queued processing running in_progress inprogress started building importing exporting".split())
ENDED_STATES = frozenset("succeeded success successful failed failure error errored completed complete done finished partial".split())
STATE_FIELD = re.compile(r"^(\w*_)?(status|state|stage|phase|lifecycle|lifecycle_state|approval|moderation|review_status|disposition|decision)$")
DECISION_FLAGS: dict[str, tuple[str, str]] = {
    "active": ("activate", "deactivate"), "enabled": ("enable", "disable"), "disabled": ("disable", "enable"), "archived": ("archive", "unarchive"),
    "locked": ("lock", "unlock"), "suspended": ("suspend", "unsuspend"), "blocked": ("block", "unblock"), "banned": ("ban", "unban"),
    "published": ("publish", "unpublish"), "approved": ("approve", "reject"), "closed": ("close", "reopen"), "hidden": ("hide", "unhide"),
    "paused": ("pause", "resume"), "frozen": ("freeze", "unfreeze"), "muted": ("mute", "unmute"), "pinned": ("pin", "unpin"), "starred": ("star", "unstar"),
    "flagged": ("flag", "unflag"), "cancelled": ("cancel", ""), "canceled": ("cancel", ""), "rejected": ("reject", ""), "resolved": ("resolve", "reopen"),
    "acknowledged": ("acknowledge", ""), "deactivated": ("deactivate", "activate"), "private": ("make private", "make public"),
    "public": ("make public", "make private"),
}
"""Truth values that somebody decides on, with the verbs for true and for false."""

ISSUED = frozenset("token key secret credential password certificate session code nonce grant otp pin signature challenge voucher".split())
"""Things that are issued and revoked, never edited."""
KEPT = frozenset(
    "log report event action command operation commit history audit revision version snapshot backup export receipt statement transaction message notification "
    "delivery attempt execution run build deploy upload "
    "status refund reversal debit credit charge payment payout transfer ledger posting activity change trace metric usage result invocation "
    "check verification scan render call download dump zip archive vote view click impression measurement reading sample heartbeat".split()
)
"""Things that keep what was: nobody edits them, and many are never deleted."""
SETTINGS = frozenset("preference setting config configuration option".split())
"""Values that a thing has under a name: one sets them, and sets them again."""
CONTENTS = frozenset("content contents raw binary blob file".split())
"""Last parts of paths that stand for the bytes of the thing before them."""
TECHNICAL = frozenset(
    "health healthz status version info about ping login logout signin signout auth authorize authorization oauth oauth2 sso saml callback refresh search "
    "query stats statistic statistics analytics metric metrics config configuration setting settings preference preferences schema "
    "meta metadata docs openapi "
    "completion embedding transcription speech inference "
    "swagger me self whoami current capability capabilities option options parser validate preview count summary dashboard graph "
    "graphql rpc batch bulk import "
    "export download upload webhook-receiver debug maintenance util utils media static shutdown proxy content raw binary".split()
)
"""Nouns of paths that stand for no resource with a life of its own."""
TIES = frozenset("assignment link membership association relationship relation binding lock vote like reaction".split())
"""Ties between two things: made and removed, never edited."""
VALUES = frozenset(
    "subscription subscriber subscribe invitation invite domain identifier address url uri ip number email phone device host hostname follower watcher "
    "favorite favourite attachment file image picture photo avatar logo icon alias upload".split()
)
"""Things that are what they were given, or were asked to be: another one is made in their place."""
MANAGED = frozenset(
    "team group segment audience project workspace category folder dashboard policy product coupon discount article newsfeed centre center campaign form "
    "organization organisation company department channel board queue schedule calendar workflow automation tenant customer contact "
    "source destination connector integration webhook site portal emoji rule severity priority standard reason program programme "
    "playlist library album portfolio goal milestone sprint roadmap theme zone monitor playbook runbook macro survey questionnaire store shop branch "
    "warehouse office menu promotion offer bot assistant prompt field course domain rate budget".split()
)
"""Things that people make, name and put away, whoever offers to."""
JOINED = frozenset("member user admin administrator operator teammate collaborator".split())
"""People, whom other people take in."""
SLIGHT = frozenset("reaction vote like star membership assignment association relation relationship".split())
"""Ties that have nothing but their two ends: made again, they are what they were."""
SECRET_WORDS = frozenset("password secret token passphrase credential private auth key".split())


@lru_cache(maxsize=50_000)
def stem_of(verb: str) -> str:
    """Enough of a verb to recognise its other forms: `cancel` and `cancellation`, `approve` and `approval`."""
    plain = verb.lower()
    for ending in ("ation", "ing", "ed", "es", "e", "s", "y"):
        if plain.endswith(ending) and len(plain) - len(ending) >= 3:
            plain = plain[: -len(ending)]
            break
    return plain[:7]


def same_verb(one: str, other: str) -> bool:
    """True when two words are forms of one verb."""
    if one == other:
        return True
    a, b = stem_of(one), stem_of(other)
    return len(a) >= 3 and len(b) >= 3 and (a == b or (min(len(a), len(b)) >= 5 and (a.startswith(b) or b.startswith(a))))


def has_verb(verb: str, among: Iterable[str]) -> bool:
    """True when one of the words is a form of the verb."""
    return any(same_verb(verb, word) for word in among)


def state_word(value: str) -> str:
    """`PENDING_APPROVAL` -> `pending_approval`."""
    return "_".join(words(value))


_IRREGULAR = {"people": "person", "children": "child", "men": "man", "women": "woman", "indices": "index", "vertices": "vertex", "matrices": "matrix",
              "criteria": "criterion", "analyses": "analysis", "aliases": "alias", "alias": "alias", "ups": "up", "statuses": "status", "addresses": "address",
              "data": "data", "series": "series",
              "media": "media", "news": "news", "sms": "sms", "dns": "dns", "aws": "aws", "leaves": "leave", "ids": "id", "ips": "ip",
              "vms": "vm", "dbs": "db", "movies": "movie", "cookies": "cookie"}


@lru_cache(maxsize=50_000)
def noun_words(name: str) -> tuple[str, ...]:
    """Singular words of a name."""
    return tuple(_IRREGULAR.get(w) or singular(w) for w in words(name))


def field_words(name: str) -> tuple[str, ...]:
    """Words of a field or parameter name, in order, as written: `taskGid` -> (task, gid)."""
    return tuple(words(name))
