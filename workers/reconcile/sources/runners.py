"""Self-hosted runners: machines that run workflows.

https://docs.github.com/en/rest/actions/self-hosted-runners
"""

from __future__ import annotations

from github_app.estate import Thing, settings
from workers.reconcile.asking import Json, texts
from workers.reconcile.declare import ORGANISATION, REPOSITORY, Look, Origin, Seen, inventory


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
)
