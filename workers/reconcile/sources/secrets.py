"""Names of secrets and variables of workflows, and when each got its value. No value is kept.

GitHub shows nobody what a secret's is.

https://docs.github.com/en/rest/actions/secrets, https://docs.github.com/en/rest/actions/variables,
https://docs.github.com/en/rest/dependabot/secrets
"""

from __future__ import annotations

from github_app.estate import Thing, settings
from workers.reconcile.asking import Json, texts
from workers.reconcile.declare import ORGANISATION, REPOSITORY, Look, Origin, Seen, inventory


def _named(value: Json) -> Json:
    return texts(value, "name", "visibility", "updated_at")


def _standing(found: list[Json], prefix: str) -> dict[str, Seen]:
    return {
        f"{prefix}:{one['name']}": Seen(
            name=str(one["name"]),
            settings=settings({"for": one.get("visibility", "this repository"), "set": one.get("updated_at")}),
        )
        for one in found
        if one.get("name")
    }


def _secrets(look: Look) -> dict[str, Seen]:
    base = look.repo if look.repository else look.organisation
    found = look.ask.items(f"{base}/actions/secrets", f"the secrets of {look.where}", _named, inside="secrets")
    return _standing(found, "secret")


def _variables(look: Look) -> dict[str, Seen]:
    base = look.repo if look.repository else look.organisation
    found = look.ask.items(f"{base}/actions/variables", f"the variables of {look.where}", _named, inside="variables")
    return _standing(found, "variable")


def _dependabot(look: Look) -> dict[str, Seen]:
    path, what = f"{look.organisation}/dependabot/secrets", f"the secrets of Dependabot in {look.where}"
    return _standing(look.ask.items(path, what, _named, inside="secrets"), "dependabot")


SOURCES = (
    Origin(
        name="organisation-secrets",
        sees="the names of the organisation's secrets",
        scope=ORGANISATION,
        needs={"organization_secrets": "read"},
        kind=Thing.SECRET,
        prefix="secret:",
        read=_secrets,
        tell=inventory(Thing.SECRET),
    ),
    Origin(
        name="organisation-variables",
        sees="the names of the organisation's variables",
        scope=ORGANISATION,
        needs={"organization_actions_variables": "read"},
        kind=Thing.VARIABLE,
        read=_variables,
        tell=inventory(Thing.VARIABLE),
    ),
    Origin(
        name="repository-secrets",
        sees="the names of a repository's secrets",
        scope=REPOSITORY,
        needs={"secrets": "read"},
        kind=Thing.SECRET,
        prefix="secret:",
        read=_secrets,
        tell=inventory(Thing.SECRET),
    ),
    Origin(
        name="repository-variables",
        sees="the names of a repository's variables",
        scope=REPOSITORY,
        needs={"actions_variables": "read"},
        kind=Thing.VARIABLE,
        read=_variables,
        tell=inventory(Thing.VARIABLE),
    ),
    Origin(
        name="dependabot-secrets",
        sees="the names of the organisation's secrets for Dependabot",
        scope=ORGANISATION,
        needs={"organization_dependabot_secrets": "read"},
        kind=Thing.SECRET,
        prefix="dependabot:",
        read=_dependabot,
        tell=inventory(Thing.SECRET),
    ),
)
