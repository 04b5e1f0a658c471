"""What workflows may do.

https://docs.github.com/en/rest/actions/permissions
"""

from __future__ import annotations

from github_app.estate import Guard, settings
from workers.reconcile.asking import Json, texts
from workers.reconcile.declare import ORGANISATION, REPOSITORY, Look, Origin, Seen, guard


def _allowed(value: Json) -> Json:
    return texts(value, "enabled", "enabled_repositories", "allowed_actions", "sha_pinning_required")


def _token(value: Json) -> Json:
    return texts(value, "default_workflow_permissions", "can_approve_pull_request_reviews")


def _permissions(look: Look) -> dict[str, Seen]:
    base = f"{look.repo if look.repository else look.organisation}/actions/permissions"
    allowed = look.ask.item(base, f"which actions may run in {look.where}", _allowed)
    token = look.ask.item("/".join((base, "workflow")), f"what workflows may do in {look.where}", _token)
    state = settings({**(allowed or {}), **(token or {})})
    return {"actions-permissions": Seen(name="permissions of workflows", settings=state)}


SOURCES = (
    Origin(
        name="organisation-actions",
        sees="what workflows may do by default in the organisation",
        scope=ORGANISATION,
        needs={"organization_administration": "read"},
        kind=Guard.ACTIONS_PERMISSIONS,
        read=_permissions,
        tell=guard(Guard.ACTIONS_PERMISSIONS),
    ),
    Origin(
        name="repository-actions",
        sees="what workflows may do in a repository",
        scope=REPOSITORY,
        needs={"administration": "read"},
        kind=Guard.ACTIONS_PERMISSIONS,
        read=_permissions,
        tell=guard(Guard.ACTIONS_PERMISSIONS),
    ),
)
