"""Ask GitHub one thing and get GitHub's answer: not a proxy's page, not half of one, and not from another server.

What comes back is what was asked for, or an exception; nobody may read "there is none" out of an answer that is none.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import urlencode, urljoin, urlsplit

import github
from github.Requester import Requester

from workers.github_http import SENT_ON, Unavailable

MOST_HOPS = 3
"""How often one question may be sent on; GitHub does it once, for a repository that was renamed."""


ELSEWHERE_AGAIN = dt.timedelta(minutes=15)


class Clients(Protocol):
    """What has a client for each installation."""

    def client(self, installation_id: int, *, asks: bool = False) -> github.Github:
        """Return it; one that `asks` is for POSTs that write nothing."""

    def forget_token(self, installation_id: int) -> None:
        """Sign in anew before the next request."""


def asked(
    app: Clients,
    installation_id: int,
    verb: str,
    path: str,
    *,
    parameters: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    body: Any = None,
    asks: bool = False,
) -> tuple[dict[str, Any], Any]:
    """Ask with an installation's token, and once more with a new one if GitHub takes the old one no longer.

    Also for what writes: what GitHub does not know the sender of, it has not done. `asks` says that a POST writes nothing.

    Returns:
        The headers, by names in small letters, and the decoded answer; None for an answer without a body.

    Raises:
        github.GithubException, requests.RequestException, Unavailable: as `answered`; see `workers.github_http.translated`.
    """
    for last in (False, True):
        try:
            return answered(
                app.client(installation_id, asks=asks).requester,
                verb,
                path,
                parameters=parameters,
                headers=headers,
                body=body,
            )
        except github.GithubException as error:
            if last or error.status != 401:
                raise
            app.forget_token(installation_id)
    raise AssertionError("the second time returns or raises")


def answered(
    requester: Requester,
    verb: str,
    path: str,
    *,
    parameters: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    body: Any = None,
) -> tuple[dict[str, Any], Any]:
    """Send a request and return headers and decoded answer of a success, or of a 304.

    Raises:
        github.GithubException: GitHub refused, or what came back is not GitHub's answer (502).
        requests.RequestException: nothing came back.
        Unavailable: it is said to be on another server.
    """
    status, told, text = sent(requester, verb, path, parameters=parameters, headers=headers, body=body)
    if status >= 400:
        raise exception(status, told, text)
    if not text:
        if verb == "GET" and status not in {204, 304}:
            raise not_githubs()
        return told, None
    try:
        return told, json.loads(text)
    except ValueError as error:
        raise not_githubs() from error


def sent(
    requester: Requester,
    verb: str,
    path: str,
    *,
    parameters: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    body: Any = None,
) -> tuple[int, dict[str, Any], str]:
    """Send a request, follow GitHub on its own server if it is sent on, and return status, headers and text.

    Raises:
        github.GithubException: GitHub sends on and on, or asks to wait for longer than anybody does here.
        requests.RequestException: nothing came back.
        Unavailable: we are sent to another server, which is not followed: it would be sent the token.
    """
    given = dict(parameters) if parameters else None
    for _ in range(MOST_HOPS + 1):
        try:
            status, told, text = requester.requestJson(verb, path, given, dict(headers) if headers else {}, body)
        except github.GithubException as error:
            if error.status not in SENT_ON:
                raise
            path = _onwards(requester, str((error.headers or {}).get("location", "")), given)
            given = None
        except (ValueError, OverflowError) as error:
            raise not_githubs() from error  # PyGithub reads numbers from headers that hold none
        else:
            if status >= 400 and status != 401 and _error(text) is None:
                raise not_githubs()
            return status, told, text
    raise github.GithubException(502, {"message": "GitHub sends on and on"}, {})


def _onwards(requester: Requester, location: str, parameters: Mapping[str, Any] | None) -> str:
    """Return the URL that an answer sends us on to, with what was asked for if it leaves that out."""
    base = requester.base_url
    url = urljoin(f"{base}/", location)
    here, there = urlsplit(base), urlsplit(url)
    same = (here.scheme, here.hostname, here.port) == (there.scheme, there.hostname, there.port)
    if not location or not same or not there.path.startswith(here.path):
        sentence = "GitHub's answer leads to another server, which is not followed; check GITHUB_API_URL"
        raise Unavailable(sentence, dt.datetime.now(dt.UTC) + ELSEWHERE_AGAIN)
    return url if there.query or not parameters else f"{url}?{urlencode(parameters)}"


def exception(status: int, headers: Mapping[str, Any], text: str) -> github.GithubException:
    """Return what to raise for an answer that is an error: trouble on the way, if it says nothing as GitHub would."""
    return Requester.createException(status, dict(headers), _error(text) or {})


def _error(text: str) -> dict[str, Any] | None:
    """Return the body of an error as GitHub writes them; None for one of somebody else."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) and isinstance(found.get("message"), str) else None


def not_githubs() -> github.GithubException:
    """Return the error for an answer that GitHub cannot have given: trouble on the way, and no news."""
    return github.GithubException(502, {"message": "not GitHub's answer"}, {})
