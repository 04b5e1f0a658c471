"""`pull_request_review`: somebody gave a verdict on a pull request, or took one away.

https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request_review
"""

from __future__ import annotations

from github_app.fact import Fact, ReviewGiven
from github_app.model import Person
from workers.facts.events import Handler, Unreadable
from workers.facts.events import _fields as read
from workers.facts.events._envelope import Envelope

_VERDICTS = frozenset({"approved", "changes_requested", "commented", "dismissed"})


def _reviewed(envelope: Envelope) -> tuple[Fact, ...]:
    review, pull = read.table(envelope.payload.get("review")), read.table(envelope.payload.get("pull_request"))
    number, verdict = read.number(pull.get("number")), read.text(review.get("state")).lower()
    if envelope.repository is None or not number:
        raise Unreadable("pull_request_review: it names no pull request of a repository")
    dismissed = envelope.action == "dismissed"
    if not dismissed and verdict not in _VERDICTS:
        raise Unreadable("pull_request_review: it says no verdict")
    # Who dismisses is the sender; the review still names the one who wrote it.
    actor = None if dismissed else read.person(review.get("user"))
    at = None if dismissed else read.when(review.get("submitted_at"))
    fact = ReviewGiven(
        number=number,
        author=read.person(pull.get("user")) or Person(),
        verdict="dismissed" if dismissed else verdict,
        commit=read.sha(review.get("commit_id")),
        reviewer=read.person(review.get("user")) if dismissed else None,
        association=read.text(review.get("author_association"), 60),
        was=verdict if dismissed and verdict in _VERDICTS - {"dismissed"} else "",
        **envelope.common(at=at, actor=actor, url=review.get("html_url")),
    )
    return (fact,)


HANDLERS = (
    Handler(
        event="pull_request_review",
        permission=("pull_requests", "read"),
        reads={"submitted": _reviewed, "dismissed": _reviewed},
    ),
)
