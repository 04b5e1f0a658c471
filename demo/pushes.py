"""Which commits of the story were pushed together, and how a webhook tells a commit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import groupby, pairwise

from demo import world
from demo.facts import Commit, Name
from demo.standin.shapes import Json, node

SESSION = dt.timedelta(hours=6)
"""Commits by one person with smaller gaps are played as one push (assumed: git does not record pushes)."""


def sessions(commits: list[Commit]) -> Iterator[list[Commit]]:
    """Yield the commits in pushes: one person's in one sitting; what a button made, alone, with what it merged."""
    landing = {c.id[:12]: c for c in commits}
    lines = [list(group) for _, group in groupby(commits, key=lambda c: c.landed_with or c.id[:12])]
    current = lines[0]
    for last, line in pairwise(lines):
        one, other = landing[_landed(last)], landing[_landed(line)]
        apart = world.WEB_FLOW in {one.committer.mail, other.committer.mail}
        if apart or world.pusher(one) != world.pusher(other) or abs(other.committed - one.committed) > SESSION:
            yield current
            current = []
        current = [*current, *line]
    yield current


def _landed(line: list[Commit]) -> str:
    return line[-1].landed_with or line[-1].id[:12]


def commit_json(commit: Commit, page: str) -> Json:
    """Return a commit as in a push payload; `page` is the address of the repository's page."""
    paths: dict[str, list[str]] = {"A": [], "M": [], "D": []}
    for status, path in commit.changes:
        paths[status if status in paths else "M"].append(path)
    return {
        "id": commit.id,
        "tree_id": node("tree", commit.id),
        "distinct": True,
        "message": f"({commit.id[:12]}: message not shipped)",
        "timestamp": commit.authored.isoformat(),
        "url": f"{page}/commit/{commit.id}",
        "author": name_json(commit.author),
        "committer": name_json(commit.committer),
        "added": paths["A"],
        "removed": paths["D"],
        "modified": paths["M"],
    }


def name_json(name: Name) -> Json:
    """Return an author or committer; GitHub adds `username` where it knows the address."""
    login = world.login(name)
    return {"name": name.name, "email": name.mail, **({"username": login} if login else {})}


def count(commits: int) -> str:
    """Return "1 commit", "2 commits"."""
    return f"{commits} commit{'s' if commits != 1 else ''}"
