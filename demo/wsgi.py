"""The real app with one thing changed: a delivery may say in a header when it was received.

The story is years old and is played in seconds. Production code has no such header.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from github_app import create_app
from github_app import settings as environment


def received_at(environ: Mapping[str, Any]) -> dt.datetime:
    """Return the time in `X-Demo-At`, or now."""
    told = environ.get("HTTP_X_DEMO_AT")
    return dt.datetime.fromisoformat(told) if told else dt.datetime.now(dt.UTC)


app = create_app(environment.load(dotenv=None), received_at=received_at)
