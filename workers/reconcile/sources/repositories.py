"""Which repositories there are: one that vanished was deleted, moved away, or taken from the app, and no event says so.

https://docs.github.com/en/rest/apps/installations#list-repositories-accessible-to-the-app-installation
"""

from __future__ import annotations

from collections.abc import Sequence

from github_app.estate import Thing, settings, value_of
from github_app.fact import Fact, InstallationChanged
from github_app.model import Repository
from github_app.store import Store
from workers.reconcile.asking import Json, texts
from workers.reconcile.declare import INSTALLATION, Difference, Look, Origin, Seen

LIST = "/installation/repositories"


def _repository(value: Json) -> Json:
    owner = value.get("owner")
    kept = texts(value, "id", "node_id", "full_name", "default_branch", "visibility", "archived", "pushed_at")
    return kept | {"owner_id": owner.get("id", 0) if isinstance(owner, dict) else 0}


def listed(look: Look) -> list[Json]:
    """Return what GitHub says about every repository that the app may see."""
    return look.ask.items(LIST, f"the repositories of {look.where}", _repository, inside="repositories")


def _repositories(look: Look) -> dict[str, Seen]:
    return {
        f"repository:{r['id']}": Seen(
            name=str(r.get("full_name", "")),
            settings=settings({k: r.get(k) for k in ("full_name", "default_branch", "owner_id") if r.get(k)}),
        )
        for r in listed(look)
        if "id" in r
    }


def watched(store: Store, look: Look) -> dict[str, Seen]:
    """Return the repositories that are watched for the installation."""
    return {
        f"repository:{w.id}": Seen(
            name=w.full_name, settings=settings({"full_name": w.full_name, "default_branch": w.default_branch})
        )
        for w in store.repositories.all()
        if w.installation_id == look.ask.installation_id and w.state != "removed"
    }


def _tell(look: Look, found: Sequence[Difference]) -> list[Fact]:
    facts: list[Fact] = []
    for action, which in (
        ("added", tuple(_named(look, d) for d in found if d.before is None)),
        ("removed", tuple(_named(look, d) for d in found if d.after is None)),
    ):
        if which:
            common = look.common(**{action: which, "gap": ""})
            facts.append(InstallationChanged(action=action, installation_id=look.ask.installation_id, **common))
    return facts


def _named(look: Look, d: Difference) -> Repository:
    seen = d.after or d.before
    return Repository(
        id=int(d.key.partition(":")[2]),
        full_name=value_of(seen.settings if seen else (), "full_name"),
        owner_id=look.account_id,
        default_branch=value_of(seen.settings if seen else (), "default_branch"),
    )


SOURCES = (
    Origin(
        name="repositories",
        sees="repositories that vanished",
        scope=INSTALLATION,
        needs={"metadata": "read"},
        kind=Thing.REPOSITORY,
        read=_repositories,
        tell=_tell,
        known=watched,
    ),
)
