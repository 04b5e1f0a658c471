"""Branch protection as far as its event does not tell it: who may dismiss reviews, and who may pass without one, by name.

`branch_protection_rule` events carry the numbers and switches of a rule and come when it goes; they are compared from one
to the next.
https://docs.github.com/en/rest/branches/branch-protection
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from github_app.estate import Guard, settings, value_of
from github_app.fact import Fact
from workers.reconcile.asking import Json, texts
from workers.reconcile.declare import REPOSITORY, Difference, Look, Origin, Seen, guard

LIMITED, DISMISS, PASS = "dismissals limited", "may dismiss reviews", "may pass without review"
_MOST_BRANCHES = 10


def _branch(value: Json) -> Json:
    return texts(value, "name", "protected")


def _members(value: Any) -> list[str]:
    found = value if isinstance(value, dict) else {}
    named: list[str] = []
    for group, key, word in (("users", "login", ""), ("teams", "slug", "team "), ("apps", "slug", "app ")):
        members = [m for m in found.get(group) or [] if isinstance(m, dict)]
        named += [f"{word}{m[key]}" for m in members if isinstance(m.get(key), str)]
    return sorted(named)


def _protection(value: Json) -> Json:
    found = value.get("required_pull_request_reviews")
    reviews: Json = found if isinstance(found, dict) else {}
    return {
        "reviews": "required" if reviews else "not required",
        LIMITED: isinstance(reviews.get("dismissal_restrictions"), dict),
        DISMISS: _members(reviews.get("dismissal_restrictions")),
        PASS: _members(reviews.get("bypass_pull_request_allowances")),
    }


def _tell(look: Look, found: Sequence[Difference]) -> Sequence[Fact]:
    """A rule that goes is told by its event; a list that begins takes nothing from anybody but gives nothing either."""
    told = []
    for d in found:
        if d.before is None or d.after is None:
            continue
        was, now = d.before.settings, d.after.settings
        if value_of(was, LIMITED) == "false" and value_of(now, LIMITED) == "true":
            was = (*was, *(s for s in now if s.name.startswith(f"{DISMISS}:")))
        told.append(replace(d, before=replace(d.before, settings=tuple(sorted(was)))))
    return guard(Guard.PROTECTED_BRANCH)(look, told)


def _branches(look: Look) -> dict[str, Seen]:
    listed = look.ask.items(f"{look.repo}/branches", f"the protected branches of {look.where}", _branch, protected="true")
    names = sorted((str(b["name"]) for b in listed if b.get("name")), key=lambda n: (n != look.default_branch, n))
    found: dict[str, Seen] = {}
    for name in names[:_MOST_BRANCHES]:
        path, what = f"{look.repo}/branches/{quote(name)}/protection", f"the protection of {name} in {look.where}"
        # A branch that only a ruleset protects has no protection of its own.
        shown = look.ask.item(path, what, _protection, missing=True)
        found[f"branch:{name}"] = Seen(name=name, settings=settings(shown or {"reviews": "not required"}))
    return found


SOURCES = (
    Origin(
        name="protected-branches",
        sees="who may get around the protection of branches",
        scope=REPOSITORY,
        needs={"administration": "read", "contents": "read"},
        kind=Guard.PROTECTED_BRANCH,
        read=_branches,
        tell=_tell,
    ),
)
