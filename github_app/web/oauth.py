"""Signing in with GitHub: where to send the browser, and what GitHub says about who came back.

https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app
The person's token is used for a few questions and forgotten; it is stored nowhere.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from github_app.model import Person
from github_app.settings import Settings

_SECONDS = 10
_MOST_BYTES = 8 << 20
_MOST_PAGES = 50
_PAGE = 100


class SignInError(Exception):
    """Signing in did not work; the text is a sentence for the person, without secrets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who came back, and in which repositories that the app watches they may write or administer (ids)."""

    person: Person
    writes: frozenset[int]
    administers: frozenset[int]
    owners: frozenset[int]


def authorize_url(settings: Settings, state: str, verifier: str) -> str:
    """Return GitHub's page that asks the person; `verifier` is proven with PKCE (RFC 7636, S256)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = {
        "client_id": settings.github_client_id,
        "redirect_uri": redirect_uri(settings),
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    return f"{settings.github_url}/login/oauth/authorize?{urlencode(asked)}"


def redirect_uri(settings: Settings) -> str:
    """Return where GitHub sends the browser back to."""
    return f"{settings.public_url}/login/callback"


def sign_in(settings: Settings, code: str, verifier: str) -> SignedIn:
    """Ask GitHub who it is that came back with a code, and what they may do.

    Raises:
        SignInError: GitHub refused, cannot be reached, or answered something else.
    """
    token = _token(settings, code, verifier)
    user = _get(settings, token, "/user")
    if type(user.get("id")) is not int or not isinstance(user.get("login"), str):
        raise SignInError("GitHub did not say who you are. Start again.")
    writes, administers, owners = set(), set(), set()
    for repository in _repositories(settings, token):
        number, may = repository.get("id"), _table(repository.get("permissions"))
        if type(number) is not int or may.get("push") is not True:
            continue
        writes.add(number)
        if may.get("admin") is True:
            administers.add(number)
            owner = _table(repository.get("owner")).get("id")
            owners.update([owner] if type(owner) is int else [])
    name = user["name"] if isinstance(user.get("name"), str) else ""
    return SignedIn(
        person=Person(id=user["id"], login=user["login"], name=name[:200]),
        writes=frozenset(writes),
        administers=frozenset(administers),
        owners=frozenset(owners),
    )


def _token(settings: Settings, code: str, verifier: str) -> str:
    form = {
        "client_id": settings.github_client_id,
        "client_secret": settings.github_client_secret,
        "code": code,
        "redirect_uri": redirect_uri(settings),
        "code_verifier": verifier,
    }
    request = Request(  # noqa: S310 (settings allow http and https only)
        f"{settings.github_url}/login/oauth/access_token",
        data=urlencode(form).encode(),
        headers={"Accept": "application/json", "User-Agent": "trust-change-alerts"},
    )
    token = _ask(request).get("access_token")
    if not isinstance(token, str) or not token:
        raise SignInError("GitHub did not accept the sign-in: it took over ten minutes or was used before. Start again.")
    return token


def _repositories(settings: Settings, token: str) -> Iterator[Mapping[str, Any]]:
    """Yield the repositories that both the person and the app can reach, with what the person may do there."""
    for installation in _pages(settings, token, "/user/installations", "installations"):
        if type(installation.get("id")) is int:
            path = f"/user/installations/{installation['id']}/repositories"
            yield from _pages(settings, token, path, "repositories")


def _pages(settings: Settings, token: str, path: str, key: str) -> Iterator[Mapping[str, Any]]:
    for page in range(1, _MOST_PAGES + 1):
        found = _get(settings, token, f"{path}?per_page={_PAGE}&page={page}").get(key)
        items = found if isinstance(found, list) else []
        yield from (_table(item) for item in items)
        if len(items) < _PAGE:
            return


def _get(settings: Settings, token: str, path: str) -> Mapping[str, Any]:
    headers = {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {token}",
        "X-GitHub-Api-Version": "2022-11-28",
        "User-Agent": "trust-change-alerts",
    }
    return _ask(Request(f"{settings.github_api_url}{path}", headers=headers))  # noqa: S310 (see above)


class _Stay(HTTPRedirectHandler):
    """Follows no redirect: a token must not be shown to another host."""

    def redirect_request(self, *_: object) -> None:
        return None


def _ask(request: Request) -> Mapping[str, Any]:
    host = urlsplit(request.full_url).hostname
    try:
        with build_opener(_Stay).open(request, timeout=_SECONDS) as response:
            answer = json.loads(response.read(_MOST_BYTES))
    except HTTPError as error:
        error.close()
        raise SignInError(f"{host} refused (status {error.code}). Start again.") from None
    except (URLError, OSError, HTTPException) as error:
        # The request holds secrets, so the error itself, which may quote it, goes no further.
        raise SignInError(f"{host} cannot be reached from this server ({type(error).__name__}). Try later.") from None
    except ValueError:
        raise SignInError(f"{host} did not answer like GitHub. Are GITHUB_URL and GITHUB_API_URL right?") from None
    return _table(answer)


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
