"""Comments on the road: what is remembered of them in SQL, and what is forgotten."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from sqlalchemy import text

from github_app.settings import Settings
from tests.facts.payloads import LASSE, comment, commit, issue, payload, push, user
from tests.road.conftest import NOW, PARTITION, REPOSITORY, XZ, Put
from workers.drain import drain
from workers.runtime import Runtime

BLAME = "You clearly do not care about your users."
DEMAND = "You should step down as maintainer and let somebody else take over."
LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def written(number: int, at: str, body: str, who: str = "eve", action: str = "created", **changes: Any) -> dict[str, Any]:
    """Return a delivery about a comment by a stranger."""
    said = comment(
        id=number, user=user(who, 5000 + len(who)), body=body, author_association="NONE", created_at=at, updated_at=at,
        html_url=f"https://github.com/tukaani-project/xz/issues/42#issuecomment-{number}",
    )  # fmt: skip
    return payload(sender=said["user"], action=action, issue=issue(), comment=said | changes)


def put_campaign(put: Put) -> None:
    """Put three comments over weeks into the inbox: blame, a demand, and blame again."""
    put("issue_comment", written(1, "2024-02-01T10:00:00Z", BLAME))
    put("issue_comment", written(2, "2024-02-20T10:00:00Z", DEMAND))
    put("issue_comment", written(3, "2024-03-20T10:00:00Z", BLAME))


def raised(runtime: Runtime) -> list[str]:
    """Return what was raised, oldest first."""
    return [a.finding.detector for a in reversed(runtime.store.alerts.recent(20))]


def remembered(runtime: Runtime) -> list[int]:
    """Return the comments that are remembered, oldest first."""
    return [mark.comment for mark in runtime.store.comments.of([REPOSITORY], LONG_AGO)[REPOSITORY].all()]


def everything_stored(runtime: Runtime) -> str:
    """Return the rows of every table that could hold a comment, as text."""
    with runtime.store.engine.connect() as connection:
        rows = [
            tuple(bytes(x) if isinstance(x, memoryview) else x for x in row)
            for table in ("comment_marks", "alerts", "bodies", "entries")
            for row in connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608  # names of our own
        ]
    return repr(rows)


def test_a_pattern_is_seen_over_batches(settled: Runtime, put: Put) -> None:
    """What an earlier job remembered in SQL counts in a later one; the words are in no mark and no alert."""
    put("issue_comment", written(1, "2024-02-01T10:00:00Z", BLAME))
    drain(settled, PARTITION, NOW)
    put("issue_comment", written(2, "2024-02-20T10:00:00Z", DEMAND))
    drain(settled, PARTITION, NOW)
    put("issue_comment", written(3, "2024-03-20T10:00:00Z", BLAME))
    drain(settled, PARTITION, NOW)
    assert raised(settled) == ["pressure", "pressure-pattern"]
    assert remembered(settled) == [1, 2, 3]
    with settled.store.engine.connect() as connection:
        kept = repr(
            [
                *connection.execute(text("SELECT body FROM comment_marks")),
                *connection.execute(text("SELECT body FROM alerts")),
            ]
        )
    assert "take over" not in kept
    assert "users" not in kept.replace("owe their users", "")


def test_a_comment_without_a_signal_leaves_nothing(settled: Runtime, put: Put) -> None:
    """Nobody is listed for having written something."""
    put("issue_comment", written(1, "2024-02-01T10:00:00Z", "The second example has a typo."))
    drain(settled, PARTITION, NOW)
    assert remembered(settled) == []


def test_a_deleted_comment_is_forgotten_everywhere(settled: Runtime, put: Put) -> None:
    """In the marks, in the alerts' evidence, and in the stored deliveries; the messages are sent anew."""
    put_campaign(put)
    drain(settled, PARTITION, NOW)
    due = len(settled.store.outbox.due(NOW, 9))
    assert "issuecomment-2" in everything_stored(settled)
    put("issue_comment", written(2, "2024-02-20T10:00:00Z", DEMAND, action="deleted"))
    drain(settled, PARTITION, NOW)
    assert remembered(settled) == [1, 3]
    stored = everything_stored(settled)
    assert "issuecomment-2" not in stored
    assert "let somebody else" not in stored
    assert "deleted on GitHub" in stored
    assert len(settled.store.outbox.due(NOW, 9)) == due


def test_a_deleted_issue_takes_its_comments_along(settled: Runtime, put: Put) -> None:
    """GitHub tells of the issue only."""
    put_campaign(put)
    drain(settled, PARTITION, NOW)
    put("issues", payload(action="deleted", issue=issue()))
    drain(settled, PARTITION, NOW)
    assert remembered(settled) == []
    stored = everything_stored(settled)
    assert "issuecomment" not in stored
    assert DEMAND not in stored


def test_an_edited_comment_is_read_again(settled: Runtime, put: Put) -> None:
    """Words that were taken back no longer count, and others count at the time of the first."""
    put_campaign(put)
    put("issue_comment", written(2, "2024-03-21T10:00:00Z", "I was wrong, sorry.", action="edited"))
    put("issue_comment", written(3, "2024-03-22T10:00:00Z", DEMAND, action="edited"))
    drain(settled, PARTITION, NOW)
    marks = settled.store.comments.of([REPOSITORY], LONG_AGO)[REPOSITORY].all()
    assert [(m.comment, m.at.date().isoformat()) for m in marks] == [(1, "2024-02-01"), (3, "2024-03-20")]
    assert "handover-demand" in marks[1].signals


def test_marks_are_forgotten_after_a_time(settled: Runtime, put: Put) -> None:
    """By the daily work, and before that nobody looks at old ones."""
    put_campaign(put)
    drain(settled, PARTITION, NOW)
    cut = dt.datetime(2024, 2, 10, tzinfo=dt.UTC)
    assert [m.comment for m in settled.store.comments.of([REPOSITORY], cut)[REPOSITORY].all()] == [2, 3]
    assert settled.store.comments.prune(cut) == 1
    assert remembered(settled) == [2, 3]


def test_with_nothing_kept_only_single_demands_are_told(settled: Runtime, put: Put) -> None:
    """Zero days: no table of marks is written."""
    forgetful = replace(settled, settings=Settings(pressure_keep_days=0))
    put_campaign(put)
    drain(forgetful, PARTITION, NOW)
    assert remembered(settled) == []


def test_whom_a_comment_names_is_found_among_the_contributors(settled: Runtime, put: Put) -> None:
    """Authors are not loaded for every delivery, only where a comment presses."""
    jia = {"name": "Jia Tan", "email": "jiat0218@gmail.com", "username": "JiaT75"}
    put("push", push(sender=LASSE, commits=[commit(author=jia)], head_commit=commit(author=jia)))
    drain(settled, PARTITION, NOW)
    at = "2024-03-29T17:00:00Z"
    put("issue_comment", written(7, at, "Why can Jia not commit this himself? You should give him commit rights."))
    drain(settled, PARTITION, NOW)
    (found,) = [a for a in settled.store.alerts.recent(9) if a.finding.detector == "pressure"]
    assert [p.name for p in found.finding.beneficiaries] == ["Jia Tan"]
    assert found.repository.full_name == XZ.full_name
