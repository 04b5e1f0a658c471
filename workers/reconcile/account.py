"""Whose installation it is and what it lets the app do, asked as the app itself.

https://docs.github.com/en/rest/apps/apps#get-an-installation-for-the-authenticated-app
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from github_app.estate import Thing
from github_app.fact import InstallationChanged
from github_app.model import Source
from github_app.store import Allowance, Snapshot
from workers.github import GitHubApp, Refused, Unavailable
from workers.reconcile import as_app
from workers.runtime import Runtime
from workers.told import judge_facts

TROUBLE_AGAIN = dt.timedelta(minutes=15)


class Gone(Exception):  # noqa: N818 - it says what became of it
    """The installation is no longer there."""


def fresh(installation_id: int, now: dt.datetime) -> Allowance:
    """Return an installation that was never looked at; it may begin with what an hour allows."""
    return Allowance(installation_id=installation_id, at=now - dt.timedelta(hours=1), next_at=now)


def account(runtime: Runtime, app: GitHubApp, known: Allowance, now: dt.datetime, every: dt.timedelta) -> Allowance:
    """Return what is known of an installation, asked anew when that is older than the interval.

    Raises:
        Unavailable: GitHub cannot be asked, or somebody suspended the app.
        Gone: the installation was removed; that is told, and nothing more is looked at.
    """
    if known.asked_at is not None and now - known.asked_at < every and not known.paused:
        return known
    try:
        found = as_app.installation(app, known.installation_id)
    except Refused as error:
        raise Unavailable(str(error), now + TROUBLE_AGAIN) from error
    if found is None:
        _removed(runtime, known, now)
        raise Gone(f"installation {known.installation_id} is no longer there")
    owner = _table(found.get("account"))
    after = replace(
        known,
        account=str(owner.get("login", "")),
        account_id=owner["id"] if type(owner.get("id")) is int else 0,
        is_organization=found.get("target_type") == "Organization" or owner.get("type") == "Organization",
        permissions={str(k): str(v) for k, v in _table(found.get("permissions")).items()},
        asked_at=now,
    )
    if found.get("suspended_at"):
        with runtime.store.begin() as conn:
            runtime.store.allowances.put(conn, after)
        raise Unavailable("somebody suspended the app", now + TROUBLE_AGAIN)
    return after


def _removed(runtime: Runtime, known: Allowance, now: dt.datetime) -> None:
    """Tell it as the event would have; the event may have been lost."""
    watches = runtime.store.repositories.all()
    watched = [w for w in watches if w.installation_id == known.installation_id and w.state != "removed"]
    owner_id = known.account_id or next((w.owner_id for w in watched), 0)
    gone = InstallationChanged(
        action="deleted",
        installation_id=known.installation_id,
        at=now,
        source=Source.API,
        organization=known.account or next((w.repository.owner for w in watched), ""),
        organization_id=owner_id,
    )

    def also(connection: Connection) -> None:
        checks = runtime.store.checks
        checks.plan(connection, (), checks.of(known.installation_id).values())
        runtime.store.allowances.drop(connection, known.installation_id)
        # Its event may only be late; then it is no news.
        named = {"scope": f"org:{owner_id}", "kind": Thing.THIS_APP, "key": f"installation:{known.installation_id}"}
        gone_for_good = Snapshot(**named, name=gone.organization, settings=(), seen_at=now)
        runtime.store.snapshots.put(connection, gone_for_good)
        runtime.store.problems.clear(connection, f"reconcile:{known.installation_id}")

    judge_facts(runtime, f"org:{owner_id}", [gone] if watched else [], now, also=also)


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
