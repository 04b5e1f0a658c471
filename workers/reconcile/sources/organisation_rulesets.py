"""An organisation's rulesets (and its enterprise's), each told once, read through the repositories that they apply to.

Which repositories those are is what `repository-rulesets` found in their lists, at different times. So what a list no longer
has is not taken to be gone: that one repository is no longer covered is not the end of a ruleset. It is gone when every
repository's list was read after the last of them let go of it. Each ruleset is then asked for in one repository, which costs
one counted request an hour, however many repositories there are.

Where somebody gave the app write access to the organisation's administration, its own list is read instead, at once and
with those who may pass.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from github_app.estate import APPLIES, Guard, Settings, settings, value_of
from github_app.fact import Fact
from github_app.store.checks import GLANCE, WHOLE
from workers.reconcile.asking import Json, texts
from workers.reconcile.declare import ORGANISATION, Difference, Look, Origin, Seen
from workers.reconcile.sources import rulesets

LISTS = "repository-rulesets"
"""The source that finds which repositories a ruleset applies to."""
_OWN, _WHERE = "ruleset:", "where:"
_LISTED, _LOST = "listed", "lost"
_TRIES = 3
"""In so many repositories a ruleset is looked for; each that no longer has it costs a request."""
GONE = (
    "It is in no repository's list any more: it was removed or switched off, or it covers no repository that this app sees. "
    "No event said which, when, or who did it"
)


def _read(look: Look) -> dict[str, Seen]:
    store, known = look.ask.store, rulesets.known_of(look, look.ask.scope)
    allowance = store.allowances.get(look.ask.installation_id)
    whole = allowance is not None and allowance.permissions.get("organization_administration") == "write"
    seen = _own(look, known) if whole else {}
    names = {
        f"repo:{w.id}": w.full_name
        for w in store.repositories.all()
        if w.installation_id == look.ask.installation_id and w.state != "removed"
    }
    lists: dict[str, list[str]] = defaultdict(list)
    for kept in store.snapshots.having(names, Guard.RULESET, APPLIES):
        # The organisation's own list has no rulesets of an enterprise.
        if not (whole and value_of(kept.settings, "source") == "organization"):
            lists[kept.key.removeprefix(APPLIES)].append(kept.scope)
    for number, scopes in sorted(lists.items()):
        if f"{_OWN}{number}" not in seen:
            seen |= _one(look, number, sorted(scopes), names, known)
    for number in sorted(k.removeprefix(_OWN) for k in known if k.startswith(_OWN) and k not in seen):
        if number not in lists and not (whole and f"{_WHERE}{number}" not in known):
            seen |= _unlisted(look, number, names, known)
    return seen


def _listed(value: Json) -> Json:
    return texts(value, "id")


def _own(look: Look, known: dict[str, Seen]) -> dict[str, Seen]:
    base = f"{look.organisation}/rulesets"
    seen: dict[str, Seen] = {}
    for listed in look.ask.items(base, f"the rulesets of {look.where}", _listed):
        shown = rulesets.ask(look, base, listed.get("id"))
        if shown is not None:
            seen |= rulesets.found(shown, listed.get("id"), known, look.now)
    return seen


def _one(look: Look, number: str, scopes: Sequence[str], names: dict[str, str], known: dict[str, Seen]) -> dict[str, Seen]:
    """Ask for a ruleset in the first repositories that list it. A list may be older than what GitHub says now."""
    for scope in scopes[:_TRIES]:
        shown = rulesets.ask(look, f"/repos/{quote(names[scope])}/rulesets", number)
        if shown is not None:
            seen = rulesets.found(shown, number, known, look.now)
            return seen | {f"{_WHERE}{number}": Seen(name=str(shown.get("name", "")), settings=_place(_LISTED, scope))}
    return _lost(number, known)


def _unlisted(look: Look, number: str, names: dict[str, str], known: dict[str, Seen]) -> dict[str, Seen]:
    """Return what is to be taken as it was of a ruleset that no list has; nothing when it is surely gone."""
    where = known.get(f"{_WHERE}{number}")
    if where is None or value_of(where.settings, "in") not in names:
        # It came with an event and never was in a list, or the repository that it was seen in is out of our sight.
        return _kept(number, known)
    if value_of(where.settings, "state") == _LISTED or where.since is None:
        return _lost(number, known)
    return {} if _every_list_read(look, where.since) else _kept(number, known)


def _every_list_read(look: Look, since: dt.datetime) -> bool:
    """Say whether every repository's list was read since a time, or a glance saw since that it is as it was."""
    checks = look.ask.store.checks
    for unread in checks.unread(look.ask.installation_id, LISTS, since):
        glance = checks.one(unread.scope, GLANCE)
        as_it_was = unread.checked_at is not None and unread.hint.startswith(WHOLE) and unread.due_at > look.now
        if not as_it_was or glance is None or glance.checked_at is None or glance.checked_at < since:
            return False
    return True


def _lost(number: str, known: dict[str, Seen]) -> dict[str, Seen]:
    """Take a ruleset as it was, and remember from when on nobody showed it."""
    where = known.get(f"{_WHERE}{number}")
    if where is None:
        return _kept(number, known)
    lost = replace(where, settings=_place(_LOST, value_of(where.settings, "in")))
    return _kept(number, known) | {f"{_WHERE}{number}": lost}


def _kept(number: str, known: dict[str, Seen]) -> dict[str, Seen]:
    return {k: known[k] for k in (f"{_OWN}{number}", f"{_WHERE}{number}", f"{rulesets.EDITED}{number}") if k in known}


def _place(state: str, scope: str) -> Settings:
    return settings({"state": state, "in": scope})


def _tell(look: Look, differences: Sequence[Difference]) -> list[Fact]:
    """A ruleset that comes into sight takes nothing from anybody, and may be as old as the organisation: it is not told."""
    told = rulesets.tell(look, [d for d in differences if d.before is not None])
    unlisted = {f"{_OWN}{d.key.removeprefix(_WHERE)}" for d in differences if d.key.startswith(_WHERE) and d.after is None}
    return [replace(f, gap=GONE) if f.action == "deleted" and f.key in unlisted else f for f in told]


SOURCES = (
    Origin(
        name="organisation-rulesets",
        sees="the organisation's rulesets",
        scope=ORGANISATION,
        needs={"metadata": "read"},
        kind=Guard.RULESET,
        read=_read,
        tell=_tell,
        merge=rulesets.completed,
    ),
)
