"""Labelled incidents: what happened in a repository, and which alerts count as having seen it.

A file of incidents is a JSON list of objects with `repo` (owner/name), `pattern`, and `events`, each with `date` (RFC 3339),
`kind`, `who` (`Name <address>`, or a key), `severity` (`critical` should alert, `signal` should appear, anything else is
context), `visible` (`HEAD` or a ref), and, where there is one, `commit`, `tag` and `path`.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from github_app.identity import normalise_email
from github_app.model import Alert

WINDOW = dt.timedelta(days=60)
"""How far an alert may be from the labelled day and still be about it."""

_LEAST_SHA = 7
_MATTERS = frozenset({"signal", "critical"})
_ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+")
_KEY = re.compile(r"\b[0-9A-Fa-f]{16,40}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened. `addresses` and `keys` are normalised; `paths` may be empty."""

    at: dt.datetime
    kind: str
    name: str
    addresses: frozenset[str]
    keys: frozenset[str]
    commit: str
    tag: str
    paths: tuple[str, ...]
    ref: str | None

    def seen_by(self, alert: Alert) -> bool:
        """Say whether an alert names the same person, key, commit, tag or path within the window."""
        if abs(alert.at - self.at) > WINDOW:
            return False
        subject, values = alert.finding.subject, [e.value for e in alert.finding.evidence]
        person = (subject.person.name or subject.person.login).lower()
        return (
            normalise_email(subject.person.email) in self.addresses
            or subject.key[-16:].upper() in self.keys
            or (len(self.name) > 3 and person == self.name)
            or any(value in {self.tag, *self.paths} for value in values if value)
            or any(len(v) >= _LEAST_SHA and self.commit.startswith(v) for v in values if self.commit)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One labelled incident; `events` are those that should be seen."""

    repository: str
    pattern: str
    events: tuple[Event, ...]

    @property
    def refs(self) -> list[str | None]:
        """The branches and pull requests to look at; None is the default branch."""
        return sorted({event.ref for event in self.events}, key=str)


def read(path: Path) -> Iterator[Incident]:
    """Yield the incidents of a file.

    Raises:
        OSError, ValueError, KeyError: the file cannot be read, is not JSON, or lacks a field.
    """
    for told in json.loads(path.read_text(encoding="utf-8")):
        events = tuple(_event(event) for event in told["events"] if event["severity"] in _MATTERS)
        yield Incident(repository=told["repo"], pattern=told["pattern"], events=events)


def _event(told: dict[str, Any]) -> Event:
    who, path, visible = str(told.get("who") or ""), told.get("path") or (), str(told["visible"])
    at = dt.datetime.fromisoformat(told["date"])
    return Event(
        at=at if at.tzinfo else at.replace(tzinfo=dt.UTC),
        kind=told["kind"],
        name=re.sub(r"<.*?>", "", who).strip().lower(),
        addresses=frozenset(normalise_email(address) for address in _ADDRESS.findall(who)),
        keys=frozenset(key[-16:].upper() for key in _KEY.findall(who)),
        commit=told.get("commit") or "",
        tag=told.get("tag") or "",
        paths=(path,) if isinstance(path, str) else tuple(path),
        ref=visible if visible.startswith("refs/") and "*" not in visible else None,
    )
