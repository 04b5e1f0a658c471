"""The words of the product: people, powers, severities, findings and alerts.

Everything here is a frozen value without behaviour that reaches outside. `github_app.fact` holds what
happened, `github_app.ledger` what is remembered. All times are timezone-aware UTC datetimes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad it is if the change was not meant; ordered by `rank`."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Position in the order info < low < medium < high < critical, from 0."""
        return list(Severity).index(self)

    def at_least(self, other: Severity) -> bool:
        """Say whether this severity is `other` or above."""
        return self.rank >= other.rank


class Stage(StrEnum):
    """How mature a detector is: only `stable` ones reach comments and Slack."""

    TRIAL = "trial"
    STABLE = "stable"


class Step(StrEnum):
    """Which kind of step on the way to a take-over an alert tells; a case is worse for each further kind in it.

    `use` is a power used for the first time or after long; `release` whatever decides who makes and signs releases.
    """

    PRESSURE = "pressure"
    GRANT = "grant"
    USE = "use"
    RELEASE = "release"
    CHANGE = "change"
    WAKING = "waking"
    NAME = "name"


class Power(StrEnum):
    """What a person, key or app can do to a repository.

    `custom` is nobody's: under it the ledger files what the repository itself is used to (`github_app.remember`).
    """

    AUTHOR = "author"
    COMMITTER = "committer"
    MERGER = "merger"
    APPROVER = "approver"
    RELEASER = "releaser"
    SIGNER = "signer"
    WORKFLOW_EDITOR = "workflow_editor"
    ADMIN = "admin"
    OWNER = "owner"
    KEY_HOLDER = "key_holder"
    APP = "app"
    BYPASSER = "bypasser"
    CUSTOM = "custom"


class Source(StrEnum):
    """Where a fact came from."""

    WEBHOOK = "webhook"
    API = "api"
    GIT = "git"


class State(StrEnum):
    """Where the review of an alert stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


class Verdict(StrEnum):
    """What a reviewer decided."""

    EXPECTED = "expected"
    HARMLESS = "harmless"
    INCIDENT = "incident"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody as one source names them; `github_app.identity` says which names are the same person.

    `id` is GitHub's numeric user id, the only name that cannot be taken over by renaming.
    """

    id: int | None = None
    login: str = ""
    name: str = ""
    email: str = ""
    bot: bool = False

    @property
    def label(self) -> str:
        """A short name for sentences, not escaped: `Jia Tan (@JiaT75)`, the e-mail if there is nothing else."""
        handle = f"@{self.login}" if self.login else ""
        if self.name and handle and self.name.lower() != self.login.lower():
            return f"{self.name} ({handle})"
        return handle or self.name or self.email or (f"user {self.id}" if self.id else "somebody unnamed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A repository as GitHub names it; `id` stays when it is renamed (0: not known, as in a local clone)."""

    id: int
    full_name: str
    owner_id: int = 0
    default_branch: str = ""

    @property
    def owner(self) -> str:
        """The account before the slash."""
        return self.full_name.partition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A key that made a signature, normalised so that one key has one name.

    `scheme` is `pgp`, `ssh` or `x509`. `id` is, for PGP, 40 hex digits of the fingerprint, or 16 of the long
    id where the signature names no more (RFC 9580, 5.2.3.12 and 5.2.3.35); for SSH `SHA256:...` as
    `ssh-keygen -l` prints it; for X.509 (gitsign) the identity in the certificate's subjectAltName.
    """

    scheme: str
    id: str

    @property
    def name(self) -> str:
        """The unique name used in the ledger: PGP keys by their last 16 digits, in capitals."""
        return f"pgp:{self.id[-16:].upper()}" if self.scheme == "pgp" else f"{self.scheme}:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature found on a tag or commit; `valid` is GitHub's verdict, None where nobody checked."""

    key: SigningKey
    valid: bool | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file of a release. `digest` is `sha256:...` as GitHub worked it out on upload, "" for files older than that."""

    id: int
    name: str
    size: int = 0
    digest: str = ""
    uploader: Person = Person()
    updated_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing a reader can look at: `kind` is commit, tag, path, ref, pull, comment, key, person or event."""

    kind: str
    value: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whom a finding is about: a person, or a key (then `key` is its name and `person` who used it)."""

    person: Person = Person()
    key: str = ""

    @property
    def label(self) -> str:
        """A short name for sentences, not escaped."""
        if not self.key:
            return self.person.label
        return f"{self.key} used by {self.person.label}" if self.person != Person() else self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a detector says about one change. Plain text, never escaped here: `workers.render` escapes.

    `before` and `after` are what the ledger said and says; with the detector, repository and subject they make
    the fingerprint. `powers` are those whose earlier holders are asked to review. `private` findings never
    appear on a pull request. `pull` is the pull request it belongs to, if any. `detector` is filled in by the judge.
    `gains` are the powers that the subject has now and did not have, or had lost: what a hand-over can announce.
    A power that was lost and comes back must show in `before` ("none since 2023-01-02"), or the second time is silent.
    `beneficiaries` are those whom the change would help although they did nothing themselves, as whoever strangers ask
    a maintainer to give power to; `workers.cases` joins by them.
    """

    severity: Severity
    subject: Subject
    title: str
    why: str
    before: str
    after: str
    evidence: tuple[Evidence, ...] = ()
    powers: tuple[Power, ...] = ()
    grantor: Person | None = None
    pull: int | None = None
    private: bool = False
    detector: str = ""
    gains: tuple[Power, ...] = ()
    beneficiaries: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One step of a subject's ladder in a repository: which power, when first used or granted, days since the first step."""

    power: Power
    at: dt.datetime
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """Somebody who held a power before the subject did, and can therefore judge the change.

    `named` ones are asked because the policy says so; their `since` is the time of the change.
    """

    person: Person
    power: Power
    since: dt.datetime
    named: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A finding that won its fingerprint, with the state of its review.

    `id` is 0 until stored. `at` is when the change landed (UTC), `raised_at` when we said so. `step` is what it is in a
    case. `decided_by` are the GitHub logins whose verdict counts so far; `critical` needs two.
    """

    id: int = 0
    finding: Finding
    stage: Stage
    repository: Repository
    fingerprint: str
    at: dt.datetime
    raised_at: dt.datetime
    ladder: tuple[Rung, ...] = ()
    reviewers: tuple[Reviewer, ...] = ()
    subject_keys: tuple[str, ...] = ()
    grantor_keys: tuple[str, ...] = ()
    beneficiary_keys: tuple[str, ...] = ()
    step: Step = Step.CHANGE
    state: State = State.OPEN
    verdict: Verdict | None = None
    reason: str = ""
    decided_by: tuple[str, ...] = ()
    snoozed_until: dt.datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Alerts that belong together, told as one story. `alerts` are positions in the list they were joined from."""

    id: str
    opened_at: dt.datetime
    severity: Severity
    subject: Subject
    alerts: tuple[int, ...]
