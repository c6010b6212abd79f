"""`agentlint cache`: where results of earlier runs are kept, how much they take, and how to be rid of them."""

from __future__ import annotations

import click

from agentlint.errors import NoCache


@click.command("cache")
@click.argument("what", type=click.Choice(("dir", "size", "clear")), default="size")
def command(what: str) -> None:
    """Say where results of earlier runs are kept (dir), how many and how large they are (size), or remove them (clear).

    \b
    Examples:
      agentlint cache            entries and bytes
      agentlint cache clear      start afresh; the next run is a cold one

    The folder is AGENTLINT_CACHE_DIR, else agentlint below XDG_CACHE_HOME or ~/.cache. `agentlint check --no-cache` leaves it alone.
    """
    from agentlint.cache import Store, cache_folder

    folder = cache_folder()
    if folder is None:
        raise NoCache("this user has no home folder, so nothing is kept", "set AGENTLINT_CACHE_DIR to a folder")
    if what == "dir":
        click.echo(str(folder))
        return
    store = Store(folder)
    if what == "clear":
        try:
            click.echo(f"{folder}: {store.clear()} entries removed")
        except OSError as error:
            raise NoCache(f"{folder} cannot be cleared: {error.strerror or error}", "remove the folder by hand") from error
        return
    entries, size = store.size()
    click.echo(f"{folder}: {entries} entries, {size / 2**20:.1f} MB")
