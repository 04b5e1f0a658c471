"""Read the shipped facts of the xz story. Where they come from and what is assumed: demo/README.md."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "xz"
REPOSITORY = "tukaani-project/xz"
BRANCH = "master"
BACKDOOR_RELEASE = dt.datetime(2024, 2, 24, 10, 1, 50, tzinfo=dt.UTC)
"""When the tag v5.6.0 reached GitHub, by the public events."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name and address as git has it."""

    name: str
    mail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """A commit. `parents` are numbers of earlier rows (past only), `landed_with` the merge that brought it in."""

    id: str
    author: Name
    committer: Name
    authored: dt.datetime
    committed: dt.datetime
    changes: tuple[tuple[str, str], ...]
    parents: tuple[int, ...] = ()
    merge: bool = False
    landed_with: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A tag. `object` is empty where git's own tag was lightweight; `at` is the tag's time, `seen` GitHub's where known."""

    name: str
    at: dt.datetime
    target: str = ""
    commit: int = 0
    object: str = ""
    tagger: Name | None = None
    key: str = ""
    fingerprint: str = ""
    seen: dt.datetime | None = None

    @property
    def created(self) -> dt.datetime:
        """When it reached GitHub: by the public events, else (assumed) when it was made."""
        return self.seen or self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class PullEvent:
    """Something that happened to a pull request, a review of one, or (`number` 0) a release of the tag `head`."""

    at: dt.datetime
    what: str
    number: int
    by: str
    author: str
    branch: str
    head: str
    landed: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A retold comment on a retold issue."""

    at: dt.datetime
    issue: int
    title: str
    opened_by: str
    by: str
    association: str
    text: str


def past() -> tuple[list[Commit], dict[str, int], list[Tag]]:
    """Return commits in topological order, branch tips and tags, as of the end of 2021."""
    commits: list[Commit] = []
    for row in _rows("past_commits"):
        parents = [len(commits) - 1 if p == "^" else int(p) for p in row["parents"].split(",") if p]
        commits.append(_commit(row, parents=tuple(parents)))
    tips = {row["name"]: int(row["commit"]) for row in _rows("past_branches")}
    tags = [
        Tag(
            name=row["name"],
            at=_time(row["at"]),
            commit=int(row["commit"]),
            tagger=_people()[int(row["tagger"])] if row["tagger"] else None,
            key=row["key"],
            fingerprint=row["fingerprint"],
        )
        for row in _rows("past_tags")
    ]
    return commits, tips, tags


def story_commits() -> list[Commit]:
    """Return what reached the default branch, in the order of landing."""
    found = []
    for row in _rows("story_commits"):
        merge = row["landed"] == "merge"
        found.append(_commit(row, merge=merge, landed_with="" if merge else row["landed"]))
    return found


def story_tags() -> list[Tag]:
    """Return the release tags of the story, oldest first."""
    return [
        Tag(
            name=row["name"],
            at=_time(row["at"]),
            target=row["target"],
            object=row["object"],
            tagger=_people()[int(row["tagger"])],
            key=row["key"],
            fingerprint=row["fingerprint"],
            seen=_time(row["seen"]) if row["seen"] else None,
        )
        for row in _rows("story_tags")
    ]


def story_pulls() -> list[PullEvent]:
    """Return pull requests, reviews and releases in order."""
    return [
        PullEvent(
            at=_time(row["at"]),
            what=row["what"],
            number=int(row["number"] or 0),
            by=row["by"],
            author=row["author"],
            branch=row["branch"],
            head=row["head"],
            landed=row["landed"],
            source=row["source"],
        )
        for row in _rows("story_pulls")
    ]


def pressure() -> list[Comment]:
    """Return the retold comments in order."""
    told: dict[str, Any] = tomllib.loads((HERE / "pressure.toml").read_text(encoding="utf-8"))
    issues = {issue["number"]: issue for issue in told["issue"]}
    return [
        Comment(**comment, title=issues[comment["issue"]]["title"], opened_by=issues[comment["issue"]]["author"])
        for comment in told["comment"]
    ]


def _commit(row: dict[str, str], *, parents: tuple[int, ...] = (), merge: bool = False, landed_with: str = "") -> Commit:
    authored = _time(row["authored"])
    return Commit(
        id=row["id"],
        author=_people()[int(row["author"])],
        committer=_people()[int(row["committer"])],
        authored=authored,
        committed=authored if row["committed"] == "=" else _time(row["committed"]),
        changes=tuple((change[0], _paths()[int(change[1:])]) for change in row["changes"].split()),
        parents=parents,
        merge=merge,
        landed_with=landed_with,
    )


@cache
def _people() -> list[Name]:
    return [Name(row["name"], row["mail"]) for row in _rows("people")]


@cache
def _paths() -> list[str]:
    return [row["path"] for row in _rows("paths")]


def _time(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def _rows(name: str) -> Iterator[dict[str, str]]:
    lines = (HERE / f"{name}.tsv").read_text(encoding="utf-8").split("\n")
    header = lines[0].split("\t")
    for line in lines[1:]:
        if line:
            yield dict(zip(header, line.split("\t"), strict=True))
