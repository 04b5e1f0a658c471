"""Documents leave nothing out: every setting, command, detector, route and watched event is in them."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator

import click
import pytest
import yaml

from github_app import create_app, settings
from tests.project.sources import documents, links, text, tracked
from workers import detectors
from workers.cli import cli


def paths_of(group: click.Group, before: str = "") -> Iterator[str]:
    """Yield every command a person can type."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from paths_of(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


def section(document: str, heading: str) -> str:
    """Return what follows a heading of a document up to the next one of its level or above."""
    level = heading.split(" ", maxsplit=1)[0]
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{len(level)}}} |\Z)", text(document), re.MULTILINE | re.DOTALL)
    assert found, f"{document} has no {heading!r}"
    return found.group(1)


@pytest.mark.parametrize("name", settings.NAMES)
def test_every_setting_has_its_entry(name: str) -> None:
    """An operator finds each setting with meaning, default and example."""
    entry = section("docs/config.md", f"### `{name}`")
    assert re.search(r"^- Default: \S", entry, re.MULTILINE)
    assert re.search(rf"^- Example: `{name}=\S.*`", entry, re.MULTILINE)


def test_no_setting_is_made_up() -> None:
    """The page lists no setting that the app does not read."""
    assert set(re.findall(r"^### `(\w+)`", text("docs/config.md"), re.MULTILINE)) == set(settings.NAMES)


@pytest.mark.parametrize("name", [n for n in settings.NAMES if n not in {"GITHUB_APP_ID", "DATABASE_URL"}])
def test_defaults_are_stated_as_they_are(name: str) -> None:
    """The default on the page is the default in the code."""
    entry = section("docs/config.md", f"### `{name}`")
    value = getattr(settings.Settings(), name.lower())
    stated = re.search(r"^- Default: (.+)$", entry, re.MULTILINE)
    assert stated
    assert stated.group(1).startswith(f"`{value}`" if str(value) else "not set")


@pytest.mark.parametrize("name", settings.NAMES)
def test_examples_can_be_used(name: str) -> None:
    """An example that is copied into the environment is accepted."""
    found = re.search(rf"^- Example: `({name}=.+?)`", section("docs/config.md", f"### `{name}`"), re.MULTILINE)
    assert found
    given = dict([found.group(1).split("=", 1)])
    key = "-----BEGIN RSA PRIVATE KEY-----\\n"
    together = {"GITHUB_APP_ID": "1", "GITHUB_PRIVATE_KEY": key} if name in {"GITHUB_APP_ID", "GITHUB_PRIVATE_KEY"} else {}
    if given.get("GITHUB_PRIVATE_KEY", "").endswith(".pem"):
        given["GITHUB_PRIVATE_KEY"] = key  # the example is the path of a file that only the operator has
    assert settings.load(together | given, dotenv=None)


@pytest.mark.parametrize("command", sorted(paths_of(cli)))
def test_every_command_is_in_the_operators_page(command: str) -> None:
    """An operator finds each command and what it is for."""
    assert f"trust-alerts {command}" in section("docs/operate.md", "## Commands")


@pytest.mark.parametrize("detector", detectors.load(), ids=lambda d: d.id)
def test_every_detector_is_listed(detector: detectors.Detector) -> None:
    """Each detector has a page, and the overview links to it with its stage."""
    page = f"detectors/{detector.id}.md"
    row = re.search(rf"^\| \[`{detector.id}`\]\({page}\) \| (\w+) \|", text("docs/detectors.md"), re.MULTILINE)
    assert f"docs/{page}" in tracked(), f"git does not know docs/{page}: write it, then git add it"
    assert row
    assert row.group(1) == detector.stage.value


def test_every_route_is_listed() -> None:
    """Whoever puts a proxy in front finds each route of the web part."""
    rules = {re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", r.rule) for r in create_app(settings.Settings()).url_map.iter_rules()}
    table = section("docs/operate.md", "## Routes")
    assert {r for r in rules if f"`{r}`" not in table and not r.startswith("/static")} == set()


def manifest() -> dict[str, object]:
    """Return what `app.yml` asks of GitHub."""
    loaded = yaml.safe_load(text("app.yml"))
    assert isinstance(loaded, dict)
    return loaded


def test_every_watched_event_is_explained() -> None:
    """Whoever installs the app reads why it wants each event and each permission, and nothing that it does not want."""
    asked = manifest()
    events, permissions = asked["default_events"], asked["default_permissions"]
    assert isinstance(events, list)
    assert isinstance(permissions, dict)
    assert set(re.findall(r"^\| `(\w+)` \|", section("docs/github.md", "## Events"), re.MULTILINE)) == set(events)
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \|", section("docs/github.md", "## Permissions"), re.MULTILINE)
    assert dict(rows) == permissions


def test_processes_can_be_started() -> None:
    """Each line of the Procfile is a command that exists, and the roles together are the whole app."""
    lines = dict(line.split(": ", 1) for line in text("Procfile").splitlines())
    parsed = {}
    for process, command in lines.items():
        program, name, *rest = shlex.split(command)
        assert program == "trust-alerts"
        parsed[process] = cli.commands[name].make_context(name, rest).params
    assert list(lines) == ["release", "web", "worker", "clock"]
    for role in ("web", "worker", "clock"):
        assert [name for name in ("web", "worker", "clock") if parsed[role][name]] == [role]


def test_the_readme_leads_to_every_page() -> None:
    """A page that no reader can reach is not read."""
    reached, waiting = set[str](), ["README.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached:
            reached.add(page)
            targets = (os.path.normpath(f"{page}/../{link.split('#', maxsplit=1)[0]}") for link in links(page))
            waiting += [target for target in targets if target in documents()]
    assert {page for page in documents() if not page.startswith("tests/")} - reached == set()
