"""More facts: what people and machines did around the code, beside commits, tags and roles.

The same rules as in `github_app.fact`: a field that the source did not carry is empty or None, never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from github_app.fact import Fact
from github_app.model import Person
from github_app.rules import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchDeleted(Fact):
    """A branch is gone; `guarded` says that it was the default branch, or is named like one that releases are made from.

    `rules` is what guards are known to ask there.
    """

    kind: ClassVar[str] = "branch_deleted"
    name: str
    guarded: bool
    before: str = ""
    rules: Rules | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PullTouched(Fact):
    """Something happened to a pull request that review depends on.

    `action` is retargeted (`before` and `after` are branches), auto_merge (merging was armed), pushed (new commits after an
    approval; `before` and `after` are commits), objection_dismissed, or reviewer_removed (`subject`, or a team in `before`).
    `approved` is the commit that was approved before, "" where no approval is known; `subject` whose review or request.
    """

    kind: ClassVar[str] = "pull_touched"
    number: int
    action: str
    title: str
    author: Person
    before: str = ""
    after: str = ""
    approved: str = ""
    to_default: bool = False
    subject: Person | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannerAlertChanged(Fact):
    """One of GitHub's scanners found something, or a person waved it off.

    `scanner` is secret-scanning, code-scanning or dependabot; `action` is created, leaked (known to be public) or dismissed
    (`reason` says why). `bypassed` says that the push protection was told to let it pass, by `subject`.
    """

    kind: ClassVar[str] = "scanner_alert_changed"
    scanner: str
    number: int
    action: str
    name: str
    reason: str = ""
    bypassed: bool = False
    subject: Person | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExemptionChanged(Fact):
    """Somebody asked to pass a guard once (`action` asked), or was allowed to (approved, by `reviewers`).

    `guard` is push-ruleset, secret-push, code-scanning, secret-scanning or dependabot; `subject` is who asked.
    """

    kind: ClassVar[str] = "exemption_changed"
    guard: str
    number: int
    action: str
    subject: Person
    reason: str = ""
    reviewers: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowRan(Fact):
    """A workflow run was started; `trigger` is GitHub's name of the event behind it, `workflow` the path of its file.

    `from_fork` says that the code it was started for lies in another repository (`head`), which anybody can have.
    """

    kind: ClassVar[str] = "workflow_ran"
    workflow: str
    trigger: str
    from_fork: bool = False
    head: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerUsed(Fact):
    """A machine that is not GitHub's ran a job. `family` is its name without what changes from one machine to the next."""

    kind: ClassVar[str] = "runner_used"
    runner: str
    family: str
    group: str
    workflow: str = ""
    public: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagePublished(Fact):
    """`actor` published a version of a package."""

    kind: ClassVar[str] = "package_published"
    name: str
    version: str
    ecosystem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened(Fact):
    """Something about trust that moves no power: a fork, an advisory, a passed gate, another description.

    `what` is one of the constants in `What`; `name` is what it happened to, `detail` a phrase about it.
    """

    kind: ClassVar[str] = "happened"
    what: str
    name: str
    detail: str = ""
    subject: Person | None = None


class What:
    """What can have happened: `Happened.what`."""

    FORKED = "forked"
    DESCRIBED = "described"
    REPOSITORY_CREATED = "repository-created"
    ADVISORY_PUBLISHED = "advisory-published"
    ADVISORY_REPORTED = "advisory-reported"
    GATE_REQUESTED = "gate-requested"
    GATE_APPROVED = "gate-approved"
    AUTHORIZATION_REVOKED = "authorization-revoked"
    HOOK_DELETED = "hook-deleted"
    DISCUSSION_LOCKED = "discussion-locked"
    ISSUE_TRANSFERRED = "issue-transferred"
    TEAM_DESCRIBED = "team-described"


@dataclass(frozen=True, slots=True, kw_only=True)
class TagsRewritten(Fact):
    """Many tags were moved or deleted at once, of which GitHub tells nothing while it happens; by name."""

    kind: ClassVar[str] = "tags_rewritten"
    moved: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
