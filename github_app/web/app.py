"""Puts the web part together; see `github_app.create_app`."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from flask import Flask, Response
from werkzeug.exceptions import HTTPException
from werkzeug.local import LocalProxy
from werkzeug.routing import Rule

from github_app.settings import Settings
from github_app.store import Delivery, Store
from github_app.wake import Waker
from github_app.web import dashboard, health, login, security, setup, slack, stories
from github_app.web.counters import REPEATED, Counters
from github_app.web.intake import Intake
from github_app.web.receiver import PATH, Receiver

LARGEST_FORM = 1024 * 1024
"""Slack's requests and our own forms are far smaller; deliveries from GitHub do not come through Flask."""


def build(
    settings: Settings,
    *,
    store: Store | None = None,
    waker: Waker | None = None,
    received_at: Callable[[Mapping[str, Any]], dt.datetime] | None = None,
) -> Flask:
    """Return the application; the arguments are those of `github_app.create_app`."""
    store = store or _opened_when_needed(settings.sql_url)
    waker = waker or Waker(settings.redis_url)
    counters = Counters(settings.data_dir / "run")
    app = _flask(settings, store, waker, counters)

    def accept(deliveries: Sequence[Delivery]) -> int:
        return store.inbox.accept(deliveries)

    def wake(partitions: Iterable[int]) -> None:
        waker.partitions(partitions)

    app.wsgi_app = Receiver(  # type: ignore[method-assign]  # how Flask wants middleware to be put in front
        settings,
        Intake(accept, wake, lambda number: counters.add(REPEATED, number)),
        app.wsgi_app,
        received_at=received_at or _now,
        count=lambda status: counters.add(str(status)),
    )
    # Known to Flask so that it can be listed and linked to, but never matched: the receiver is in front.
    app.url_map.add(Rule(PATH, endpoint="receiver", methods=["POST"], build_only=True))
    return app


def _flask(settings: Settings, store: Store, waker: Waker, counters: Counters) -> Flask:
    app = Flask("github_app.web", static_folder="static", template_folder="templates")
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_FORM
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.register_blueprint(health.blueprint(settings, store, waker, counters))
    app.register_blueprint(setup.blueprint(settings))
    app.register_blueprint(slack.blueprint(settings, store, waker))
    app.register_blueprint(login.blueprint(settings, store, _utcnow))
    app.register_blueprint(dashboard.blueprint(settings, store, waker, _utcnow))
    app.register_blueprint(stories.blueprint(store, _utcnow))
    app.after_request(security.harden)
    app.register_error_handler(HTTPException, _plainly)
    return app


def _plainly(error: HTTPException) -> Response:
    """Answer 404 and the like in one line of text; a redirect stays what it is."""
    if error.code is None or error.code < 400:
        return cast("Response", error.get_response())
    return Response(f"{error.code} {error.name}\n", error.code, mimetype="text/plain", headers=_kept_headers(error))


def _kept_headers(error: HTTPException) -> dict[str, str]:
    return {name: value for name, value in error.get_headers() if name.lower() in {"allow", "retry-after"}}


def _now(_: Mapping[str, Any]) -> dt.datetime:
    return _utcnow()


def _utcnow() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _opened_when_needed(url: str) -> Store:
    """Return what behaves like the store and opens it on first use, again and again until that works."""
    lock = threading.Lock()
    opened: list[Store] = []

    def store() -> Store:
        with lock:
            if not opened:
                opened.append(Store.open(url))
            return opened[0]

    return cast("Store", LocalProxy(store))
