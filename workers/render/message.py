"""What a renderer is given: the alerts of one message, and what was decided about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from github_app.acts import BlastRadius
from github_app.model import Alert, Repository, Severity, State, Subject, Verdict
from github_app.report import Report
from github_app.review import DecisionRecord
from github_app.support import Support


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A case as it stands now, for channels that are private: its alerts in order of time, how bad, about whom."""

    name: str
    severity: Severity
    subject: Subject
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """The report of an incident: its number, in which version, the alert that was decided, and what was found."""

    number: int
    version: int
    alert: Alert
    found: BlastRadius


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A message beside those of alerts: a case that became worse, first reports, the report of an incident.

    `key` is its name for good, `made_at` when it was wanted (UTC). `thread` is the channel's own name of the message it
    answers, "" where there is none; `loud` has the channel see the answer too.
    """

    key: str
    made_at: dt.datetime
    content: Story | Incident | tuple[Report, ...]
    thread: str = ""
    loud: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of one channel. `target` is `-` (console), `alert:ID` (Slack) or `REPOSITORY-ID/NUMBER` (GitHub).

    In Slack `group:ID` is about alerts that came too many at once, and `digest:TIME` gathers small ones. `told` says for
    alerts that were named in the thread how many decisions about them are told there.

    `alerts` are the worst and oldest first; `decisions` by alert id, oldest first. `repository` is as it is named now.
    `case` is the story the first alert is part of and `support` what to offer beside it; a message to GitHub never has
    either, as they are private.
    """

    channel: str
    target: str
    alerts: tuple[Alert, ...]
    decisions: Mapping[int, tuple[DecisionRecord, ...]] = field(default_factory=dict)
    repository: Repository
    installation_id: int | None = None
    case: Story | None = None
    told: Mapping[int, int] = field(default_factory=dict)
    support: Support | None = None

    @property
    def alert(self) -> Alert:
        """The first alert; channels with one alert to a message have no other."""
        return self.alerts[0]

    @property
    def many(self) -> bool:
        """Say whether this is one of Slack's messages about many alerts, however many it has."""
        return self.target.startswith(("group:", "digest:"))

    @property
    def room(self) -> str:
        """The Slack channel that the policy chose when the alert was raised, "" for the app's own."""
        return self.target.partition("@")[2]

    @property
    def unresolved(self) -> tuple[Alert, ...]:
        """Those that still wait for a verdict."""
        return tuple(a for a in self.alerts if a.state is not State.RESOLVED)

    @property
    def incident(self) -> bool:
        """Say whether any of them was marked an incident."""
        return any(a.verdict is Verdict.INCIDENT for a in self.alerts)

    @property
    def severity(self) -> Severity:
        """The highest severity in the message."""
        return max((a.finding.severity for a in self.alerts), key=lambda s: s.rank)

    def decided(self, alert: Alert) -> tuple[DecisionRecord, ...]:
        """Return what was decided about one of the alerts, oldest first."""
        return self.decisions.get(alert.id, ())
