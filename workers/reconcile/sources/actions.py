"""What workflows may do, and on which terms for pull requests from forks.

https://docs.github.com/en/rest/actions/permissions
"""

from __future__ import annotations

from collections.abc import Sequence

from github_app.estate import Guard, settings
from github_app.fact import Fact
from workers.reconcile.asking import Json, texts
from workers.reconcile.declare import ORGANISATION, REPOSITORY, Difference, Look, Origin, Seen, guard, words

_KEY = "actions-permissions"
_LIST = f"{_KEY}:chosen"


def _allowed(value: Json) -> Json:
    return texts(value, "enabled", "enabled_repositories", "allowed_actions", "sha_pinning_required")


def _token(value: Json) -> Json:
    return texts(value, "default_workflow_permissions", "can_approve_pull_request_reviews")


def _permissions(look: Look) -> dict[str, Seen]:
    base = f"{look.repo if look.repository else look.organisation}/actions/permissions"
    allowed = look.ask.item(base, f"which actions may run in {look.where}", _allowed) or {}
    token = look.ask.item("/".join((base, "workflow")), f"what workflows may do in {look.where}", _token) or {}
    found = {_KEY: Seen(name="permissions of workflows", settings=settings({**allowed, **token}))}
    if look.repository is None and allowed.get("allowed_actions") == "selected":  # else GitHub answers 409: there is no list
        chosen = look.ask.item(f"{base}/selected-actions", f"the actions that {look.where} chose", _chosen) or {}
        found[_LIST] = Seen(name="actions that may run", settings=settings(chosen))
    return found


def _chosen(value: Json) -> Json:
    kept = texts(value, "github_owned_allowed", "verified_allowed")
    return kept | {"patterns_allowed": words(value.get("patterns_allowed"))}


def _tell(look: Look, found: Sequence[Difference]) -> Sequence[Fact]:
    """That there is no list any more is told by the choice itself; a list that begins takes nothing."""
    told = [d for d in found if d.key != _LIST or (d.before is not None and d.after is not None)]
    return guard(Guard.ACTIONS_PERMISSIONS)(look, told)


_FROM_FORKS = (
    "run_workflows_from_fork_pull_requests", "send_write_tokens_to_workflows", "send_secrets_and_variables",
    "require_approval_for_fork_pr_workflows",
)  # fmt: skip


def _forks(look: Look) -> dict[str, Seen]:
    base, what = f"{look.organisation}/actions/permissions", f"which runs from forks in {look.where} have to be approved"
    public = look.ask.item(f"{base}/fork-pr-contributor-approval", what, lambda v: texts(v, "approval_policy")) or {}
    private = look.ask.item(f"{base}/fork-pr-workflows-private-repos", what, lambda v: texts(v, *_FROM_FORKS)) or {}
    return {"fork-runs": Seen(name="runs from forks", settings=settings({**public, **private}))}


SOURCES = (
    Origin(
        name="organisation-actions",
        sees="what workflows may do by default in the organisation",
        scope=ORGANISATION,
        needs={"organization_administration": "read"},
        kind=Guard.ACTIONS_PERMISSIONS,
        prefix=_KEY,
        read=_permissions,
        tell=_tell,
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
    Origin(
        name="fork-runs",
        sees="which runs for pull requests from forks have to be approved in the organisation",
        scope=ORGANISATION,
        needs={"organization_administration": "read"},
        kind=Guard.ACTIONS_PERMISSIONS,
        prefix="fork-runs",
        read=_forks,
        tell=guard(Guard.ACTIONS_PERMISSIONS),
    ),
)
