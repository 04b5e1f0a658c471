"""Environments: who has to let a deployment pass, and the names of the secrets that it then gets.

The list of environments comes with their gates, so those cost no request of their own.
https://docs.github.com/en/rest/deployments/environments, https://docs.github.com/en/rest/actions/secrets
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from github_app.estate import Thing, settings
from github_app.fact import Fact
from github_app.weakening import weakened
from workers.reconcile.asking import Json, texts
from workers.reconcile.declare import REPOSITORY, Difference, Look, Origin, Seen, inventory

_MOST_ENVIRONMENTS = 30
_GATE = ":gate"
_OPEN = settings({"branch_policy": "all", "can_admins_bypass": True})


def _environment(value: Json) -> Json:
    rules = value.get("protection_rules")
    gate = texts(value, "can_admins_bypass") | {"branch_policy": _branches(value.get("deployment_branch_policy"))}
    for rule in rules if isinstance(rules, list) else []:
        if not isinstance(rule, dict):
            continue
        gate |= texts(rule, "wait_timer", "prevent_self_review")
        if rule.get("type") == "required_reviewers":
            gate |= {"reviews required": True, "reviewer": _reviewers(rule.get("reviewers"))}
    return texts(value, "name") | {"gate": gate}


def _branches(policy: object) -> str:
    if not isinstance(policy, dict):
        return "all"
    return "protected" if policy.get("protected_branches") is True else "custom"


def _reviewers(found: object) -> list[str]:
    named: list[str] = []
    for one in found if isinstance(found, list) else []:
        who = one.get("reviewer") if isinstance(one, dict) else None
        said = texts(who, "login", "slug")
        if "login" in said:
            named.append(str(said["login"]))
        elif "slug" in said:
            named.append(f"team {said['slug']}")
    return sorted(named)


def _secret(value: Json) -> Json:
    return texts(value, "name", "updated_at")


def _environments(look: Look) -> dict[str, Seen]:
    what = f"the environments of {look.where}"
    listed = look.ask.items(f"{look.repo}/environments", what, _environment, inside="environments")
    found: dict[str, Seen] = {}
    for environment in sorted((e for e in listed if e.get("name")), key=lambda e: str(e["name"]))[:_MOST_ENVIRONMENTS]:
        name, gate = str(environment["name"]), environment.get("gate")
        if gate is not None:  # an answer that an earlier release of this app kept has none
            found[f"environment:{name}{_GATE}"] = Seen(name=name, settings=settings(gate))
        path = f"{look.repo}/environments/{quote(name, safe='')}/secrets"
        secrets: list[dict[str, Any]] = look.ask.items(
            path, f"the secrets of the environment {name} of {look.where}", _secret, inside="secrets"
        )
        for secret in secrets:
            if secret.get("name"):
                key = f"environment:{name}:secret:{secret['name']}"
                state = settings({"for": f"the environment {name}", "set": secret.get("updated_at")})
                found[key] = Seen(name=str(secret["name"]), settings=state)
    return found


def _tell(look: Look, found: Sequence[Difference]) -> Sequence[Fact]:
    """An environment without a gate that is gone guarded nothing; one that is new takes nothing away."""
    gates = [d for d in found if d.key.endswith(_GATE) and d.before is not None]
    closed = [
        d for d in gates if d.after is not None or (d.before and weakened(Thing.ENVIRONMENT, d.before.settings, _OPEN))
    ]
    names = [d for d in found if not d.key.endswith(_GATE)]
    return [*inventory(Thing.ENVIRONMENT)(look, closed), *inventory(Thing.SECRET)(look, names)]


SOURCES = (
    Origin(
        name="environment-secrets",
        sees="the names of the secrets of a repository's environments, and what guards them",
        scope=REPOSITORY,
        needs={"environments": "read", "actions": "read"},
        kind=Thing.SECRET,
        prefix="environment:",
        read=_environments,
        tell=_tell,
    ),
)
