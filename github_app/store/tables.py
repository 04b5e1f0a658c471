"""Every table of the app: what migrations and their tests look at. A schema module that is not named here does not exist."""

from __future__ import annotations

from github_app.store import (
    schema_acts,
    schema_cases,
    schema_handovers,
    schema_incidents,
    schema_notices,
    schema_orders,
    schema_rooms,
    schema_sessions,
)
from github_app.store.schema import metadata

__all__ = [
    "metadata",
    "schema_acts",
    "schema_cases",
    "schema_handovers",
    "schema_incidents",
    "schema_notices",
    "schema_orders",
    "schema_rooms",
    "schema_sessions",
]
