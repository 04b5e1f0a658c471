"""`deployment_review`: a deployment waits for somebody at an environment's gate, or was let through.

https://docs.github.com/en/webhooks/webhook-events-and-payloads#deployment_review
"""

from __future__ import annotations

from github_app.fact import Fact
from github_app.happenings import Happened, What
from workers.facts.events import Handler, Unreadable
from workers.facts.events import _fields as read
from workers.facts.events._envelope import Envelope


def _review(envelope: Envelope) -> tuple[Fact, ...]:
    run = read.table(envelope.payload.get("workflow_run"))
    job = read.table(envelope.payload.get("workflow_job_run"))
    if envelope.repository is None:
        raise Unreadable("deployment_review: it names no repository")
    environment = read.text(job.get("environment"), 100) or read.text(envelope.payload.get("environment"), 100)
    approved = envelope.action == "approved"
    who = read.person(envelope.payload.get("approver")) if approved else read.person(envelope.payload.get("requestor"))
    fact = Happened(
        what=What.GATE_APPROVED if approved else What.GATE_REQUESTED,
        name=environment or "an environment",
        detail=read.text(run.get("name"), 100),
        **envelope.common(actor=who, url=run.get("html_url")),
    )
    return (fact,)


HANDLERS = (
    Handler(
        event="deployment_review",
        permission=("deployments", "read"),
        reads={"approved": _review, "requested": _review},
        later=frozenset({"rejected"}),
    ),
)
