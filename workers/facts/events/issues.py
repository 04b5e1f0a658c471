"""`issues` and `issue_comment`: what people write, and what is deleted again.

An issue's own text has comment number 0. These payloads do not say when an account was created.
https://docs.github.com/en/webhooks/webhook-events-and-payloads#issue_comment
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from github_app.fact import CommentDeleted, CommentWritten, Fact
from github_app.happenings import Happened, What
from github_app.order import OrderGiven, order_in
from workers.facts.events import Handler, Ignored, Unreadable
from workers.facts.events import _fields as read
from workers.facts.events._envelope import Envelope

_LONGEST = 66_000  # GitHub takes 65,536 characters


def _issue(envelope: Envelope) -> tuple[int, Mapping[str, Any]]:
    issue = read.table(envelope.payload.get("issue"))
    number = read.number(issue.get("number"))
    if envelope.repository is None or not number:
        raise Unreadable(f"{envelope.event}: it names no issue of a repository")
    return number, issue


def _issue_written(envelope: Envelope) -> tuple[Fact, ...] | Ignored:
    _, issue = _issue(envelope)
    text = f"{read.text(issue.get('title'))}\n\n{read.text(issue.get('body'), _LONGEST)}".strip()
    return _written(envelope, issue, text, 0)


def _comment_written(envelope: Envelope) -> tuple[Fact, ...] | Ignored:
    comment = read.table(envelope.payload.get("comment"))
    number = read.number(comment.get("id"))
    if not number:
        raise Unreadable("issue_comment: it names no comment")
    text = read.text(comment.get("body"), _LONGEST)
    order = order_in(text)
    if order is None:
        return _written(envelope, comment, text, number)
    if envelope.action != "created":
        return Ignored("issue_comment: a command is read once, when it is written")
    thread, issue = _issue(envelope)
    common = envelope.common(
        at=read.when(comment.get("created_at")), actor=read.person(comment.get("user")), url=comment.get("html_url")
    )
    return (OrderGiven(thread=thread, comment_id=number, text=order, on_pull="pull_request" in issue, **common),)


def _written(envelope: Envelope, text_of: Mapping[str, Any], text: str, comment_id: int) -> tuple[Fact, ...] | Ignored:
    number, issue = _issue(envelope)
    writer, edited = read.person(text_of.get("user")), envelope.action == "edited"
    if edited and writer is not None and envelope.sender is not None and writer.id != envelope.sender.id:
        # The words are still the writer's; whoever corrects a typo must not be taken for their author.
        return Ignored(f"{envelope.event}: edited by somebody else than its author")
    fact = CommentWritten(
        thread=number,
        comment_id=comment_id,
        action=envelope.action,
        text=text,
        association=read.text(text_of.get("author_association"), 60),
        thread_author=read.person(issue.get("user")),
        on_pull="pull_request" in issue,
        **envelope.common(
            at=read.when(text_of.get("updated_at" if edited else "created_at")), actor=writer, url=text_of.get("html_url")
        ),
    )
    return (fact,)


def _deleted(envelope: Envelope) -> tuple[Fact, ...]:
    number, issue = _issue(envelope)
    comment = read.table(envelope.payload.get("comment"))
    comment_id = read.number(comment.get("id"))
    if envelope.event == "issue_comment" and not comment_id:
        raise Unreadable("issue_comment: it names no comment")
    author = read.person((comment if comment_id else issue).get("user"))
    url = None if comment_id == 0 else issue.get("html_url")
    return (CommentDeleted(thread=number, comment_id=comment_id, author=author, **envelope.common(url=url)),)


def _closed_off(envelope: Envelope) -> tuple[Fact, ...]:
    number, issue = _issue(envelope)
    locked = envelope.action == "locked"
    moved = read.repository(read.table(envelope.payload.get("changes")).get("new_repository"))
    fact = Happened(
        what=What.DISCUSSION_LOCKED if locked else What.ISSUE_TRANSFERRED,
        name=f"#{number}",
        detail=read.text(issue.get("active_lock_reason"), 60) if locked else moved.full_name if moved else "",
        **envelope.common(url=issue.get("html_url")),
    )
    return (fact,)


HANDLERS = (
    Handler(
        event="issues",
        permission=("issues", "read"),
        reads={
            "opened": _issue_written,
            "edited": _issue_written,
            "deleted": _deleted,
            "locked": _closed_off,
            "transferred": _closed_off,
        },
    ),
    Handler(
        event="issue_comment",
        permission=("issues", "read"),
        reads={"created": _comment_written, "edited": _comment_written, "deleted": _deleted},
    ),
)
