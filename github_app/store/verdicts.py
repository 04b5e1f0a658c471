"""Comparing alerts and decisions with the chain: nobody resolves an alert, or changes what was said, past the entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, column, select, table

from github_app.model import State

# Without our types: what was tampered with may not be a time any more.
_DECISIONS = table("decisions", *map(column, ("alert_id", "at", "action", "verdict", "reason", "by_person", "via")))
_ALERTS = table("alerts", *map(column, ("id", "state", "verdict", "body")))


class Verdicts:
    """What the entries of all chains say about alerts."""

    def __init__(self) -> None:
        self._said: dict[int, list[tuple[Any, ...]]] = {}
        self._last: dict[int, tuple[str, str]] = {}

    def tell(self, row: Mapping[str, Any]) -> None:
        """Take in an entry as stored; only decisions about alerts count."""
        detail = orjson.loads(row["detail"])
        if row["kind"] != "decision" or not str(detail.get("alert", "")).isdigit():
            return
        number = int(detail["alert"])
        said = (row["at"], detail["action"], detail["verdict"], detail["reason"], row["by_person"], detail["via"])
        self._said.setdefault(number, []).append(said)
        self._last[number] = (detail["state"], detail["verdict"])

    def problems(self, connection: Connection) -> Iterator[str]:
        """Say which decisions and which states of alerts do not agree with the entries."""
        stored: dict[int, list[tuple[Any, ...]]] = {}
        for number, at, action, verdict, reason, by, via in connection.execute(select(*_DECISIONS.c)):
            stored.setdefault(number, []).append((at, action, verdict or "", reason, by, via))
        for number in sorted(stored.keys() | self._said.keys()):
            if sorted(map(str, stored.get(number, ()))) != sorted(map(str, self._said.get(number, ()))):
                yield f"alert {number}: the decisions about it are not those in the chain"
        for alert in connection.execute(select(*_ALERTS.c)):
            yield from self._alert(alert)

    def _alert(self, alert: Any) -> Iterator[str]:
        state, verdict = self._last.get(alert.id, (State.OPEN.value, ""))
        try:
            shown = orjson.loads(alert.body)
            seen = {(alert.state, alert.verdict), (shown["state"], shown["verdict"])}
        except (LookupError, TypeError, ValueError):
            yield f"alert {alert.id}: it cannot be read"
            return
        if seen != {(state, verdict if state == State.RESOLVED else None)}:
            yield f"alert {alert.id}: the chain says that it is {state}, the alert says something else"
