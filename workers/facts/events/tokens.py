"""`personal_access_token_request`: somebody's fine-grained token asks to reach what the organisation has, or may.

GitHub sends it only where the organisation wants such tokens approved; classic tokens never appear.
https://docs.github.com/en/webhooks/webhook-events-and-payloads#personal_access_token_request
"""

from __future__ import annotations

from github_app.estate import InventoryChanged, Thing, settings
from github_app.fact import Fact
from workers.facts.events import Handler, Unreadable
from workers.facts.events import _fields as read
from workers.facts.events._envelope import Envelope

_ACTIONS = {"created": "added", "approved": "changed", "denied": "removed"}


def _request(envelope: Envelope) -> tuple[Fact, ...]:
    request = read.table(envelope.payload.get("personal_access_token_request"))
    number, common = read.number(request.get("id")), envelope.common() | {"repository": None}
    owner = read.person(request.get("owner"))
    if not number or not common["organization_id"] or owner is None:
        raise Unreadable("personal_access_token_request: it names no request of anybody to an organisation")
    wanted = read.table(request.get("permissions_result")) or read.table(request.get("permissions_added"))
    state = settings({
        "state": {"created": "asked for", "approved": "approved"}.get(envelope.action, "denied"),
        "repositories": read.text(request.get("repository_selection"), 20),
        "token": read.text(request.get("token_name"), 100),
        "token_id": read.number(request.get("token_id")) or None,
        **{kind: read.table(wanted.get(kind)) for kind in ("organization", "repository", "other")},
    })  # fmt: skip
    fact = InventoryChanged(
        thing=Thing.TOKEN_REQUEST,
        key=f"token-request:{number}",
        name=read.text(request.get("token_name"), 100),
        action=_ACTIONS[envelope.action],
        before=() if envelope.action == "created" else None,
        after=() if envelope.action == "denied" else state,
        subject=owner,
        **common,
    )
    return (fact,)


HANDLERS = (
    Handler(
        event="personal_access_token_request",
        permission=("organization_personal_access_token_requests", "read"),
        reads=dict.fromkeys(_ACTIONS, _request),
        later=frozenset({"cancelled"}),
    ),
)
