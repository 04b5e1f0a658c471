"""Fixtures: the two stand-ins, running."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from demo import facts, repository, world
from demo.standin.github import GitHub
from demo.standin.github_state import Pull
from demo.standin.slack import Slack

_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE = _KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
PUBLIC = _KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
HEAD = "fc0c788469159f634f09ff23c8cef6925c91da57"


def app_token(*, issuer: str = "42", seconds: int = 300, key: str = PRIVATE) -> str:
    """Return a JWT as an app makes it."""
    now = int(time.time())
    return jwt.encode({"iat": now - 60, "exp": now + seconds, "iss": issuer}, key, "RS256")


class Api:
    """A client with an installation token."""

    def __init__(self, hub: GitHub, permissions: dict[str, str] | None = None) -> None:
        self.hub = hub
        answer = requests.post(
            f"{hub.url}/app/installations/77/access_tokens",
            json={"permissions": permissions or {}},
            headers={"Authorization": f"Bearer {app_token()}"},
            timeout=5,
        )
        self.token = str(answer.json()["token"])

    def __call__(self, method: str, path: str, body: object = None) -> requests.Response:
        """Ask; paths are relative to the repository."""
        url = f"{self.hub.url}/repos/{facts.REPOSITORY}{path}"
        return requests.request(method, url, json=body, headers={"Authorization": f"token {self.token}"}, timeout=5)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the demo's repository."""
    return repository.build(tmp_path_factory.mktemp("git") / "xz.git")


@pytest.fixture
def hub(bare: Path) -> Iterator[GitHub]:
    """Return a GitHub stand-in with pull request 7."""
    github = GitHub(world.state(app_id=42, public_key=PUBLIC, git_dir=str(bare)))
    repo = github.repo(facts.REPOSITORY)
    repo.roles[world.NEWCOMER] = "write"
    repo.pulls[7] = Pull(
        number=7, title="a branch", author=world.NEWCOMER, head_ref="a", head_sha=HEAD, created_at=world.START
    )
    github.start()
    yield github
    github.stop()


@pytest.fixture
def api(hub: GitHub) -> Api:
    """Return a client that may do what the app may do."""
    return Api(hub)


@pytest.fixture
def slack() -> Iterator[Slack]:
    """Return a Slack stand-in."""
    standin = Slack(bot_token="xoxb-demo", signing_secret="shh", members=world.MEMBERS)
    standin.start()
    yield standin
    standin.stop()
