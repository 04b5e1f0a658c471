"""Which GitHub account a Slack user is: said by the operator, checked with GitHub, stored once."""

from __future__ import annotations

import datetime as dt
import re

from github import GithubException

from github_app.model import Person
from github_app.settings import Settings
from github_app.store import Store
from workers.github import GitHubApp

_SLACK_ID = re.compile(r"[UW][A-Z0-9]{2,20}", re.ASCII)
_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})", re.ASCII)


class AccountError(ValueError):
    """The two accounts cannot be linked; the message says what to do."""


def link(store: Store, settings: Settings, slack_user: str, login: str, *, by: str) -> str:
    """Link a Slack user to a GitHub account and return a sentence that says so.

    Raises:
        AccountError: an id is malformed, the account does not exist, or GitHub cannot be asked.
    """
    if not _SLACK_ID.fullmatch(slack_user):
        raise AccountError(
            f"{slack_user!r} is not a Slack member id (in Slack: profile, then 'Copy member ID'; like U012AB3CD)"
        )
    login = login.removeprefix("@")
    if not _LOGIN.fullmatch(login):
        raise AccountError(f"{login!r} is not a GitHub login")
    person = _account(store, settings, login)
    with store.begin() as conn:
        store.accounts.link(conn, slack_user, person, Person(name=by), dt.datetime.now(dt.UTC))
    return f"{slack_user} is now {person.label} (GitHub id {person.id})"


def _account(store: Store, settings: Settings, login: str) -> Person:
    installations = [w.installation_id for w in store.repositories.all() if w.installation_id]
    if not settings.has_github_app or not installations:
        raise AccountError("GitHub cannot be asked yet: set GITHUB_APP_ID and GITHUB_PRIVATE_KEY and install the app first")
    app = GitHubApp(settings)
    try:
        user = app.client(installations[0]).get_user(login)
        return Person(id=user.id, login=user.login, name=user.name or "")
    except GithubException as error:
        reason = "there is no such account" if error.status == 404 else f"GitHub answered {error.status}"
        raise AccountError(f"@{login}: {reason}") from error
    except OSError as error:
        raise AccountError(f"GitHub cannot be reached at {settings.github_api_url} ({type(error).__name__})") from error
    finally:
        app.close()
