"""What a change of the policy takes away: one sentence for each loss. Pure; what makes the app stricter is no loss."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from github_app.model import Severity
from github_app.policy.model import Expected, Policy, Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """One loss in a sentence. `grave` ones take sight away; `announces` is the login of somebody who is now expected."""

    sentence: str
    grave: bool = False
    announces: str = ""


def weakenings(before: Policy, after: Policy) -> list[str]:
    """Return what `after` takes away, a sentence each; nothing when it is as strict as `before` or stricter."""
    return [loss.sentence for loss in losses(before, after)]


def losses(before: Policy, after: Policy) -> list[Loss]:
    """Return the same as `weakenings`, with how grave each is."""
    found: list[Loss] = []
    for compare in (_detectors, _floors, _watch, _expected, _people, _rest):
        found.extend(compare(before, after))
    return found


def _detectors(before: Policy, after: Policy) -> Iterator[Loss]:
    for name in sorted({*before.detectors, *after.detectors}):
        old, new = before.detectors.get(name, Setting()), after.detectors.get(name, Setting())
        if old.enabled and not new.enabled:
            yield Loss(sentence=f"The detector {name} is switched off.", grave=True)
        elif old.enabled and new.enabled and old.severity != new.severity:
            if old.severity is None and new.severity is not None and new.severity.rank <= Severity.LOW.rank:
                yield Loss(sentence=f"Findings of {name} are {new.severity} now, so nobody is told.", grave=True)
            elif old.severity is None:
                if new.severity is not Severity.CRITICAL:
                    yield Loss(sentence=f"Findings of {name} are {new.severity} now, however bad the detector calls them.")
            elif new.severity is None:
                if old.severity.rank > Severity.LOW.rank:
                    yield Loss(sentence=f"Findings of {name} are no longer {old.severity} in every case.")
            elif old.severity.rank > new.severity.rank:
                silent = new.severity.rank <= Severity.LOW.rank < old.severity.rank
                yield Loss(sentence=f"Findings of {name} are {new.severity} instead of {old.severity}.", grave=silent)


def _floors(before: Policy, after: Policy) -> Iterator[Loss]:
    for name, old in sorted(before.floors.detectors.items()):
        new = after.floors.detectors.get(name)
        if new is None:
            yield Loss(sentence=f"The floor for {name} ({old}) is gone, so repositories can switch it off.", grave=True)
        elif old.severity is not None and (new.severity is None or new.severity.rank < old.severity.rank):
            yield Loss(sentence=f"The floor for {name} is {new} instead of {old}.", grave=True)
    for section in before.floors.locked:
        if section not in after.floors.locked:
            yield Loss(sentence=f"Repositories can change `{section}` now.", grave=True)


def _watch(before: Policy, after: Policy) -> Iterator[Loss]:
    if before.watch.repositories != after.watch.repositories:
        gone = [p for p in before.watch.repositories if not p.startswith("!") and p not in after.watch.repositories]
        out = [p for p in after.watch.repositories if p.startswith("!") and p not in before.watch.repositories]
        if gone and "*" not in after.watch.repositories:
            yield Loss(sentence=f"Repositories {', '.join(gone)} are not listed to be watched any more.", grave=True)
        if out:
            yield Loss(sentence=f"Repositories {', '.join(p[1:] for p in out)} are left out.", grave=True)
        if not gone and not out and set(before.watch.repositories) == set(after.watch.repositories):
            yield Loss(sentence="The order of the watched repositories changed, and the last pattern that fits decides.")
    for pattern in before.watch.branches:
        if not pattern.startswith("!") and pattern not in after.watch.branches:
            yield Loss(sentence=f"The branches {pattern} are not guarded any more.", grave=True)
    for pattern in after.watch.branches:
        if pattern.startswith("!") and pattern not in before.watch.branches:
            yield Loss(sentence=f"The branches {pattern[1:]} are not guarded any more.", grave=True)


def _expected(before: Policy, after: Policy) -> Iterator[Loss]:
    for new in after.expected:
        if not any(_covers(old, new) for old in before.expected):
            powers = ", ".join(power.value for power in new.powers)
            where = f" in {', '.join(new.repositories)}" if new.repositories else ""
            yield Loss(
                sentence=f"@{new.login} is expected to become {powers}{where} until {new.until}: {new.reason.rstrip('.')}.",
                announces=new.login,
            )


def _covers(old: Expected, new: Expected) -> bool:
    same = old.login.lower() == new.login.lower() and (old.id is None or old.id == new.id)
    places = not old.repositories or (bool(new.repositories) and set(new.repositories) <= set(old.repositories))
    return same and set(new.powers) <= set(old.powers) and new.until <= old.until and places


def _people(before: Policy, after: Policy) -> Iterator[Loss]:
    kept = {(who, rule.powers, rule.paths) for rule in after.reviewers for who in (*rule.people, *rule.teams)}
    for rule in before.reviewers:
        gone = [who for who in (*rule.people, *rule.teams) if (who, rule.powers, rule.paths) not in kept]
        if gone:
            yield Loss(sentence=f"{', '.join(gone)} {'is' if len(gone) == 1 else 'are'} not asked as before.")
    channels = {route.channel for route in after.routes}
    for channel in dict.fromkeys(route.channel for route in before.routes):
        if channel not in channels:
            yield Loss(sentence=f"No rule sends alerts to {channel} any more.")
    if any(r.private for r in before.routes) and not any(r.private for r in after.routes):
        yield Loss(sentence="Private alerts have no channel of their own any more.")


def _rest(before: Policy, after: Policy) -> Iterator[Loss]:
    if before.retention.bodies_days > after.retention.bodies_days:
        yield Loss(sentence=f"Deliveries are forgotten after {_days(after.retention.bodies_days)}.")
    if before.retention.signals_days > after.retention.signals_days:
        yield Loss(sentence=f"Signals from comments are forgotten after {_days(after.retention.signals_days)}.")
    if after.acknowledgement.reopen_after_hours > before.acknowledgement.reopen_after_hours:
        hours = after.acknowledgement.reopen_after_hours
        yield Loss(sentence=f"Acknowledged alerts stay without a decision for {hours} hours.")
    if before.push_feedback.to != "none" and after.push_feedback.to == "none":
        yield Loss(sentence="Alerts about pushes do not show on GitHub any more.")
    if before.incident_report.to != "none" and after.incident_report.to == "none":
        yield Loss(sentence="Incidents are not written down on GitHub any more.")
    if after.incident_report.public and not before.incident_report.public:
        yield Loss(sentence="Reports of incidents may be written where everybody can read them.")
    if after.quiet_hours.start is not None and before.quiet_hours.start is None:
        yield Loss(sentence=f"Messages wait from {after.quiet_hours.start:%H:%M} to {after.quiet_hours.end:%H:%M}.")


def _days(days: int) -> str:
    return "a day" if days == 1 else f"{days} days"
