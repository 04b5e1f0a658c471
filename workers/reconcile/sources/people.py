"""Who has which role: owners, people from outside, collaborators of a repository, and who is invited.

https://docs.github.com/en/rest/orgs/members, https://docs.github.com/en/rest/orgs/outside-collaborators,
https://docs.github.com/en/rest/collaborators/collaborators, https://docs.github.com/en/rest/collaborators/invitations
"""

from __future__ import annotations

from dataclasses import replace

from github_app.estate import Thing, settings
from workers.facts.events.access import ORGANISATION_ROLES
from workers.facts.roles import repository_role
from workers.reconcile.asking import Json, texts
from workers.reconcile.declare import ORGANISATION, REPOSITORY, Look, Origin, Seen, access, inventory, people, person


def _accounts(found: list[Json], role: str) -> dict[str, Seen]:
    named = [(p, role or repository_role(str(p.get("role_name", "")))) for p in found]
    return {
        f"person:{p['id']}": Seen(
            name=str(p["login"]),
            settings=settings({"role": held}),
            subject=person(p["id"], str(p["login"]), str(p.get("type", ""))),
        )
        for p, held in named
    }


def _owners(look: Look) -> dict[str, Seen]:
    path, what = f"{look.organisation}/members", f"the owners of {look.where}"
    return _accounts(look.ask.items(path, what, people, role="admin"), "owner")


def _outsiders(look: Look) -> dict[str, Seen]:
    path, what = f"{look.organisation}/outside_collaborators", f"the outside collaborators of {look.where}"
    return _accounts(look.ask.items(path, what, people), "outside collaborator")


def _collaborators(look: Look) -> dict[str, Seen]:
    # Direct ones only: who has a role through a team or as an owner is told there.
    path, what = f"{look.repo}/collaborators", f"the collaborators of {look.where}"
    return _accounts(look.ask.items(path, what, people, affiliation="direct"), "")


def _invited(value: Json) -> Json:
    kept = texts(value, "id", "login", "email", "role", "permissions")
    return kept | {"invitee": people(value.get("invitee") or {}), "inviter": people(value.get("inviter") or {})}


def _invitations(look: Look) -> dict[str, Seen]:
    base = look.repo if look.repository else look.organisation
    found = look.ask.items(f"{base}/invitations", f"the invitations of {look.where}", _invited)
    return {f"invitation:{i['id']}": _invitation(i) for i in found if "id" in i}


def _invitation(value: Json) -> Seen:
    invitee, inviter = value["invitee"], value["inviter"]
    login, email = str(value.get("login") or invitee["login"] or ""), str(value.get("email") or "")
    role = str(value.get("permissions") or value.get("role") or "")
    who = person(invitee["id"] or "", login)
    return Seen(
        name=login or email or "somebody",
        # As the event about it says it.
        settings=settings({"role": role if value.get("permissions") else ORGANISATION_ROLES.get(role, role)}),
        subject=replace(who, email=email) if login or email else None,
        actor=person(inviter["id"], inviter["login"]) if inviter["login"] else None,
    )


SOURCES = (
    Origin(
        name="organisation-owners",
        sees="who owns the organisation",
        scope=ORGANISATION,
        # Without it GitHub does not refuse: it lists the public members only.
        needs={"members": "read"},
        kind=Thing.OWNER,
        read=_owners,
        tell=access("organization"),
    ),
    Origin(
        name="outside-collaborators",
        sees="people from outside who have access to repositories",
        scope=ORGANISATION,
        needs={"members": "read"},
        kind=Thing.COLLABORATOR,
        read=_outsiders,
        tell=inventory(Thing.COLLABORATOR),
    ),
    Origin(
        name="organisation-invitations",
        sees="who is invited to the organisation",
        scope=ORGANISATION,
        needs={"members": "read"},
        kind=Thing.INVITATION,
        read=_invitations,
        tell=inventory(Thing.INVITATION, events=True),
    ),
    Origin(
        name="repository-collaborators",
        sees="who has which role in a repository",
        scope=REPOSITORY,
        needs={"metadata": "read"},
        kind=Thing.COLLABORATOR,
        read=_collaborators,
        tell=access("repository"),
    ),
    Origin(
        name="repository-invitations",
        sees="who is invited to a repository",
        scope=REPOSITORY,
        needs={"administration": "read"},
        kind=Thing.INVITATION,
        read=_invitations,
        tell=inventory(Thing.INVITATION, events=True),
    ),
)
