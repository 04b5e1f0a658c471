"""An installation's token: asked for in time, and no sooner.

https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Mapping

from github import Github, GithubException
from github.Auth import Auth

from workers.github_ask import answered
from workers.github_http import InstallationGone

_REFRESH_BEFORE = dt.timedelta(minutes=5)


class InstallationToken(Auth):
    """An installation's token, asked for anew five minutes before it ends (they live for an hour).

    PyGithub's own class renews 20 seconds before the end, and asks with an empty list of permissions.
    """

    def __init__(self, app: Github, installation_id: int) -> None:
        self._app = app
        self._installation_id = installation_id
        self._lock = threading.Lock()
        self._token = ""
        self._good_until = dt.datetime.min.replace(tzinfo=dt.UTC)

    @property
    def token_type(self) -> str:
        """See `github.Auth.Auth`."""
        return "Bearer"

    @property
    def token(self) -> str:
        """A token that is good for at least five minutes."""
        with self._lock:
            if dt.datetime.now(dt.UTC) >= self._good_until:
                self._token, self._good_until = new_token(self._app, self._installation_id)
            return self._token


def new_token(app: Github, installation_id: int, permissions: Mapping[str, str] | None = None) -> tuple[str, dt.datetime]:
    """Ask for an installation token; return it and until when it can be used safely.

    Args:
        app: a client that signs in as the app itself.
        installation_id: whose token.
        permissions: fewer permissions than the installation has; all of them by default.

    Raises:
        InstallationGone: there is no such installation.
        github.GithubException: GitHub refused for another reason.
    """
    wanted = {"permissions": dict(permissions)} if permissions else None
    path = f"/app/installations/{int(installation_id)}/access_tokens"
    try:
        _, answer = answered(app.requester, "POST", path, body=wanted)
    except GithubException as error:
        if error.status == 404:
            raise InstallationGone(error.status, error.data, error.headers, "the installation is gone") from error
        raise
    answer = answer if isinstance(answer, dict) else {}
    token, ends = answer.get("token"), answer.get("expires_at")
    if not isinstance(token, str) or not isinstance(ends, str):
        raise GithubException(502, {"message": "GitHub's answer holds no token"}, {})
    return token, dt.datetime.fromisoformat(ends).astimezone(dt.UTC) - _REFRESH_BEFORE
