"""`push`: commits reached a branch, or a tag was made, moved or deleted.

A push names who acted (`sender`), which nobody can forge; names and addresses inside commits can be anything.
https://docs.github.com/en/webhooks/webhook-events-and-payloads#push
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from github_app.fact import Commit, CommitsLanded, Fact, Landing, PathChange, TagCreated, TagDeleted, TagMoved
from github_app.identity import is_web_flow
from github_app.model import Person
from workers.facts.events import Handler, Ignored, Unreadable
from workers.facts.events import _fields as read
from workers.facts.events._envelope import Envelope
from workers.facts.events.refs import branch_deleted

_MERGE = re.compile(r"Merge pull request #(\d{1,9}) from ", re.ASCII)
_SQUASH = re.compile(r".*\(#(\d{1,9})\)", re.ASCII)
_TAGS, _HEADS = "refs/tags/", "refs/heads/"


def _push(envelope: Envelope) -> tuple[Fact, ...] | Ignored:
    payload = envelope.payload
    ref, before, after = read.text(payload.get("ref")), read.sha(payload.get("before")), read.sha(payload.get("after"))
    if not ref.startswith((_TAGS, _HEADS)) or not after:
        raise Unreadable("push: it names no branch or tag with the object it points to now")
    if envelope.repository is None:
        raise Unreadable("push: it names no repository")
    common = envelope.common(at=envelope.pushed_at, actor=_pusher(envelope), url=payload.get("compare"))
    if ref.startswith(_TAGS):
        return (_tag(ref.removeprefix(_TAGS), before, after, payload, common),)
    if _is_zero(after):
        return branch_deleted(envelope, ref.removeprefix(_HEADS), before)
    return (_branch(envelope, ref, before, after, common),)


def _is_zero(sha: str) -> bool:
    """Git writes an object that does not exist as zeros."""
    return not sha.strip("0")


def _pusher(envelope: Envelope) -> Person | None:
    """Join the sender's account with the address of `pusher`, which names the same account by its login."""
    pusher = read.table(envelope.payload.get("pusher"))
    login, email = read.text(pusher.get("name"), 100), read.text(pusher.get("email"), 320)
    sender = envelope.sender
    if sender is None:
        return Person(login=login, email=email) if login or email else None
    if email and login.lower() == sender.login.lower():
        return Person(id=sender.id, login=sender.login, email=email, bot=sender.bot)
    return sender


def _tag(name: str, before: str, after: str, payload: Mapping[str, Any], common: dict[str, Any]) -> Fact:
    if _is_zero(after):
        return TagDeleted(name=name, before=before, **common)
    if before and not _is_zero(before):
        return TagMoved(name=name, before=before, after=after, **common)
    commit = read.sha(read.table(payload.get("head_commit")).get("id"))
    if not commit:
        return TagCreated(name=name, target=after, **common)
    # `after` is what the tag points to: the commit itself, or the tag object of an annotated tag.
    annotated = commit != after
    return TagCreated(name=name, target=commit, tag_object=after if annotated else "", annotated=annotated, **common)


def _branch(envelope: Envelope, ref: str, before: str, after: str, common: dict[str, Any]) -> CommitsLanded:
    payload = envelope.payload
    listed = [c for c in read.items(payload.get("commits")) if isinstance(c, dict)]
    commits = tuple(_commit(c) for c in listed)
    forced = payload.get("forced") is True
    via, claimed = (Landing.PUSH, None) if forced else _landing(payload.get("head_commit"), commits)
    repository = envelope.repository
    return CommitsLanded(
        ref=ref,
        before=before,
        after=after,
        forced=forced,
        guarded=repository is not None and ref == _HEADS + repository.default_branch,
        via=via,
        commits=commits,
        claimed_pull=claimed,
        **common,
    )


def _landing(head_commit: object, commits: tuple[Commit, ...]) -> tuple[Landing, int | None]:
    """Say how it seems to have landed, and which pull request the head commit claims; a forger can write both."""
    shown = read.table(head_commit)
    head = _commit(shown) if shown else commits[-1] if commits else None
    # A button always makes a new commit; one that was on another branch before (`distinct` is false) was pushed here.
    if head is None or shown.get("distinct") is False or not is_web_flow(head.committer):
        return Landing.PUSH, None
    claim = _MERGE.match(head.title) or _SQUASH.fullmatch(head.title)
    if claim is None or int(claim[1]) == 0:
        return Landing.WEB, None
    return Landing.MERGE, int(claim[1])


def _commit(value: Mapping[str, Any]) -> Commit:
    message = value.get("message")
    title = message.partition("\n")[0] if isinstance(message, str) else ""
    return Commit(
        sha=read.sha(value.get("id")),
        author=_signature(value.get("author")),
        committer=_signature(value.get("committer")),
        title=read.text(title).rstrip(),
        paths=_paths(value),
        authored_at=read.when(value.get("timestamp")),
        zone=_zone(value.get("timestamp")),
    )


def _zone(timestamp: object) -> int | None:
    """Return the offset of a commit's time in minutes; a time in UTC may be GitHub's own and says nothing of a clock."""
    try:
        offset = dt.datetime.fromisoformat(timestamp).utcoffset() if isinstance(timestamp, str) else None
    except ValueError:
        return None
    return int(offset.total_seconds()) // 60 if offset is not None and not str(timestamp).endswith("Z") else None


_APP = "[bot]@users.noreply.github.com"


def _signature(value: object) -> Person:
    """Read an author or committer; GitHub fills `username` when the address belongs to an account."""
    named = read.table(value)
    login, email = read.text(named.get("username"), 100), read.text(named.get("email"), 320)
    # Brackets cannot be in a login that a person chooses, so these are an app's own. Anybody can write the address, though.
    app = login.endswith("[bot]") or email.lower().endswith(_APP)
    return Person(login=login, name=read.text(named.get("name"), 200), email=email, bot=app)


def _paths(commit: Mapping[str, Any]) -> tuple[PathChange, ...]:
    return tuple(
        PathChange(status=status, path=read.text(path, 4096))
        for status, key in (("A", "added"), ("M", "modified"), ("D", "removed"))
        for path in read.items(commit.get(key))
        if isinstance(path, str)
    )


HANDLERS = (Handler(event="push", permission=("contents", "read"), reads={"": _push}),)
