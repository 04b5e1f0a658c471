"""`trust-alerts ledger export`: alerts and decisions for an auditor, as JSON or CSV.

Each decision names its entry in the hash chain. Together with the anchor, which `trust-alerts ledger verify --anchor`
checks, a later reader can tell that nothing was edited since.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from github_app.model import Person
from github_app.review import DecisionRecord
from github_app.store import Store
from github_app.store.audit import Audited, Place

COLUMNS = (
    "alert", "repository", "detector", "severity", "raised_at", "landed_at", "title", "subject", "state", "verdict",
    "decided_at", "action", "decided_verdict", "by", "via", "reason", "chain", "entry", "hash",
)  # fmt: skip
"""The columns of the CSV: one row for each decision, one without a decision for an alert nobody decided about."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(
    store: Store,
    out: TextIO,
    *,
    format: str,  # noqa: A002  # named as the option is
    repository_id: int | None,
    since: dt.datetime | None,
    until: dt.datetime | None,
    now: dt.datetime,
) -> int:
    """Write the export and return how many alerts are in it. Times are RFC 3339 in UTC.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database cannot be read.
    """
    found = store.audit.alerts(repository_id=repository_id, since=since, until=until)
    return _csv(found, out) if format == "csv" else _json(found, out, store.ledgers.anchor(), now)


def _json(found: Iterable[Audited], out: TextIO, anchor: str, now: dt.datetime) -> int:
    """Write one object, an alert at a time, so that no database is too large for it."""
    count = 0
    out.write(f'{{"exported_at": {json.dumps(_time(now))}, "anchor": {json.dumps(anchor)}, "alerts": [')
    for count, audited in enumerate(found, 1):
        steps = [_step(record, place) for record, place in audited.decisions]
        out.write(
            ("," if count > 1 else "") + "\n" + json.dumps({**_alert(audited), "decisions": steps}, ensure_ascii=False)
        )
    out.write("\n]}\n")
    return count


def _csv(found: Iterable[Audited], out: TextIO) -> int:
    rows = csv.DictWriter(out, COLUMNS, restval="", extrasaction="ignore", lineterminator="\n")
    rows.writeheader()
    count = 0
    for audited in found:
        count += 1
        for row in _rows(audited):
            rows.writerow({name: _cell(value) for name, value in row.items()})
    return count


def _rows(audited: Audited) -> Iterator[dict[str, Any]]:
    alert = _alert(audited)
    alert = {**alert, "subject": _label(audited.alert.finding.subject.person, audited.alert.finding.subject.key)}
    for record, place in audited.decisions:
        step = _step(record, place)
        yield {
            **alert,
            **step,
            "decided_at": step["at"],
            "decided_verdict": step["verdict"] or "",
            "verdict": alert["verdict"],
        }
    if not audited.decisions:
        yield alert


def _alert(audited: Audited) -> dict[str, Any]:
    alert, finding = audited.alert, audited.alert.finding
    return {
        "alert": alert.id,
        "repository": alert.repository.full_name,
        "detector": finding.detector,
        "severity": finding.severity.value,
        "private": finding.private,
        "raised_at": _time(alert.raised_at),
        "landed_at": _time(alert.at),
        "title": finding.title,
        "why": finding.why,
        "subject": {"login": finding.subject.person.login, "id": finding.subject.person.id, "key": finding.subject.key},
        "state": alert.state.value,
        "verdict": alert.verdict.value if alert.verdict else None,
        "fingerprint": alert.fingerprint,
    }


def _step(record: DecisionRecord, place: Place | None) -> dict[str, Any]:
    return {
        "at": _time(record.at),
        "action": record.action.value,
        "verdict": record.verdict.value if record.verdict else None,
        "by": _label(record.by),
        "via": record.via,
        "reason": record.reason,
        "chain": place.scope if place else None,
        "entry": place.n if place else None,
        "hash": place.hash if place else None,
    }


def _label(person: Person, key: str = "") -> str:
    return person.login or key or person.label


def _cell(value: object) -> str:
    """Return a cell that a spreadsheet reads as text: names and reasons come from outside (OWASP, "CSV Injection")."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _time(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
