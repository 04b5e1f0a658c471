"""What GitHub answers, as small values of our own."""

from __future__ import annotations

from dataclasses import dataclass

from github_app.model import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class TagObject:
    """An annotated tag as GitHub shows it. `verified` and `reason` are GitHub's verdict on `signature` over `payload`."""

    sha: str
    name: str
    target: str
    tagger: Person | None = None
    verified: bool | None = None
    reason: str = ""
    signature: str = ""
    payload: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefTarget:
    """What a ref points to; `kind` is commit, tag (then `sha` is a tag object), tree or blob."""

    sha: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRef:
    """A pull request that a commit belongs to. `merged_by` is None where GitHub's list does not tell.

    `base` is the branch it was made for; "" where GitHub does not tell.
    """

    number: int
    merged: bool
    merge_sha: str = ""
    base: str = ""
    merged_by: Person | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GpgKey:
    """A PGP key of an account: the long ids (16 hex digits, in capitals) of its primary key and of its subkeys."""

    primary: str
    subkeys: tuple[str, ...] = ()
