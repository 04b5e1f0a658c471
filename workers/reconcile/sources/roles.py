"""Roles that hold in the whole organisation, who has one, and which team stands below which.

No event tells any of it. https://docs.github.com/en/rest/orgs/organization-roles, https://docs.github.com/en/rest/teams/teams
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from github_app.estate import Thing, settings, value_of
from github_app.fact import Fact
from workers.reconcile.asking import Json, texts
from workers.reconcile.declare import ORGANISATION, Difference, Look, Origin, Seen, inventory, people, person, words

_GITHUBS_OWN = "Predefined"


def _role(value: Json) -> Json:
    return texts(value, "id", "name", "base_role", "source") | {"permissions": words(value.get("permissions"))}


def _assigned(value: Json) -> Json:
    return people(value) | texts(value, "slug", "assignment")


def _roles(look: Look) -> dict[str, Seen]:
    base = f"{look.organisation}/organization-roles"
    found: dict[str, Seen] = {}
    for role in look.ask.items(base, f"the roles in {look.where}", _role, inside="roles", paged=False):
        if type(role.get("id")) is int:
            found |= _defined(role)
            found |= dict(_held(look, f"{base}/{role['id']}", role))
    return found


def _says(role: Json) -> dict[str, Any]:
    return {
        "role": role.get("name", ""),
        "in all repositories": role.get("base_role"),
        "may": role["permissions"],
    }


def _defined(role: Json) -> dict[str, Seen]:
    """What GitHub's own roles may do is GitHub's to decide."""
    if role.get("source") == _GITHUBS_OWN:
        return {}
    return {f"role:{role['id']}": Seen(name=str(role.get("name", "")), settings=settings(_says(role)))}


def _held(look: Look, path: str, role: Json) -> Iterator[tuple[str, Seen]]:
    """Whoever has it through a team is told with the team."""
    name = role.get("name", "")
    for who in look.ask.items(f"{path}/users", f"who has the role {name} in {look.where}", _assigned):
        if who["id"] and who.get("assignment") != "indirect":
            state = settings(_says(role) | {"holder": f"@{who['login']}"})
            subject = person(who["id"], str(who["login"]), str(who.get("type", "")))
            yield f"role:{role['id']}/person:{who['id']}", Seen(name=str(name), settings=state, subject=subject)
    for team in look.ask.items(f"{path}/teams", f"which teams have the role {name} in {look.where}", _assigned):
        if team["id"] and team.get("assignment") != "indirect":
            state = settings(_says(role) | {"holder": f"The team {team.get('slug', '')}"})
            yield f"role:{role['id']}/team:{team['id']}", Seen(name=str(name), settings=state)


def _team(value: Json) -> Json:
    parent = value.get("parent")
    return texts(value, "id", "name") | {"parent": texts(parent, "id", "name")}


def _teams(look: Look) -> dict[str, Seen]:
    return {
        f"team:{team['id']}": Seen(
            name=str(team.get("name", "")),
            settings=settings({"below": team["parent"].get("id", "none"), "called": team["parent"].get("name", "")}),
        )
        for team in look.ask.items(f"{look.organisation}/teams", f"the teams of {look.where}", _team)
        if "id" in team
    }


def _moved(look: Look, found: Sequence[Difference]) -> Sequence[Fact]:
    """Teams that come and go are told by events; that one moved below another is told by none."""
    moved = [d for d in found if d.before is not None and d.after is not None and _below(d.before) != _below(d.after)]
    return inventory(Thing.TEAM_PARENT)(look, moved)


def _below(seen: Seen) -> str:
    return value_of(seen.settings, "below")


SOURCES = (
    Origin(
        name="organisation-roles",
        sees="who has a role in the whole organisation",
        scope=ORGANISATION,
        needs={"organization_custom_org_roles": "read", "members": "read"},
        kind=Thing.ORGANIZATION_ROLE,
        read=_roles,
        tell=inventory(Thing.ORGANIZATION_ROLE),
    ),
    Origin(
        name="teams",
        sees="which team has what another team was given",
        scope=ORGANISATION,
        needs={"members": "read"},
        kind=Thing.TEAM_PARENT,
        read=_teams,
        tell=_moved,
    ),
)
