"""`member` and `organization`: somebody got, changed or lost a role, or the organisation itself changed.

`role_name` is the truth: `permission` reports maintain as write and triage as read. Older payloads have neither; then the
role stays empty and is asked for before judging. https://docs.github.com/en/webhooks/webhook-events-and-payloads#member
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from github_app.estate import UNTOLD_NAME, InventoryChanged, Thing, settings
from github_app.fact import AccessChanged, Fact
from github_app.model import Person
from workers.facts.events import Handler, Ignored, Unreadable
from workers.facts.events import _fields as read
from workers.facts.events._envelope import Envelope
from workers.facts.roles import repository_role

ORGANISATION_ROLES = {"admin": "owner", "direct_member": "member"}
"""What GitHub's invitations call a role, and its memberships do not."""


def _member(envelope: Envelope) -> tuple[Fact, ...] | Ignored:
    subject = read.person(envelope.payload.get("member"))
    if envelope.repository is None or "member" not in envelope.payload:
        raise Unreadable("member: it names no account and repository")
    if subject is None:
        return Ignored("member: GitHub names no account any more")
    changes = read.table(envelope.payload.get("changes"))
    before, after = _role(changes, "from"), _role(changes, "to")
    if envelope.action == "added":
        before, after = "none", after or _only_role(envelope)
    elif envelope.action == "removed":
        before, after = before or after, "none"
    return (AccessChanged(subject=subject, scope="repository", before=before, after=after, **envelope.common()),)


def _role(changes: Mapping[str, Any], side: str) -> str:
    for key in ("role_name", "permission", "old_permission"):
        role = repository_role(read.text(read.table(changes.get(key)).get(side), 100))
        if role:
            return role
    return ""


def _only_role(envelope: Envelope) -> str:
    # A personal account's repository knows one role beside its owner's, and that one can write
    # (docs.github.com, "Permission levels for a personal account repository").
    owner = read.table(read.table(envelope.payload.get("repository")).get("owner"))
    return "write" if owner.get("type") == "User" else ""


def _organization(envelope: Envelope) -> tuple[Fact, ...]:
    membership = read.table(envelope.payload.get("membership"))
    # GitHub sends null for an account that was deleted: somebody came or went all the same.
    subject = read.person(membership.get("user")) or Person()
    common = envelope.of_account()
    if not common["organization_id"] or not membership:
        raise Unreadable("organization: it names no membership of an organisation")
    role = {"admin": "owner", "member": "member"}.get(read.text(membership.get("role")), "")
    before, after = ("none", role) if envelope.action == "member_added" else (role, "none")
    return (AccessChanged(subject=subject, scope="organization", before=before, after=after, **common),)


def _invited(envelope: Envelope) -> tuple[Fact, ...]:
    invitation = read.table(envelope.payload.get("invitation"))
    common = envelope.common() | {"repository": None}
    number, email = read.number(invitation.get("id")), read.text(invitation.get("email"), 320)
    login = read.text(invitation.get("login"), 100)
    subject = read.person(envelope.payload.get("user"))
    if subject is None and (login or email):
        subject = Person(login=login, email=email)
    if not number or not common["organization_id"] or subject is None:
        raise Unreadable("organization: it names no invitation of anybody")
    inviter = read.person(invitation.get("inviter"))
    role = read.text(invitation.get("role"), 60)
    fact = InventoryChanged(
        thing=Thing.INVITATION,
        key=f"invitation:{number}",
        name=subject.label,
        action="added",
        before=(),
        after=settings({"role": ORGANISATION_ROLES.get(role, role)}),
        subject=subject,
        **common | {"actor": common["actor"] or inviter},
    )
    return (fact,)


def _renamed(envelope: Envelope) -> tuple[Fact, ...]:
    common = envelope.common() | {"repository": None}
    if not common["organization_id"]:
        raise Unreadable("organization: it names no organisation")
    gone = envelope.action == "deleted"
    old = read.text(read.table(read.table(envelope.payload.get("changes")).get("login")).get("from"), 100)
    before = common["organization"] if gone else old or UNTOLD_NAME
    fact = InventoryChanged(
        thing=Thing.ORGANIZATION,
        key="name",
        name=common["organization"],
        action="removed" if gone else "changed",
        before=settings({"name": before}),
        after=() if gone else settings({"name": common["organization"]}),
        **common,
    )
    return (fact,)


HANDLERS = (
    Handler(
        event="member",
        permission=("members", "read"),
        reads={"added": _member, "edited": _member, "removed": _member},
    ),
    Handler(
        event="organization",
        permission=("members", "read"),
        reads={
            "member_added": _organization,
            "member_removed": _organization,
            "member_invited": _invited,
            "renamed": _renamed,
            "deleted": _renamed,
        },
    ),
)
