"""What only the app itself may ask GitHub, signed in with its key: its installations, and its deliveries.

https://docs.github.com/en/rest/apps/apps#get-an-installation-for-the-authenticated-app
https://docs.github.com/en/rest/apps/webhooks
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import github

from workers.github import GitHubApp, Unavailable, translated
from workers.github_ask import answered

_NEXT = re.compile(r'[?&]cursor=([^&>]+)[^>]*>; rel="next"')
_AGAIN = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedDelivery:
    """One attempt of GitHub's to deliver that failed; `status` says how. All attempts for a delivery share its `guid`."""

    id: int
    guid: str
    event: str
    at: dt.datetime
    status: str


def installation(app: GitHubApp, installation_id: int) -> Mapping[str, Any] | None:
    """Return an installation as GitHub shows it, None when it is no longer there.

    Raises:
        Unavailable: ask again later.
        Refused: GitHub does not tell.
    """
    with translated("the app's installation"):
        try:
            _, found = _sent(app, "GET", f"/app/installations/{int(installation_id)}")
        except github.GithubException as error:
            if error.status == 404:
                return None
            raise
    if not isinstance(found, dict) or "permissions" not in found:
        raise Unavailable("GitHub's answer about the app's installation is not whole", dt.datetime.now(dt.UTC) + _AGAIN)
    return found


def failed_deliveries(app: GitHubApp, since: dt.datetime, most_pages: int) -> list[FailedDelivery]:
    """Return the attempts to deliver that failed since a time, newest first.

    Raises:
        Unavailable: ask again later; also when there are more than `most_pages` hundreds.
        Refused: GitHub does not tell.
    """
    found: list[FailedDelivery] = []
    query: dict[str, Any] = {"per_page": 100, "status": "failure"}
    for _ in range(most_pages):
        with translated("the deliveries that failed"):
            headers, answer = _sent(app, "GET", "/app/hook/deliveries", query)
        if not isinstance(answer, list):
            raise Unavailable("GitHub's list of deliveries is not whole", dt.datetime.now(dt.UTC) + _AGAIN)
        here = [f for f in map(_failed, answer) if f is not None]
        found += [f for f in here if f.at >= since]
        cursor = _NEXT.search(str(headers.get("link", "")))
        if cursor is None or any(f.at < since for f in here):
            return found
        query["cursor"] = unquote(cursor.group(1))
    raise Unavailable(f"more than {most_pages * 100} deliveries failed", dt.datetime.now(dt.UTC) + _AGAIN)


def redeliver(app: GitHubApp, delivery_id: int) -> None:
    """Have GitHub repeat one attempt to deliver.

    Raises:
        Unavailable: ask again later.
        Refused: GitHub will not, as for one that is too old.
    """
    with translated(f"the delivery {int(delivery_id)} again"):
        _sent(app, "POST", f"/app/hook/deliveries/{int(delivery_id)}/attempts")


def _sent(app: GitHubApp, verb: str, path: str, query: Mapping[str, Any] | None = None) -> tuple[Mapping[str, Any], Any]:
    return answered(app.itself.requester, verb, path, parameters=query)


def _failed(value: object) -> FailedDelivery | None:
    """Read an attempt; None for one that succeeded, which servers that do not know `status` list as well."""
    told = value if isinstance(value, dict) else {}
    number, guid, code = told.get("id"), told.get("guid"), told.get("status_code")
    if type(number) is not int or not isinstance(guid, str) or (type(code) is int and 200 <= code < 300):
        return None
    try:
        at = dt.datetime.fromisoformat(str(told.get("delivered_at")))
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=dt.UTC)
    event, status = str(told.get("event", ""))[:100], str(told.get("status", ""))[:100]
    return FailedDelivery(id=number, guid=guid[:100], event=event, at=at, status=status)
