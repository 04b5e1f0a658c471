"""`team`, `team_add` and `membership`: what a team may do, and who is in it.

A team belongs to the organisation, so its facts do too. GitHub sends `team_add` beside `team.added_to_repository`; both
are one fact. https://docs.github.com/en/webhooks/webhook-events-and-payloads#team
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from github_app.estate import InventoryChanged, Thing, settings
from github_app.fact import Fact
from github_app.happenings import Happened, What
from workers.facts.events import Handler, Ignored, Unreadable
from workers.facts.events import _fields as read
from workers.facts.events._envelope import Envelope
from workers.facts.roles import higher, repository_role


def _named(envelope: Envelope) -> tuple[int, Mapping[str, Any], dict[str, Any]]:
    team = read.table(envelope.payload.get("team"))
    number = read.number(team.get("id"))
    if not number:
        raise Unreadable(f"{envelope.event}: it names no team")
    return number, team, envelope.of_account()


def _on_repository(envelope: Envelope) -> tuple[Fact, ...]:
    number, team, common = _named(envelope)
    where = envelope.repository  # GitHub's description lets it be left out
    shown = read.table(read.table(envelope.payload.get("repository")).get("permissions"))
    role = read.text(read.table(envelope.payload.get("repository")).get("role_name"), 60)
    of_team = repository_role(read.text(team.get("permission"), 60))
    edited = envelope.action == "edited"
    role = repository_role(role) or (_strongest(shown) or of_team if edited else higher(_strongest(shown), of_team))
    before = None
    if edited:
        old = read.table(read.table(read.table(envelope.payload.get("changes")).get("repository")).get("permissions"))
        before = settings({"role": _strongest(read.table(old.get("from"))) or "none"})
    gone = envelope.action == "removed_from_repository"
    fact = InventoryChanged(
        thing=Thing.TEAM_REPOSITORY,
        key=f"team:{number}/repository:{where.id if where else 'not told'}",
        name=f"{read.text(team.get('name'), 100)} on {where.full_name if where else 'a repository'}",
        action="removed" if gone else "changed" if edited else "added",
        before=None if gone else before if edited else (),
        after=() if gone else settings({"role": role or "unknown"}),
        **common | {"url": read.link(read.table(envelope.payload.get("repository")).get("html_url"))},
    )
    return (fact,)


def _strongest(permissions: Mapping[str, Any]) -> str:
    for name in ("admin", "maintain", "push", "triage", "pull"):
        if permissions.get(name) is True:
            return repository_role(name)
    return ""


def _edited(envelope: Envelope) -> tuple[Fact, ...] | Ignored:
    changes = read.table(envelope.payload.get("changes"))
    if "repository" in changes:
        return _on_repository(envelope)
    _, team, common = _named(envelope)
    changed = sorted({"name", "description", "privacy"} & set(changes))
    if not changed:
        return Ignored("team: nothing that carries trust was edited")
    fact = Happened(
        what=What.TEAM_DESCRIBED,
        name=read.text(team.get("name"), 100),
        detail=", ".join(f"{c} was {read.text(read.table(changes[c]).get('from'), 100) or 'empty'}" for c in changed),
        **common,
    )
    return (fact,)


def _team(envelope: Envelope) -> tuple[Fact, ...]:
    number, team, common = _named(envelope)
    state = settings({"permission": read.text(team.get("permission"), 60), "privacy": read.text(team.get("privacy"), 60)})
    made = envelope.action == "created"
    fact = InventoryChanged(
        thing=Thing.TEAM,
        key=f"team:{number}",
        name=read.text(team.get("name"), 100),
        action="added" if made else "removed",
        before=() if made else None,
        after=state if made else (),
        **common,
    )
    return (fact,)


def _membership(envelope: Envelope) -> tuple[Fact, ...] | Ignored:
    number, team, common = _named(envelope)
    member = read.person(envelope.payload.get("member"))
    if member is None:
        return Ignored("membership: GitHub names no account any more")
    joined = envelope.action == "added"
    role = repository_role(read.text(team.get("permission"), 60))
    fact = InventoryChanged(
        thing=Thing.TEAM_MEMBER,
        key=f"team:{number}/user:{member.id or member.login}",
        name=read.text(team.get("name"), 100),
        action="added" if joined else "removed",
        before=() if joined else None,
        after=settings({"team": str(number), "role": role or "unknown"}) if joined else (),
        subject=member,
        **common,
    )
    return (fact,)


HANDLERS = (
    Handler(
        event="team",
        permission=("members", "read"),
        reads={
            "added_to_repository": _on_repository,
            "removed_from_repository": _on_repository,
            "edited": _edited,
            "created": _team,
            "deleted": _team,
        },
    ),
    Handler(event="team_add", permission=("members", "read"), reads={"": _on_repository}),
    Handler(event="membership", permission=("members", "read"), reads={"added": _membership, "removed": _membership}),
)
