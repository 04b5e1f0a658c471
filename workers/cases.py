"""Cases: alerts that belong together, so that a take-over reads as one story. Pure: the same live, in a replay and backtest.

Two alerts of one repository within `WINDOW` belong together when

- they are about one person or one signing key;
- whoever would gain by the one is the subject of the other, or would gain by both;
- the subject of the earlier one gave the power that the later one is about, or, within `AFTER_A_GRANT`, whoever gave the
  power becomes a subject themselves;
- they are about one act: they name the same commit or pull request, and came within `ONE_ACT`;
- the earlier one woke a quiet repository, and the later one tells of a power gained there within `AWAKE`;
- the earlier one is pressure that names nobody, and the later one is the first power gained there after it.

An alert about a whole organisation belongs to what its subject does in any repository of it. Nothing else joins alerts
about different people: a busy repository is not one big case.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from github_app.identity import keys
from github_app.model import Alert, Case, Person, Severity, Stage, State, Step, Subject, Verdict
from workers.render.message import Story

WINDOW = dt.timedelta(days=365)
"""An alert joins a case when it comes within this time of the case's latest."""
AFTER_A_GRANT = dt.timedelta(days=30)
"""How long whoever gave a power away is looked at together with it: their account may have been taken first."""
ONE_ACT = dt.timedelta(days=1)
AWAKE = dt.timedelta(days=90)

COUNTS = Severity.MEDIUM
"""Only alerts of this severity or above make a case worse; milder ones are part of its story."""

_GAINS = frozenset({Step.GRANT, Step.USE, Step.RELEASE})
_NO_HARM = frozenset({Verdict.EXPECTED, Verdict.HARMLESS})


def join(alerts: Sequence[Alert], known: Iterable[Collection[int]] = ()) -> tuple[Case, ...]:
    """Join alerts to cases of two or more; those of detectors on trial belong to none.

    Args:
        alerts: of one repository or one owner, in order of time.
        known: positions that were joined before, and stay together whatever is known of them now.

    Returns:
        Cases by the time they opened; see `severity` for how bad each is.
    """
    joiner = Joiner(known)
    for alert in alerts:
        joiner.add(alert)
    return tuple(sorted((case_of(alerts, p) for p in joiner.cases()), key=lambda case: (case.opened_at, case.id)))


class Joiner:
    """Joins alerts one by one, in order of time; `known` as in `join`."""

    def __init__(self, known: Iterable[Collection[int]] = ()) -> None:
        self._before = {position: number for number, positions in enumerate(known) for position in positions}
        self._groups: list[_Group] = []
        self._unanswered: list[_Step] = []
        self._count = 0

    def add(self, alert: Alert) -> tuple[Alert, ...]:
        """Join the next alert; return everything it belongs together with, itself among it, in order."""
        position, self._count = self._count, self._count + 1
        if alert.stage is not Stage.STABLE:
            return (alert,)
        step, case = _Step.of(position, alert), self._before.get(position)
        answered = [x for x in self._unanswered if _answers(x, step)]
        self._unanswered = [x for x in self._unanswered if x not in answered]
        if alert.step is Step.PRESSURE and not step.gaining:
            self._unanswered.append(step)
        mine = [g for g in self._groups if (case is not None and case in g.known) or g.takes(step, answered)]
        merged = _Group.merged(mine, step, case)
        self._groups = [*(g for g in self._groups if g not in mine), merged]
        return tuple(s.alert for s in sorted(merged.steps, key=lambda s: s.position))

    def cases(self) -> list[list[int]]:
        """Return the positions of the alerts of each case: those that belong together, two or more."""
        return [sorted(s.position for s in g.steps) for g in self._groups if len(g.steps) > 1]


def case_of(alerts: Sequence[Alert], positions: Sequence[int]) -> Case:
    """Return the case that these positions of `alerts` make, whatever joins them."""
    members = [alerts[i] for i in positions]
    return Case(
        id=f"case-{members[0].fingerprint[:12]}",
        opened_at=members[0].at,
        severity=severity(members),
        subject=subject(members),
        alerts=tuple(positions),
    )


def severity(alerts: Iterable[Alert]) -> Severity:
    """Return how bad alerts are together: as their worst, and at each further kind of step one worse than before it.

    Args:
        alerts: in order of time. What a reviewer called expected or harmless does not count; `info` when nothing else is
            left.
    """
    worst, kinds = Severity.INFO, set[Step]()
    for alert in alerts:
        if alert.state is State.RESOLVED and alert.verdict in _NO_HARM:
            continue
        here = alert.finding.severity
        if here.at_least(COUNTS) and alert.step not in kinds:
            here = max(here, _worse(worst), key=lambda s: s.rank) if kinds else here
            kinds.add(alert.step)
        worst = max(worst, here, key=lambda s: s.rank)
    return worst


