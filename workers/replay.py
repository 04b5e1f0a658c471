"""Replay recorded deliveries through facts, ledger and detectors with a throw-away memory; nothing is posted."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from github_app.ledger import Ledger
from github_app.model import Alert
from github_app.store import Snapshot
from workers import cases, detectors
from workers.facts.enrich import enrich
from workers.facts.json import fact_to_json
from workers.facts.webhook import Unreadable, parse
from workers.judge import judge
from workers.reading import NobodyToAsk, with_contents
from workers.recall import Name, Recall
from workers.render import case_text
from workers.render.message import Story
from workers.ruled import with_rules

_FOREVER = dt.datetime.min.replace(tzinfo=dt.UTC)


def alert_to_json(alert: Alert) -> dict[str, Any]:
    """Return an alert as `replay` and scripts see it."""
    finding = alert.finding
    return {
        "detector": finding.detector,
        "severity": finding.severity.value,
        "stage": alert.stage.value,
        "title": finding.title,
        "why": finding.why,
        "repository": alert.repository.full_name,
        "subject": {
            "login": finding.subject.person.login,
            "name": finding.subject.person.name,
            "email": finding.subject.person.email,
            "key": finding.subject.key,
        },
        "evidence": [{"kind": e.kind, "value": e.value, "url": e.url} for e in finding.evidence],
        "private": finding.private,
        "at": alert.at.isoformat(),
    }


def case_to_json(story: Story) -> dict[str, Any]:
    """Return a case as it stands after a line: how bad, about whom, and its steps with the days since the first."""
    return {
        "id": story.name,
        "severity": story.severity.value,
        "opened_at": story.alerts[0].at.isoformat(),
        "about": case_text.who(story),
        "steps": [
            {"at": line.at.isoformat(), "days": line.days, "severity": line.severity, "title": line.what}
            for line in case_text.lines(story)
        ],
    }


class _Shelf:
    """Snapshots in memory."""

    def __init__(self, kept: Mapping[Name, Snapshot | None]) -> None:
        self._kept = kept

    def get_many(self, wanted: Sequence[Name]) -> dict[Name, Snapshot]:
        """See `workers.recall.Shelf`."""
        return {name: found for name in wanted if (found := self._kept.get(name)) is not None}

    def all(self, scope: str, kind: str) -> dict[str, Snapshot]:
        """See `workers.recall.Shelf`."""
        return {key: found for (s, k, key), found in self._kept.items() if (s, k) == (scope, kind) and found is not None}

    def of(self, scopes: Collection[str], kinds: Collection[str]) -> list[Snapshot]:
        """See `workers.recall.Shelf`."""
        return [s for s in self._kept.values() if s is not None and s.scope in scopes and s.kind in kinds]


class Replay:
    """Plays lines one after another; what one line teaches, the next one's ledger knows."""

    def __init__(self, now: dt.datetime) -> None:
        self._now = now
        self._ledgers: dict[str, Ledger] = {}
        self._detectors = detectors.load()
        self._joiners: dict[int, cases.Joiner] = {}
        self._snapshots: dict[Name, Snapshot | None] = {}
        self._seen: set[str] = set()
        self._played: set[str] = set()

    def line(self, text: str) -> dict[str, Any]:
        """Return what one JSON line leads to; a bad line is an answer with `error`, never an exception."""
        answer: dict[str, Any] = {"delivery": None, "facts": [], "alerts": [], "cases": [], "ignored": None, "error": None}
        try:
            entry = json.loads(text)
        except (ValueError, RecursionError) as error:
            return answer | {"error": f"not JSON: {error}"[:200]}
        if not isinstance(entry, dict) or not isinstance(entry.get("event"), str):
            return answer | {"error": 'each line needs {"event": "...", "payload": {...}}'}
        answer["delivery"] = entry.get("delivery") if isinstance(entry.get("delivery"), str) else None
        if answer["delivery"]:
            if answer["delivery"] in self._played:
                return answer | {"ignored": "a repeated delivery: its GUID was seen before"}
            self._played.add(answer["delivery"])
        try:
            answer |= self._play(entry)
        except Unreadable as error:
            answer["error"] = str(error)
        return answer

    def _play(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        payload = entry.get("payload")
        if not isinstance(payload, dict):
            raise Unreadable("the payload is not a JSON object")
        at = _time(entry.get("at"), self._now)
        parsed = parse(entry["event"], payload, received_at=at, delivery=str(entry.get("delivery") or ""))
        if not parsed.facts:
            return {"ignored": parsed.ignored}
        first = parsed.facts[0]
        scope = f"repo:{first.repository.id}" if first.repository else f"org:{first.organization_id}"
        ledger = self._ledgers.setdefault(scope, Ledger(settled_at=_FOREVER))  # its memory is empty, and known to be
        shelf = _Shelf(self._snapshots)
        recall = Recall(shelf, ((scope, x) for x in parsed.facts))
        asked, _ = with_contents(enrich(parsed.facts, ledger, None, None), ledger, NobodyToAsk(detectors=self._detectors))
        facts = recall.fill(scope, with_rules(asked, scope, recall, None, None))
        self._snapshots |= recall.changed
        if not facts:
            return {"ignored": "nothing changed since it was last seen"}
        judgement = judge(facts, ledger, self._detectors, now=at)
        fresh = [a for a in judgement.alerts if a.fingerprint not in self._seen]
        self._seen.update(a.fingerprint for a in fresh)
        broken = "; ".join(f"detector {x.detector} failed: {x.error}" for x in judgement.failures)
        return {
            "facts": [fact_to_json(x) for x in facts],
            "alerts": [alert_to_json(a) for a in fresh],
            "cases": self._cases(fresh),
            "error": broken or None,
        }

    def _cases(self, fresh: Iterable[Alert]) -> list[dict[str, Any]]:
        """Join new alerts; return the cases they are part of."""
        told: dict[str, dict[str, Any]] = {}
        for alert in fresh:
            joiner = self._joiners.setdefault(alert.repository.owner_id, cases.Joiner())
            together = joiner.add(alert)
            if len(together) > 1:
                name = f"case-{together[0].fingerprint[:12]}"
                told[name] = case_to_json(cases.story(name, together))
        return list(told.values())


def _time(value: object, default: dt.datetime) -> dt.datetime:
    if not isinstance(value, str):
        return default
    try:
        at = dt.datetime.fromisoformat(value)
    except ValueError as error:
        raise Unreadable(f'"at" is not an RFC 3339 time: {value[:40]!r}') from error
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)


def replay(lines: Iterable[str], now: dt.datetime) -> Iterator[dict[str, Any]]:
    """Yield one answer per line, in order; blank lines are left out.

    Args:
        lines: JSON Lines `{"event", "payload", "delivery"?, "at"?}`.
        now: the time of lines without `at` (UTC).
    """
    player = Replay(now)
    for text in lines:
        if text.strip():
            yield player.line(text)
