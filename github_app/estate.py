"""The estate: what stands around a repository (its guards, and what can reach it) and how it changed.

Two kinds of facts with one way of describing a standing thing: flat settings, compared by name. What a webhook and a poll
of GitHub's API say about the same thing must come to the same settings, or one change would be told twice.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from github_app.fact import Fact
from github_app.model import Person

MOST_SETTINGS = 1_000
"""Most settings one thing is described by; the rest is one setting that is their hash, so a change of it still shows."""
LONGEST_NAME, LONGEST_VALUE = 200, 500
_DEEPEST = 12
_MARK = 17
REST = "the rest"
APPLIES = "applies:"
"""With the number of a ruleset, the key by which a repository keeps that this one of its organisation covers it."""
UNTOLD_NAME = "a name that GitHub does not tell"


class Guard:
    """Kinds of guards: `GuardChanged.guard`, and `kind` of their snapshots."""

    BRANCH_PROTECTION = "branch-protection"
    BRANCH_PROTECTION_CONFIGURATION = "branch-protection-configuration"
    PROTECTED_BRANCH = "protected-branch"
    RULESET = "ruleset"
    SECURITY_ANALYSIS = "security-analysis"
    VISIBILITY = "visibility"
    DEFAULT_BRANCH = "default-branch"
    ARCHIVED = "archived"
    ACTIONS_PERMISSIONS = "actions-permissions"
    ORGANIZATION_SETTINGS = "organization-settings"
    SECURITY_CONFIGURATION = "security-configuration"
    RUNNER_GROUP = "runner-group"
    OWN_RUNNERS = "own-runners"
    IMMUTABLE_RELEASES = "immutable-releases"
    OIDC_SUBJECT = "oidc-subject"
    CUSTOM_PROPERTY = "custom-property"
    CUSTOM_PROPERTY_VALUES = "custom-property-values"


class Thing:
    """Kinds of things with power or reach: `InventoryChanged.thing`, and `kind` of their snapshots."""

    ORG_WEBHOOK = "org-webhook"
    REPO_WEBHOOK = "repo-webhook"
    APP = "app"
    THIS_APP = "this-app"
    SECRET = "secret"  # noqa: S105 (a kind of thing)
    VARIABLE = "variable"
    RUNNER = "runner"
    INVITATION = "invitation"
    TOKEN_REQUEST = "token-request"  # noqa: S105 (a kind of thing)
    TOKEN = "token"  # noqa: S105 (a kind of thing)
    ORGANIZATION_ROLE = "organization-role"
    TEAM_PARENT = "team-parent"
    TEAM = "team"
    TEAM_MEMBER = "team-member"
    TEAM_REPOSITORY = "team-repository"
    PACKAGE = "package"
    ENVIRONMENT = "environment"
    DEPLOY_KEY = "deploy-key"
    OWNER = "owner"
    COLLABORATOR = "collaborator"
    REPOSITORY = "repository"
    ORGANIZATION = "organization"
    BLOCKED_USER = "blocked-user"
    TAG = "tag"
    PROTECTION_BYPASS = "protection-bypass"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Setting:
    """One setting of something standing, flat: `required_reviews` is `2`, `bypass:app 123` is `always`."""

    name: str
    value: str


Settings = tuple[Setting, ...]
"""Sorted by name, each name once. Members of a list are settings of their own (`bypass:team 5`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardChanged(Fact):
    """A guard was set up, changed or taken away.

    `guard` is one of `Guard`; `key` names it within its scope and stays when it is renamed (`ruleset:123`), `name` is for
    people. `action` is created, edited, deleted, disabled or enabled. `before` is None when it is not known how it was
    (then `gap` says so) and empty when it was not there; `after` likewise. `since` is when it was first seen as it was
    before, where that is stored. `reaches` names the rulesets that depend on it, as far as they are known.
    """

    kind: ClassVar[str] = "guard_changed"
    guard: str
    key: str
    name: str
    action: str
    before: Settings | None = None
    after: Settings | None = None
    since: dt.datetime | None = None
    reaches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryChanged(Fact):
    """Something that has power over a repository or an organisation, or reaches it, came, went or changed.

    `thing` is one of `Thing`; `key`, `name`, `before` and `after` as in `GuardChanged`; `action` is added, removed or
    changed. `subject` is whom it gives power to, where that is a person.
    """

    kind: ClassVar[str] = "inventory_changed"
    thing: str
    key: str
    name: str
    action: str
    before: Settings | None = None
    after: Settings | None = None
    since: dt.datetime | None = None
    subject: Person | None = None


def settings(data: Mapping[str, object]) -> Settings:
    """Return nested JSON-like data as flat settings; whatever it holds, the result is bounded and can be stored.

    An object's members are joined with a dot (`reviews.count`), a member of a list becomes a setting of its own
    (`check:build` is `yes`), true and false stay those words, and null is left out.
    """
    named: dict[str, str] = {}
    for name, value in _flat(data, "", 0):
        named[_short(name, LONGEST_NAME)] = _short(value, LONGEST_VALUE)
    ordered = [Setting(name=name, value=named[name]) for name in sorted(named)]
    if len(ordered) > MOST_SETTINGS:
        rest = hashlib.sha256(repr([(s.name, s.value) for s in ordered[MOST_SETTINGS:]]).encode()).hexdigest()
        ordered = sorted([*(s for s in ordered[:MOST_SETTINGS] if s.name != REST), Setting(name=REST, value=rest)])
    return tuple(ordered)


def value_of(found: Iterable[Setting] | None, name: str, default: str = "") -> str:
    """Return one setting's value, or `default`."""
    return next((s.value for s in found or () if s.name == name), default)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One setting that differs; None where it is not there."""

    name: str
    before: str | None
    after: str | None


def differences(before: Settings, after: Settings) -> list[Difference]:
    """Return what differs between two descriptions of one thing, by name."""
    was, now = {s.name: s.value for s in before}, {s.name: s.value for s in after}
    return [
        Difference(name=name, before=was.get(name), after=now.get(name))
        for name in sorted(was.keys() | now.keys())
        if was.get(name) != now.get(name)
    ]


def _flat(value: object, name: str, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and depth < _DEEPEST:
        for key, inner in value.items():
            yield from _flat(inner, f"{name}.{key}" if name else str(key), depth + 1)
    elif isinstance(value, list | tuple | set | frozenset) and depth < _DEEPEST:
        for inner in value:
            if isinstance(inner, Mapping | list | tuple):
                yield from _flat(inner, f"{name}:{_called(inner)}", depth + 1)
            elif inner is not None:
                yield f"{name}:{_word(inner)}", "yes"
    elif value is not None:
        yield name, _word(value)


def _called(member: Mapping[str, object] | list[object] | tuple[object, ...]) -> str:
    """Name a member of a list by what names it, so that its place in the list does not matter."""
    if isinstance(member, Mapping):
        for key in ("context", "slug", "login", "name", "type", "id", "key"):
            if isinstance(member.get(key), str | int):
                return _word(member[key])
    return hashlib.sha256(repr(member)[:100_000].encode("utf-8", "replace")).hexdigest()[:8]


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return repr(value)[: 2 * LONGEST_VALUE]
    return hashlib.sha256(repr(value)[:100_000].encode("utf-8", "replace")).hexdigest()[:16]


def _short(text: str, most: int) -> str:
    """Return a text that can be stored; one that is too long ends in a piece of its hash, so two stay two."""
    text = text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    if len(text) <= most:
        return text
    return f"{text[: most - _MARK]}…{hashlib.sha256(text.encode()).hexdigest()[: _MARK - 1]}"
