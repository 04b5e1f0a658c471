"""`github_app.wsgi:app`, for a WSGI server: made when it is asked for, so that importing this module does nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from github_app import create_app, settings

if TYPE_CHECKING:
    from flask import Flask

    app: Flask


def __getattr__(name: str) -> Flask:
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return create_app(settings.load())
