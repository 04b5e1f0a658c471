"""release-changed: releases that are out."""

from __future__ import annotations

import datetime as dt

from github_app.fact import ReleaseChanged
from github_app.ledger import Ledger
from github_app.model import Person, Severity, Source
from tests.detectors.telling import finding, findings
from workers.detectors import Change, release_changed

AT = dt.datetime(2024, 5, 1, tzinfo=dt.UTC)

PAST = "past: [2020-01-01: {release: {by: alice, tag: v0.9}}]"


def release(fields: str, past: str = PAST) -> str:
    """Return a story of one release."""
    return f"{{{past}, then: [2024-05-01: {{release: {{by: bob, tag: v1.1, {fields}}}}}]}}"


def test_the_weight_of_each() -> None:
    """Another tag is worst, then gone, then hidden."""
    assert finding("release-changed", release("action: edited, from: v1.0")).severity is Severity.CRITICAL
    assert finding("release-changed", release("action: deleted")).severity is Severity.HIGH
    assert finding("release-changed", release("action: unpublished")).severity is Severity.MEDIUM


def test_corrections_are_quiet() -> None:
    """Another title, the same tag."""
    assert findings("release-changed", release("action: edited")) == []
    assert findings("release-changed", release("action: edited, from: v1.1")) == []


def test_a_first_release_from_nowhere() -> None:
    """By a stranger where nobody released; somebody who works here, or where others released, is told elsewhere or not."""
    nowhere = "past: []"
    assert finding("release-changed", release("action: published", nowhere)).severity is Severity.HIGH
    assert findings("release-changed", release("action: published")) == []
    assert findings("release-changed", release("action: published", "past: [2020-01-01: {push: {by: bob}}]")) == []


def test_what_is_withdrawn_is_a_draft_by_then() -> None:
    """GitHub may show the release as the draft it has become; a draft that is edited or deleted was never out."""
    common = {"at": AT, "source": Source.WEBHOOK, "actor": Person(id=1, login="bob"), "author": Person(id=1), "tag": "v1"}

    def told(action: str) -> int:
        fact = ReleaseChanged(**common, action=action, draft=True)
        return len(list(release_changed.detect(Change(fact=fact, ledger=Ledger()))))

    assert [told(action) for action in ("unpublished", "deleted", "published")] == [1, 0, 0]
