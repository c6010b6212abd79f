"""Plugins found by entry point, loaded, and accepted; each failure names the package that caused it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import msgspec

from agentlint import DISTRIBUTION, KNOWLEDGE_GROUP, PLUGIN_GROUP
from agentlint.extension.framework import Framework
from agentlint.knowledge import KnowledgeError
from agentlint.knowledge.loader import load_library


class Refused(msgspec.Struct, frozen=True, order=True):
    """A plugin that could not take part, and why."""

    package: str
    reason: str


class Offered(msgspec.Struct, frozen=True):
    """What an entry point leads to."""

    package: str
    """The distribution that offers it."""
    name: str
    value: object


def load_group(group: str) -> tuple[tuple[Offered, ...], tuple[Refused, ...]]:
    """What all entry points of a group lead to, sorted by name, and those that lead nowhere."""
    offered: list[Offered] = []
    refused: list[Refused] = []
    for point in sorted(entry_points(group=group), key=lambda p: (p.name, p.value)):
        package = point.dist.name if point.dist is not None else point.value
        try:
            offered.append(Offered(package, point.name, point.load()))
        except Exception as error:
            refused.append(Refused(package, _cannot(point, f"{type(error).__name__}: {error}")))
    return tuple(offered), tuple(refused)


def names_of_group(group: str) -> tuple[str, ...]:
    """Names of a group's entry points, none of them loaded."""
    return tuple(sorted({point.name for point in entry_points(group=group)}))


@cache
def _shipped() -> frozenset[str]:
    return frozenset(point.module.partition(".")[0] for point in entry_points(group=PLUGIN_GROUP) if point.dist is not None and point.dist.name == DISTRIBUTION)


def is_shipped(plugin: object) -> bool:
    """True for a framework plugin that comes with agentlint: when it fails, the code that it read is odd rather than the plugin."""
    return type(plugin).__module__.partition(".")[0] in _shipped()


def load_frameworks() -> tuple[tuple[Framework, ...], tuple[Refused, ...]]:
    """All framework plugins of this environment, sorted by name; a name that is taken refuses the later package."""
    offered, failed = load_group(PLUGIN_GROUP)
    accepted: dict[str, Framework] = {}
    refused = list(failed)
    for one in offered:
        plugin = one.value
        if not isinstance(plugin, Framework):
            refused.append(Refused(one.package, f"entry point {one.name!r} is no framework plugin: it lacks a part of agentlint.api.Framework"))
        elif plugin.name in accepted:
            if type(accepted[plugin.name]) is not type(plugin):
                refused.append(Refused(one.package, f"the name {plugin.name!r} is taken by another plugin"))
        else:
            accepted[plugin.name] = plugin
    return tuple(accepted[name] for name in sorted(accepted)), tuple(refused)


@cache
def knowledge_files() -> tuple[tuple[Path, ...], tuple[Refused, ...]]:
    """Knowledge files of plugins, by package and name. A package with a mistake in one of them is refused as a whole."""
    offered, failed = load_group(KNOWLEDGE_GROUP)
    files: list[Path] = []
    refused = list(failed)
    for one in offered:
        found = sorted(path for folder in _folders(one.value) for path in folder.glob("*.yaml"))
        try:
            load_library(found)
        except KnowledgeError as error:
            refused.append(Refused(one.package, f"its knowledge has mistakes: {error}"))
            continue
        if not found:
            refused.append(Refused(one.package, f"entry point {one.name!r} leads to no package that holds *.yaml files"))
        files += found
    return tuple(files), tuple(refused)


def _folders(package: object) -> Iterable[Path]:
    return [Path(folder) for folder in getattr(package, "__path__", ())]


def _cannot(point: EntryPoint, why: str) -> str:
    return f"entry point {point.name!r} ({point.value}) cannot be loaded: {why}"
