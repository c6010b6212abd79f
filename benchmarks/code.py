"""Times agentlint on source code, cold and warm, beside what people would run instead on the same trees.

    python benchmarks/code.py [--runs 5] [--only NAME ...] [--tree NAME=FOLDER ...] [--work FOLDER]

Fetches the systems of systems.toml at their commits, makes an environment with pinned versions of the other tools, and prints one table a system: medians
of clock and processor seconds over the runs, the largest peak memory of one process, and both times as multiples of agentlint's cold run. What takes longer
than `--most` seconds is stopped and said to take longer. The commands of a
system are run in turn, round after round, so that a machine whose speed drifts does so for all of them. The other tools get exactly the Python files that
agentlint analyses (no tests, no vendored code); agentlint reads templates, page scripts and descriptions beside.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time
import tomllib
import venv
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from agentlint.project.files import find_files

HERE = Path(__file__).parent
SYSTEMS = tomllib.loads((HERE / "systems.toml").read_text(encoding="utf-8"))
"""Repository and commit by the name under which a system is reported."""
TOOLS = ("semgrep==1.185.0", "bandit==1.9.4", "pylint==4.1.4")


class Command(NamedTuple):
    """One thing to time: what to run, and what to do before each run without the clock."""

    name: str
    argv: list[str]
    prepare: Callable[[], None] = lambda: None


class Spent(NamedTuple):
    """What one run took: seconds, and megabytes of the largest process."""

    wall: float
    cpu: float
    memory: float
    ended: bool = True
    """False when it was stopped because it took too long; then the seconds are a lower bound, without those of its own processes."""


def fetched(work: Path, name: str, given: Path | None) -> Path:
    """The checkout of a system at its commit; a copy of a folder when one is given."""
    repository, commit = SYSTEMS[name]["repository"], SYSTEMS[name]["commit"]
    target = work / name
    if given is not None:
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(given, target, symlinks=True)
    elif not (target / ".git").exists():
        git = ["git", "-C", str(target)]
        target.mkdir(parents=True)
        subprocess.run([*git, "init", "-q"], check=True)
        subprocess.run([*git, "fetch", "-q", repository, commit], check=False)
        if subprocess.run([*git, "checkout", "-q", commit], check=False).returncode:  # short names are not fetched alone
            subprocess.run([*git, "fetch", "-q", repository], check=True)
            subprocess.run([*git, "checkout", "-q", commit], check=True)
    return target


def others(work: Path) -> Path:
    """The folder of programs of an environment that holds the other tools."""
    folder = work / "tools"
    programs = folder / "bin"
    if not (programs / "semgrep").exists():
        venv.create(folder, with_pip=True)
        subprocess.run([programs / "pip", "install", "-q", *TOOLS], check=True)
    return programs


def commands(tree: Path, programs: Path, work: Path) -> list[Command]:
    """What is timed on one system, agentlint's cold run first."""
    cache = work / "cache"
    changed = next(p for p in sorted(tree.rglob("views.py")) if "test" not in str(p))
    original = changed.read_text(encoding="utf-8")

    def forget() -> None:
        shutil.rmtree(cache, ignore_errors=True)

    def change() -> None:
        changed.write_text(f"{original}\n\ndef changed_{time.time_ns()}():\n    return None\n", encoding="utf-8")

    def restore() -> None:
        changed.write_text(original, encoding="utf-8")

    files = [f.absolute for f in find_files(tree).files if f.role == "python"]
    own = [sys.executable, "-m", "agentlint", "check", str(tree), "--format", "json", "-o", os.devnull, "--fail-on", "never"]
    semgrep = [str(programs / "semgrep"), "scan", "--metrics=off", "--disable-version-check", "--quiet", "--json", "-o", os.devnull, "-j", str(os.cpu_count())]
    rules = ["--config", str(HERE / "rules" / "taint.yaml"), "--config", str(HERE / "rules" / "not_followed_by.yaml")]
    return [
        Command("agentlint, cold", own, forget),
        Command("agentlint, nothing changed", own, restore),
        Command("agentlint, one file changed", own, change),
        Command("semgrep, two rules", [*semgrep, *rules, *files], restore),
        Command("bandit", [str(programs / "bandit"), "-q", "-f", "json", "-o", os.devnull, "--exit-zero", *files]),
        Command("pylint", [str(programs / "pylint"), "--exit-zero", "-j", str(os.cpu_count()), "--output-format=json", *files]),
    ]


