"""Make `.venv` as the lock files say: `install.py runtime` to run the app, `install.py dev` to work on it.

Nothing is done when the stamp in `.venv` matches the lock, `pyproject.toml` and this place. `.venv.lock` lets one process
in at a time and is empty unless an installation is unfinished: after an interrupted one, `.venv` is made anew. Only the
standard library is used here.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
COMMAND = VENV / "bin" / "trust-alerts"
LOCK = ROOT / ".venv.lock"
LOCKS = {"runtime": "requirements.lock", "dev": "requirements-dev.lock"}

NO_PIP = """\
{python} can neither make a complete virtual environment (its module ensurepip is missing) nor run pip.
Install what is missing (Debian and Ubuntu: apt-get install python3-venv), or choose another Python: make install PYTHON=...
"""


def main(kind: str) -> int:
    """Bring `.venv` up to date for `kind`, one process at a time; returns the exit code."""
    with LOCK.open("a+", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second make waits here and then finds the stamp
        unfinished = LOCK.stat().st_size > 0
        if not unfinished and up_to_date(kind):
            return 0
        lock.write("unfinished\n")
        lock.flush()
        try:
            install(kind, anew=unfinished)
        except subprocess.CalledProcessError as error:
            # pip fetches everything before it changes anything, so what was there can still be used.
            lock.truncate(0)
            sys.stderr.write(f"The installation stopped (exit code {error.returncode}); see above, then run make again.\n")
            return 1
        except KeyboardInterrupt:
            sys.stderr.write("The installation was interrupted; run make again.\n")
            return 130
        lock.truncate(0)
    return 0


def wanted(kind: str) -> str:
    """Return what the stamp must say: it changes with the lock, the project's settings and the folder."""
    digest = hashlib.sha256(str(ROOT).encode())
    for name in ("pyproject.toml", LOCKS[kind], ".ci/install.py"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def stamp(kind: str) -> Path:
    """Return where the stamp of an installation is kept."""
    return VENV / f"installed-{kind}"


def up_to_date(kind: str) -> bool:
    """Say whether nothing needs to be done; the development lock holds everything of the runtime lock."""
    if not (PYTHON.exists() and COMMAND.exists()):
        return False
    return any(s.is_file() and s.read_text() == wanted(k) for k in LOCKS if k in {kind, "dev"} for s in [stamp(k)])


def install(kind: str, *, anew: bool) -> None:
    """Install into the environment, made before if there is none that can be used, or if it has to be made `anew`.

    Raises:
        subprocess.CalledProcessError: a step failed; its output is on the terminal.
    """
    sys.stderr.write(f"Installing into .venv from {LOCKS[kind]} (about a minute the first time) ...\n")
    if anew or not usable():
        make_environment()
    stamp(kind).unlink(missing_ok=True)
    pip("install", "--require-hashes", "-r", LOCKS[kind])
    # The build backend comes from the lock, so neither isolation nor an index is needed.
    pip("install", "--no-index", "--no-deps", "--no-build-isolation", "--force-reinstall", "-e", ".")
    fresh = stamp(kind).with_suffix(".new")
    fresh.write_text(wanted(kind))
    fresh.replace(stamp(kind))


def usable() -> bool:
    """Say whether `.venv` has a Python that is new enough and was made for this folder."""
    if not PYTHON.exists() or belongs_elsewhere():
        return False
    probe = "import sys; sys.exit(sys.version_info < (3, 11))"
    return run([str(PYTHON), "-c", probe], check=False) == 0


def belongs_elsewhere() -> bool:
    """Say whether `.venv` was made in another folder: its scripts would start that one's Python."""
    activate = VENV / "bin" / "activate"
    return activate.is_file() and str(VENV) not in activate.read_text(encoding="utf-8")


def make_environment() -> None:
    """Make `.venv` anew; without ensurepip, this interpreter's own pip fills it."""
    options = ["--clear"] if importlib.util.find_spec("ensurepip") else ["--clear", "--without-pip"]
    if options[-1] == "--without-pip" and not importlib.util.find_spec("pip"):
        sys.stderr.write(NO_PIP.format(python=sys.executable))
        raise SystemExit(2)
    try:
        run([sys.executable, "-m", "venv", *options, str(VENV)])
    except subprocess.CalledProcessError:
        shutil.rmtree(VENV, ignore_errors=True)  # half an environment would pass for a whole one
        raise


def pip(*arguments: str) -> None:
    """Run pip on `.venv`: the one inside, or this interpreter's own."""
    inside = run([str(PYTHON), "-c", "import pip"], check=False) == 0
    command = [str(PYTHON), "-m", "pip"] if inside else [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    run([*command, "-qq", "--disable-pip-version-check", "--no-input", *arguments])


def run(command: list[str], *, check: bool = True) -> int:
    """Run a command in the project's folder, without what a user's environment might add to Python or pip."""
    # PIP_USER and friends would send packages elsewhere; index and certificate settings must stay.
    unwanted = {"PYTHONPATH", "PYTHONHOME", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV"}
    environment = {name: value for name, value in os.environ.items() if name not in unwanted}
    stderr = None if check else subprocess.DEVNULL
    return subprocess.run(command, cwd=ROOT, env=environment, check=check, stderr=stderr).returncode


if __name__ == "__main__":
    if sys.argv[1:] not in (["runtime"], ["dev"]):
        raise SystemExit("usage: install.py runtime|dev")
    raise SystemExit(main(sys.argv[1]))
