"""Fixtures for the facts: a GitHub that stands in for the real one, and the app that talks to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from github_app.model import Repository
from github_app.settings import Settings
from tests.standin.github import GitHub, Installation, serving
from workers.github import GitHubApp, GitHubReader

APP_ID, INSTALLATION = 4711, 99
XZ = Repository(id=553665726, full_name="tukaani-project/xz", owner_id=49617154, default_branch="master")
GRANTED = {"checks": "write", "contents": "read", "metadata": "read", "pull_requests": "write", "members": "read"}


@dataclass(frozen=True)
class Keys:
    """An app's key pair, as PEM."""

    private: str
    public: str


@pytest.fixture(scope="session")
def app_keys() -> Keys:
    """Make the app's key pair once."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, plain)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return Keys(private.decode(), public.decode())


def settings_for(github: GitHub, private_key: str) -> Settings:
    """Return the settings of an app that talks to the stand-in."""
    return Settings(github_app_id=APP_ID, github_private_key=private_key, github_api_url=github.url)


@pytest.fixture
def github(app_keys: Keys) -> Iterator[GitHub]:
    """Serve a GitHub where the app is installed once."""
    standin = GitHub(app_id=APP_ID, public_key=app_keys.public)
    standin.installations[INSTALLATION] = Installation(permissions=GRANTED)
    with serving(standin):
        yield standin


@pytest.fixture
def app(github: GitHub, app_keys: Keys) -> Iterator[GitHubApp]:
    """Return the app, without pauses between requests."""
    made = GitHubApp(settings_for(github, app_keys.private), pause=0, pause_writes=0)
    yield made
    made.close()


@pytest.fixture
def reader(app: GitHubApp) -> GitHubReader:
    """Return a reader that asks the stand-in."""
    return GitHubReader(app)
