"""Who landed a commit of the first-parent chain, and how, as far as git tells.

GitHub writes itself as the committer of whatever is done with a button; then the author is who pressed it, except for a
squash, where the author is whoever opened the pull request and nothing in git names the merger.
https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/about-pull-request-merges
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace

from github_app.fact import Commit, CommitsLanded, Landing
from github_app.identity import is_web_flow, normalise_email
from github_app.model import Person

ONE_PUSH = dt.timedelta(hours=1)
"""Commits that follow each other by one committer within this time are told as one push."""

_MOST_COMMITS_A_PUSH = 500
_MOST_PATHS_A_PUSH = 50_000
_MERGE = re.compile(r"Merge pull request #(\d{1,9}) from ", re.ASCII)
_SQUASH = re.compile(r".*\(#(\d{1,9})\)", re.ASCII)
_UPLOAD = "Add files via upload"
_EDITED = re.compile(r"\b(?:Update|Create|Delete|Rename)\b")


@dataclass(frozen=True, slots=True)
class How:
    """How a chain commit landed. `actor` is None where git hides it; `claimed_pull` is what the commit's text says."""

    via: Landing
    actor: Person | None
    claimed_pull: int | None = None


def how(head: Commit, *, is_merge: bool, landed_before: Container[str] = (), proposed: bool = False) -> How:
    """Say who landed a commit of the first-parent chain. Nothing else may trust the committer field.

    Args:
        head: the commit.
        is_merge: it has more than one parent.
        landed_before: addresses (normalised) of those who are known to have landed something earlier.
        proposed: it is only part of a pull request so far, so it cannot be a squash of one.
    """
    if not is_web_flow(head.committer):
        return How(Landing.MERGE if is_merge else Landing.PUSH, _named(head.committer))
    if is_merge:
        return How(Landing.MERGE, _named(head.author), _pull(_MERGE.match(head.title)))
    squashed = _pull(_SQUASH.fullmatch(head.title))
    if squashed is not None and not proposed:
        return How(Landing.MERGE, None, squashed)
    sure = proposed or _edited_on_the_website(head) or normalise_email(head.author.email) in landed_before
    return How(Landing.WEB, _named(head.author) if sure else None)


def _edited_on_the_website(head: Commit) -> bool:
    """Tell an edit from a squash whose title lost its number: the editor changes one file and says `Update its.name`.

    Taking every such squash for an edit made 98 outsiders committers of one healthy project; the other way
    round a committer stays unknown until their next landing.
    """
    if head.title == _UPLOAD:
        return True
    name = head.paths[0].path.rpartition("/")[2] if len(head.paths) == 1 else ""
    return bool(name) and name in head.title and _EDITED.search(head.title) is not None


def _named(person: Person) -> Person | None:
    return person if person.email or person.name else None


def _pull(match: re.Match[str] | None) -> int | None:
    number = int(match[1]) if match else 0
    return number or None


def grouped(landed: Iterable[CommitsLanded]) -> Iterator[CommitsLanded]:
    """Tell direct pushes of one committer that follow each other closely as one landing."""
    group: list[CommitsLanded] = []
    for fact in landed:
        if group and not _one_push(group, fact):
            yield _joined(group)
            group = []
        group.append(fact)
    if group:
        yield _joined(group)


def _one_push(group: list[CommitsLanded], fact: CommitsLanded) -> bool:
    first, who = group[0], fact.actor
    return (
        first.via is Landing.PUSH
        and fact.via is Landing.PUSH
        and first.actor is not None
        and who is not None
        and normalise_email(first.actor.email) == normalise_email(who.email)
        and first.actor.name == who.name
        and fact.at - first.at <= ONE_PUSH
        and len(group) < _MOST_COMMITS_A_PUSH
        and sum(len(c.paths) for x in group for c in x.commits) < _MOST_PATHS_A_PUSH
    )


def _joined(group: list[CommitsLanded]) -> CommitsLanded:
    if len(group) == 1:
        return group[0]
    last = group[-1]
    return replace(last, before=group[0].before, commits=tuple(c for fact in group for c in fact.commits))
