"""Settings: the environment (and `.env`) read once into a frozen object; all problems are reported together."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values


class SettingsError(ValueError):
    """The environment cannot be used; `problems` has one plain sentence for each setting that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the process was told. Secrets never appear in `repr`."""

    github_app_id: int | None = None
    github_private_key: str = field(default="", repr=False)
    github_webhook_secret: str = field(default="", repr=False)
    github_webhook_secret_previous: str = field(default="", repr=False)
    github_api_url: str = "https://api.github.com"
    github_url: str = "https://github.com"
    github_client_id: str = ""
    github_client_secret: str = field(default="", repr=False)
    slack_bot_token: str = field(default="", repr=False)
    slack_signing_secret: str = field(default="", repr=False)
    slack_channel: str = ""
    slack_api_url: str = "https://slack.com/api/"
    redis_url: str = field(default="", repr=False)
    database_url: str = field(default="", repr=False)
    port: int = 8000
    public_url: str = ""
    data_dir: Path = Path("data")
    pressure_keep_days: int = 120
    reconcile_minutes: int = 10
    reconcile_requests: int = 450

    @property
    def has_github_app(self) -> bool:
        """Say whether the app can talk to GitHub as itself."""
        return self.github_app_id is not None and bool(self.github_private_key)

    @property
    def has_slack(self) -> bool:
        """Say whether alerts can be sent to Slack."""
        return bool(self.slack_bot_token and self.slack_channel)

    @property
    def sql_url(self) -> str:
        """The SQLAlchemy URL: `DATABASE_URL`, or a SQLite file in the data directory."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir.absolute() / 'trust.db'}"
        # Heroku and others still write postgres://; SQLAlchemy wants the dialect and we bring psycopg 3.
        return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", self.database_url)


_TEXT = (
    "github_webhook_secret", "github_webhook_secret_previous", "github_client_id", "github_client_secret",
    "slack_bot_token", "slack_signing_secret", "slack_channel", "redis_url", "database_url",
)  # fmt: skip
_URLS = ("github_api_url", "github_url", "slack_api_url", "public_url")
_MOST_DAYS = 730
_NUMBERS = (("reconcile_minutes", 1, 1440), ("reconcile_requests", 60, 10_000))
REGISTRATION = "github-app.env"
"""The file in the data directory in which /setup leaves what GitHub said about the app it registered."""
NAMES = tuple(sorted(name.upper() for name in Settings.__dataclass_fields__))
"""Every setting's name in the environment."""


def load(environ: Mapping[str, str] | None = None, *, dotenv: Path | None = Path(".env")) -> Settings:
    """Read the settings.

    Args:
        environ: the environment; `os.environ` by default. It wins over the file.
        dotenv: a file with `NAME=value` lines; a missing one is no error. None: read no file at all, not even the one
            that /setup wrote.

    Raises:
        SettingsError: one or more values cannot be used; it names all of them, never their secrets.
    """
    values = {k: v for k, v in (dotenv_values(dotenv) if dotenv and dotenv.is_file() else {}).items() if v is not None}
    values.update(os.environ if environ is None else environ)
    if dotenv:
        values |= _registered(values)
    given = {n.lower(): values[n].strip() for n in NAMES if values.get(n, "").strip()}
    problems: list[str] = []
    made: dict[str, object] = {n: given[n] for n in _TEXT if n in given}
    for name in _URLS:
        if name in given:
            made[name] = _url(name, given[name], problems)
    if "github_app_id" in given:
        made["github_app_id"] = _number("GITHUB_APP_ID", given["github_app_id"], problems)
    if "port" in given:
        made["port"] = _port(given["port"], problems)
    if "pressure_keep_days" in given:
        made["pressure_keep_days"] = _days("PRESSURE_KEEP_DAYS", given["pressure_keep_days"], problems)
    for name, least, most in _NUMBERS:
        if name in given:
            made[name] = _between(name, given[name], least, most, problems)
    if "github_private_key" in given:
        made["github_private_key"] = _private_key(given["github_private_key"], problems)
    if "data_dir" in given:
        made["data_dir"] = Path(given["data_dir"]).expanduser()
    if ("github_app_id" in given) != ("github_private_key" in given):
        problems.append("GITHUB_APP_ID and GITHUB_PRIVATE_KEY belong together: set both or neither")
    if problems:
        raise SettingsError(problems)
    return Settings(**made)  # type: ignore[arg-type]  # each value was checked above by name


def _registered(values: Mapping[str, str]) -> dict[str, str]:
    """Return what /setup stored; nothing when another app is configured, because the parts of two apps do not mix."""
    path = Path(values.get("DATA_DIR", "").strip() or Settings().data_dir).expanduser()
    if values.get("GITHUB_APP_ID", "").strip() or not (path / REGISTRATION).is_file():
        return {}
    found = dotenv_values(path / REGISTRATION, interpolate=False)
    return {name: value for name, value in found.items() if value is not None and not values.get(name, "").strip()}


def _url(name: str, text: str, problems: list[str]) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        problems.append(f"{name.upper()} must be an http(s) URL, like https://github.example.com")
    return (
        text
        if name == "slack_api_url" and text.endswith("/")
        else text.rstrip("/") + ("/" if name == "slack_api_url" else "")
    )


def _number(name: str, text: str, problems: list[str]) -> int:
    if not (text.isascii() and text.isdigit()):
        problems.append(f"{name} must be the app's number, as its settings page shows it")
        return 0
    return int(text)


def _days(name: str, text: str, problems: list[str]) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 5 and int(text) <= _MOST_DAYS):
        problems.append(f"{name} must be a number of days from 0 to {_MOST_DAYS}")
        return 0
    return int(text)


def _port(text: str, problems: list[str]) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        problems.append("PORT must be a number from 1 to 65535")
        return 0
    return int(text)


def _between(name: str, text: str, least: int, most: int, problems: list[str]) -> int:
    if not (text.isascii() and text.isdigit() and least <= int(text[:9]) <= most):
        problems.append(f"{name.upper()} must be a number from {least} to {most}")
        return least
    return int(text)


def _private_key(text: str, problems: list[str]) -> str:
    """Accept the PEM itself (with real or written-out newlines) or the path of a file that holds it."""
    pem = text.replace("\\n", "\n")
    if "-----BEGIN" not in pem:
        try:
            pem = Path(text).expanduser().read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError):
            problems.append("GITHUB_PRIVATE_KEY must be the PEM text or the path of a readable file with it")
            return ""
    if "PRIVATE KEY-----" not in pem:
        problems.append("GITHUB_PRIVATE_KEY does not hold a PEM private key")
    return pem
