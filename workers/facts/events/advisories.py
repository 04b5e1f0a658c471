"""`repository_advisory`: a weakness was reported in private, or an advisory about one was published.

https://docs.github.com/en/webhooks/webhook-events-and-payloads#repository_advisory
"""

from __future__ import annotations

from github_app.fact import Fact
from github_app.happenings import Happened, What
from workers.facts.events import Handler, Unreadable
from workers.facts.events import _fields as read
from workers.facts.events._envelope import Envelope


def _advisory(envelope: Envelope) -> tuple[Fact, ...]:
    shown = read.table(envelope.payload.get("repository_advisory"))
    name = read.text(shown.get("ghsa_id"), 40)
    if envelope.repository is None or not name:
        raise Unreadable("repository_advisory: it names no advisory of a repository")
    reported = envelope.action == "reported"
    fact = Happened(
        what=What.ADVISORY_REPORTED if reported else What.ADVISORY_PUBLISHED,
        name=name,
        # What was reported in private is not repeated; that it was, is what has to be looked at.
        detail=read.text(shown.get("severity"), 20) if reported else read.text(shown.get("summary"), 200),
        subject=read.person(shown.get("author")),
        **envelope.common(url=shown.get("html_url")),
    )
    return (fact,)


HANDLERS = (
    Handler(
        event="repository_advisory",
        permission=("repository_advisories", "read"),
        reads={"reported": _advisory, "published": _advisory},
    ),
)
