"""The organisation's file and a repository's, down to the floors -> the policy that applies, with each value's source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from github_app.model import Severity
from github_app.policy.model import (
    Acknowledgement,
    Budget,
    Digest,
    Floors,
    IncidentReport,
    Place,
    Policy,
    PolicyFile,
    Problem,
    PushFeedback,
    QuietHours,
    Retention,
    Setting,
    Watch,
)

FLOOR = "organisation's floor"
_NAMES = {"quiet_hours.from": "start", "quiet_hours.to": "end", "quiet_hours.except": "pass_from"}
_PLAIN: Mapping[str, type] = {
    "quiet_hours": QuietHours,
    "digest": Digest,
    "budget": Budget,
    "retention": Retention,
    "push_feedback": PushFeedback,
    "incident_report": IncidentReport,
    "acknowledgement": Acknowledgement,
}
_LISTS = ("routes", "reviewers", "expected")
# What keeps its meaning when the rest of a broken file is left out: none of it can silence anybody.
_SAFE = ("floors.", "routes", "teams", "reviewers", "watch.branches")

T = TypeVar("T")


def merge(organisation: PolicyFile | None, repository: PolicyFile | None) -> Policy:
    """Return what applies. A repository changes what it likes above the floors and outside the locked sections.

    Rules of routes and reviewers: the repository's come first. People expected and branches guarded: both files'.
    """
    org: Mapping[str, Any] = organisation.values if organisation else {}
    repo: Mapping[str, Any] = repository.values if repository else {}
    floors = Floors(detectors=org.get("floors.detectors", {}), locked=org.get("floors.locked", ()))
    sources: dict[str, str] = {}
    for key in ("floors.detectors", "floors.locked", "teams", "watch.repositories"):
        if key in org:
            sources[key] = Place.ORGANISATION
    allowed = {k: v for k, v in repo.items() if k.partition(".")[0] not in floors.locked}
    lists: dict[str, Any] = {name: _both(name, org, allowed, sources) for name in (*_LISTS, "watch.branches")}
    return Policy(
        watch=Watch(repositories=org.get("watch.repositories", ("*",)), branches=lists.pop("watch.branches")),
        detectors=_detectors(org.get("detectors", {}), repo.get("detectors", {}), floors, sources),
        floors=floors,
        teams=org.get("teams", {}),
        **lists,
        **{name: _plain(name, made, org, allowed, sources) for name, made in _PLAIN.items()},
        sources=sources,
    )


def severity_of(policy: Policy, detector: str, own: Severity) -> Severity | None:
    """Return the severity that a detector's finding gets, or None when the detector is off."""
    setting = policy.detectors.get(detector, Setting())
    if not setting.enabled:
        return None
    severity, floor = setting.severity or own, policy.floors.detectors.get(detector)
    if floor is None:
        return severity
    least = floor.severity
    if least is None and policy.source(f"detectors.{detector}") == Place.REPOSITORY:
        least = own
    return severity if least is None or severity.at_least(least) else least


def floor_problems(organisation: PolicyFile | None, repository: PolicyFile) -> tuple[Problem, ...]:
    """Say which values of a repository's file have no effect, because the organisation's floors say otherwise."""
    org: Mapping[str, Any] = organisation.values if organisation else {}
    floors: Mapping[str, Setting] = org.get("floors.detectors", {})
    found = []
    settings: Mapping[str, Setting] = repository.values.get("detectors", {})  # type: ignore[assignment]  # as keys.root declares
    for name, wanted in settings.items():
        floor = floors.get(name)
        if floor is not None and not _above(wanted, floor):
            message = f"`{wanted}` is below the organisation's floor for {name}, which is `{floor}`"
            found.append(_problem(repository, f"detectors.{name}", message, f"use `{floor}` or stricter"))
    given = {key.partition(".")[0] for key in repository.values}
    found += [
        _problem(repository, section, f"the organisation keeps `{section}` to itself", "take it out here")
        for section in org.get("floors.locked", ())
        if section in given
    ]
    return tuple(sorted(found, key=lambda p: (p.line, p.column)))


def without_quiet(file: PolicyFile) -> PolicyFile:
    """Return what of a file that was replaced by a broken one still applies: floors and where things go.

    Breaking the file must be no way around a floor, and what makes the app quieter must be readable to count.
    """
    return replace(file, values={k: v for k, v in file.values.items() if k.startswith(_SAFE)})


def _above(wanted: Setting, floor: Setting) -> bool:
    if not wanted.enabled:
        return False
    return floor.severity is None or wanted.severity is None or wanted.severity.at_least(floor.severity)


def _problem(file: PolicyFile, key: str, message: str, suggestion: str) -> Problem:
    line, column = file.marks.get(key, (1, 1))
    return Problem(line=line, column=column, path=key, message=message, suggestion=suggestion)


def _detectors(
    org: Mapping[str, Setting], repo: Mapping[str, Setting], floors: Floors, sources: dict[str, str]
) -> dict[str, Setting]:
    found = dict(org) | {name: Setting() for name in floors.detectors if name not in org}
    sources.update({f"detectors.{name}": Place.ORGANISATION.value for name in org})
    sources.update({f"detectors.{name}": FLOOR for name in floors.detectors if name not in org})
    for name, wanted in repo.items():
        floor = floors.detectors.get(name)
        if floor is None or _above(wanted, floor):
            found[name] = wanted
            sources[f"detectors.{name}"] = Place.REPOSITORY
        elif wanted.enabled:
            found[name] = floor
            sources[f"detectors.{name}"] = FLOOR
    return found


def _both(name: str, org: Mapping[str, Any], repo: Mapping[str, Any], sources: dict[str, str]) -> tuple[Any, ...]:
    given = [
        (place, values[name]) for place, values in ((Place.REPOSITORY, repo), (Place.ORGANISATION, org)) if name in values
    ]
    if given:
        sources[name] = " + ".join(place.value for place, _ in given)
    return _unique(value for _, values in given for value in values)


def _unique(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))


def _plain(name: str, made: type, org: Mapping[str, Any], repo: Mapping[str, Any], sources: dict[str, str]) -> Any:
    values: dict[str, Any] = {}
    for place, given in ((Place.ORGANISATION, org), (Place.REPOSITORY, repo)):
        for key, value in given.items():
            section, _, rest = key.partition(".")
            if section == name and rest:
                values[_NAMES.get(key, rest)] = value
                sources[key] = place.value
    return made(**values)
