"""`trust-alerts tarball`, as a person uses it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.tarball.archives import TAGGED, member, packed, release
from workers.cli import cli

Put = Callable[[str, bytes], str]


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a real repository with the tags v1.0 and v1.1 on the same files."""
    path = tmp_path_factory.mktemp("repo")
    for name, data in TAGGED.items():
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_bytes(data)
    who = ("-c", "user.name=alice", "-c", "user.email=alice@example.org")
    for command in (
        ["init", "-q", "-b", "main"],
        ["add", "-A"],
        [*who, "commit", "-q", "-m", "Widget"],
        ["tag", "v1.0"],
        [*who, "tag", "-a", "-m", "Widget 1.1", "v1.1"],
    ):
        subprocess.run(["git", *command], cwd=path, check=True, env={"PATH": "/usr/bin:/bin", "HOME": str(path)})  # noqa: S603, S607
    return path


@pytest.fixture
def put(tmp_path: Path, repo: Path) -> Put:
    """Return a function that writes an archive and returns its path."""

    def write(name: str, data: bytes) -> str:
        (tmp_path / name).write_bytes(data)
        return str(tmp_path / name)

    return write


def run(*args: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(cli, ["tarball", *args])


def test_a_clean_archive_is_said_to_be_one(put: Put, repo: Path) -> None:
    """Whoever checks a release reads how much of it is as tagged."""
    said = run(put("w-1.0.tar.gz", release()), str(repo), "v1.0")
    assert said.exit_code == 0
    assert said.output.splitlines()[0] == "w-1.0.tar.gz: 5 of 7 files are as in v1.0."
    assert said.output.splitlines()[-1] == "Nothing in it is of a kind that needs a look."


def test_findings_are_listed_and_earlier_releases_excuse_them(put: Put, repo: Path) -> None:
    """What the last release had as well is no news; the exit status is for trouble, not for findings."""
    archive = put("w-1.1.tar.xz", release({"m4/own.m4": b"x\n"}, mode="w:xz"))
    said = run(archive, str(repo), "v1.1")
    assert said.exit_code == 0
    assert "  added m4/own.m4 (build macro): no known build tool installs a macro of this name" in said.output
    before = put("w-1.0.tar.gz", release({"m4/own.m4": b"x\n"}))
    assert "Nothing in it" in run(archive, str(repo), "v1.1", "--previous", before, "v1.0").output


def test_json_is_for_scripts(put: Put, repo: Path) -> None:
    """All findings with what is known of them."""
    said = run(put("w.tar.gz", release({"src/main.c": b"x\n"})), str(repo), "v1.0", "--format", "json")
    told = json.loads(said.output)
    assert (told["related"], told["files"], told["same"]) == (True, 7, 4)
    assert [(f["how"], f["path"], f["role"]) for f in told["findings"]] == [("altered", "src/main.c", "source code")]


@pytest.mark.parametrize(
    ("data", "tag", "sentence"),
    [
        (b"no archive", "v1.0", "trust-alerts: w.tar.gz: refused: it is no archive in a known format"),
        (None, "v9", "has no tag 'v9'"),
        (None, "--help-me", "No such option"),
    ],
)
def test_bad_input_is_one_line_and_status_two(put: Put, repo: Path, data: bytes | None, tag: str, sentence: str) -> None:
    """Scripts can tell trouble from findings."""
    said = run(put("w.tar.gz", release() if data is None else data), str(repo), tag)
    assert said.exit_code == 2
    assert sentence in said.output


def test_another_archive_is_not_compared(put: Put, repo: Path) -> None:
    """A build for a platform is no source archive."""
    said = run(
        put("w.tar.gz", packed([member("w/bin/widget", b"\x7fELF"), member("w/lib/libwidget.so", b"\x7fELF")])),
        str(repo),
        "v1.0",
    )
    assert said.exit_code == 0
    assert "is no source archive of v1.0" in said.output
