"""What a policy says, as frozen values. `github_app.policy.keys` says how each is written in the file.

Defaults are those that apply without any file. Times of day are local to the policy's own `time_zone`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from github_app.model import Power, Severity

PATH = ".github/trust-alerts.yml"
"""Where the file is: in each repository, and for a whole organisation in its repository `.github`."""
ORGANISATION_REPOSITORY = ".github"


class Place(StrEnum):
    """Whose file it is."""

    ORGANISATION = "organisation"
    REPOSITORY = "repository"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is wanted of one detector; `severity` None leaves it to the detector."""

    enabled: bool = True
    severity: Severity | None = None

    def __str__(self) -> str:
        if not self.enabled:
            return "off"
        return self.severity.value if self.severity else "on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A Slack channel and which alerts go there. Empty means any; a private route takes private alerts and only those."""

    channel: str
    severities: tuple[Severity, ...] = ()
    repositories: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerRule:
    """Who is asked, for which powers and paths; empty `powers` or `paths` mean any."""

    people: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    powers: tuple[Power, ...] = ()
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Somebody announced: that they get or use these powers up to the end of `until` (UTC) is no news."""

    login: str
    powers: tuple[Power, ...]
    until: dt.date
    reason: str
    id: int | None = None
    repositories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Which repositories are watched and which branches are guarded besides the default branch (globs, `!` leaves out)."""

    repositories: tuple[str, ...] = ("*",)
    branches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Floors:
    """What repositories cannot lower, and the sections that they cannot change at all."""

    detectors: Mapping[str, Setting] = field(default_factory=dict)
    locked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """When messages wait: from `start` to `end` on nights that begin on `days`. Without both there are none.

    `pass_from` is the severity from which messages come at once all the same.
    """

    time_zone: str = "UTC"
    start: dt.time | None = None
    end: dt.time | None = None
    days: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    pass_from: Severity = Severity.CRITICAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """How findings of severity info and low are gathered; an empty channel is the one alerts go to."""

    every: str = "never"
    day: str = "mon"
    at: dt.time = dt.time(9)
    time_zone: str = "UTC"
    channel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How many messages a channel gets before further alerts are grouped into one."""

    per_minute: int = 10
    per_hour: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Days after which signals taken from comments, and bodies of deliveries, are forgotten."""

    signals_days: int = 90
    bodies_days: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class PushFeedback:
    """Where an alert about a push without a pull request is shown on GitHub; `repository` is for issues."""

    to: str = "none"
    repository: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentReport:
    """Where the report of an incident goes on GitHub; `repository` is for an issue, which `public` lets everybody read."""

    to: str = "none"
    repository: str = ""
    public: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """Hours after which an alert that was acknowledged but not decided is called to mind, and opened again."""

    remind_after_hours: int = 48
    reopen_after_hours: int = 168


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What applies to one repository. `sources` says for each key, like `digest.every`, where its value comes from.

    A source is `default`, `organisation`, `repository`, `organisation's floor`, or two of them joined by ` + `.
    """

    watch: Watch = Watch()
    detectors: Mapping[str, Setting] = field(default_factory=dict)
    floors: Floors = Floors()
    teams: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()
    reviewers: tuple[ReviewerRule, ...] = ()
    expected: tuple[Expected, ...] = ()
    quiet_hours: QuietHours = QuietHours()
    digest: Digest = Digest()
    budget: Budget = Budget()
    retention: Retention = Retention()
    push_feedback: PushFeedback = PushFeedback()
    incident_report: IncidentReport = IncidentReport()
    acknowledgement: Acknowledgement = Acknowledgement()
    sources: Mapping[str, str] = field(default_factory=dict)

    def source(self, key: str) -> str:
        """Return where the value of a key comes from."""
        return self.sources.get(key, "default")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something wrong in a file, at `line` and `column` (from 1). A `note` does not make the file unusable."""

    line: int
    column: int
    path: str
    message: str
    suggestion: str = ""
    note: bool = False

    def __str__(self) -> str:
        where = f" ({self.path})" if self.path else ""
        more = f": {self.suggestion}" if self.suggestion else ""
        return f"{self.line}:{self.column}: {self.message}{more}{where}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFile:
    """One file as read: its values by key (`digest.every`, `routes`), and where each key stands."""

    place: Place
    values: Mapping[str, object] = field(default_factory=dict)
    marks: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What came out of reading a file: `file` is None when something is wrong beyond notes."""

    file: PolicyFile | None
    problems: tuple[Problem, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that make the file unusable."""
        return tuple(p for p in self.problems if not p.note)
