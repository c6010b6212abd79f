"""Fingerprints: the identity of a finding across edits, built on what it means and not on where it stands."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable

import msgspec

from agentlint.findings.finding import Finding

_LENGTH = 16


def fingerprint(rule: str, *meaning: str) -> str:
    """A short hash of a rule and the parts that make one of its findings what it is: file, symbol, route, effect."""
    return hashlib.sha256("\x1f".join((rule, *meaning)).encode("utf-8", "surrogatepass")).hexdigest()[:_LENGTH]


def distinct(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The same findings with fingerprints told apart: the second of one meaning, by file and line, gets `.2` appended."""
    seen: dict[str, int] = defaultdict(int)
    result = []
    for finding in sorted(findings, key=lambda f: (f.file, f.line, f.rule, f.symbol, f.message)):
        seen[finding.fingerprint] += 1
        count = seen[finding.fingerprint]
        result.append(finding if count == 1 else msgspec.structs.replace(finding, fingerprint=f"{finding.fingerprint}.{count}"))
    return tuple(result)
