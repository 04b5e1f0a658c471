"""Look at policy files on GitHub: the one of the default branch is in force, that of a pull request is only checked.

The last version that could be read is kept in SQL. While GitHub is away it applies; what replaces it and cannot be read
takes away all that made the app quieter. A change is a fact, judged under the policy before it.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Connection

from github_app.fact import PolicyChanged
from github_app.identity import keys
from github_app.model import Repository, Source
from github_app.policy import PATH, Loss, Parsed, Policy, losses, merge, obey, parse
from github_app.store.policies import Stored
from workers import casework, policies, policy_pulls, routing
from workers.github import Refused, Unavailable
from workers.github_policy import FileAt, PolicyReader
from workers.judge import judge
from workers.runtime import Runtime

log = logging.getLogger(__name__)

EVERY = dt.timedelta(minutes=10)
"""How old a policy that is in force can be without a push that touched it; asking again is free while it is the same."""
EVERY_ABSENT = dt.timedelta(hours=6)
"""The same where there is no file: GitHub counts these questions, and a push tells us when one comes."""
RETRY = dt.timedelta(minutes=1)
STALE = dt.timedelta(hours=1)
_AT_ONCE = 50
_SECONDS = 20


def waiting(runtime: Runtime, now: dt.datetime) -> bool:
    """Say whether there is anything to look at now."""
    return runtime.policy_reader is not None and runtime.store.policies.waiting(now)


def look(runtime: Runtime, clock: Callable[[], dt.datetime]) -> int:
    """Look at what is due, for a while, so that other jobs have their turn; return how many files and pull requests."""
    reader, writer = runtime.policy_reader, runtime.writer
    if reader is None or writer is None:
        return 0
    ends, done = clock() + dt.timedelta(seconds=_SECONDS), 0
    for stored in runtime.store.policies.due(clock(), _AT_ONCE):
        if clock() >= ends:
            return done
        refresh(runtime, reader, stored, clock())
        done += 1
    desk = policy_pulls.Desk(runtime.store, reader, writer, [d.id for d in runtime.detectors])
    for pull in runtime.store.policies.pulls_due(clock(), _AT_ONCE):
        if clock() >= ends:
            return done
        desk.look(pull, clock())
        done += 1
    return done


def refresh(runtime: Runtime, reader: PolicyReader, stored: Stored, now: dt.datetime) -> None:
    """Read one file as it is now, and put it into force."""
    if stored.installation_id is None:
        _postpone(runtime, stored, now, now + EVERY_ABSENT, "no installation is known there")
        return
    try:
        found = reader.file(stored.full_name, stored.installation_id, PATH, etag=stored.etag if not stored.causes else "")
    except Unavailable as error:
        _postpone(runtime, stored, now, max(error.retry_at, now + RETRY), error.sentence)
        return
    except Refused as error:
        _postpone(runtime, stored, now, now + EVERY, error.sentence)
        return
    if found.same or (found.version == stored.version and stored.checked_at is not None):
        after = replace(stored, etag=found.etag or stored.etag)
        _settle(runtime, stored, after, None, now)
    else:
        _put_in_force(runtime, stored, found, now)


def _put_in_force(runtime: Runtime, stored: Stored, found: FileAt, now: dt.datetime) -> None:
    parsed = Parsed(file=None)
    if found.version:
        ids = [d.id for d in runtime.detectors]
        parsed = parse(found.data, where=policies.place_of(stored.scope), detectors=ids, today=now.date())
    broken = "" if not parsed.errors else f"{len(parsed.errors)} wrong, the first: {parsed.errors[0]}"[:1000]
    good = found.data.decode("utf-8-sig") if found.version and not broken else ""
    after = replace(stored, etag=found.etag, version=found.version, broken=broken, text=stored.text if broken else good)
    _settle(runtime, stored, after, parsed, now)


def _settle(runtime: Runtime, before: Stored, after: Stored, parsed: Parsed | None, now: dt.datetime) -> None:
    """Store what was found and raise what it leads to, in one transaction."""
    store = runtime.store
    age = EVERY if after.version else EVERY_ABSENT
    saved = replace(after, causes=(), checked_at=now, due_at=now + age, attempts=0)
    where = _where(runtime, before)
    old, new = _policy(runtime, before, where), _policy(runtime, after, where)
    # What is found the first time is no change: it was so before we came.
    changed = parsed is not None and before.checked_at is not None
    facts = [_fact(before, after, where, losses(old, new), now)] if changed else []
    scope = f"repo:{where.id}" if where.id else f"org:{where.owner_id}"
    actor = facts[0].actor if facts else None
    ledgers = store.ledgers.load([scope], keys(actor) if actor else ()) if facts else {}
    alerts = judge(facts, ledgers[scope], runtime.detectors, now=now).alerts if facts else []
    with store.begin() as connection:
        if not store.policies.save(connection, saved, before):
            return  # a push came in between: it is due again
        _say(runtime, connection, after, now)
        store.ledgers.write(connection, ledgers)
        raised = []
        for alert in alerts:
            obeyed = obey.obey(alert, old)
            if obeyed.quiet:
                store.policies.keep_quiet(connection, obeyed.alert, obeyed.quiet, "")
            else:
                number = routing.raise_alert(connection, store, obeyed.alert, "", settings=runtime.settings, policy=old)
                raised += [] if number is None else [replace(obeyed.alert, id=number)]
        casework.join(connection, store, raised, runtime.settings, now)
    if alerts:
        runtime.waker.notify()
    if parsed is not None and before.causes and (after.broken or before.broken) and runtime.writer is not None:
        about = policy_pulls.About(problems=parsed.problems, lost=losses(old, new))
        policy_pulls.on_commit(runtime.writer, after, before.causes[-1].commit, about)


def _fact(before: Stored, after: Stored, where: Repository, lost: list[Loss], now: dt.datetime) -> PolicyChanged:
    cause = before.causes[-1] if before.causes else None
    return PolicyChanged(
        at=cause.at if cause else now,
        source=Source.API,
        repository=where if where.id else None,
        organization="" if where.id else where.owner,
        organization_id=0 if where.id else where.owner_id,
        actor=cause.by if cause else None,
        scope=policies.place_of(before.scope).value,
        before=before.version,
        after=after.version,
        losses=tuple(loss.sentence for loss in lost),
        grave=any(loss.grave for loss in lost),
        announced=tuple(loss.announces for loss in lost if loss.announces),
        broken=bool(after.broken),
        commits=tuple(c.commit for c in before.causes),
    )


def _say(runtime: Runtime, connection: Connection, stored: Stored, now: dt.datetime) -> None:
    """Say in `doctor` that a file is broken, or that it no longer is."""
    key = f"policy:{stored.scope}"
    if stored.broken:
        sentence = (
            f"The policy {PATH} of {stored.full_name} cannot be used ({stored.broken}). Floors, routes, reviewers and "
            "guarded branches of its last good version apply, and defaults for the rest."
        )
        runtime.store.problems.report(connection, key, sentence, now)
        log.warning("%s", sentence)
    else:
        runtime.store.problems.clear(connection, key)


def _postpone(runtime: Runtime, stored: Stored, now: dt.datetime, until: dt.datetime, why: str) -> None:
    """Try again later; what is stored applies meanwhile, and after an hour `doctor` says so."""
    store, since = runtime.store, stored.checked_at
    with store.begin() as connection:
        store.policies.save(connection, replace(stored, due_at=until, attempts=stored.attempts + 1), stored)
        if since is None or now - since > STALE:
            known = f"what was read on {since:%Y-%m-%d %H:%M} UTC applies" if since else "defaults apply"
            sentence = f"The policy of {stored.full_name} could not be read, so {known}: {why}"
            store.problems.report(connection, f"policy:{stored.scope}", sentence, now)
    log.warning("the policy of %s could not be read: %s", stored.full_name, why)


def _where(runtime: Runtime, stored: Stored) -> Repository:
    """Return the repository that holds a file; number 0 where the app has not met it."""
    kind, _, number = stored.scope.partition(":")
    known = runtime.store.repositories
    if kind == "repo":
        watch = known.get_many([int(number)]).get(int(number))
    else:
        watch = next((w for w in known.all() if w.full_name.lower() == stored.full_name.lower()), None)
    if watch is not None:
        return watch.repository
    return Repository(id=0, full_name=stored.full_name, owner_id=int(number) if kind == "org" else 0)


def _policy(runtime: Runtime, stored: Stored, where: Repository) -> Policy:
    """Return what applies in a place when this is its file."""
    mine = policies.file_of(stored)
    if stored.scope.startswith("org:"):
        return merge(mine, None)
    org = f"org:{where.owner_id}"
    return merge(policies.file_of(runtime.store.policies.get_many([org]).get(org)), mine)
