"""Ask GitHub how a branch was changed, and which rules hold for it; errors are `Unavailable` or `Refused` as everywhere.

Both are for whoever may read: the activity of a repository needs `contents: read`, the rules of a branch `metadata: read`.
https://docs.github.com/en/rest/repos/repos#list-repository-activities
https://docs.github.com/en/rest/repos/rules#get-rules-for-a-branch
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from github_app.model import Repository
from workers.github import GitHubReader, path_of

MERGES = frozenset({"pr_merge", "merge_queue_merge"})
PUSHES = frozenset({"push", "force_push"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One change of a branch as GitHub lists it; `how` is GitHub's activity_type, `actor` an account's number or None."""

    after: str
    how: str
    at: dt.datetime | None = None
    actor: int | None = None


class Branches(Protocol):
    """What asks about branches. It raises `Unavailable` or `Refused`, nothing else."""

    def activity(self, repo: Repository, installation_id: int, ref: str) -> list[Activity]:
        """Return the latest hundred changes of a branch within three months, latest first."""

    def rules(self, repo: Repository, installation_id: int, branch: str) -> dict[int, frozenset[str]]:
        """Return the kinds of rules in force for a branch, by the number of their ruleset; it need not exist."""


class GitHubBranches(GitHubReader):
    """`Branches` over GitHub's REST API."""

    def activity(self, repo: Repository, installation_id: int, ref: str) -> list[Activity]:
        """See `Branches.activity`."""
        asked = {"ref": ref, "time_period": "quarter", "per_page": 100}
        what = f"the activity of {repo.full_name}"
        found = self._get(installation_id, f"{path_of(repo)}/activity", what, missing=(), parameters=asked)
        return [_activity(a) for a in found if isinstance(a, dict)] if isinstance(found, list) else []

    def rules(self, repo: Repository, installation_id: int, branch: str) -> dict[int, frozenset[str]]:
        """See `Branches.rules`."""
        path, what = f"{path_of(repo)}/rules/branches/{quote(branch)}", f"the rules of a branch of {repo.full_name}"
        found = self._get(installation_id, path, what, missing=(), parameters={"per_page": 100})
        kinds: dict[int, set[str]] = defaultdict(set)
        for rule in found if isinstance(found, list) else []:
            number, kind = (rule.get("ruleset_id"), rule.get("type")) if isinstance(rule, dict) else (None, None)
            if type(number) is int and isinstance(kind, str):
                kinds[number].add(kind)
        return {number: frozenset(held) for number, held in kinds.items()}


def _activity(shown: dict[str, Any]) -> Activity:
    actor = shown.get("actor")
    number = actor.get("id") if isinstance(actor, dict) else None
    return Activity(
        after=str(shown.get("after", "")),
        how=str(shown.get("activity_type", "")),
        at=_when(shown.get("timestamp")),
        actor=number if type(number) is int else None,
    )


def _when(value: object) -> dt.datetime | None:
    try:
        at = dt.datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return at if at is None or at.tzinfo else at.replace(tzinfo=dt.UTC)
