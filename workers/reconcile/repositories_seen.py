"""What the list of repositories is good for beside telling which vanished: names, and which were pushed to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from github_app.model import Repository
from github_app.store import Watch
from workers.reconcile.asking import Json
from workers.reconcile.declare import Look
from workers.reconcile.sources.repositories import LIST
from workers.runtime import Runtime


def follow(runtime: Runtime, look: Look, watches: Mapping[int, Watch], now: dt.datetime) -> bool:
    """Follow names and default branches, get to know what no event announced, and look at the tags of what was pushed to.

    A push moves `pushed_at` also when it moved so many tags that no event was sent.

    Returns:
        Whether there are other repositories than those that were watched.
    """
    here = {int(r["id"]): r for r in _listed(look) if type(r.get("id")) is int}
    seen = [
        (
            Repository(
                id=number,
                full_name=str(r.get("full_name", "")),
                owner_id=int(r.get("owner_id") or 0),
                default_branch=str(r.get("default_branch", "")),
            ),
            look.ask.installation_id,
        )
        for number, r in here.items()
    ]
    hints = {f"repo:{number}": str(r["pushed_at"]) for number, r in here.items() if r.get("pushed_at")}
    nodes = {f"repo:{number}": str(r["node_id"]) for number, r in here.items() if r.get("node_id")}
    with runtime.store.begin() as conn:
        runtime.store.repositories.see_all(conn, seen, now)
        runtime.store.checks.hinted(conn, "tags", hints, now)
        runtime.store.checks.named(conn, nodes, now)
    watched = {n for n, w in watches.items() if w.installation_id == look.ask.installation_id and w.state != "removed"}
    return watched != set(here)


def nodes(runtime: Runtime, scope: str) -> dict[str, str]:
    """Return what GraphQL calls the repositories, by scope, from what the last list said; nothing is asked."""
    kept = runtime.store.checks.answers(scope, LIST)
    found = [r for answer in kept if isinstance(answer.body, dict) for r in answer.body["items"]]
    return {f"repo:{r['id']}": str(r["node_id"]) for r in found if r.get("node_id") and r.get("id")}


def _listed(look: Look) -> list[Json]:
    """Return what was just listed, from what was kept of it; nothing is asked."""
    members: list[Json] = []
    for url in sorted(look.ask.kept):
        body = look.ask.kept[url].body
        if url.startswith(LIST) and isinstance(body, dict):
            members += body["items"]
    return members
