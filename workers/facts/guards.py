"""GitHub's shapes of guards as flat settings, the same for webhooks and for answers of the REST API.

https://docs.github.com/en/webhooks/webhook-events-and-payloads#branch_protection_rule
https://docs.github.com/en/rest/repos/rules#get-a-repository-ruleset
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from github_app.estate import Settings, settings, value_of
from workers.facts.events import _fields as read

_MOST = 500
HIDDEN = "bypass_actors"
"""A setting that is there when GitHub does not show who may pass a ruleset: only those who may edit it see the list."""
_NOT_A_SETTING = frozenset({"id", "repository_id", "name", "created_at", "updated_at"})


def branch_protection(rule: Mapping[str, Any]) -> Settings:
    """Return the settings of a branch protection rule as webhooks show it."""
    return settings({k: v for k, v in rule.items() if k not in _NOT_A_SETTING})


def ruleset(shown: Mapping[str, Any]) -> Settings:
    """Return the settings of a ruleset as webhooks and the REST API show it."""
    said: dict[str, object] = {"enforcement": read.text(shown.get("enforcement")) or "active"}
    if read.text(shown.get("target")):
        said["target"] = read.text(shown.get("target"))
    actors = shown.get("bypass_actors")
    if isinstance(actors, list):
        said.update(_bypass(read.table(actor)) for actor in actors[:_MOST])
    else:
        said[HIDDEN] = "not shown"
    for name, condition in list(read.table(shown.get("conditions")).items())[:20]:
        said[name] = _condition(read.table(condition))
    for rule in read.items(shown.get("rules"))[:_MOST]:
        said.update(_rule(read.table(rule)))
    return settings(said)


def hides_bypass(state: Settings | None) -> bool:
    """Say whether GitHub did not show who may pass a ruleset."""
    return value_of(state, HIDDEN) != ""


def with_bypass_of(state: Settings, earlier: Settings) -> Settings:
    """Return a ruleset whose list of who may pass was not shown, with the list as it was last seen."""
    kept = [s for s in state if s.name != HIDDEN]
    known = [s for s in earlier if s.name.startswith("bypass:") or s.name == HIDDEN]
    return tuple(sorted([*kept, *known]))


def moment(value: object) -> dt.datetime | None:
    """Return a time as GitHub writes it, in UTC; None for anything else."""
    return read.when(value)


def security_analysis(shown: Mapping[str, Any]) -> Settings:
    """Return which security features of a repository are on."""
    features = {
        f"feature:{name}": read.text(read.table(value).get("status"))
        for name, value in list(shown.items())[:50]
        if read.text(read.table(value).get("status"))
    }
    return settings(features)


def _bypass(actor: Mapping[str, Any]) -> tuple[str, str]:
    kind = read.text(actor.get("actor_type"), 60)
    words = {
        "Integration": "app",
        "OrganizationAdmin": "organization admins",
        "RepositoryRole": "role",
        "DeployKey": "deploy keys",
    }
    number = read.number(actor.get("actor_id"))
    who = words.get(kind, kind.lower() or "somebody")
    if number and kind not in {"OrganizationAdmin", "DeployKey"}:
        who = f"{who} {number}"
    return f"bypass:{who}", read.text(actor.get("bypass_mode"), 60) or "always"


def _condition(shown: Mapping[str, Any]) -> dict[str, object]:
    """Patterns are settings of their own; a property is named with the values that it must have."""
    said: dict[str, object] = {}
    for side in ("include", "exclude"):
        members: list[str] = []
        for member in read.items(shown.get(side))[:_MOST]:
            named = read.table(member)
            if named:
                values = ",".join(sorted(read.text(v, 100) for v in read.items(named.get("property_values"))[:50]))
                members.append(f"{read.text(named.get('name'), 100)}={values}")
            elif isinstance(member, str):
                members.append(member)
        said[side] = members
    for key in ("repository_ids", "organization_ids", "protected"):
        if key in shown:
            said[key] = shown[key]
    return said


def _rule(rule: Mapping[str, Any]) -> dict[str, object]:
    kind = read.text(rule.get("type"), 60)
    if not kind:
        return {}
    parameters = dict(read.table(rule.get("parameters")))
    said: dict[str, object] = {f"rule:{kind}": "on"}
    if kind == "required_status_checks":
        for check in read.items(parameters.pop("required_status_checks", None))[:_MOST]:
            app = read.number(read.table(check).get("integration_id"))
            said[f"check:{read.text(read.table(check).get('context'), 150)}"] = f"app {app}" if app else "any app"
    elif kind == "code_scanning":
        for tool in read.items(parameters.pop("code_scanning_tools", None))[:_MOST]:
            named = read.table(tool)
            name = read.text(named.get("tool"), 100)
            said[f"code_scanning.alerts:{name}"] = read.text(named.get("alerts_threshold"), 60)
            said[f"code_scanning.security_alerts:{name}"] = read.text(named.get("security_alerts_threshold"), 60)
    elif kind == "workflows":
        for wanted in read.items(parameters.pop("workflows", None))[:_MOST]:
            named = read.table(wanted)
            path, where = read.text(named.get("path"), 150), read.number(named.get("repository_id"))
            said[f"workflow:{path} of repository {where}"] = read.text(named.get("ref"), 100) or "any ref"
    said[kind] = parameters
    return said
