"""The installer behind `make install`: which Python it takes, and when it has nothing to do."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from types import ModuleType

import pytest

from tests.project.sources import LOCKS, ROOT

FILES = ("pyproject.toml", *LOCKS, ".ci/install", ".ci/install.py")
PATH_TOOLS = ("sh", "dirname")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder, with a space in its name, that holds what the installer reads."""
    root = tmp_path / "a checkout"
    for name in FILES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    return root


@pytest.fixture
def installer(checkout: Path) -> ModuleType:
    """The installer's module, loaded from the copy, so that it works on the copy."""
    spec = importlib.util.spec_from_file_location("installer_of_a_copy", checkout / ".ci" / "install.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def installed(checkout: Path, installer: ModuleType, kind: str) -> None:
    """Leave what a finished installation leaves."""
    venv.create(checkout / ".venv", with_pip=False, symlinks=True)
    installer.COMMAND.touch()
    installer.stamp(kind).write_text(installer.wanted(kind))


def choose(folder: Path, checkout: Path, pythons: dict[str, str], **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the search for a Python with only these on the PATH; each is a shell script."""
    folder.mkdir()
    for tool in PATH_TOOLS:
        (folder / tool).symlink_to(shutil.which(tool) or "")
    for name, script in pythons.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    command = [str(folder / "sh"), str(checkout / ".ci" / "install"), "runtime"]
    return subprocess.run(command, env={"PATH": str(folder), **environment}, capture_output=True, text=True, check=False)  # noqa: S603


OLD = "exit 1"
SAYS_ITS_NAME = 'case $1 in -c) exit 0;; *) echo "taken: $(dirname "$0")/$0";; esac'
WITHOUT_ENSUREPIP = 'case "$1 $2" in *ensurepip*) exit 1;; -c*) exit 0;; *) echo "taken: $0";; esac'


def test_an_old_python3_is_passed_over(tmp_path: Path, checkout: Path) -> None:
    """A machine whose `python3` is old but that has a newer one beside it is good enough."""
    done = choose(tmp_path / "bin", checkout, {"python3": OLD, "python3.12": SAYS_ITS_NAME})
    assert (done.returncode, "python3.12" in done.stdout) == (0, True)


def test_a_name_that_does_not_run_is_passed_over(tmp_path: Path, checkout: Path) -> None:
    """A version manager leaves names on the PATH that only print an error."""
    done = choose(tmp_path / "bin", checkout, {"python3.13": "exit 127", "python3": SAYS_ITS_NAME})
    assert (done.returncode, done.stdout.strip().endswith("python3")) == (0, True)


def test_a_complete_python_is_preferred(tmp_path: Path, checkout: Path) -> None:
    """Debian's python3 without python3-venv is taken only if there is no better one."""
    both = choose(tmp_path / "both", checkout, {"python3.13": WITHOUT_ENSUREPIP, "python3.11": SAYS_ITS_NAME})
    alone = choose(tmp_path / "alone", checkout, {"python3.13": WITHOUT_ENSUREPIP})
    assert "python3.11" in both.stdout
    assert "python3.13" in alone.stdout


def test_no_python_is_said_clearly(tmp_path: Path, checkout: Path) -> None:
    """Without a Python that is new enough, one sentence says what to do."""
    done = choose(tmp_path / "bin", checkout, {"python3": OLD})
    assert done.returncode == 2
    assert "Python 3.11 or newer is needed" in done.stderr


def test_a_chosen_python_is_never_replaced(tmp_path: Path, checkout: Path) -> None:
    """Who names a Python gets that one or an error, not another."""
    done = choose(tmp_path / "bin", checkout, {"python3": SAYS_ITS_NAME, "mine": OLD}, PYTHON=str(tmp_path / "bin" / "mine"))
    assert done.returncode == 2
    assert "mine is not a Python 3.11 or newer" in done.stderr


def test_nothing_is_done_twice(checkout: Path, installer: ModuleType) -> None:
    """A second `make install` finds the stamp and leaves everything alone."""
    installed(checkout, installer, "runtime")
    assert installer.up_to_date("runtime")
    assert not installer.up_to_date("dev")


def test_the_development_environment_can_run_the_app(checkout: Path, installer: ModuleType) -> None:
    """After `make dev`, `make demo` installs nothing."""
    installed(checkout, installer, "dev")
    assert installer.up_to_date("runtime")


@pytest.mark.parametrize("name", ["pyproject.toml", "requirements.lock", ".ci/install.py"])
def test_a_change_leads_to_an_installation(name: str, checkout: Path, installer: ModuleType) -> None:
    """A new lock, project file or installer is noticed."""
    installed(checkout, installer, "runtime")
    with (checkout / name).open("a") as file:
        file.write("\n")
    assert not installer.up_to_date("runtime")


def test_an_environment_that_was_moved_is_made_anew(checkout: Path, installer: ModuleType) -> None:
    """A copied `.venv` would start the Python of the folder it was made in."""
    installed(checkout, installer, "runtime")
    activate = installer.VENV / "bin" / "activate"
    activate.write_text(activate.read_text().replace(str(checkout), "/somewhere/else"))
    assert not installer.usable()


def test_a_whole_environment_is_kept(checkout: Path, installer: ModuleType) -> None:
    """What is there and works is filled up, not thrown away."""
    installed(checkout, installer, "runtime")
    assert installer.usable()


def test_an_unknown_kind_is_refused(checkout: Path) -> None:
    """A typing error in the Makefile installs nothing."""
    command = [sys.executable, str(checkout / ".ci" / "install.py"), "everything"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 1
    assert "usage" in done.stderr
