"""Where an alert is shown. Pure, but for `attach_pulls`, which writes what it decided with the caller's transaction."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from sqlalchemy import Connection

from github_app import identity
from github_app.fact import PullChanged, PullMerged
from github_app.model import Alert, Severity, Stage, State
from github_app.policy import Policy, hours, obey
from github_app.policy.model import PushFeedback
from github_app.settings import Settings
from github_app.store import Store

LOUD = Severity.MEDIUM
"""From this severity on people are told; below it an alert is recorded, and gathered where the policy has a digest."""
DIGEST = "digest:"
"""How the target of a digest begins; when it is due (UTC) and its room follow."""
_SHA = re.compile(r"[0-9a-f]{7,64}", re.ASCII)
ON_PULLS = ("github-comment", "github-check", "github-review")
"""The channels of a pull request, in the order in which they are asked for."""


def targets(alert: Alert, alert_id: int, settings: Settings, policy: Policy | None = None) -> list[tuple[str, str]]:
    """Return the (channel, target) pairs of a new alert.

    The console gets everything; Slack what is stable and loud, and the rest that is stable in a digest where the policy
    wants one; a pull request what is also public and belongs to it. A Slack channel that the policy chose is part of the
    target (`alert:5@#security`), so later changes find the message.
    """
    found = [("console", f"alert:{alert_id}")]
    if not loud(alert):
        return found + _digest(alert, settings, policy)
    if settings.has_slack:
        room = obey.channel(policy, alert) if policy is not None else ""
        found.append(("slack", f"alert:{alert_id}@{room}" if room else f"alert:{alert_id}"))
    if alert.finding.pull is not None and _public(alert) and settings.has_github_app:
        found += pull_targets(alert.repository.id, alert.finding.pull)
    return found + _push(alert, settings, policy)


def not_before(alert: Alert, channel: str, policy: Policy) -> dt.datetime | None:
    """Return until when (UTC) a new alert waits in a channel: for the digest, or for the end of quiet hours in Slack."""
    if channel != "slack":
        return None
    if not loud(alert):
        return hours.digest_at(policy.digest, alert.raised_at)
    return hours.quiet_until(policy.quiet_hours, alert.raised_at, alert.finding.severity)


def raise_alert(
    connection: Connection, store: Store, alert: Alert, delivery: str, *, settings: Settings, policy: Policy
) -> int | None:
    """Store an alert and want it shown where it belongs; its number, or None when it was raised before."""
    alert_id = store.alerts.raise_(connection, alert, delivery)
    if alert_id is not None:
        for channel, target in targets(alert, alert_id, settings, policy):
            store.outbox.add(connection, alert_id, channel, target, not_before=not_before(alert, channel, policy))
    return alert_id


def _push(alert: Alert, settings: Settings, policy: Policy | None) -> list[tuple[str, str]]:
    """Return the issue about a push without a pull request, one for each commit, where the policy wants one."""
    feedback = policy.push_feedback if policy is not None else PushFeedback()
    if feedback.to != "issue" or not settings.has_github_app or alert.finding.pull is not None or not _public(alert):
        return []
    commits = [e.value for e in alert.finding.evidence if e.kind == "commit" and _SHA.fullmatch(e.value)]
    return [("github-push", f"push:{alert.repository.id}:{c}@{feedback.repository}") for c in commits[:1]]


def _digest(alert: Alert, settings: Settings, policy: Policy | None) -> list[tuple[str, str]]:
    """Return the digest that tells of an alert; a private one goes to no other room than its messages would."""
    due = hours.digest_at(policy.digest, alert.raised_at) if policy is not None and alert.stage is Stage.STABLE else None
    if policy is None or due is None or not settings.has_slack:
        return []
    chosen = "" if alert.finding.private else policy.digest.channel
    room = chosen or obey.channel(policy, alert)
    return [("slack", f"{DIGEST}{due:%Y-%m-%dT%H:%MZ}{f'@{room}' if room else ''}")]


def loud(alert: Alert) -> bool:
    """Say whether people are told of an alert, and not only the console."""
    return alert.stage is Stage.STABLE and alert.finding.severity.at_least(LOUD)


def pull_targets(repository_id: int, number: int) -> list[tuple[str, str]]:
    """Return the channels of a pull request."""
    return [(channel, f"{repository_id}/{number}") for channel in ON_PULLS]


def belongs_on(pull: PullChanged, alert: Alert) -> bool:
    """Say whether an alert must be shown on a pull request before it is merged: its author is whom the alert is about.

    Only alerts that somebody still has to judge, that are public, stable and loud, of the same repository.
    """
    if pull.repository is None or alert.repository.id != pull.repository.id or not _public(alert):
        return False
    if not loud(alert):
        return False
    if alert.state not in {State.OPEN, State.ACKNOWLEDGED}:
        return False
    about = {*alert.subject_keys, *identity.keys(alert.finding.subject.person)}
    return not about.isdisjoint(identity.keys(pull.author))


def attach_pulls(
    connection: Connection, store: Store, pulls: Sequence[PullChanged | PullMerged], settings: Settings
) -> None:
    """Show open alerts about a pull request's author on that pull request, and follow it to its newest commit.

    A merged pull request keeps what it shows; nothing is added to it.
    """
    if not settings.has_github_app:
        return
    for pull in pulls:
        if isinstance(pull, PullChanged) and pull.repository is not None and pull.repository.id:
            _attach(connection, store, pull, pull.repository.id)


def _attach(connection: Connection, store: Store, pull: PullChanged, repository_id: int) -> None:
    shown = {alert.id: alert for alert in store.alerts.on_pull(repository_id, pull.number, connection)}
    about = store.alerts.open_about(repository_id, identity.keys(pull.author), connection)
    for alert in (a for a in about if a.id not in shown and belongs_on(pull, a)):
        store.alerts.attach_pull(connection, alert.id, repository_id, pull.number, pull.head_sha)
        for channel, target in pull_targets(repository_id, pull.number):
            store.outbox.add(connection, alert.id, channel, target)
    for alert in shown.values():
        # The check run stands on a commit: the newest one needs its own.
        store.alerts.attach_pull(connection, alert.id, repository_id, pull.number, pull.head_sha)
        moved = ("github-check", "github-review") if pull.action == "ready_for_review" else ("github-check",)
        for channel in moved:  # nobody was asked to look at a draft
            store.outbox.touch(connection, alert.id, channel=channel, target=f"{repository_id}/{pull.number}")


def _public(alert: Alert) -> bool:
    return not alert.finding.private and alert.repository.id != 0
