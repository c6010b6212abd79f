"""One API description judged by agentlint and by what a user would run instead: time and memory of each, medians of several runs in turn.

    python benchmarks/descriptions.py openapi.json [--peers node_modules/.bin] [--runs 3] [--slow-runs 1] [--cap 300]

Peers that are not installed are left out: `npm install @redocly/cli @stoplight/spectral-cli` brings three of them. Times are those of the process and its
children (user and system), so that other work on the machine weighs little; the time on the clock stands beside them. Memory is the peak of the largest
process. A run that takes more seconds on the clock than the cap is ended and told as more than that; it is not tried again.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
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
    capped: bool = False
    version: Sequence[str] = ()
    """Command that tells the version."""


def peers(document: str, node: Path, folder: Path) -> list[Peer]:
    ruleset = folder / "spectral.yaml"
    ruleset.write_text('extends: ["spectral:oas"]\n', encoding="utf-8")
    own = [sys.executable, "-m", "agentlint", "check", document, "--format", "json", "-o", str(folder / "report.json"), "--fail-on", "never", "--no-cache"]
    found = [Peer("agentlint check", own, version=[sys.executable, "-m", "agentlint", "--version"])]
    redocly, spectral = str(node / "redocly"), str(node / "spectral")
    if Path(redocly).exists():
        found += [Peer(f"redocly {what}", [redocly, what, document], version=[redocly, "--version"]) for what in ("score", "lint")]
    if Path(spectral).exists():
        lint = [spectral, "lint", document, "-r", str(ruleset), "-f", "json", "-o", str(folder / "spectral.json")]
        found.append(Peer("spectral lint", lint, version=[spectral, "--version"]))
    alone = [sys.executable, "-c", "from importlib.metadata import version; print(version('openapi-spec-validator'))"]
    return [*found, Peer("openapi-spec-validator", [sys.executable, "-c", VALIDATE, document], version=alone)]


def run(peer: Peer, cap: float) -> None:
    """One run; what the tool says is not looked at, only what it costs."""
    start = time.perf_counter()
    process = subprocess.Popen(
        peer.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **QUIET}, start_new_session=True
    )
    ended = threading.Event()

    def end() -> None:
        if not ended.is_set():
            peer.capped = True
            os.killpg(process.pid, signal.SIGKILL)

    timer = threading.Timer(cap, end)
    timer.start()
    _, _, usage = os.wait4(process.pid, 0)
    ended.set()
    timer.cancel()
    peer.clock.append(time.perf_counter() - start)
    peer.cpu.append(usage.ru_utime + usage.ru_stime)
    peer.memory.append(usage.ru_maxrss / 1024 if sys.platform != "darwin" else usage.ru_maxrss / 2**20)


def version_of(peer: Peer) -> str:
    """What a tool says of its version."""
    told = subprocess.run(peer.version, capture_output=True, text=True, env={**os.environ, **QUIET}, check=False).stdout.split()
    return told[-1] if told else "?"


def row(peer: Peer, own: Sequence[float]) -> str:
    """One line of the table, with how many times of our own cost it is."""
    middle = [statistics.median(values) for values in (peer.cpu, peer.clock, peer.memory)]
    over = ">" if peer.capped else ""
    cells = [f"{over}{value:.1f} (×{over}{value / mine:.1f})" for value, mine in zip(middle[:2], own[:2], strict=True)]
    return f"| {peer.name} {version_of(peer)} | {len(peer.cpu)} | {' | '.join(cells)} | {over}{middle[2]:.0f} (×{over}{middle[2] / own[2]:.1f}) |"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("document")
    options.add_argument("--peers", type=Path, default=Path("node_modules/.bin"), help="folder with the commands of npm packages")
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--slow-runs", type=int, default=1, help="runs of tools that take minutes")
    options.add_argument("--cap", type=float, default=300, help="seconds on the clock after which a run is ended")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        chosen = peers(given.document, given.peers, Path(folder))
        for turn in range(max(given.runs, given.slow_runs)):
            for peer in chosen:
                wanted = given.slow_runs if peer.name in SLOW else given.runs
                if not peer.capped and turn < wanted:
                    run(peer, given.cap)
    size = Path(given.document).stat().st_size / 1e6
    print(f"{Path(given.document).name}, {size:.1f} MB; {os.cpu_count()} processors ({platform.machine()}), Python {platform.python_version()}\n")
    print("| tool | runs | seconds of processor | seconds on the clock | peak memory, MB |")
    print("| --- | ---: | ---: | ---: | ---: |")
    own = [statistics.median(values) for values in (chosen[0].cpu, chosen[0].clock, chosen[0].memory)]
    for peer in (p for p in chosen if p.cpu):
        print(row(peer, own))


if __name__ == "__main__":
    main()
