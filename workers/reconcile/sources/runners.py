"""Self-hosted runners: machines that run workflows, and which repositories may use them.

https://docs.github.com/en/rest/actions/self-hosted-runners, https://docs.github.com/en/rest/actions/self-hosted-runner-groups,
https://docs.github.com/en/rest/actions/permissions#get-self-hosted-runners-settings-for-an-organization
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from github_app.estate import Guard, Thing, settings
from github_app.fact import Fact
from workers.reconcile.asking import Json, texts
from workers.reconcile.declare import ORGANISATION, REPOSITORY, Difference, Look, Origin, Seen, guard, inventory, words


def _runner(value: Json) -> Json:
    labels = value.get("labels")
    named = [label.get("name") for label in labels if isinstance(label, dict)] if isinstance(labels, list) else []
    kept = texts(value, "id", "name", "os", "runner_group_id", "ephemeral")
    return kept | {"labels": sorted(n for n in named if isinstance(n, str))}


def _runners(look: Look) -> dict[str, Seen]:
    base = look.repo if look.repository else look.organisation
    found = look.ask.items(f"{base}/actions/runners", f"the runners of {look.where}", _runner, inside="runners")
    # One that lives for a single job comes and goes by the hundred; the set-up that makes them is what matters.
    return {
        f"runner:{runner['name']}": Seen(
            name=str(runner["name"]),
            settings=settings(
                {
                    "os": runner.get("os", ""),
                    "group": runner.get("runner_group_id"),
                    "label": runner["labels"],
                }
            ),
        )
        for runner in found
        if runner.get("name") and runner.get("ephemeral") is not True
    }


def _group(value: Json) -> Json:
    kept = texts(value, "id", "name", "visibility", "allows_public_repositories", "restricted_to_workflows")
    return kept | {"workflows": words(value.get("selected_workflows"))}


def _groups(look: Look) -> dict[str, Seen]:
    path, what = f"{look.organisation}/actions/runner-groups", f"the runner groups of {look.where}"
    return {
        f"runner-group:{group['id']}": Seen(
            name=str(group.get("name", "")),
            settings=settings(
                {
                    "public repositories": group.get("allows_public_repositories", False),
                    "visibility": group.get("visibility", ""),
                    "restricted to workflows": group.get("restricted_to_workflows", False),
                    "workflow": group["workflows"],
                }
            ),
        )
        for group in look.ask.items(path, what, _group, inside="runner_groups")
        if "id" in group
    }


def _tell_groups(look: Look, found: Sequence[Difference]) -> Sequence[Fact]:
    """A group that is gone lets nobody use anything."""
    return guard(Guard.RUNNER_GROUP)(look, [d for d in found if d.after is not None])


def _own_runners(look: Look) -> dict[str, Seen]:
    path, what = f"{look.organisation}/actions/permissions/self-hosted-runners", f"who may add runners in {look.where}"
    shown: dict[str, Any] = look.ask.item(path, what, lambda v: texts(v, "enabled_repositories")) or {}
    state = settings({"repositories": shown.get("enabled_repositories", "all")})
    return {"own-runners": Seen(name="machines of one's own", settings=state)}


SOURCES = (
    Origin(
        name="organisation-runners",
        sees="the organisation's self-hosted runners",
        scope=ORGANISATION,
        needs={"organization_self_hosted_runners": "read"},
        kind=Thing.RUNNER,
        read=_runners,
        tell=inventory(Thing.RUNNER),
    ),
    Origin(
        name="repository-runners",
        sees="a repository's self-hosted runners",
        scope=REPOSITORY,
        needs={"administration": "read"},
        kind=Thing.RUNNER,
        read=_runners,
        tell=inventory(Thing.RUNNER),
    ),
    Origin(
        name="runner-groups",
        sees="which repositories may use the organisation's self-hosted runners",
        scope=ORGANISATION,
        needs={"organization_self_hosted_runners": "read"},
        kind=Guard.RUNNER_GROUP,
        read=_groups,
        tell=_tell_groups,
    ),
    Origin(
        name="own-runners",
        sees="which repositories may have self-hosted runners of their own",
        scope=ORGANISATION,
        needs={"organization_administration": "read"},
        kind=Guard.OWN_RUNNERS,
        read=_own_runners,
        tell=guard(Guard.OWN_RUNNERS),
    ),
)
