"""A release's files as an event named them last, so that a later event shows which of them were replaced.

GitHub sends nothing when a file is replaced, but every later event about the release lists its files.
"""

from __future__ import annotations

from dataclasses import fields, replace

from github_app import fact as f
from github_app.estate import Settings, settings
from github_app.model import Asset
from github_app.releases import ReleaseFilesChanged
from github_app.store.snapshots import Snapshot

RELEASE_FILES = "release-files"
"""The kind of their snapshots."""
_MOST = 200


def name_of(scope: str, fact: f.ReleaseChanged) -> tuple[str, str, str] | None:
    """Return where a release's files are kept; None for a draft, which may change, and for what names no release."""
    public = fact.release_id and not fact.draft and fact.action != "unpublished"
    return (scope, RELEASE_FILES, f"release:{fact.release_id}") if public else None


def kept(scope: str, fact: f.ReleaseChanged) -> Snapshot | None:
    """Return the files as they are to be kept, None where there are none or the release is gone."""
    name = name_of(scope, fact)
    if name is None or fact.action == "deleted" or not fact.assets:
        return None
    return Snapshot(scope=scope, kind=name[1], key=name[2], name=fact.tag, settings=_settings(fact.assets), seen_at=fact.at)


def replaced(fact: f.ReleaseChanged, before: Snapshot | None) -> list[ReleaseFilesChanged]:
    """Return a fact about the files that are there under the same name with other contents."""
    if before is None or not fact.assets or fact.action == "deleted":
        return []
    was = tuple(_asset(s.name, s.value) for s in before.settings)
    common = {field.name: getattr(fact, field.name) for field in fields(f.Fact)}
    found = ReleaseFilesChanged(
        release_id=fact.release_id, tag=fact.tag, author=fact.author, before=was, after=fact.assets, **common
    )
    return [replace(found, gap="")] if found.replaced else []


def _settings(assets: tuple[Asset, ...]) -> Settings:
    return settings({a.name: f"{a.id} {a.size} {a.digest}" for a in assets[:_MOST]})


def _asset(name: str, value: str) -> Asset:
    number, size, digest = (*value.split(" "), "", "")[:3]
    return Asset(id=int(number), name=name, size=int(size), digest=digest)
