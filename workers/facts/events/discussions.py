"""`discussion_comment`: what people write in discussions, which share their numbers with issues.

https://docs.github.com/en/webhooks/webhook-events-and-payloads#discussion_comment
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from github_app.fact import CommentDeleted, CommentWritten, Fact
from github_app.model import Person
from workers.facts.events import Handler, Ignored, Unreadable
from workers.facts.events import _fields as read
from workers.facts.events._envelope import Envelope

_LONGEST = 66_000  # GitHub takes 65,536 characters


def _comment(envelope: Envelope) -> tuple[int, int, Mapping[str, Any], Person | None]:
    discussion, comment = read.table(envelope.payload.get("discussion")), read.table(envelope.payload.get("comment"))
    thread, number = read.number(discussion.get("number")), read.number(comment.get("id"))
    if envelope.repository is None or not thread or not number:
        raise Unreadable("discussion_comment: it names no comment in a discussion of a repository")
    return thread, number, comment, read.person(discussion.get("user"))


def _written(envelope: Envelope) -> tuple[Fact, ...] | Ignored:
    thread, number, comment, opened = _comment(envelope)
    writer, edited = read.person(comment.get("user")), envelope.action == "edited"
    if edited and writer is not None and envelope.sender is not None and writer.id != envelope.sender.id:
        return Ignored("discussion_comment: edited by somebody else than its author")
    at = read.when(comment.get("updated_at" if edited else "created_at"))
    fact = CommentWritten(
        thread=thread,
        comment_id=number,
        action=envelope.action,
        text=read.text(comment.get("body"), _LONGEST),
        association=read.text(comment.get("author_association"), 60),
        thread_author=opened,
        **envelope.common(at=at, actor=writer, url=comment.get("html_url")),
    )
    return (fact,)


def _deleted(envelope: Envelope) -> tuple[Fact, ...]:
    thread, number, comment, _ = _comment(envelope)
    author = read.person(comment.get("user"))
    return (CommentDeleted(thread=thread, comment_id=number, author=author, **envelope.common()),)


HANDLERS = (
    Handler(
        event="discussion_comment",
        permission=("discussions", "read"),
        reads={"created": _written, "edited": _written, "deleted": _deleted},
    ),
)
