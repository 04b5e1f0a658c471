"""Registering the GitHub App from its manifest, without pages: what is sent, what comes back, where it is kept.

https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

from __future__ import annotations

import contextlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import yaml

from github_app.settings import REGISTRATION, Settings

EXAMPLE = "https://trust-alerts.example.com"
"""The address that stands in `app.yml` for that of the installation."""
TOKEN_FILE = "setup-token"  # noqa: S105 (a file's name)
_SECONDS = 10
_MOST_BYTES = 1 << 20


class RegistrationError(Exception):
    """It did not work; the text is a sentence for the operator, without secrets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What GitHub says about the app it made."""

    id: int
    slug: str
    private_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    client_id: str
    client_secret: str = field(repr=False)


def manifest(public_url: str) -> dict[str, Any]:
    """Return what is sent to GitHub: `app.yml` with the addresses of this installation."""
    shipped = resources.files("github_app").joinpath("app.yml")
    # In a checkout it is where GitHub's tools look for it, at the top.
    text = (shipped if shipped.is_file() else Path(__file__).parents[2] / "app.yml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text.replace(EXAMPLE, public_url))
    return loaded | {"redirect_url": f"{public_url}/setup/callback"}


def exchange(api_url: str, code: str) -> Registered:
    """Trade the code that GitHub sent the browser back with for the app's keys; works once, within an hour.

    Raises:
        RegistrationError: GitHub refused, cannot be reached, or answered something else.
    """
    request = Request(  # noqa: S310 (settings allow http and https only)
        f"{api_url}/app-manifests/{quote(code, safe='')}/conversions",
        method="POST",
        headers={
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
            "User-Agent": "trust-change-alerts",
        },
    )
    host = urlsplit(api_url).hostname
    try:
        with build_opener(_Stay).open(request, timeout=_SECONDS) as response:
            answer = json.loads(response.read(_MOST_BYTES))
    except HTTPError as error:
        error.close()
        why = "the code is over an hour old or was used before" if error.code == 404 else f"status {error.code}"
        raise RegistrationError(f"GitHub did not hand over the app's keys ({why}). Start again.") from None
    except (URLError, OSError, HTTPException) as error:
        # The URL holds the code, so the error itself, which may quote it, goes no further.
        raise RegistrationError(
            f"{host} cannot be reached from this server ({type(error).__name__}). Start again."
        ) from None
    except ValueError:
        raise RegistrationError(f"{host} did not answer like GitHub. Is GITHUB_API_URL right?") from None
    return _registered(answer)


class _Stay(HTTPRedirectHandler):
    """Follows no redirect: the code must not be shown to another host."""

    def redirect_request(self, *_: object) -> None:
        return None


def _registered(answer: object) -> Registered:
    found: Mapping[str, Any] = answer if isinstance(answer, dict) else {}
    names = ("slug", "pem", "webhook_secret", "client_id", "client_secret")
    missing = [name for name in names if not (isinstance(found.get(name), str) and found[name])]
    if type(found.get("id")) is not int:
        missing.append("id")
    if missing:
        raise RegistrationError(f"GitHub's answer lacks {', '.join(missing)}: enter the app's settings by hand.")
    return Registered(
        id=found["id"],
        slug=found["slug"],
        private_key=found["pem"],
        webhook_secret=found["webhook_secret"],
        client_id=found["client_id"],
        client_secret=found["client_secret"],
    )


def save(settings: Settings, registered: Registered, public_url: str) -> Path:
    """Keep the keys in a file that only this user can read and that `settings.load` finds; returns its path.

    Raises:
        RegistrationError: the file cannot be written.
    """
    values = {
        "GITHUB_APP_ID": str(registered.id),
        "GITHUB_PRIVATE_KEY": registered.private_key,
        "GITHUB_WEBHOOK_SECRET": registered.webhook_secret,
        "GITHUB_CLIENT_ID": registered.client_id,
        "GITHUB_CLIENT_SECRET": registered.client_secret,
        "PUBLIC_URL": public_url,
    }
    lines = ["# Written by /setup. Whoever has this file can act as the app."]
    lines += [f"{name}={_quoted(value)}" for name, value in values.items()]
    path = settings.data_dir / REGISTRATION
    try:
        _write_private(path, "\n".join(lines) + "\n")
    except OSError as error:
        raise RegistrationError(
            f"{path} cannot be written ({error.strerror}). Delete the app on GitHub, make room for the file, start again."
        ) from error
    return path


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def is_open(settings: Settings) -> bool:
    """Say whether an app can still be registered: none is configured, and none was registered since we started."""
    return not settings.has_github_app and not (settings.data_dir / REGISTRATION).exists()


def make_token(settings: Settings) -> str:
    """Make the token that proves that whoever registers the app can see this server's terminal; replaces an earlier one.

    Raises:
        OSError: the data directory cannot be written to.
    """
    token = secrets.token_urlsafe(18)
    _write_private(settings.data_dir / TOKEN_FILE, token)
    return token


def read_token(settings: Settings) -> str:
    """Return the token, "" when there is none."""
    with contextlib.suppress(OSError):
        return (settings.data_dir / TOKEN_FILE).read_text(encoding="utf-8").strip()
    return ""


def is_token(settings: Settings, given: str) -> bool:
    """Say whether this is the token; takes the same time whatever was given."""
    token = read_token(settings)
    return bool(token) and hmac.compare_digest(token.encode(), given.strip().encode(errors="replace"))


def forget_token(settings: Settings) -> None:
    """Use the token up."""
    with contextlib.suppress(OSError):
        (settings.data_dir / TOKEN_FILE).unlink(missing_ok=True)
