"""Rulesets, who may bypass them, and who did.

https://docs.github.com/en/rest/repos/rules, https://docs.github.com/en/rest/repos/rule-suites

GitHub shows who may bypass a ruleset only to those who may edit it, and files everything about an organisation's rulesets
and about bypasses under *write* access to administration. The app never asks for that, so these are blind spots unless an
operator decides otherwise.
"""

from __future__ import annotations

from typing import Any

from github_app.estate import Guard, Settings, Thing, settings
from workers.facts import guards
from workers.reconcile.asking import Json, texts
from workers.reconcile.declare import ORGANISATION, REPOSITORY, Look, Origin, Seen, guard, inventory, person

_SHOWN = ("id", "name", "target", "enforcement", "bypass_actors", "conditions", "rules")


def _listed(value: Json) -> Json:
    return texts(value, "id", "name", "source_type")


def _ruleset(value: Json) -> Json:
    state = guards.ruleset(value)
    return texts(value, "id", "name") | {"settings": [[s.name, s.value] for s in state]}


def _rulesets(look: Look) -> dict[str, Seen]:
    base = f"{look.repo if look.repository else look.organisation}/rulesets"
    # An organisation's own rulesets are listed in every repository as well, unless one says no.
    query: dict[str, Any] = {"includes_parents": "false"} if look.repository else {}
    found: dict[str, Seen] = {}
    for listed in look.ask.items(base, f"the rulesets of {look.where}", _listed, **query):
        number = listed.get("id")
        shown = look.ask.item(f"{base}/{number}", f"ruleset {number} of {look.where}", _ruleset, missing=True)
        if shown is not None:
            state = settings(dict(map(tuple, shown["settings"])))
            found[f"ruleset:{number}"] = Seen(name=str(shown.get("name", "")), settings=state)
    return found


def _completed(now: Settings, before: Settings) -> Settings:
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
    base = f"{look.repo if look.repository else look.organisation}/rulesets/rule-suites"
    what = f"bypasses of protection in {look.where}"
    found = look.ask.items(base, what, _suite, rule_suite_result="bypass", time_period="day")
    return {
        f"rule-suite:{s['id']}": Seen(
            name=str(s.get("ref", "")).removeprefix("refs/heads/"),
            settings=settings(
                {k: s[k] for k in ("repository_name", "ref", "before_sha", "after_sha", "pushed_at") if k in s}
            ),
            subject=person(s.get("actor_id", ""), str(s.get("actor_name", ""))),
        )
        for s in found
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
        tell=guard(Guard.RULESET),
        merge=_completed,
    ),
    Origin(
        name="organisation-rulesets",
        sees="the organisation's rulesets",
        scope=ORGANISATION,
        needs={"organization_administration": "write"},
        kind=Guard.RULESET,
        read=_rulesets,
        tell=guard(Guard.RULESET),
        merge=_completed,
        refused_by_design=True,
    ),
    Origin(
        name="protection-bypasses",
        sees="who pushed past the protection of a branch",
        scope=ORGANISATION,
        needs={"organization_administration": "write"},
        kind=Thing.PROTECTION_BYPASS,
        read=_bypasses,
        tell=inventory(Thing.PROTECTION_BYPASS),
        log=True,
        refused_by_design=True,
    ),
)
