"""Requests to pass a guard once: a push rule, the protection of secrets, an alert that is to be dismissed.

GitHub sends these for organisations on Enterprise Cloud only.
https://docs.github.com/en/enterprise-cloud@latest/webhooks/webhook-events-and-payloads#exemption_request_push_ruleset
"""

from __future__ import annotations

from github_app.fact import Fact
from github_app.happenings import ExemptionChanged
from github_app.model import Person
from workers.facts.events import Handler, Ignored, Unreadable
from workers.facts.events import _fields as read
from workers.facts.events._envelope import Envelope

_GUARDS = {
    "exemption_request_push_ruleset": "push-ruleset",
    "bypass_request_secret_scanning": "secret-push",
    "dismissal_request_code_scanning": "code-scanning",
    "dismissal_request_secret_scanning": "secret-scanning",
    "dismissal_request_dependabot": "dependabot",
}


def _asked(envelope: Envelope) -> tuple[Fact, ...]:
    return (_fact(envelope, "asked"),)


def _answered(envelope: Envelope) -> tuple[Fact, ...] | Ignored:
    request = read.table(envelope.payload.get("exemption_request"))
    answers = [*read.items(request.get("responses")), envelope.payload.get("exemption_response")]
    said = [read.text(read.table(r).get("status"), 40) for r in answers]
    if "approved" not in said and request.get("status") != "approved":
        return Ignored(f"{envelope.event}: the request was not approved")
    return (_fact(envelope, "approved"),)


def _fact(envelope: Envelope, action: str) -> Fact:
    request = read.table(envelope.payload.get("exemption_request"))
    number, login = read.number(request.get("id")), read.text(request.get("requester_login"), 100)
    if not number and not login:
        raise Unreadable(f"{envelope.event}: it names no request of anybody")
    common = envelope.common(url=request.get("html_url"))
    if envelope.repository is None:
        common |= {k: v for k, v in envelope.of_account().items() if k.startswith("organization")}
    comment, reason = read.text(request.get("requester_comment")), read.table(request.get("metadata")).get("reason")
    answers = [*read.items(request.get("responses"))[:20], envelope.payload.get("exemption_response")]
    # The answer that is told is in the list too, in all payloads but the shortest.
    responses = {read.number(read.table(r).get("id")): read.table(r) for r in answers}.values()
    return ExemptionChanged(
        guard=_GUARDS[envelope.event],
        number=number,
        action=action,
        subject=Person(id=read.number(request.get("requester_id")) or None, login=login),
        reason=comment or read.text(reason, 60),
        reviewers=tuple(
            Person(id=read.number(r.get("reviewer_id")) or None, login=read.text(r.get("reviewer_login"), 100))
            for r in responses
            if r.get("status") == "approved" and read.text(r.get("reviewer_login"), 100)
        ),
        **common,
    )


_BOTH = {"created": _asked, "response_submitted": _answered}
_ANSWER = {"response_submitted": _answered}

HANDLERS = (
    Handler(event="exemption_request_push_ruleset", permission=("administration", "read"), reads=_BOTH, enterprise=True),
    Handler(
        event="bypass_request_secret_scanning", permission=("secret_scanning_alerts", "read"), reads=_BOTH, enterprise=True
    ),
    Handler(event="dismissal_request_code_scanning", permission=("security_events", "read"), reads=_ANSWER, enterprise=True),
    Handler(
        event="dismissal_request_secret_scanning",
        permission=("secret_scanning_alerts", "read"),
        reads=_ANSWER,
        enterprise=True,
    ),
    Handler(
        event="dismissal_request_dependabot", permission=("vulnerability_alerts", "read"), reads=_ANSWER, enterprise=True
    ),
)
