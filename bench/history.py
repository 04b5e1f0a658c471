"""How long does a backtest take, against plain git reading the same history, in the same run?

    python -m bench.history                      # a history of 40,000 commits made on the spot
    python -m bench.history PATH... --rounds 3   # histories at hand
    python -m bench.history --peers --peers-python ENVIRONMENT/bin/python   # beside Perceval and PyDriller

Plain git is `git log --raw --no-renames` of the same branch, its output thrown away: nobody can know what changed with less.
Prints one line for each history and round, and the median ratio.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import peers

COMMITS = 40_000
_START = 1_200_000_000
_STEP = 9_000
_COMMAND = Path(sys.executable).with_name("trust-alerts")


def main() -> None:
    """Measure what was named, or a history made for it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, help="git repositories")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--commits", type=int, default=COMMITS, help="length of the history that is made")
    parser.add_argument("--peers", action="store_true", help="also run Perceval and PyDriller on the same history")
    parser.add_argument("--peers-python", type=Path, help="a Python that can import perceval and pydriller")
    parser.add_argument("--peers-commits", type=int, default=1_000, help="how many commits PyDriller reads, then scaled")
    chosen = parser.parse_args()
    if chosen.peers and (chosen.peers_python is None or chosen.peers_commits < 1):
        parser.error("--peers needs --peers-python PATH and at least one commit")
    with tempfile.TemporaryDirectory(prefix="trust-alerts-bench-") as folder:
        for path in chosen.paths or [made(Path(folder) / "made.git", chosen.commits)]:
            rounds = [measured(path) for _ in range(chosen.rounds)]
            ratios = [ours / plain for plain, ours in rounds]
            print(
                f"{path.name}: {statistics.median(ratios):.2f} times plain git (from {min(ratios):.2f} to {max(ratios):.2f})"
            )
            if chosen.peers:
                ours = statistics.median(ours for _, ours in rounds)
                peers.compared(chosen.peers_python, path, ours, chosen.peers_commits)


def measured(path: Path) -> tuple[float, float]:
    """Measure one history once and return the seconds of git and ours."""
    plain = _seconds(["git", f"--git-dir={path}", "log", "--raw", "--no-renames"])
    ours = _seconds([str(_COMMAND), "backtest", str(path), "--format", "json"])
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"  {path.name}: git {plain:.2f} s, backtest {ours:.2f} s, at most {peak:.0f} MB", flush=True)
    return plain, ours


def _seconds(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def made(path: Path, commits: int) -> Path:
    """Make a history: 200 people, 4,000 files, one commit in ten a merge of two, tags now and then."""
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", "init", "-q", "--bare", "--initial-branch=main", str(path)], check=True, env=environment)
    with subprocess.Popen(
        ["git", f"--git-dir={path}", "fast-import", "--quiet"],
        stdin=subprocess.PIPE,
        env=environment,
    ) as process:
        if process.stdin is None:
            raise RuntimeError("git was started without a pipe")
        process.stdin.writelines(_told(commits))
        process.stdin.close()
    subprocess.run(["git", f"--git-dir={path}", "repack", "-adq"], check=True, env=environment)
    return path


def _told(commits: int) -> Iterator[bytes]:
    chance = random.Random(2024)  # noqa: S311  # the same history every time
    # Few large folders and many small ones, as C projects of that age have them: git's time is in reading folders.
    names = [f"tests/data/test{n}" for n in range(1_800)] + [f"docs/options/OPTION_{n}.md" for n in range(500)]
    names += [f"lib/part{n}.c" for n in range(300)] + [f"src/tool{n % 30}/file{n}.c" for n in range(1_400)]
    for number in range(1, commits + 1):
        # Most work is done by few; somebody comes every few hundred commits.
        who = min(int(chance.expovariate(0.15)), 3 + number // 250, 199)
        person = f"Person {who} <person{who}@example.org> {_START + number * _STEP} +0000"
        title = f"Change number {number}, for a reason"
        merge = number > 3 and number % 10 == 0
        branch = "side" if number > 3 and number % 10 in {8, 9} else "main"
        yield f"commit refs/heads/{branch}\nmark :{number}\nauthor {person}\ncommitter {person}\n".encode()
        yield f"data {len(title)}\n{title}\n".encode()
        if number > 1:
            base = number - 3 if merge else number - 1
            yield f"from :{base}\n".encode()
        if merge:
            yield f"merge :{number - 1}\n".encode()
        some = chance.sample(names, 1 + min(int(chance.expovariate(0.4)), 30))
        for name in some if number > 1 else names:
            text = f"{name} {number}\n"
            yield f"M 100644 inline {name}\ndata {len(text)}\n{text}".encode()
        if number % 400 == 0:
            yield f"reset refs/tags/v{number // 400}\nfrom :{number}\n\n".encode()


if __name__ == "__main__":
    main()
