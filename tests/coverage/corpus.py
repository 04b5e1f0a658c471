"""One payload for each way in which trust moves, and its harmless twin where there is one.

Each is the smallest payload that fits GitHub's published description (`published.py`), with what makes the difference put
over it. `past` are deliveries that came before, for what depends on what was known.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from github_app.model import Severity
from tests.coverage.published import skeleton

Over = Mapping[str, Any]
DROP = object()
"""In the place of a value: the member is left out."""

LATER, NOW = "2026-03-01T12:00:00+00:00", "2026-03-02T10:00:00+00:00"
INFO, LOW, MEDIUM, HIGH, CRITICAL = Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One delivery: GitHub's event, the name of its description, and what is put over the smallest payload."""

    event: str
    name: str
    over: Over
    at: str = LATER

    @property
    def action(self) -> str:
        """The action, "" where the event has none."""
        return str(build(self.name, self.over).get("action") or "")

    def entry(self) -> dict[str, Any]:
        """Return the line as `trust-alerts replay` reads it."""
        return {"event": self.event, "payload": build(self.name, self.over), "at": self.at}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One way: when it counts (in words), how bad it is at least, which detector says so, and the twin that is silent."""

    line: Line
    when: str
    severity: Severity
    detector: str
    past: tuple[Line, ...] = ()
    twin: Line | None = None

    @property
    def label(self) -> str:
        """A name for test reports."""
        return f"{self.line.event}.{self.line.action}" if self.line.action else self.line.event


def build(name: str, over: Over) -> dict[str, Any]:
    """Return the smallest payload of an action in our repository, with this put over it."""
    made = skeleton(name)
    for key, value in (("repository", REPOSITORY), ("organization", ORGANIZATION), ("installation", INSTALLATION)):
        if key in made and isinstance(made[key], dict):
            _put(made[key], value)
    return _put(_put(made, {"sender": ANNA} if "sender" in made else {}), over)


def _put(into: dict[str, Any], over: Over) -> dict[str, Any]:
    for key, value in over.items():
        if value is DROP:
            into.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(into.get(key), dict):
            _put(into[key], value)
        else:
            into[key] = copy.deepcopy(value)
    return into


def user(login: str, number: int, kind: str = "User") -> dict[str, Any]:
    """Return an account with all that the description wants of one."""
    here = f"https://api.github.com/users/{login}"
    ends = {
        "followers_url": "followers", "following_url": "following", "gists_url": "gists", "starred_url": "starred",
        "subscriptions_url": "subscriptions", "organizations_url": "orgs", "repos_url": "repos", "events_url": "events",
        "received_events_url": "received_events",
    }  # fmt: skip
    return {
        "login": login, "id": number, "node_id": "x", "avatar_url": here, "gravatar_id": "", "url": here,
        "html_url": f"https://github.com/{login}", "type": kind, "site_admin": False,
        **{name: f"{here}/{end}" for name, end in ends.items()},
    }  # fmt: skip


ANNA, BEN, MALLORY = user("anna", 11), user("ben", 12), user("mallory", 66)
ACTIONS_BOT = user("github-actions[bot]", 41898282, "Bot")
REPOSITORY: dict[str, Any] = {
    "id": 7,
    "name": "tool",
    "full_name": "acme/tool",
    "private": False,
    "default_branch": "main",
    "owner": user("acme", 70, "Organization"),
    "html_url": "https://github.com/acme/tool",
    "pushed_at": "2026-03-02T09:00:00Z",
}
ORGANIZATION = {"login": "acme", "id": 70}
INSTALLATION = {"id": 99}
OLD, NEW, NEXT, ZERO = "1" * 40, "2" * 40, "3" * 40, "0" * 40


def cases() -> tuple[Case, ...]:
    """Return them all, in the order of their events."""
    from tests.coverage import about_code, about_guards, about_people  # noqa: PLC0415 - they use what is above

    return (*about_code.CASES, *about_people.CASES, *about_guards.CASES)


def lines() -> Iterator[tuple[str, Line]]:
    """Yield every delivery with a name of its own."""
    for number, case in enumerate(cases()):
        yield f"{number:03} {case.line.name}", case.line
        yield from ((f"{number:03} before {n} {line.name}", line) for n, line in enumerate(case.past))
        if case.twin is not None:
            yield f"{number:03} twin {case.twin.name}", case.twin


def every_payload() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield every payload: a name of its own, the name of its description, and the payload."""
    for label, line in lines():
        yield label, line.name, build(line.name, line.over)


def names() -> list[str]:
    """Return the descriptions that are used."""
    return sorted({line.name for _, line in lines()})
