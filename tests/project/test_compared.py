"""The page that sets this app beside the audit log says what is true: each name in it exists, and its sums are right."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
import yaml

from tests.project.sources import text
from workers import detectors
from workers.facts import events
from workers.reconcile import sources

PAGE = "docs/compared.md"
SILENT, UNSEEN = "silent: ", "not seen: "
SECONDS, MINUTES, TURN = "seconds", "10 minutes", "its turn"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: actions of the audit log, what tells them, how soon, and with which permissions."""

    actions: tuple[str, ...]
    told: str
    soon: str
    needs: tuple[str, ...]

    @property
    def seen(self) -> bool:
        """Say whether something here tells it."""
        return not self.told.startswith((SILENT, UNSEEN))

    @property
    def names(self) -> list[str]:
        """Return the events and sources that tell it."""
        return re.findall(r"`([^`]+)`", self.told.split("[")[0]) if self.seen else []


def rows() -> list[Row]:
    """Return the rows of all tables."""
    found = []
    for line in text(PAGE).splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) == 4 and cells[0] != "action in the audit log":
            actions, needs = (tuple(re.findall(r"`([^`]+)`", cells[n])) for n in (0, 3))
            found.append(Row(actions, cells[1], cells[2], needs))
    return found


ROWS = rows()


def test_there_are_tables() -> None:
    """What could not be read would hold for nothing."""
    assert len(ROWS) > 80
    assert all(row.actions or row.seen for row in ROWS)


def test_each_action_is_named_once() -> None:
    """Twice would be counted twice."""
    named = [action for row in ROWS for action in row.actions]
    assert [action for action in set(named) if named.count(action) > 1] == []
    assert [action for action in named if not re.fullmatch(r"[a-z_]+(?:\.[a-z_]+)+", action)] == []


def test_the_sums_are_right() -> None:
    """Told, silent and unseen are counted from the tables."""
    told = sum(len(row.actions) for row in ROWS if row.seen)
    silent = sum(len(row.actions) for row in ROWS if row.told.startswith(SILENT))
    unseen = sum(len(row.actions) for row in ROWS if row.told.startswith(UNSEEN))
    stated = (
        f"Of {told + silent + unseen} actions {told} are told, {silent} give nobody any power and are silent, and {unseen}"
    )
    assert stated in text(PAGE)


@pytest.mark.parametrize("row", [row for row in ROWS if row.seen], ids=lambda row: (*row.actions, "other")[0])
def test_what_tells_it_exists_and_is_as_soon_and_needs_what_it_says(row: Row) -> None:
    """Each event is read, each source compared, each detector there; the permissions are theirs."""
    known, compared = events.load(), sources.load()
    linked = re.findall(r"\[([\w-]+)\]\(detectors/[\w-]+\.md\)", row.told)
    assert linked
    assert set(linked) <= {d.id for d in detectors.load()}
    assert row.names
    assert [name for name in row.names if name not in known and name not in compared] == []
    needed: set[str] = set()
    slowest: set[str] = set()
    for name in row.names:
        if name in known:
            permission = known[name].permission
            needed |= {permission[0]} if permission else set()
            slowest.add(SECONDS)
        else:
            needed |= set(compared[name].needs)
            slowest.add(TURN if compared[name].scope == "repository" else MINUTES)
    assert set(row.needs) <= needed
    assert set(row.needs) <= set(yaml.safe_load(text("app.yml"))["default_permissions"])
    assert set(row.soon.split(", ")) <= slowest


def test_every_source_and_new_event_is_in_it() -> None:
    """What the app compares for is there, but for what it may not see; so is what no audit log has, in words."""
    told = {name for row in ROWS for name in row.names}
    elsewhere = {"tags", "releases"}  # the audit log has neither
    missing = [o.name for o in sources.load().values() if not o.refused_by_design and o.name not in told | elsewhere]
    assert missing == []
