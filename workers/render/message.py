"""What a renderer is given: the alerts of one message, and what was decided about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from github_app.model import Alert, Repository, Severity, State, Verdict
from github_app.review import DecisionRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of one channel. `target` is `-` (console), `alert:ID` (Slack) or `REPOSITORY-ID/NUMBER` (GitHub).

    `alerts` are the worst and oldest first; `decisions` by alert id, oldest first. `repository` is as it is named now.
    """

    channel: str
    target: str
    alerts: tuple[Alert, ...]
    decisions: Mapping[int, tuple[DecisionRecord, ...]] = field(default_factory=dict)
    repository: Repository
    installation_id: int | None = None

    @property
    def alert(self) -> Alert:
        """The first alert; channels with one alert to a message have no other."""
        return self.alerts[0]

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
