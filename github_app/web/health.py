"""Is it alive, can it take deliveries, how much waits: `/healthz`, `/readyz`, `/metrics`, and the plain page at `/`."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterable, Mapping

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from github_app.settings import Settings
from github_app.store import Store, StoreError
from github_app.wake import Waker
from github_app.web.counters import REPEATED, Counters

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
KEPT_SECONDS = 5.0
"""For how long `/metrics` repeats itself, so that nobody can make it count a large table without pause."""


def blueprint(settings: Settings, store: Store, waker: Waker, counters: Counters) -> Blueprint:
    """Return the routes."""
    routes = Blueprint("health", __name__, template_folder="templates")
    metrics = _Kept(lambda: render(_families(store, counters)))

    @routes.get("/healthz")
    def healthz() -> Response:
        return Response("ok\n", mimetype="text/plain")

    @routes.get("/readyz")
    def readyz() -> tuple[Response, int]:
        database = _database(store)
        redis = "ok" if waker.is_there() else "away: deliveries are stored, and judged when it is back"
        secret = "ok" if settings.github_webhook_secret else "not set: no delivery is accepted; see /setup"
        answer = jsonify({"database": database, "redis": redis, "webhook secret": secret})
        return answer, 200 if database == "ok" else 503

    @routes.get("/metrics")
    def show_metrics() -> Response:
        try:
            return Response(metrics.get(), content_type=PROMETHEUS)
        except (SQLAlchemyError, StoreError) as error:
            return Response(f"# the database cannot be read: {type(error).__name__}\n", 503, content_type=PROMETHEUS)

    return routes


def _database(store: Store) -> str:
    try:
        if not store.is_current():
            return "not up to date: run `trust-alerts migrate`"
    except (SQLAlchemyError, StoreError) as error:
        return f"out of reach ({type(getattr(error, 'orig', None) or error).__name__})"
    return "ok"


class _Kept:
    """A text that is made anew at most every `KEPT_SECONDS`, by one thread at a time."""

    def __init__(self, make: Callable[[], str]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._text, self._until = "", 0.0

    def get(self) -> str:
        with self._lock:
            if time.monotonic() >= self._until:
                self._text = self._make()
                self._until = time.monotonic() + KEPT_SECONDS
            return self._text


Family = tuple[str, str, str, Mapping[str, float]]
"""A metric's name, type, help and its values by label (`state="pending"`; "" for none)."""


def _families(store: Store, counters: Counters) -> Iterable[Family]:
    answers = counters.total()
    repeated = answers.pop(REPEATED)
    oldest = store.inbox.oldest_pending()
    waited = (dt.datetime.now(dt.UTC) - oldest).total_seconds() if oldest else 0.0
    yield (
        "trust_deliveries_answered_total", "counter", "Answers of the webhook receiver on this machine, by HTTP status.",
        {f'status="{status}"': number for status, number in answers.items()},
    )  # fmt: skip
    yield "trust_deliveries_repeated_total", "counter", "Deliveries that were stored already.", {"": repeated}
    yield "trust_inbox", "gauge", "Stored deliveries by state.", _labelled("state", store.inbox.counts())
    yield (
        "trust_inbox_oldest_pending_seconds", "gauge", "Age of the delivery that waits longest, 0 if none waits.",
        {"": max(waited, 0.0)},
    )  # fmt: skip
    yield from _compared(store)
    yield "trust_outbox", "gauge", "Messages by state.", _labelled("state", store.outbox.counts())
    yield "trust_alerts_open", "gauge", "Unresolved alerts by severity.", _labelled("severity", store.alerts.unresolved())


def _compared(store: Store) -> Iterable[Family]:
    """What comparing with GitHub costs, and how long ago everything that is an organisation's own was read."""
    now = dt.datetime.now(dt.UTC)
    every = store.allowances.all()
    yield (
        "trust_reconcile_requests_total", "counter", "Requests to GitHub for comparing; counted: by its rate limit.",
        {
            'counted="yes"': sum(a.counted for a in every),
            'counted="no"': sum(a.requests - a.counted for a in every),
        },
    )  # fmt: skip
    ages = {
        f'installation="{a.installation_id}"': (now - a.complete_at).total_seconds()
        for a in every
        if a.complete_at is not None
    }
    yield "trust_reconcile_age_seconds", "gauge", "Time since an organisation's own settings were last read.", ages
    yield (
        "trust_redeliveries",
        "gauge",
        "Failed deliveries asked for again, by state.",
        _labelled("state", store.redeliveries.counts()),
    )


def _labelled(name: str, values: Mapping[str, int]) -> dict[str, float]:
    return {f'{name}="{value}"': number for value, number in values.items()}


def render(families: Iterable[Family]) -> str:
    """Write metrics in Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/)."""
    lines = []
    for name, kind, sentence, values in families:
        lines += [f"# HELP {name} {sentence}", f"# TYPE {name} {kind}"]
        lines += [f"{name}{{{labels}}} {value:g}" if labels else f"{name} {value:g}" for labels, value in values.items()]
    return "\n".join(lines) + "\n"
