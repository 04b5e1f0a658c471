"""Who landed a commit of the first-parent chain, and how, as far as git tells.

GitHub writes itself as the committer of whatever is done with a button; then the author is who pressed it, except for a
squash, where the author is whoever opened the pull request and nothing in git names the merger.
https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/about-pull-request-merges
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass

from github_app.fact import Commit, Landing
from github_app.identity import is_web_flow, normalise_email
from github_app.model import Person

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


def how(head: Commit, *, is_merge: bool, landed_before: Container[str] = ()) -> How:
    """Say who landed a commit of the first-parent chain. Nothing else may trust the committer field.

    Args:
        head: the commit.
        is_merge: it has more than one parent.
        landed_before: addresses (normalised) of those who are known to have landed something earlier.
    """
    if not is_web_flow(head.committer):
        return How(Landing.MERGE if is_merge else Landing.PUSH, _named(head.committer))
    if is_merge:
        return How(Landing.MERGE, _named(head.author), _pull(_MERGE.match(head.title)))
    squashed = _pull(_SQUASH.fullmatch(head.title))
    if squashed is not None:
        return How(Landing.MERGE, None, squashed)
    sure = _edited_on_the_website(head) or normalise_email(head.author.email) in landed_before
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