def spent(argv: list[str], environment: dict[str, str], most: float = 0) -> Spent:
    """Runs a command to its end, or until it took `most` seconds of the clock. Raises RuntimeError when it fails."""
    start = time.perf_counter()
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment, start_new_session=True)
    assert process.stderr is not None
    late = threading.Timer(most, os.killpg, (process.pid, signal.SIGKILL))
    if most:
        late.start()
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    late.cancel()
    wall = time.perf_counter() - start
    code = process.returncode = os.waitstatus_to_exitcode(status)
    ended = code != -signal.SIGKILL or not most or wall < most
    if code and ended:
        raise RuntimeError(f"{' '.join(argv)} ended with {code}: {said.decode(errors='replace')[-500:]}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Spent(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * unit / 2**20, ended)


def measured(every: list[Command], runs: int, environment: dict[str, str], most: float) -> dict[str, list[Spent]]:
    """Every command in turn, after one round that is not counted; what took too long once is not run again."""
    found: dict[str, list[Spent]] = {c.name: [] for c in every}
    for number in range(runs + 1):
        for command in every:
            if any(not s.ended for s in found[command.name]):
                continue
            command.prepare()
            one = spent(command.argv, environment, most)
            print(f"  {command.name}: {one.wall:.2f} s of the clock, {one.cpu:.2f} s of processors", file=sys.stderr, flush=True)
            if number or runs == 1 or not one.ended:
                found[command.name].append(one)
        if runs == 1:
            break
    return found


def table(name: str, found: dict[str, list[Spent]]) -> str:
    """Medians of one system as Markdown."""
    first = next(iter(found.values()))
    clock, processors = statistics.median(s.wall for s in first), statistics.median(s.cpu for s in first)
    rows = [f"### {name}", "", "| | wall s | cpu s | peak MB | × cold, wall | × cold, cpu |", "| --- | ---: | ---: | ---: | ---: | ---: |"]
    for command, every in found.items():
        wall, cpu = (statistics.median(values) for values in zip(*((s.wall, s.cpu) for s in every), strict=True))
        if not all(s.ended for s in every):
            rows.append(f"| {command} | over {wall:.0f}, stopped | | | over {wall / clock:.1f} | |")
            continue
        rows.append(f"| {command} | {wall:.2f} | {cpu:.2f} | {max(s.memory for s in every):.0f} | {wall / clock:.2f} | {cpu / processors:.2f} |")
    return "\n".join(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", nargs="*", default=list(SYSTEMS), choices=list(SYSTEMS))
    parser.add_argument("--skip", nargs="*", default=[], help="commands to leave out, by their first word")
    parser.add_argument("--work", type=Path, default=HERE / "work", help="folder for checkouts and tools")
    parser.add_argument("--tree", nargs="*", default=[], metavar="NAME=FOLDER", help="a system that is already here, at its commit")
    parser.add_argument("--most", type=float, default=600, metavar="SECONDS", help="seconds of the clock after which a command is stopped")
    given = parser.parse_args()
    work = given.work.resolve()
    programs = others(work)
    environment = {**os.environ, "AGENTLINT_CACHE_DIR": str(work / "cache"), "SEMGREP_ENABLE_VERSION_CHECK": "0"}
    print(f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}, {', '.join(TOOLS)}, medians of {given.runs}\n")
    for name in given.only:
        here = dict(one.split("=", 1) for one in given.tree)
        tree = fetched(work, name, Path(here[name]) if name in here else None)
        every = [c for c in commands(tree, programs, work) if c.name.split(",")[0] not in given.skip]
        try:
            print(table(name, measured(every, given.runs, environment, given.most)), "\n", flush=True)
        finally:
            next(c for c in every if "nothing" in c.name).prepare()


if __name__ == "__main__":
    main()
