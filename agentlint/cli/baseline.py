"""`agentlint baseline`: writes down the findings of today, so that only new ones fail."""

from __future__ import annotations

from pathlib import Path

import click

from agentlint.cli.options import Wishes, config_option, workers_option


@click.command("baseline")
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write.  [default: as the settings say, else .agentlint-baseline.json in PATH]")
@click.option("--prune", is_flag=True, help="Only take out what is gone; new findings stay new, scores never go down.")
@config_option
@workers_option
def command(path: Path, output: Path | None, prune: bool, config: Path | None, workers: int | None) -> None:
    """Write down every finding of PATH that counts today, with the scores. Commit the file; a review shows what came and went.

    \b
    Examples:
      agentlint baseline                 accept what is there, look at new findings only
      agentlint baseline --prune         take out what has been mended
    """
    from agentlint.cli.running import baseline_file, load_baseline, run_with, write_file
    from agentlint.findings.baseline import Baseline, baseline_of, pruned, write_baseline

    report, settings = run_with(path, Wishes(config=config, workers=workers))
    file = baseline_file(path, settings, output)
    before = load_baseline(file) if prune or file.is_file() else Baseline({}, ())
    after = pruned(before, report.findings, report.scores) if prune else baseline_of(report)
    write_file(file, write_baseline(after))
    came, went = set(after.findings) - set(before.findings), set(before.findings) - set(after.findings)
    click.echo(f"{file}: {len(after.findings)} findings ({len(came)} new, {len(went)} gone)", err=True)
