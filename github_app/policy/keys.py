"""The one declaration of every key: reading, the JSON Schema for editors and the check of the documents come from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from github_app.model import Power, Severity
from github_app.policy.kinds import Choice, Clock, Day, Flag, Line, Switch, Whole, Zone
from github_app.policy.model import Expected, ReviewerRule, Route
from github_app.policy.shapes import Key, Listed, Named, Section

LOCKABLE = (
    "routes", "reviewers", "expected", "quiet_hours", "digest", "budget", "retention", "push_feedback", "incident_report",
    "acknowledgement",
)  # fmt: skip
"""The sections that an organisation can keep repositories from changing."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_LOGIN = Line(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?(?:\[bot\])?", "octocat", 110)
_SLUG = Line(r"[a-z0-9_][a-z0-9_-]{0,99}", "platform-team", 100)
_GLOB = Line(r"!?[A-Za-z0-9._*?\[\]-]{1,100}", "'payments-*'", 101)
_BRANCH = Line(r"!?[^\s~^:\\\x00-\x1f\x7f]{1,200}", "'release/*'", 201)
_REPOSITORY = Line(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}", "octo-org/security", 201)
_CHANNEL = Line(r"#?[a-z0-9][a-z0-9._-]{0,79}|[CG][A-Z0-9]{6,20}", "'#security' or C0123ABCD", 81)
_PATH = Line(r"[^\x00-\x1f\x7f]{1,300}", "'.github/**'", 300)
_REASON = Line(r"\s*\S[^\x00-\x08\x0b-\x1f\x7f]{2,}", "'takes over releases from @alice'", 500)
_SEVERITY = Choice(tuple(s.value for s in Severity), Severity)
_POWER = Choice(tuple(p.value for p in Power if p is not Power.CUSTOM), Power)
_WATCHED = "Which repositories are watched; the last pattern that fits decides, and ! leaves out."
_FLOORS = "On: no repository can switch it off or lower it. A severity: its findings have at least this one."
_TEAMS = "Names of teams and their repositories (globs), for routes."
_PUSH = "How an alert about a push without a pull request shows on GitHub."
_NO_COMMENTS = (("commit-comment", "GitHub asks for write access to code for it, which this app never has"),)
_ID = r"[a-z][a-z0-9-]{0,99}"


_ROUTE = Section(
    {
        "channel": Key(_CHANNEL, "The Slack channel, by name in quotes or better by its id.", required=True),
        "severities": Key(Listed(_SEVERITY, 5), "Only alerts of these severities."),
        "repositories": Key(Listed(_GLOB), "Only alerts of these repositories (globs on the name).", organisation=True),
        "teams": Key(Listed(_SLUG), "Only alerts of the repositories that `teams` lists for these.", organisation=True),
        "private": Key(Flag(), "Private alerts, and only those: pressure, suspicion, cases."),
    },
    Route,
)
_REVIEWERS = Section(
    {
        "people": Key(Listed(_LOGIN, 20), "Logins of people who are asked."),
        "teams": Key(Listed(_SLUG, 10), "Teams of the organisation that are asked."),
        "powers": Key(Listed(_POWER, 12), "Only about these powers."),
        "paths": Key(Listed(_PATH, 50), "Only about these paths (globs; ** crosses folders)."),
    },
    ReviewerRule,
)
_EXPECTED = Section(
    {
        "login": Key(_LOGIN, "The account that is announced.", required=True),
        "id": Key(Whole(1, 10**15), "The account's number, so that nobody who takes over the name is expected."),
        "powers": Key(Listed(_POWER, 12, 1), "What they are expected to get or use.", required=True),
        "until": Key(Day(), "The last day (UTC), at most a year ahead.", required=True),
        "reason": Key(_REASON, "Why, for those who read it later.", required=True),
        "repositories": Key(Listed(_GLOB), "Only in these repositories (globs on the name).", organisation=True),
    },
    Expected,
)


def root(detectors: Collection[str] = ()) -> Section:
    """Return the whole file's declaration; with the ids of detectors, others are refused."""
    return Section({**_places(tuple(sorted(detectors))), **_people(), **_messages(), **_keeping()})


