"""The changelog keeps its shape (keepachangelog.com, 1.1.0) and its newest version is the project's."""

from __future__ import annotations

import datetime as dt
import re
import tomllib

from tests.project.sources import text

KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def headings() -> list[tuple[str, str]]:
    """Return each version's name and date, newest first."""
    return re.findall(r"^## \[([^\]]+)\](?: - (\S+))?$", text("CHANGELOG.md"), re.MULTILINE)


def test_versions_are_in_order() -> None:
    """What is coming stands first, then the newest release; each release has a date."""
    names = [name for name, _ in headings()]
    assert names[0] == "Unreleased"
    released = [tuple(int(part) for part in name.split(".")) for name in names[1:]]
    assert released == sorted(released, reverse=True)
    dates = [dt.date.fromisoformat(date) for _, date in headings()[1:]]
    assert dates == sorted(dates, reverse=True)


def test_the_newest_release_is_this_version() -> None:
    """A version that operators can install is described."""
    version = tomllib.loads(text("pyproject.toml"))["project"]["version"]
    assert headings()[1][0] == version


def test_entries_are_grouped_by_kind() -> None:
    """Operators look for what was removed or changed, so entries stand under those words."""
    assert set(re.findall(r"^### (.+)$", text("CHANGELOG.md"), re.MULTILINE)) <= KINDS
    assert not re.search(r"^### .+\n+(?=#|\Z)", text("CHANGELOG.md"), re.MULTILINE)
