"""Fixtures: a GitHub stand-in that serves a repository made by the test, and a runtime that talks to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from demo import world
from demo.standin.github import GitHub
from github_app.settings import Settings
from github_app.store import Store
from github_app.wake import Waker
from tests.history.graphql import GraphQl, serve
from tests.history.repos import Builder
from workers import detectors
from workers.github import GitHubApp
from workers.runtime import Runtime

INSTALLATION = 77


@pytest.fixture(scope="session")
def app_key() -> tuple[str, str]:
    """Return the app's private and public key as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private, public.decode()


@pytest.fixture
def past(tmp_path: Path) -> Builder:
    """Return the repository on the server; it is empty until the test fills it."""
    return Builder.new(tmp_path / "server.git")


@pytest.fixture
def graphql(past: Builder, app_key: tuple[str, str]) -> Iterator[GraphQl]:
    """Return a GitHub stand-in that serves `past` as a private repository, and what it knows about accounts and merges."""
    github = GitHub(world.state(app_id=42, public_key=app_key[1], git_dir=str(past.path)))
    github.repo(world.facts.REPOSITORY).private = True
    answers = serve(github, past.path)
    github.start()
    yield answers
    github.stop()


@pytest.fixture
def hub(graphql: GraphQl) -> GitHub:
    """Return the stand-in itself."""
    return graphql.hub


@pytest.fixture
def runtime(hub: GitHub, app_key: tuple[str, str], sqlite_store: Store, tmp_path: Path) -> Iterator[Runtime]:
    """Return a worker's runtime that knows the repository as new."""
    settings = Settings(
        github_app_id=42,
        github_private_key=app_key[0],
        github_api_url=hub.url,
        github_url=hub.url,
        data_dir=tmp_path / "data",
    )
    app = GitHubApp(settings, pause=0, pause_writes=0)
    yield Runtime(
        settings=settings,
        store=sqlite_store,
        waker=Waker(""),
        detectors=detectors.load(),
        app=app,
        reader=None,
        notifiers=(),
    )
    app.close()
