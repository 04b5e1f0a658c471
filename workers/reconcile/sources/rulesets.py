"""Rulesets, when they were edited unseen, and pushes that GitHub let pass.

A repository lists the rulesets of its organisation and enterprise as well, and shows each of them, to whoever may read its
metadata. So an organisation's rulesets are read through the repositories that they apply to; the organisation's own list
needs *write* access to its administration, which this app never asks for but uses where somebody gave it.

GitHub shows who may pass a ruleset only to those who may edit it. When it was last edited is shown to everybody: an edit
of which no event told and in which nothing visible changed may have changed just that.

https://docs.github.com/en/rest/repos/rules, https://docs.github.com/en/rest/repos/rule-suites
https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from github_app.estate import APPLIES, Guard, GuardChanged, Settings, Thing, settings, value_of
from workers.facts import guards
from workers.reconcile.asking import Json, texts
from workers.reconcile.declare import ORGANISATION, REPOSITORY, Difference, Look, Origin, Seen, changes, inventory, person

_OWN, EDITED = "ruleset:", "edited:"
_PARENTS = frozenset({"Organization", "Enterprise"})
GRACE = dt.timedelta(minutes=30)
"""So long an edit may wait for its event: one that failed to be delivered is sent again within this time."""
_SKEW = dt.timedelta(minutes=1)
"""GitHub's clock and ours may differ by so much."""
UNSEEN = (
    "No event told of this edit, and of who may pass a ruleset this app is shown nothing. "
    "It may also have been saved without a change"
)


def _listed(value: Json) -> Json:
    return texts(value, "id", "name", "source_type")


def _ruleset(value: Json) -> Json:
    state = guards.ruleset(value)
    return texts(value, "id", "name", "updated_at") | {"settings": [[s.name, s.value] for s in state]}


def state_of(shown: Json) -> Settings:
    """Return the settings of a ruleset as it is kept."""
    return settings(dict(map(tuple, shown["settings"])))


def ask(look: Look, base: str, number: object) -> Json | None:
    """Return a ruleset, None where there is none of that number (any more); a repository shows those of its parents too."""
    return look.ask.item(f"{base}/{number}", f"ruleset {number} of {look.where}", _ruleset, missing=True)


def found(shown: Json, number: object, known: Mapping[str, Seen], now: dt.datetime) -> dict[str, Seen]:
    """Return a ruleset, and when it was edited where its bypass list is not shown."""
    name, state = str(shown.get("name", "")), state_of(shown)
    seen = {f"{_OWN}{number}": Seen(name=name, settings=state)}
    edited = guards.moment(shown.get("updated_at"))
    if guards.hides_bypass(state) and edited is not None:
        key = f"{EDITED}{number}"
        fresh = now - edited < GRACE and key in known
        seen[key] = known[key] if fresh else Seen(name=name, settings=settings({"at": edited.isoformat()}))
    return seen


def known_of(look: Look, scope: str) -> dict[str, Seen]:
    """Return what is known of the rulesets of a scope."""
    kept = look.ask.store.snapshots.all(scope, Guard.RULESET)
    return {k: Seen(name=s.name, settings=s.settings, since=s.seen_at) for k, s in kept.items() if s.settings}


def _rulesets(look: Look) -> dict[str, Seen]:
    """Return a repository's own rulesets, and which of its parents' apply to it."""
    base, known = f"{look.repo}/rulesets", known_of(look, look.ask.scope)
    seen: dict[str, Seen] = {}
    for listed in look.ask.items(base, f"the rulesets of {look.where}", _listed, includes_parents="true"):
        number = listed.get("id")
        if listed.get("source_type") in _PARENTS:
            applies = settings({"source": str(listed["source_type"]).lower()})
            seen[f"{APPLIES}{number}"] = Seen(name=str(listed.get("name", "")), settings=applies)
        elif (shown := ask(look, base, number)) is not None:
            seen |= found(shown, number, known, look.now)
    return seen


def tell(look: Look, differences: Sequence[Difference]) -> list[GuardChanged]:
    """Return what changed in rulesets, and which was edited without a visible change and without a word."""
    plain = [d for d in differences if d.key.startswith(_OWN)]
    changed = {d.key for d in plain}
    edits = [d for d in differences if d.key.startswith(EDITED) and d.before and d.after]
    return [*changes(Guard.RULESET, look, plain), *_unseen(look, edits, changed)]


def _unseen(look: Look, edits: Iterable[Difference], changed: set[str]) -> list[GuardChanged]:
    known = known_of(look, look.ask.scope)
    told: list[GuardChanged] = []
    for d in edits:
        key = f"{_OWN}{d.key.removeprefix(EDITED)}"
        at, before = guards.moment(value_of(d.after.settings if d.after else (), "at")), known.get(key)
        # What an event or an earlier look told of this edit was stored with a time that is not before it.
        if before is None or key in changed or at is None or (before.since is not None and at <= before.since + _SKEW):
            continue
        state = before.settings
        told.append(
            GuardChanged(
                guard=Guard.RULESET,
                key=key,
                name=before.name,
                action="edited",
                before=state,
                after=state,
                since=at,
                **look.common(gap=UNSEEN),
            )
        )
    return told


def completed(now: Settings, before: Settings) -> Settings:
    """Without permission to edit, the list of who may pass is not shown: it is taken to be as it was last seen."""
    return guards.with_bypass_of(now, before) if guards.hides_bypass(now) else now


def _suite(value: Json) -> Json:
    return texts(
        value,
        "id",
        "actor_id",
        "actor_name",
        "before_sha",
        "after_sha",
        "ref",
        "repository_name",
        "repository_id",
        "pushed_at",
    )


def _bypasses(look: Look) -> dict[str, Seen]:
    base = f"{look.organisation}/rulesets/rule-suites"
    what = f"bypasses of protection in {look.where}"
    listed = look.ask.items(base, what, _suite, rule_suite_result="bypass", time_period="day")
    return {
        f"rule-suite:{s['id']}": Seen(
            name=str(s.get("ref", "")).removeprefix("refs/heads/"),
            settings=settings(
                {k: s[k] for k in ("repository_name", "ref", "before_sha", "after_sha", "pushed_at") if k in s}
            ),
            subject=person(s.get("actor_id", ""), str(s.get("actor_name", ""))),
        )
        for s in listed
        if "id" in s
    }


SOURCES = (
    Origin(
        name="repository-rulesets",
        sees="a repository's rulesets",
        scope=REPOSITORY,
        needs={"metadata": "read"},
        kind=Guard.RULESET,
        read=_rulesets,
        tell=tell,
        merge=completed,
    ),
    Origin(
        name="protection-bypasses",
        sees="merges and pushes that GitHub let past missing checks, reviews or signatures, as its own list has them",
        scope=ORGANISATION,
        needs={"organization_administration": "write"},
        kind=Thing.PROTECTION_BYPASS,
        read=_bypasses,
        tell=inventory(Thing.PROTECTION_BYPASS),
        log=True,
        refused_by_design=True,
    ),
)
