"""Facts: what happened about trust, in our words, whatever source told us.

One frozen class per kind. A field that the source did not carry is empty or None, never guessed. `at` is when the change
took effect on GitHub (its own time where it tells one, else that of receipt), in UTC; in git history, when it landed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from github_app.comments import Mark
from github_app.model import Asset, Person, Repository, Signature, Source
from github_app.rules import Rules


class Landing(StrEnum):
    """How commits reached a branch."""

    PUSH = "push"
    MERGE = "merge"
    WEB = "web"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What all facts share. `repository` is None for what concerns a whole organisation (`organization`, by id).

    `gap` says in a phrase what nobody told us and could not be asked; empty when nothing is missing.
    """

    kind: ClassVar[str] = "fact"
    at: dt.datetime
    source: Source
    repository: Repository | None = None
    organization: str = ""
    organization_id: int = 0
    actor: Person | None = None
    delivery: str = ""
    url: str = ""
    gap: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PathChange:
    """A path touched by a commit; `status`, and `objects` before and after (in a git history), as in `git diff --raw`."""

    status: str
    path: str
    objects: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a file said before and after a change; only of the few paths that a detector asked for (`Detector.reads`).

    None means that there was no such file, or that its text is not known: then `gap` says why, in a phrase.
    """

    path: str
    before: str | None = None
    after: str | None = None
    gap: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit of a landing. `zone` is the author's time zone, in minutes east of UTC, as their clock said.

    `contents` of a push that GitHub told are those before and after the whole push.
    """

    sha: str
    author: Person
    committer: Person
    title: str = ""
    paths: tuple[PathChange, ...] = ()
    contents: tuple[Contents, ...] = ()
    authored_at: dt.datetime | None = None
    zone: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitsLanded(Fact):
    """Commits reached a branch; `actor` is who pushed or pressed the button, `commits` oldest first.

    `guarded` says that the branch is the default branch, `rules` what guards ask there. `pull` is set when GitHub confirmed
    that a pull request landed them; `claimed_pull` when only the commit's text says so.
    """

    kind: ClassVar[str] = "commits_landed"
    ref: str
    before: str
    after: str
    forced: bool = False
    guarded: bool = False
    via: Landing = Landing.PUSH
    commits: tuple[Commit, ...] = ()
    pull: int | None = None
    claimed_pull: int | None = None
    rules: Rules | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TagCreated(Fact):
    """A tag appeared. `annotated` is None while nobody has looked at the tag object."""

    kind: ClassVar[str] = "tag_created"
    name: str
    target: str
    tag_object: str = ""
    annotated: bool | None = None
    tagger: Person | None = None
    signature: Signature | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TagMoved(Fact):
    """A tag now points elsewhere."""

    kind: ClassVar[str] = "tag_moved"
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TagDeleted(Fact):
    """A tag is gone."""

    kind: ClassVar[str] = "tag_deleted"
    name: str
    before: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PullChanged(Fact):
    """A pull request was opened, reopened, made ready or got new commits; nothing has landed yet."""

    kind: ClassVar[str] = "pull_changed"
    number: int
    action: str
    title: str
    author: Person
    head_sha: str
    base_ref: str
    from_fork: bool = False
    draft: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PullMerged(Fact):
    """A pull request was merged; `actor` is who merged it. `guarded` as in `CommitsLanded`."""

    kind: ClassVar[str] = "pull_merged"
    number: int
    title: str
    author: Person
    merge_sha: str
    head_sha: str
    base_ref: str
    guarded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PullClosed(Fact):
    """A pull request was closed without merging."""

    kind: ClassVar[str] = "pull_closed"
    number: int
    title: str
    author: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewGiven(Fact):
    """`actor` reviewed a pull request; `verdict` is approved, changes_requested, commented or dismissed."""

    kind: ClassVar[str] = "review_given"
    number: int
    author: Person
    verdict: str
    commit: str = ""
    reviewer: Person | None = None  # whose review was dismissed; of any other the actor is the reviewer
    association: str = ""  # GitHub's author_association of the reviewer
    was: str = ""  # the verdict of a review that was dismissed, where GitHub still tells it


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessChanged(Fact):
    """`subject` got, changed or lost a role; `scope` is repository or organization.

    Roles: none, read, triage, write, maintain, admin in a repository; none, member, owner in an organisation.
    `before` is empty where the payload does not tell, and `after` where GitHub could not be asked either.
    """

    kind: ClassVar[str] = "access_changed"
    subject: Person
    scope: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployKeyChanged(Fact):
    """A deploy key came or went; `secluded`: the repository is not public, so reading it is a power (None: not told)."""

    kind: ClassVar[str] = "deploy_key_changed"
    key_id: int
    title: str
    fingerprint: str
    read_only: bool
    added: bool
    secluded: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseChanged(Fact):
    """A release was created, published, edited or deleted by `actor`; `author` is who GitHub names as its author.

    `before_tag` is where an edited release stood before; `target` is the branch a new tag is made from, "" for a commit.
    """

    kind: ClassVar[str] = "release_changed"
    action: str
    tag: str
    author: Person
    draft: bool = False
    before_tag: str = ""
    release_id: int = 0
    assets: tuple[Asset, ...] = ()
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentWritten(Fact):
    """`actor` wrote or edited an issue, or a comment on one; `association` is GitHub's author_association.

    `thread` is the issue's number. The text is kept only as long as it is judged; `mark` is what the judge heard in it.
    """

    kind: ClassVar[str] = "comment_written"
    thread: int
    comment_id: int
    action: str
    text: str
    association: str
    thread_author: Person | None = None
    on_pull: bool = False
    actor_created_at: dt.datetime | None = None
    mark: Mark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentDeleted(Fact):
    """A comment is gone on GitHub, so it is forgotten here; number 0 is the issue itself. `author` is who had written it."""

    kind: ClassVar[str] = "comment_deleted"
    thread: int
    comment_id: int
    author: Person | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallationChanged(Fact):
    """`action` on the app itself: created, deleted, suspend, unsuspend, new_permissions_accepted, added or removed."""

    kind: ClassVar[str] = "installation_changed"
    action: str
    installation_id: int
    added: tuple[Repository, ...] = ()
    removed: tuple[Repository, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChanged(Fact):
    """The policy that is in force changed; `actor` pushed the last of `commits`, where a push told us.

    `scope` is organisation or repository. `losses` are sentences, `grave` whether sight is taken away, `announced` which
    logins are now expected. `before` and `after` name the two versions of the file, "" for none.
    """

    kind: ClassVar[str] = "policy_changed"
    scope: str
    before: str
    after: str
    losses: tuple[str, ...] = ()
    grave: bool = False
    announced: tuple[str, ...] = ()
    broken: bool = False
    commits: tuple[str, ...] = ()
