"""Who landed a commit of the first-parent chain, and how, as far as git tells.

GitHub writes itself as the committer of whatever is done with a button; then the author is who pressed it, except for a
squash, where the author is whoever opened the pull request and nothing in git names the merger.
https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/about-pull-request-merges
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from github_app.fact import Commit, Landing
from github_app.identity import is_web_flow
from github_app.model import Person

_MERGE = re.compile(r"Merge pull request #(\d{1,9}) from ", re.ASCII)
_SQUASH = re.compile(r".*\(#(\d{1,9})\)", re.ASCII)


@dataclass(frozen=True, slots=True)
class How:
    """How a chain commit landed. `actor` is None where git hides it; `claimed_pull` is what the commit's text says."""

    via: Landing
    actor: Person | None
    claimed_pull: int | None = None


def how(head: Commit, *, is_merge: bool) -> How:
    """Say who landed a commit of the first-parent chain. Nothing else may trust the committer field."""
    if not is_web_flow(head.committer):
        return How(Landing.MERGE if is_merge else Landing.PUSH, _named(head.committer))
    if is_merge:
        return How(Landing.MERGE, _named(head.author), _pull(_MERGE.match(head.title)))
    squashed = _pull(_SQUASH.fullmatch(head.title))
    if squashed is not None:
        return How(Landing.MERGE, None, squashed)
    return How(Landing.WEB, _named(head.author))


def _named(person: Person) -> Person | None:
    return person if person.email or person.name else None


def _pull(match: re.Match[str] | None) -> int | None:
    number = int(match[1]) if match else 0
    return number or None
