"""The app's own copies of histories: fetched with the installation's token, and asked for what a delivery leaves out."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from github_app.fact import Commit, CommitsLanded, Fact
from github_app.store import Watch
from workers.github import Refused, Unavailable
from workers.history import clone, commits
from workers.history.git import Git, HistoryError
from workers.runtime import Runtime, utcnow

MOST_IN_A_PUSH = 2_048
"""Commits that GitHub lists in one delivery at most (docs.github.com, "Webhook events and payloads", push)."""

_MOST_COMMITS = 20_000
_RETRY = dt.timedelta(seconds=60)
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}", re.ASCII)
_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", re.ASCII)


class NoHistoryError(HistoryError):
    """There is no past to learn, and no later attempt will find one; one sentence."""


def path_of(runtime: Runtime, watch: Watch) -> Path:
    """Return where a repository's copy is, or would be."""
    return runtime.settings.data_dir / "repositories" / f"{watch.id}.git"


def fetched(runtime: Runtime, watch: Watch, progress: Callable[[str], None] = lambda _: None) -> Git:
    """Make or bring up to date the copy of a repository.

    Raises:
        NoHistoryError: nobody can fetch it.
        HistoryError: it cannot be fetched, now or ever; see `clone.update`.
        Unavailable: GitHub cannot be asked for a token now.
        Refused: GitHub gives no token.
    """
    if runtime.app is None:
        raise NoHistoryError("no GitHub App is configured (GITHUB_APP_ID, GITHUB_PRIVATE_KEY)")
    if watch.installation_id is None:
        raise NoHistoryError("no delivery named the installation that may read it")
    if not _NAME.fullmatch(watch.full_name):
        raise NoHistoryError("its name cannot be part of a URL")
    token = runtime.app.clone_token(watch.installation_id)
    url = f"{runtime.settings.github_url}/{watch.full_name}.git"
    origin = clone.Origin(url=url, name=watch.full_name, user="x-access-token", secret=token)
    return clone.update(origin, path_of(runtime, watch), branch=watch.default_branch, progress=progress)


def is_cut(fact: CommitsLanded) -> bool:
    """Say whether a push brought more commits to a guarded branch than its delivery lists."""
    listed = {commit.sha for commit in fact.commits}
    return fact.guarded and bool(listed) and (len(listed) >= MOST_IN_A_PUSH or fact.after not in listed)


def whole(runtime: Runtime, watch: Watch | None, facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Return facts with every push among them completed.

    Raises:
        Unavailable: fetching failed for a reason that may pass.
    """
    return tuple(completed(runtime, watch, fact) if isinstance(fact, CommitsLanded) else fact for fact in facts)


def completed(runtime: Runtime, watch: Watch | None, fact: CommitsLanded) -> CommitsLanded:
    """Return a push with all its commits: what GitHub did not list is read from the copy; else the fact has a gap.

    Raises:
        Unavailable: fetching failed for a reason that may pass.
    """
    if watch is None or not is_cut(fact) or not (_SHA.fullmatch(fact.before) and _SHA.fullmatch(fact.after)):
        return fact
    try:
        found = _between(fetched(runtime, watch), fact.before, fact.after)
    except clone.CloneUnavailableError as error:
        raise Unavailable(str(error), utcnow() + _RETRY) from error
    except (HistoryError, Refused) as error:
        return replace(
            fact, gap=f"GitHub lists only {len(fact.commits)} commits of this push, and no more is known: {error}"
        )
    listed = {commit.sha: commit for commit in fact.commits}  # GitHub names accounts in those, git does not
    return replace(fact, commits=tuple(listed.get(commit.sha, commit) for commit in found))


def _between(git: Git, before: str, after: str) -> list[Commit]:
    """Return what a push brought, parents before children; merges show what they changed of their first parent."""
    start = [f"^{before}"] if before.strip("0") else []
    lines = git.text("rev-list", "--topo-order", "--reverse", "--parents", after, *start, "--", most=1 << 26).splitlines()
    if len(lines) > _MOST_COMMITS:
        raise HistoryError(f"it brought {len(lines):,} commits, more than can be read at once")
    shas = [line.split() for line in lines]
    wanted = (commits.Wanted(sha, parents[0] if len(parents) > 1 else "") for sha, *parents in shas)
    return list(commits.read(git, wanted))
