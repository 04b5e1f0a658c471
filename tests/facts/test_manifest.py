"""`app.yml` asks GitHub for exactly what the code needs, and every part of the code says what that is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from workers import github, github_releases, github_reports, sight
from workers.facts import events
from workers.facts.events import Handler, HandlerError, push
from workers.reconcile import sources

TEXT = (Path(__file__).parents[2] / "app.yml").read_text(encoding="utf-8")
MANIFEST: dict[str, Any] = yaml.safe_load(TEXT)
WRITERS_NEED = (("checks", "write"), ("pull_requests", "write"))
"""The check run; the comment on a pull request and the request for reviewers."""
LEVELS = ("read", "write")


def test_the_manifest_asks_for_exactly_the_events_that_are_read() -> None:
    """No event without a handler, no handler without its event."""
    asked_for = sorted(h.event for h in events.load().values() if h.permission is not None and not h.enterprise)
    assert sorted(MANIFEST["default_events"]) == asked_for


def test_the_manifest_asks_for_the_least_permissions() -> None:
    """Each permission is there because somebody needs it, at the level they need and no higher."""
    needed: dict[str, str] = {}
    permissions = [h.permission for h in events.load().values() if h.permission is not None]
    # What GitHub files under writing is never asked for: those sources are blind spots by design.
    compared = [need for origin in sources.load().values() if not origin.refused_by_design for need in origin.needs.items()]
    for name, level in [*permissions, *github.NEEDS, *github_releases.NEEDS, *WRITERS_NEED, *compared]:
        needed[name] = max(needed.get(name, "read"), level, key=LEVELS.index)
    assert MANIFEST["default_permissions"] == needed


def test_events_that_github_refuses_in_a_manifest_are_not_in_it() -> None:
    """They reach every app unasked, or only Enterprise Cloud knows them."""
    unasked = {"installation", "installation_repositories", "installation_target", "github_app_authorization", "meta"}
    assert {e for e, h in events.load().items() if h.permission is None} == unasked
    refused = unasked | {e for e, h in events.load().items() if h.enterprise}
    assert not refused & set(MANIFEST["default_events"])


def test_the_app_can_change_nothing_that_guards_a_repository() -> None:
    """It never reverts anything by itself, so it must not be able to."""
    assert "workflows" not in MANIFEST["default_permissions"]
    assert {n for n, level in MANIFEST["default_permissions"].items() if level == "write"} == {"checks", "pull_requests"}


def test_what_reports_about_incidents_need_is_not_asked_for_unasked() -> None:
    """Whoever wants them on GitHub gives the permission themselves; the guide says which, and what the app does with it."""
    guide = (Path(__file__).parents[2] / "docs" / "github.md").read_text(encoding="utf-8")
    for name, level in github_reports.NEEDS.values():
        assert MANIFEST["default_permissions"].get(name) != level
        assert f"- `{name}: {level}` for" in guide


def test_the_manifest_has_what_github_insists_on() -> None:
    """A manifest without these fails with a message that does not say why; `secret` is refused."""
    assert MANIFEST["url"].startswith("https://")
    assert MANIFEST["hook_attributes"] == {"url": f"{MANIFEST['url']}/webhooks/github", "active": True}


def test_every_permission_says_why() -> None:
    """Whoever installs the app reads the reason beside it."""
    lines = re.findall(r"^  (\w+): (?:read|write)(.*)$", TEXT, re.MULTILINE)
    assert {name for name, _ in lines} == set(MANIFEST["default_permissions"])
    assert all(re.match(r" # \w", reason) for _, reason in lines)


def test_two_modules_cannot_read_the_same_event(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start-up fails with the name of the module, instead of one of them being ignored."""
    doubled = (*push.HANDLERS, Handler(event="release", permission=("contents", "read"), reads={}))
    monkeypatch.setattr(push, "HANDLERS", doubled)
    events.load.cache_clear()
    with pytest.raises(HandlerError, match=r"releases\.py: release is read by another module"):
        events.load()
    events.load.cache_clear()


def test_a_module_without_handlers_is_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file among the families that declares nothing would be dead."""
    monkeypatch.delattr(push, "HANDLERS")
    events.load.cache_clear()
    with pytest.raises(HandlerError, match=r"push\.py: define HANDLERS"):
        events.load()
    events.load.cache_clear()


def test_every_permission_is_needed_or_says_what_is_unseen_without_it() -> None:
    """Whoever refuses one reads in `doctor` what the app cannot see then."""
    assert set(sight.NEEDED).isdisjoint(sight.OPTIONAL)
    assert {*sight.NEEDED, *sight.OPTIONAL} == set(MANIFEST["default_permissions"])
    granted = dict(MANIFEST["default_permissions"])
    assert sight.unseen(granted) == []
    for name, words in sight.OPTIONAL.items():
        (sentence,) = sight.unseen({n: level for n, level in granted.items() if n != name})
        assert words in sentence
        assert name in sentence
    (sentence,) = sight.unseen({**granted, "pull_requests": "read"})
    assert "pull_requests: write" in sentence
