"""What Frappe keeps of documents by itself: a version at each change where `track_changes` is on, and a copy of what is deleted."""

from __future__ import annotations

from collections.abc import Iterator

from agentlint.api import Mechanism, RecordContent
from agentlint_frappe.doctypes import DocTypes

_VERSION = "frappe.core.doctype.version.version.Version"
_DELETED = "frappe.core.doctype.deleted_document.deleted_document.DeletedDocument"
_WHO = RecordContent(who=True, what=True)


def kept_versions(doctypes: DocTypes) -> Iterator[Mechanism]:
    """Versions of DocTypes that ask for them; every deleted document, whole, with who deleted it."""
    for one in doctypes.own.values():
        if one.tracked and not one.table:
            line = doctypes.documents.line_of(one.file, '"track_changes"')
            yield Mechanism(f"Version of {one.name}", _VERSION, one.class_id, one.file, line, _WHO, operations=("update",))
        if not one.table:
            yield Mechanism("Deleted Document", _DELETED, one.class_id, one.file, 1, _WHO, operations=("delete",))
    for name in doctypes.outside:
        yield Mechanism("Deleted Document", _DELETED, doctypes.class_of(name), "", 0, _WHO, operations=("delete",))
