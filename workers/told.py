"""Facts that came in no delivery: judged and written by the same road as those that did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from github_app.fact import Fact
from github_app.model import Alert
from workers import policies
from workers.batch import Batch
from workers.facts.enrich import enrich
from workers.reads import subject_keys
from workers.runtime import Runtime


def judge_facts(
    runtime: Runtime,
    scope: str,
    facts: Sequence[Fact],
    now: dt.datetime,
    *,
    installation_id: int | None = None,
    also: Callable[[Connection], None] | None = None,
) -> list[Alert]:
    """Judge facts of one scope and commit all they lead to in one transaction, or nothing.

    Args:
        runtime: the collaborators of a job.
        scope: `repo:7` or `org:70`; all facts belong to it.
        facts: in the order in which they happened; none is fine.
        now: when the alerts are raised (UTC).
        installation_id: whose token to use for what the facts do not say.
        also: writes what belongs with them, first thing in the transaction; what it raises rolls everything back.

    Returns:
        What was found; the store raises each of them once.

    Raises:
        workers.github.Unavailable: GitHub cannot be asked now; nothing was written.
        github_app.store.ConflictError: somebody else was faster; nothing was written.
    """
    batch = Batch(runtime, [], now, also=also)
    if facts:
        _tell(batch, scope, facts, installation_id)
    batch.write()
    batch.wake()
    return [alert for alert, _ in batch.alerts]


def _tell(batch: Batch, scope: str, facts: Sequence[Fact], installation_id: int | None) -> None:
    store = batch.runtime.store
    asked_about = subject_keys(facts)
    batch.ledgers = store.ledgers.load(asked_about, asked_about)
    ledger = batch.ledgers[scope]
    if scope.startswith("org:") and ledger.settled_at is None:
        ledger.settle(min(x.at for x in facts), "first seen")
    told = enrich(facts, ledger, batch.runtime.reader, installation_id)
    repository = next((x.repository for x in facts if x.repository), None)
    number, owner_id = (repository.id, repository.owner_id) if repository else (0, facts[0].organization_id)
    batch.in_force = policies.load(store, [(number, owner_id)])
    announced = store.handovers.of({number}).get(number, ())
    batch.judged(told, ledger, batch.in_force.of(number, owner_id), announced, "")
