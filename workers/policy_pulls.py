"""The check run on a pull request that edits the policy file, and on a commit of the default branch that broke it.

What a pull request brings is read as data and never comes into force.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from github_app.model import Repository
from github_app.policy import PATH, Loss, Place, Problem, floor_problems, losses, merge, parse
from github_app.store import Store
from github_app.store.policies import PullToLook, Stored
from workers import policies
from workers.github import Refused, Unavailable
from workers.github_policy import PolicyReader
from workers.github_writer import Writer
from workers.render import policy_check

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 8
_FIRST_RETRY = dt.timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What there is to say about a version of the file: what is wrong with it, and what it takes away."""

    problems: Collection[Problem]
    lost: Collection[Loss]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where pull requests are looked at."""

    store: Store
    reader: PolicyReader
    writer: Writer
    detectors: Collection[str]

    def look(self, pull: PullToLook, now: dt.datetime) -> None:
        """Check a pull request at its newest commit if it edits the file; try again later when GitHub is away."""
        watch = self.store.repositories.get_many([pull.repository_id]).get(pull.repository_id)
        retry_at: dt.datetime | None = None
        if watch is not None and watch.installation_id is not None and watch.state != "removed":
            try:
                about = self._about(watch.repository, watch.installation_id, pull, now)
                if about is not None:
                    name = f"{pull.repository_id}/{pull.number}"
                    _show(self.writer, watch.repository, watch.installation_id, _Where(pull.head_sha, name), about)
            except Unavailable as error:
                if pull.attempts + 1 < MOST_ATTEMPTS:
                    retry_at = max(error.retry_at, now + _FIRST_RETRY * 2**pull.attempts)
                else:
                    _trouble(self.store, watch.repository, pull, error.sentence, now)
            except Refused as error:
                _trouble(self.store, watch.repository, pull, error.sentence, now)
        with self.store.begin() as connection:
            self.store.policies.pull_done(connection, pull, retry_at)

    def _about(self, repository: Repository, installation_id: int, pull: PullToLook, now: dt.datetime) -> About | None:
        """Return what there is to say; None when the pull request does not edit the file."""
        scope, org_scope = policies.scope_of(repository), f"org:{repository.owner_id}"
        known = self.store.policies.get_many([scope, org_scope])
        stored = known.get(scope)
        head = self.reader.file(repository.full_name, installation_id, PATH, ref=pull.head_sha)
        if head.version == (stored.version if stored else ""):
            return None
        if PATH not in self.reader.pull_paths(repository.full_name, installation_id, pull.number):
            return None  # its branch is only older than the file
        where = policies.place_of(scope)
        parsed = parse(head.data if head.version else "", where=where, detectors=self.detectors, today=now.date())
        if parsed.file is None:
            return About(problems=parsed.problems, lost=())
        mine, org = policies.file_of(stored), policies.file_of(known.get(org_scope))
        if where is Place.ORGANISATION:
            return About(problems=parsed.problems, lost=losses(merge(mine, None), merge(parsed.file, None)))
        overruled = [replace(problem, note=True) for problem in floor_problems(org, parsed.file)]
        return About(problems=(*parsed.problems, *overruled), lost=losses(merge(org, mine), merge(org, parsed.file)))


def on_commit(writer: Writer, stored: Stored, commit: str, about: About) -> None:
    """Show on a commit of the default branch that it broke the file, or mended it; `doctor` says it anyhow."""
    if stored.installation_id is None:
        return
    place = Repository(id=0, full_name=stored.full_name)
    try:
        _show(writer, place, stored.installation_id, _Where(commit, stored.scope), about)
    except (Unavailable, Refused) as error:
        log.warning("no check run on %s of %s: %s", commit, stored.full_name, error.sentence)


class _Where(NamedTuple):
    """A commit, and by which name its check run is ours."""

    sha: str
    name: str


def _show(writer: Writer, repository: Repository, installation_id: int, where: _Where, about: About) -> None:
    """Make the check run of a commit, or change the one that is there."""
    name = f"trust-policy:{where.name}"
    fields: dict[str, Any] = policy_check.render(name, about.problems, [loss.sentence for loss in about.lost])
    found = writer.find_check(repository, installation_id, where.sha, policy_check.NAME, name)
    if found is None or not writer.edit_check(repository, installation_id, found, fields):
        writer.create_check(repository, installation_id, where.sha, fields)


def _trouble(store: Store, repository: Repository, pull: PullToLook, why: str, now: dt.datetime) -> None:
    sentence = f"The policy in pull request {pull.number} of {repository.full_name} could not be checked: {why}"
    with store.begin() as connection:
        store.problems.report(connection, f"policy-pull:{repository.id}/{pull.number}", sentence, now)
    log.warning("%s", sentence)
