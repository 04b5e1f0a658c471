"""What the demo must have led to, and how far it is from that."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from demo import facts, world
from demo.standin.github import GitHub
from demo.standin.shapes import Json
from demo.standin.slack import Slack
from github_app.model import Alert, Severity, Stage
from github_app.store import Store


@dataclass(frozen=True, slots=True)
class Expected:
    """An alert the story must raise: by which detector, about whom (login or key), on which day (UTC)."""

    detector: str
    about: str
    day: dt.date


EXPECTED = (
    Expected("new-committer", world.NEWCOMER, dt.date(2022, 12, 30)),
    Expected("new-merger", world.NEWCOMER, dt.date(2023, 1, 6)),
    Expected("new-signer", "pgp:59FCF207FEA7F445", dt.date(2023, 3, 18)),
)
PRESSURE = frozenset({"pressure", "pressure-pattern"})
"""Both raised by comments of spring 2022; which of them crosses the line is the detector's business."""


def about(alert: Alert) -> str:
    """Return whom or what an alert is about: a key's name, else a login."""
    subject = alert.finding.subject
    return subject.key or subject.person.login or subject.person.name


def problems(store: Store, hub: GitHub, slack: Slack) -> list[str]:
    """Return what is missing, unexpected, doubled or stuck, in plain sentences; empty when all is as it must be."""
    alerts = [a for a in store.alerts.recent(1000) if a.stage is Stage.STABLE]  # others are only recorded
    found = [*_alerts(alerts), *_messages(alerts, slack), *_case(store, alerts, slack), *_pull(hub)]
    waiting = {state: n for state, n in store.inbox.counts().items() if state not in {"done", "ignored"}}
    if waiting:
        found.append(f"deliveries that were not dealt with: {waiting}")
    if failed := store.outbox.failures(10):
        found.append(f"messages that could not be sent: {failed[0]}")
    told = [problem.sentence for problem in store.problems.open()]
    # What the app never asks for cannot be seen here either; it says so, and that is as it should be.
    found += [f"the app reports a problem: {said}" for said in told if not said.endswith("which this app never asks for.")]
    found += [f"the record is not intact: {sentence}" for sentence in store.ledgers.verify()]
    return found


def _alerts(alerts: list[Alert]) -> list[str]:
    seen = Counter((a.finding.detector, about(a), a.at.astimezone(dt.UTC).date()) for a in alerts)
    wanted = {(e.detector, e.about, e.day) for e in EXPECTED}
    found = [f"no alert {detector} about {who} on {day}" for detector, who, day in wanted - set(seen)]
    pressure = [a for a in alerts if a.finding.detector in PRESSURE]
    missing = PRESSURE - {a.finding.detector for a in pressure}
    found += [f"no alert about the pressure on the maintainer by {detector}" for detector in sorted(missing)]
    for alert in pressure:
        if not alert.finding.private:
            found.append("the alert about pressure is not private")
        if not dt.date(2022, 4, 28) <= alert.at.date() <= dt.date(2022, 6, 29):
            found.append(f"pressure was seen on {alert.at.date()}, outside of the campaign")
    newcomer = {e.about for e in EXPECTED}
    for (detector, who, day), times in seen.items():
        if detector not in PRESSURE and who not in newcomer:
            found.append(f"an unexpected alert {detector} about {who} on {day}")
        elif times > 1:
            found.append(f"the alert {detector} about {who} was raised {times} times")
    return found


def _messages(alerts: list[Alert], slack: Slack) -> list[str]:
    roots = [m for m in slack.channel.messages.values() if "thread_ts" not in m]
    reports = [m for m in roots if _notice(m).startswith("report:")]
    found = []
    if len(roots) - len(reports) != len(alerts):
        found.append(f"{len(alerts)} alerts, but {len(roots) - len(reports)} messages in Slack")
    if len(reports) != 1:
        found.append(f"{len(reports)} first reports in Slack instead of one")
    return found


def _case(store: Store, alerts: list[Alert], slack: Slack) -> list[str]:
    """Everything is one case, critical with the key of March 2023; that it got worse is said once for each severity."""
    stories = store.cases.recent(10)
    if len(stories) != 1:
        return [f"{len(stories)} cases instead of one"]
    (case,) = stories
    found = []
    if case.severity is not Severity.CRITICAL:
        found.append(f"the case is {case.severity}, not critical")
    if left := {a.id for a in alerts} - {a.id for a in case.alerts}:
        found.append(f"alerts that are not part of the case: {sorted(left)}")
    said = Counter(_notice(m) for m in slack.channel.messages.values() if _notice(m).startswith("case:"))
    found += [f"{key} was said {times} times" for key, times in said.items() if times > 1]
    if said[f"case:{case.id}:critical"] == 0:
        found.append("nobody was told that the case became critical")
    return found


def _notice(message: Json) -> str:
    return str((message.get("metadata") or {}).get("event_payload", {}).get("notice", ""))


def _pull(hub: GitHub) -> list[str]:
    """Pull request 7 carries one comment, one check, and a review request to the maintainer."""
    repo, bot = hub.repo(facts.REPOSITORY), hub.state.bot.id
    comments = [c for c in repo.comments.values() if c["user"]["id"] == bot]
    found = []
    for number, times in Counter(c["issue_number"] for c in comments).items():
        if times > 1:
            found.append(f"{times} comments on pull request #{number}")
    if not any(c["issue_number"] == 7 for c in comments):
        found.append("no comment on pull request #7")
    checks = Counter((c["head_sha"], c["name"]) for c in repo.checks.values())
    found += [f"{times} checks on {sha[:10]}" for (sha, _), times in checks.items() if times > 1]
    if not any(sha == repo.pulls[7].head_sha for sha, _ in checks):
        found.append("no check on pull request #7")
    if world.MAINTAINER not in repo.pulls[7].reviewers:
        found.append(f"@{world.MAINTAINER} was not asked to review pull request #7")
    return found
