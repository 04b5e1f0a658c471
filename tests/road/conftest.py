"""A worker's runtime over a real database, with deliveries to put in."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from github_app.model import Person, Power, Repository
from github_app.settings import Settings
from github_app.store import Delivery, Store
from github_app.wake import Waker, partition_of
from tests.facts.payloads import RECEIVED, repository
from workers import detectors
from workers.runtime import Runtime

NOW = RECEIVED + dt.timedelta(seconds=5)
REPOSITORY, OWNER = repository()["id"], repository()["owner"]["id"]
XZ = Repository(id=REPOSITORY, full_name=repository()["full_name"], owner_id=OWNER, default_branch="master")
PARTITION = partition_of(REPOSITORY, OWNER)
Put = Callable[..., str]


@pytest.fixture
def runtime(store: Store) -> Runtime:
    """Return a runtime without GitHub, Slack and Redis; once on SQLite and once on PostgreSQL."""
    return Runtime(
        settings=Settings(), store=store, waker=Waker(""), detectors=detectors.load(), app=None, reader=None, notifiers=()
    )


@pytest.fixture
def put(runtime: Runtime) -> Put:
    """Return a function that puts a delivery into the inbox, as the receiver does, and returns its GUID."""

    def put_in(event: str, payload: dict[str, Any] | bytes, guid: str = "") -> str:
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        named = payload.get("repository") if isinstance(payload, dict) else None
        guid = guid or str(uuid.uuid4())
        runtime.store.inbox.accept([
            Delivery(
                guid=guid, event=event, received_at=RECEIVED, partition=PARTITION, repository_id=REPOSITORY if named else 0,
                owner_id=OWNER, body=body,
            )
        ])  # fmt: skip
        return guid

    return put_in


@pytest.fixture
def settled(runtime: Runtime) -> Runtime:
    """Return the runtime with the repository watched and its past learned: Lasse Collin has pushed for 15 years."""
    store, scope = runtime.store, f"repo:{REPOSITORY}"
    lasse = Person(id=217815, login="Larhzu", name="Lasse Collin", email="lasse.collin@tukaani.org")
    ledger = store.ledgers.load([scope], ())[scope]
    ledger.link(lasse, RECEIVED)
    ledger.use(Power.COMMITTER, lasse, dt.datetime(2009, 1, 1, tzinfo=dt.UTC))
    ledger.settle(RECEIVED, "learned for a test")
    with store.begin() as connection:
        store.repositories.see(connection, XZ, 99, RECEIVED)
        store.repositories.set_state(connection, REPOSITORY, "watched", at=RECEIVED, settled_at=RECEIVED)
        store.ledgers.write(connection, {scope: ledger})
    return runtime
