"""A first report as JSON, for scripts."""

from __future__ import annotations

import json
from collections.abc import Sequence

from github_app.model import Alert, Case, Person
from github_app.report import Held, Report, alone


def show(report: Report, since: Sequence[Alert] = ()) -> str:
    """Return one JSON object; times are RFC 3339 in UTC. `since` are the alerts raised live."""
    return json.dumps(
        {
            "repository": report.repository.full_name,
            "made_at": report.made_at.isoformat(),
            "learned": report.learned,
            "commits": report.commits,
            "tags": report.tags,
            "powers": [_held(held) for held in report.held],
            "single_points": list(alone(report.held)),
            "would_have_raised": [_alert(alert) for alert in report.raised],
            "past_until": (report.past_until or report.made_at).isoformat(),
            "cases": [_case(case) for case in report.cases],
            "raised_since": [{**_alert(alert), "id": alert.id, "state": alert.state.value} for alert in since],
            "gaps": list(report.gaps),
        },
        ensure_ascii=True,
        indent=1,
    )


def _held(held: Held) -> dict[str, object]:
    holders = [
        {
            **_person(h.person),
            "key": h.key,
            "since": h.since.isoformat(),
            "last_used": h.last_used.isoformat() if h.last_used else None,
            "active": h.active,
        }
        for h in held.holders
    ]
    return {"power": held.power.value, "count": held.count, "active": held.active, "holders": holders}


def _alert(alert: Alert) -> dict[str, object]:
    finding = alert.finding
    return {
        "at": alert.at.isoformat(),
        "detector": finding.detector,
        "severity": finding.severity.value,
        "title": finding.title,
        "why": finding.why,
        "subject": {**_person(finding.subject.person), "key": finding.subject.key},
    }


def _case(case: Case) -> dict[str, object]:
    about = {**_person(case.subject.person), "key": case.subject.key}
    return {
        "opened_at": case.opened_at.isoformat(),
        "severity": case.severity.value,
        "subject": about,
        "alerts": list(case.alerts),
    }


def _person(person: Person) -> dict[str, object]:
    return {"login": person.login, "name": person.name, "email": person.email}
