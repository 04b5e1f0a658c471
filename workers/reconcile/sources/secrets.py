"""Names of secrets and variables of workflows; GitHub shows nobody a secret's value, and a variable's is not kept.

https://docs.github.com/en/rest/actions/secrets, https://docs.github.com/en/rest/actions/variables,
https://docs.github.com/en/rest/deployments/environments
"""

from __future__ import annotations

from urllib.parse import quote

from github_app.estate import Thing, settings
from workers.reconcile.asking import Json, texts
from workers.reconcile.declare import ORGANISATION, REPOSITORY, Look, Origin, Seen, inventory

_MOST_ENVIRONMENTS = 30


def _named(value: Json) -> Json:
    return texts(value, "name", "visibility")


def _standing(found: list[Json], prefix: str) -> dict[str, Seen]:
    return {
        f"{prefix}:{one['name']}": Seen(
            name=str(one["name"]), settings=settings({"for": str(one.get("visibility", "this repository"))})
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


def _environment_secrets(look: Look) -> dict[str, Seen]:
    what = f"the environments of {look.where}"
    environments = look.ask.items(f"{look.repo}/environments", what, _named, inside="environments")
    found: dict[str, Seen] = {}
    for environment in sorted(str(e["name"]) for e in environments if e.get("name"))[:_MOST_ENVIRONMENTS]:
        path = f"{look.repo}/environments/{quote(environment, safe='')}/secrets"
        what = f"the secrets of the environment {environment} of {look.where}"
        for secret in look.ask.items(path, what, _named, inside="secrets"):
            if secret.get("name"):
                key = f"environment:{environment}:secret:{secret['name']}"
                found[key] = Seen(name=str(secret["name"]), settings=settings({"for": f"the environment {environment}"}))
    return found


SOURCES = (
    Origin(
        name="organisation-secrets",
        sees="the names of the organisation's secrets",
        scope=ORGANISATION,
        needs={"organization_secrets": "read"},
        kind=Thing.SECRET,
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
        name="environment-secrets",
        sees="the names of the secrets of a repository's environments",
        scope=REPOSITORY,
        needs={"environments": "read", "actions": "read"},
        kind=Thing.SECRET,
        prefix="environment:",
        read=_environment_secrets,
        tell=inventory(Thing.SECRET),
    ),
)
