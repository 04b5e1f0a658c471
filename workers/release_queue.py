"""Which releases are to be looked into: noted in the transaction of what told us of them."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

from sqlalchemy import Connection

from github_app.fact import Fact, ReleaseChanged
from github_app.model import Asset
from github_app.releases import ReleaseFilesChanged
from github_app.store import Looked, Store

Told = ReleaseChanged | ReleaseFilesChanged
"""After these a release is to be looked into."""
_PUBLIC = frozenset({"published", "released", "prereleased", "edited"})
SOON = dt.timedelta(seconds=60)
"""Builds upload files within moments of publishing; looking at once would be looking twice."""


def concerning(facts: Sequence[Fact]) -> list[Told]:
    """Return the facts after which a release is to be looked into."""
    return [
        fact
        for fact in facts
        if (isinstance(fact, ReleaseFilesChanged) or (isinstance(fact, ReleaseChanged) and fact.action in _PUBLIC))
        and not getattr(fact, "draft", False)
        and fact.release_id
        and fact.repository is not None
        and fact.repository.id
    ]


def standing_for(tag: str, files: Sequence[Asset]) -> str:
    """Return what stands for a release's tag and files; another upload of the same contents is the same file."""
    parts = sorted(f"{asset.name} {asset.digest or asset.id}" for asset in files)
    return hashlib.sha256("\n".join([tag, *parts]).encode("utf-8", "replace")).hexdigest()


def attach(connection: Connection, store: Store, facts: Sequence[Told], now: dt.datetime) -> None:
    """Have these releases looked into in a minute."""
    for fact in facts:
        if fact.repository is not None:
            files = fact.after if isinstance(fact, ReleaseFilesChanged) else fact.assets
            release = Looked(
                repository_id=fact.repository.id,
                release_id=fact.release_id,
                tag=fact.tag,
                published_at=fact.at,
                files=standing_for(fact.tag, files),
            )
            store.releases.want(connection, release, now + SOON)