def _places(ids: tuple[str, ...]) -> Mapping[str, Key]:
    watch = Section({
        "repositories": Key(Listed(_GLOB, 500), _WATCHED, organisation=True),
        "branches": Key(Listed(_BRANCH), "Branches guarded besides the default branch, which always is."),
    })  # fmt: skip
    floors = Section({
        "detectors": Key(Named(Switch(floor=True), "detector", _ID, ids), _FLOORS),
        "locked": Key(Listed(Choice(LOCKABLE), 20), "Sections that repositories cannot change."),
    })  # fmt: skip
    return {
        "version": Key(Whole(1, 1), "The version of this format; 1."),
        "watch": Key(watch, "What is watched."),
        "detectors": Key(Named(Switch(), "detector", _ID, ids), "On, off, or a severity for all findings."),
        "floors": Key(floors, "What repositories cannot lower.", organisation=True),
        "teams": Key(Named(Listed(_GLOB, 500), "team", _SLUG.pattern), _TEAMS, organisation=True),
    }  # fmt: skip


def _people() -> Mapping[str, Key]:
    return {
        "routes": Key(Listed(_ROUTE, 50), "Which Slack channel an alert goes to; the first rule that fits decides."),
        "reviewers": Key(
            Listed(_REVIEWERS, 50), "Who is asked, before those who held the power; every rule that fits counts."
        ),
        "expected": Key(Listed(_EXPECTED, 50), "People announced, until a date: recorded and quiet."),
    }


def _messages() -> Mapping[str, Key]:
    quiet = Section({
        "time_zone": Key(Zone(), "Time zone of the hours.", required=True),
        "from": Key(Clock(), "When quiet begins.", required=True),
        "to": Key(Clock(), "When quiet ends; the next morning if it is before `from`.", required=True),
        "days": Key(Listed(Choice(DAYS), 7, 1), "Days on which quiet begins; all if not given."),
        "except": Key(Choice(("medium", "high", "critical"), Severity), "From this severity on messages come at once."),
    })  # fmt: skip
    digest = Section({
        "every": Key(Choice(("day", "week", "never")), "How often findings of severity info and low are gathered."),
        "day": Key(Choice(DAYS), "The day of a weekly digest."),
        "at": Key(Clock(), "The time of day."),
        "time_zone": Key(Zone(), "Time zone of the time."),
        "channel": Key(_CHANNEL, "Where it goes; the channel of alerts if not given."),
    })  # fmt: skip
    budget = Section({
        "per_minute": Key(Whole(1, 60), "Messages a minute to one channel before alerts are grouped."),
        "per_hour": Key(Whole(1, 1000), "Messages an hour to one channel before alerts are grouped."),
    })  # fmt: skip
    return {
        "quiet_hours": Key(quiet, "When messages wait."),
        "digest": Key(digest, "The summary of what was too small for a message."),
        "budget": Key(budget, "When alerts are grouped instead of flooding a channel."),
    }


def _keeping() -> Mapping[str, Key]:
    push = Section({
        "to": Key(Choice(("issue", "none"), not_taken=_NO_COMMENTS), _PUSH, required=True),
        "repository": Key(_REPOSITORY, "The repository that gets the issue."),
    })  # fmt: skip
    incident = Section({
        "to": Key(Choice(("advisory", "file", "issue", "none")), "Where the report of an incident goes.", required=True),
        "repository": Key(_REPOSITORY, "The repository that gets the issue."),
        "public": Key(Flag(), "Whether the issue may be in a repository that everybody can read; private alerts never are."),
    })  # fmt: skip
    return {
        "retention": Key(Section({
            "signals_days": Key(Whole(7, 730), "Days after which signals taken from comments are forgotten."),
            "bodies_days": Key(Whole(1, 90), "Days after which bodies of deliveries are forgotten."),
        }), "How long things are kept."),
        "push_feedback": Key(push, "What GitHub shows of alerts that belong to no pull request."),
        "incident_report": Key(incident, "Where an incident is written down."),
        "acknowledgement": Key(Section({
            "remind_after_hours": Key(Whole(1, 720), "Hours after which an acknowledged alert is called to mind."),
            "reopen_after_hours": Key(Whole(2, 2160), "Hours after which it is opened again."),
        }), "How long an alert may stay acknowledged without a decision."),
    }  # fmt: skip


def schema(detectors: Collection[str]) -> dict[str, Any]:
    """Return the JSON Schema of a policy file, for editors (https://json-schema.org/draft/2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Trust Change Alerts policy (.github/trust-alerts.yml)",
        **root(detectors).schema(),
    }
