"""Plugins found by entry point, loaded, and accepted; each failure names the package that caused it."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

import msgspec

from agentlint import PLUGIN_GROUP
from agentlint.extension.framework import Framework


class Refused(msgspec.Struct, frozen=True):
    """A plugin that could not take part, and why."""

    package: str
    reason: str


def load_frameworks() -> tuple[tuple[Framework, ...], tuple[Refused, ...]]:
    """All framework plugins of this environment, sorted by name; a name that is taken refuses the later package."""
    accepted: dict[str, Framework] = {}
    refused: list[Refused] = []
    for point in sorted(entry_points(group=PLUGIN_GROUP), key=lambda p: (p.name, p.value)):
        package = point.dist.name if point.dist is not None else point.value
        plugin = _loaded(point)
        if isinstance(plugin, str):
            refused.append(Refused(package, plugin))
        elif plugin.name in accepted:
            if type(accepted[plugin.name]) is not type(plugin):
                refused.append(Refused(package, f"the name {plugin.name!r} is taken by another plugin"))
        else:
            accepted[plugin.name] = plugin
    return tuple(accepted[name] for name in sorted(accepted)), tuple(refused)


def _loaded(point: EntryPoint) -> Framework | str:
    """The plugin object behind an entry point, or why it is none."""
    try:
        plugin = point.load()
    except Exception as error:
        return f"entry point {point.name!r} ({point.value}) cannot be loaded: {type(error).__name__}: {error}"
    if not isinstance(plugin, Framework):
        return f"entry point {point.name!r} ({point.value}) is no framework plugin: it lacks a part of agentlint.api.Framework"
    return plugin
