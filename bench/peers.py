"""How long do other readers of a history, Perceval and PyDriller, take for the commits a backtest reads?

They are no dependency of the project: each runs in a subprocess of an environment of its own
(`python -m bench.history --peers --peers-python PATH`). Both read a clone that shares no file with the history, in case
one of them writes to what it reads. The clock starts after imports, and with PyDriller after its list of commits is
made and the first is left out, which is the kinder way.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

_PERCEVAL = """
import json, sys, time
from perceval.backends.core.git import Git
began = time.perf_counter()
read = sum(1 for _ in Git(sys.argv[1], sys.argv[1]).fetch(branches=[sys.argv[2]], no_update=True))
print(json.dumps({"seconds": time.perf_counter() - began, "read": read}))
"""

_PYDRILLER = """
import json, sys, time
from pydriller import Repository
read, limit = 0, int(sys.argv[3])
commits = iter(Repository(sys.argv[1], only_in_branch=sys.argv[2]).traverse_commits())
next(commits)
began = time.perf_counter()
for commit in commits:
    for changed in commit.modified_files:
        changed.change_type, changed.filename
    read += 1
    if read == limit:
        break
print(json.dumps({"seconds": time.perf_counter() - began, "read": read}))
"""


def compared(python: Path, path: Path, ours: float, limit: int) -> None:
    """Print how long each peer takes for the branch a backtest reads, and how many times our seconds that is.

    PyDriller reads `limit` commits after the first, and its time is scaled to all; the line says so.
    Raises `SystemExit` where a peer cannot be imported or fails, with its last words.
    """
    with tempfile.TemporaryDirectory(prefix="trust-alerts-peers-") as folder:
        clone = str(Path(folder) / "clone.git")
        subprocess.run(["git", "clone", "-q", "--bare", "--no-hardlinks", str(path), clone], check=True)
        branch = _git(clone, "symbolic-ref", "--short", "HEAD")
        commits = int(_git(clone, "rev-list", "--count", branch))
        seconds, read = _run(python, _PERCEVAL, clone, branch)
        print(f"  Perceval {seconds:.1f} s for {read} of {commits} commits: {seconds / ours:.1f} times ours", flush=True)
        seconds, read = _run(python, _PYDRILLER, clone, branch, str(limit))
        scaled = seconds * commits / max(read, 1)
        print(
            f"  PyDriller {seconds:.1f} s for {read} commits, scaled to {commits}: "
            f"{scaled:.0f} s, {scaled / ours:.1f} times ours",
            flush=True,
        )


def _git(clone: str, *arguments: str) -> str:
    command = ["git", f"--git-dir={clone}", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _run(python: Path, script: str, *arguments: str) -> tuple[float, int]:
    done = subprocess.run([str(python), "-c", script, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        raise SystemExit(f"{python} cannot run a peer: {last}. Install perceval and pydriller there.")
    told = json.loads(done.stdout)
    return float(told["seconds"]), int(told["read"])
