"""One API description judged by agentlint and by what a user would run instead: time and memory of each, medians of several runs in turn.

    python benchmarks/descriptions.py openapi.json [--peers node_modules/.bin] [--runs 3] [--slow-runs 1]

Peers that are not installed are left out: `npm install @redocly/cli @stoplight/spectral-cli` brings three of them. Times are those of the process and its
children (user and system), so that other work on the machine weighs little; the time on the clock stands beside them. Memory is the peak of the largest
process.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

VALIDATE = "import json,sys; from openapi_spec_validator import OpenAPIV30SpecValidator as V; sum(1 for _ in V(json.load(open(sys.argv[1]))).iter_errors())"
SLOW = ("spectral lint", "openapi-spec-validator")
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}


@dataclass
class Peer:
    """One tool with the figures of its runs."""

    name: str
    command: Sequence[str]
    cpu: list[float] = field(default_factory=list)
    clock: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    """Megabytes."""


def peers(document: str, node: Path, folder: Path) -> list[Peer]:
    ruleset = folder / "spectral.yaml"
    ruleset.write_text('extends: ["spectral:oas"]\n', encoding="utf-8")
    own = [sys.executable, "-m", "agentlint", "check", document, "--format", "json", "-o", str(folder / "report.json"), "--fail-on", "never", "--no-cache"]
    found = [Peer("agentlint check", own)]
    redocly, spectral = node / "redocly", node / "spectral"
    if redocly.exists():
        found += [Peer("redocly score", [str(redocly), "score", document]), Peer("redocly lint", [str(redocly), "lint", document])]
    if spectral.exists():
        found.append(Peer("spectral lint", [str(spectral), "lint", document, "-r", str(ruleset), "-f", "json", "-o", str(folder / "spectral.json")]))
    return [*found, Peer("openapi-spec-validator", [sys.executable, "-c", VALIDATE, document])]


def run(peer: Peer) -> None:
    """One run; what the tool says is not looked at, only what it costs."""
    start = time.perf_counter()
    process = subprocess.Popen(peer.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **QUIET})
    _, _, usage = os.wait4(process.pid, 0)
    peer.clock.append(time.perf_counter() - start)
    peer.cpu.append(usage.ru_utime + usage.ru_stime)
    peer.memory.append(usage.ru_maxrss / 1024 if sys.platform != "darwin" else usage.ru_maxrss / 2**20)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("document")
    options.add_argument("--peers", type=Path, default=Path("node_modules/.bin"), help="folder with the commands of npm packages")
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--slow-runs", type=int, default=1, help="runs of tools that take minutes")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        chosen = peers(given.document, given.peers, Path(folder))
        for turn in range(max(given.runs, given.slow_runs)):
            for peer in chosen:
                if turn < (given.slow_runs if peer.name in SLOW else given.runs):
                    run(peer)
    print(f"{Path(given.document).stat().st_size / 1e6:.1f} MB, {os.cpu_count()} processors, Python {sys.version.split()[0]}\n")
    print("| tool | runs | seconds of processor | seconds on the clock | peak memory, MB |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for peer in chosen:
        middle = [statistics.median(values) for values in (peer.cpu, peer.clock, peer.memory)]
        print(f"| {peer.name} | {len(peer.cpu)} | {middle[0]:.1f} | {middle[1]:.1f} | {middle[2]:.0f} |")


if __name__ == "__main__":
    main()