def subject(alerts: Sequence[Alert]) -> Subject:
    """Return whom alerts are about together: who is named most, with a key of theirs; not whoever pressed for them."""
    acts = [a for a in alerts if a.step is not Step.PRESSURE and keys(a.finding.subject.person)] or alerts
    about: list[tuple[set[str], list[Alert]]] = []
    for alert in acts:
        names = _names(alert)
        found = next((x for x in about if not x[0].isdisjoint(names)), None)
        if found is None:
            about.append((names, [alert]))
        else:
            found[0].update(names)
            found[1].append(alert)
    most = max(about, key=lambda x: len(x[1]))[1]
    person = next((a.finding.subject.person for a in most if keys(a.finding.subject.person)), Person())
    return Subject(person=person, key=next((a.finding.subject.key for a in most if a.finding.subject.key), ""))


def story(name: str, alerts: Sequence[Alert]) -> Story:
    """Return the alerts of one case, in order of time, as they are told now."""
    return Story(name=name, severity=severity(alerts), subject=subject(alerts), alerts=tuple(alerts))


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """An alert with its names as sets, for comparing."""

    position: int
    alert: Alert
    names: set[str]
    gaining: set[str]
    grantor: set[str]
    acts: set[str]

    @classmethod
    def of(cls, position: int, alert: Alert) -> _Step:
        finding = alert.finding
        acts = {f"{e.kind} {e.value}" for e in finding.evidence if e.kind in {"commit", "pull"} and e.value}
        return cls(
            position=position,
            alert=alert,
            names=_names(alert),
            gaining={*alert.beneficiary_keys, *(key for person in finding.beneficiaries for key in keys(person))},
            grantor={*alert.grantor_keys, *(keys(finding.grantor) if finding.grantor else ())},
            acts=acts if finding.pull is None else acts | {f"pull {finding.pull}"},
        )


@dataclass(slots=True, eq=False)
class _Group:
    steps: list[_Step]
    latest: dt.datetime
    known: set[int] = field(default_factory=set)

    @classmethod
    def merged(cls, groups: Iterable[_Group], step: _Step, case: int | None) -> _Group:
        found = cls(steps=[step], latest=step.alert.at, known=set() if case is None else {case})
        for group in groups:
            found.steps = group.steps + found.steps
            found.latest = max(found.latest, group.latest)
            found.known |= group.known
        return found

    def takes(self, new: _Step, answered: Collection[_Step]) -> bool:
        if new.alert.at - self.latest > WINDOW:
            return False
        return any(old in answered or _linked(old, new) for old in self.steps)


def _names(alert: Alert) -> set[str]:
    about = alert.finding.subject
    return {*alert.subject_keys, *keys(about.person), *([about.key] if about.key else [])}


def _linked(old: _Step, new: _Step) -> bool:
    """Say whether two alerts belong together; the list is in the module's docstring."""
    gave_on = not old.names.isdisjoint(new.grantor)
    same_subject = not old.names.isdisjoint(new.names)
    if not _same_place(old.alert, new.alert):
        return _one_is_organisation_wide(old.alert, new.alert) and (same_subject or gave_on)
    if same_subject or gave_on:
        return True
    if not old.gaining.isdisjoint(new.names | new.gaining) or not new.gaining.isdisjoint(old.names):
        return True
    gap = new.alert.at - old.alert.at
    if gap <= AFTER_A_GRANT and not old.grantor.isdisjoint(new.names):
        return True
    if gap <= ONE_ACT and not old.acts.isdisjoint(new.acts):
        return True
    return old.alert.step is Step.WAKING and gap <= AWAKE and _gains(new.alert)


def _answers(pressure: _Step, new: _Step) -> bool:
    near = _same_place(pressure.alert, new.alert) and new.alert.at - pressure.alert.at <= WINDOW
    return near and _gains(new.alert)


def _gains(alert: Alert) -> bool:
    return alert.step in _GAINS and alert.finding.severity.at_least(COUNTS)


def _same_place(one: Alert, other: Alert) -> bool:
    a, b = one.repository, other.repository
    return (a.id, a.full_name if not a.id else "") == (b.id, b.full_name if not b.id else "")


def _one_is_organisation_wide(one: Alert, other: Alert) -> bool:
    a, b = one.repository, other.repository
    return a.owner_id != 0 and a.owner_id == b.owner_id and 0 in {a.id, b.id}


def _worse(level: Severity) -> Severity:
    return list(Severity)[min(level.rank + 1, len(Severity) - 1)]
