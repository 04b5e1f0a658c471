"""Trust Change Alerts: what the app is. Its words, memory and rules, and its face to the outside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask

    from github_app.settings import Settings
    from github_app.store import Store
    from github_app.wake import Waker


def create_app(
    settings: Settings,
    *,
    store: Store | None = None,
    waker: Waker | None = None,
    received_at: Callable[[Mapping[str, Any]], dt.datetime] | None = None,
) -> Flask:
    """Return the WSGI application: the webhook receiver with Flask behind it.

    Nothing is opened and no thread is started before the first request, so it may be made before a server forks.

    Args:
        settings: what the process was told.
        store: the database; the one of the settings by default, opened with the first request that needs it.
        waker: enqueues wake-ups; on the Redis of the settings by default.
        received_at: the time of receipt (UTC) of a delivery, from its WSGI environment; now by default.
    """
    # Not above: whoever reads only facts or settings starts faster without Flask.
    from github_app.web.app import build  # noqa: PLC0415 (see above)

    return build(settings, store=store, waker=waker, received_at=received_at)
