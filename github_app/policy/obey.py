"""What a policy makes of facts and alerts. Pure: the judge knows nothing of it, and no rule here knows a detector.

Globs are those of `fnmatch` with case; `!` in front leaves out, and the last pattern that fits decides.
"""

from __future__ import annotations

import datetime as dt
import fnmatch
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from github_app.fact import CommitsLanded, Fact, PullMerged
from github_app.model import Alert, Person, Power, Reviewer
from github_app.policy.merge import severity_of
from github_app.policy.model import Expected, Policy, ReviewerRule, Route

_MOST_REVIEWERS = 5
_HEADS = "refs/heads/"
_QUEUE = "gh-readonly-queue/"
"""How a merge queue names its branches (docs.github.com, "Managing a merge queue"): what is on one has not landed yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Obeyed:
    """An alert as the policy wants it; with a reason in `quiet` it is recorded and nobody is told."""

    alert: Alert
    quiet: str = ""


def guard(facts: Iterable[Fact], policy: Policy) -> tuple[Fact, ...]:
    """Return the facts with branches guarded that the policy guards; the default branch is guarded without it."""
    return tuple(_guard(fact, policy.watch.branches) for fact in facts)


def obey(alert: Alert, policy: Policy) -> Obeyed:
    """Return what a policy makes of an alert: its severity, its reviewers, and whether it is quiet.

    Whether somebody was still expected is held against the time of the change, not of the judgement.
    """
    finding = alert.finding
    severity = severity_of(policy, finding.detector, finding.severity)
    quiet = ""
    if not watched(policy, alert.repository.full_name):
        quiet = "the repository is not watched"
    elif severity is None:
        quiet = f"the detector is off ({policy.source(f'detectors.{finding.detector}')})"
    elif announced := _expected(alert, policy):
        quiet = f"@{announced.login} is expected as {', '.join(finding.gains)} until {announced.until}: {announced.reason}"
    changed = replace(
        alert, finding=replace(finding, severity=severity or finding.severity), reviewers=_reviewers(alert, policy)
    )
    return Obeyed(alert=changed, quiet=quiet)


def watched(policy: Policy, full_name: str) -> bool:
    """Say whether a repository is watched; a whole organisation always is."""
    return "/" not in full_name or fits(_name(full_name), policy.watch.repositories)


def channel(policy: Policy, alert: Alert) -> str:
    """Return the Slack channel of an alert, or "" where no rule says one and the app's own setting decides."""
    return next((route.channel for route in policy.routes if _goes(route, policy, alert)), "")


def fits(name: str, patterns: Sequence[str]) -> bool:
    """Say whether a name fits patterns: the last one that matches decides."""
    verdict = False
    for pattern in patterns:
        out = pattern.startswith("!")
        if fnmatch.fnmatchcase(name, pattern[out:]):
            verdict = not out
    return verdict


def path_fits(path: str, pattern: str) -> bool:
    """Say whether a path fits a glob in which `*` stays within a folder and `**` does not."""
    return _path_pattern(pattern).fullmatch(path) is not None


def _guard(fact: Fact, branches: Sequence[str]) -> Fact:
    if isinstance(fact, CommitsLanded) and not fact.guarded and fact.ref.startswith(_HEADS):
        name = fact.ref.removeprefix(_HEADS)
        return replace(fact, guarded=not name.startswith(_QUEUE) and fits(name, branches))
    if isinstance(fact, PullMerged) and not fact.guarded:
        return replace(fact, guarded=fits(fact.base_ref, branches))
    return fact


def _name(full_name: str) -> str:
    return full_name.partition("/")[2]


def _goes(route: Route, policy: Policy, alert: Alert) -> bool:
    if route.private != alert.finding.private or (route.severities and alert.finding.severity not in route.severities):
        return False
    name = _name(alert.repository.full_name)
    if route.repositories and not fits(name, route.repositories):
        return False
    return not route.teams or any(fits(name, policy.teams.get(team, ())) for team in route.teams)


def _expected(alert: Alert, policy: Policy) -> Expected | None:
    who, gains = alert.finding.subject.person, set(alert.finding.gains)
    if not gains or not who.login:
        return None
    name, day = _name(alert.repository.full_name), alert.at.astimezone(dt.UTC).date()
    for announced in policy.expected:
        same = announced.login.lower() == who.login.lower() and announced.id in {None, who.id}
        here = not announced.repositories or fits(name, announced.repositories)
        if same and here and gains <= set(announced.powers) and day <= announced.until:
            return announced
    return None


def _reviewers(alert: Alert, policy: Policy) -> tuple[Reviewer, ...]:
    """Put those whom the policy names first; never the subject or who granted the power."""
    part = {p.login.lower() for p in (alert.finding.subject.person, alert.finding.grantor) if p is not None and p.login}
    owner = alert.repository.owner
    named: dict[str, Reviewer] = {}
    for rule in (r for r in policy.reviewers if _asked(r, alert)):
        power = next((p for p in alert.finding.powers if p in rule.powers), next(iter(alert.finding.powers), Power.ADMIN))
        for login in (*rule.people, *(f"{owner}/{team}" for team in rule.teams)):
            if login.lower() not in part:
                reviewer = Reviewer(person=Person(login=login), power=power, since=alert.at, named=True)
                named.setdefault(login.lower(), reviewer)
    rest = [r for r in alert.reviewers if r.person.login.lower() not in named]
    return (*named.values(), *rest)[:_MOST_REVIEWERS]


def _asked(rule: ReviewerRule, alert: Alert) -> bool:
    finding = alert.finding
    if rule.powers and set(rule.powers).isdisjoint({*finding.powers, *finding.gains}):
        return False
    paths = [e.value for e in finding.evidence if e.kind == "path"]
    return not rule.paths or any(path_fits(path, pattern) for path in paths for pattern in rule.paths)


@cache
def _path_pattern(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/?|\*|\?)", pattern)
    known = {"**": ".*", "**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(known.get(part, re.escape(part)) for part in parts), re.DOTALL)
