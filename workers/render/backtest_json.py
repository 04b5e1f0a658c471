"""A backtest's report as JSON; scripts depend on its shape."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from github_app.model import Alert, Case, Severity, Subject
from workers.history.report import Report


def show(report: Report) -> str:
    """Return the report as one JSON document, in ASCII."""
    return json.dumps(document(report), ensure_ascii=True, indent=1) + "\n"


def document(report: Report) -> dict[str, Any]:
    """Return the report as plain JSON values; times are RFC 3339 in UTC, `high` counts high and critical."""
    return {
        "repository": report.repository,
        "ref": report.ref,
        "commits": report.commits,
        "tags": report.tags,
        "first_at": _at(report.first_at),
        "last_at": _at(report.last_at),
        "learned_until": _at(report.settled_at),
        "months": round(report.months, 2),
        "alerts": [_alert(alert, report.case_of(i)) for i, alert in enumerate(report.alerts)],
        "cases": [_case(case) for case in report.cases],
        "per_month": {
            "high": round(report.per_month(Severity.HIGH), 4),
            "medium": round(report.per_month(Severity.MEDIUM), 4),
        },
        "gaps": list(report.gaps),
    }


def _alert(alert: Alert, case: str) -> dict[str, Any]:
    finding = alert.finding
    return {
        "at": _at(alert.at),
        "detector": finding.detector,
        "severity": finding.severity.value,
        "stage": alert.stage.value,
        "subject": _subject(finding.subject),
        "evidence": [{"kind": e.kind, "value": e.value} for e in finding.evidence],
        "title": finding.title,
        "why": finding.why,
        "case": case or None,
    }


def _case(case: Case) -> dict[str, Any]:
    return {
        "id": case.id,
        "opened_at": _at(case.opened_at),
        "severity": case.severity.value,
        "subject": _subject(case.subject),
        "alerts": list(case.alerts),
    }


def _subject(subject: Subject) -> dict[str, str]:
    return {"name": subject.person.name or subject.person.login, "email": subject.person.email, "key": subject.key}


def _at(at: dt.datetime | None) -> str | None:
    return at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z") if at else None
