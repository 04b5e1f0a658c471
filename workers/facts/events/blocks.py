"""`org_block`: an account was shut out of an organisation, or let in again.

https://docs.github.com/en/webhooks/webhook-events-and-payloads#org_block
"""

from __future__ import annotations

from github_app.estate import InventoryChanged, Thing, settings
from github_app.fact import Fact
from workers.facts.events import Handler, Ignored, Unreadable
from workers.facts.events import _fields as read
from workers.facts.events._envelope import Envelope


def _block(envelope: Envelope) -> tuple[Fact, ...] | Ignored:
    who, common = read.person(envelope.payload.get("blocked_user")), envelope.common() | {"repository": None}
    if who is None:
        return Ignored("org_block: GitHub names no account any more")
    if not common["organization_id"]:
        raise Unreadable("org_block: it names no organisation")
    state, blocked = settings({"blocked": "true"}), envelope.action == "blocked"
    fact = InventoryChanged(
        thing=Thing.BLOCKED_USER,
        key=f"user:{who.id or who.login}",
        name=who.login,
        action="added" if blocked else "removed",
        before=() if blocked else state,
        after=state if blocked else (),
        subject=who,
        **common,
    )
    return (fact,)


HANDLERS = (
    Handler(
        event="org_block",
        permission=("organization_administration", "read"),
        reads={"blocked": _block, "unblocked": _block},
    ),
)
