"""`pull_request`: opened, changed, merged or closed.

https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from github_app.fact import Fact, PullChanged, PullClosed, PullMerged
from github_app.happenings import PullTouched
from github_app.model import Person, Repository
from workers.facts.events import Handler, Ignored, Unreadable
from workers.facts.events import _fields as read
from workers.facts.events._envelope import Envelope


def _pull(envelope: Envelope) -> tuple[int, Mapping[str, Any], Repository]:
    pull = read.table(envelope.payload.get("pull_request"))
    number = read.number(pull.get("number")) or read.number(envelope.payload.get("number"))
    if not number:
        raise Unreadable(f"{envelope.event}: it names no pull request")
    if envelope.repository is None:
        raise Unreadable(f"{envelope.event}: it names no repository")
    return number, pull, envelope.repository


def _changed(envelope: Envelope) -> tuple[Fact, ...]:
    number, pull, repository = _pull(envelope)
    head, base = read.table(pull.get("head")), read.table(pull.get("base"))
    at = read.when(pull.get("created_at" if envelope.action == "opened" else "updated_at"))
    fact = PullChanged(
        number=number,
        action=envelope.action,
        title=read.text(pull.get("title")),
        author=_author(pull),
        head_sha=read.sha(head.get("sha")),
        base_ref=read.text(base.get("ref")),
        # A head repository that is gone was a fork.
        from_fork=read.number(read.table(head.get("repo")).get("id")) != repository.id,
        draft=pull.get("draft") is True,
        **envelope.common(at=at, url=pull.get("html_url")),
    )
    return (fact,)


def _closed(envelope: Envelope) -> tuple[Fact, ...]:
    number, pull, repository = _pull(envelope)
    title, author = read.text(pull.get("title")), _author(pull)
    if pull.get("merged") is not True:
        at = read.when(pull.get("closed_at"))
        return (PullClosed(number=number, title=title, author=author, **envelope.common(at=at, url=pull.get("html_url"))),)
    base = read.text(read.table(pull.get("base")).get("ref"))
    common = envelope.common(
        at=read.when(pull.get("merged_at")), actor=read.person(pull.get("merged_by")), url=pull.get("html_url")
    )
    merged = PullMerged(
        number=number,
        title=title,
        author=author,
        merge_sha=read.sha(pull.get("merge_commit_sha")),
        head_sha=read.sha(read.table(pull.get("head")).get("sha")),
        base_ref=base,
        guarded=base != "" and base == repository.default_branch,
        **common,
    )
    return (merged,)


def _touched(envelope: Envelope, action: str, by: Person | None = None, **said: Any) -> tuple[Fact, ...]:
    number, pull, repository = _pull(envelope)
    base = read.text(read.table(pull.get("base")).get("ref"))
    fact = PullTouched(
        number=number,
        action=action,
        title=read.text(pull.get("title")),
        author=_author(pull),
        to_default=base != "" and base == repository.default_branch,
        **said,
        **envelope.common(at=read.when(pull.get("updated_at")), actor=envelope.sender or by, url=pull.get("html_url")),
    )
    return (fact,)


def _edited(envelope: Envelope) -> tuple[Fact, ...] | Ignored:
    base = read.table(read.table(envelope.payload.get("changes")).get("base"))
    if not base:
        return Ignored("pull_request: its text was edited")
    was = read.text(read.table(base.get("ref")).get("from"), 250)
    now = read.text(read.table(read.table(envelope.payload.get("pull_request")).get("base")).get("ref"), 250)
    return _touched(envelope, "retargeted", before=was, after=now)


def _armed(envelope: Envelope) -> tuple[Fact, ...]:
    pull = read.table(envelope.payload.get("pull_request"))
    by = read.person(read.table(pull.get("auto_merge")).get("enabled_by"))
    return _touched(envelope, "auto_merge", subject=by, by=by)


def _reviewer_removed(envelope: Envelope) -> tuple[Fact, ...]:
    who = read.person(envelope.payload.get("requested_reviewer"))
    team = read.text(read.table(envelope.payload.get("requested_team")).get("name"), 100)
    return _touched(envelope, "reviewer_removed", subject=who, before=who.login if who else team)


def _author(pull: Mapping[str, Any]) -> Person:
    """The account that opened it; GitHub sends null for a deleted account."""
    return read.person(pull.get("user")) or Person()


HANDLERS = (
    Handler(
        event="pull_request",
        permission=("pull_requests", "read"),
        reads={
            "opened": _changed,
            "reopened": _changed,
            "ready_for_review": _changed,
            "synchronize": _changed,
            "closed": _closed,
            "auto_merge_enabled": _armed,
            "edited": _edited,
            "review_request_removed": _reviewer_removed,
        },
    ),
)
