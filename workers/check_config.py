"""`trust-alerts check-config`: what is wrong in a policy file, what the organisation overrules, and what applies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from github_app.policy import Parsed, Place, Policy, Problem, floor_problems, merge, parse
from workers import detectors


class ConfigError(ValueError):
    """A file cannot be read from disk; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came out: (name of the file, problem) in order, and the policy when both files can be used."""

    problems: tuple[tuple[str, Problem], ...]
    policy: Policy | None

    @property
    def good(self) -> bool:
        """Say whether there are no problems beyond notes."""
        return all(problem.note for _, problem in self.problems)


def check(file: str, organisation: str | None, today: dt.date, *, is_organisation: bool = False) -> Checked:
    """Check a policy file.

    Args:
        file: a repository's file, or the organisation's with `is_organisation`.
        organisation: the organisation's file, against whose floors a repository's is held.
        today: the day (UTC) against which end dates are held.
        is_organisation: `file` is the organisation's own.

    Raises:
        ConfigError: a file cannot be read.
    """
    where = Place.ORGANISATION if is_organisation else Place.REPOSITORY
    mine = _read(file, where, today)
    org = _read(organisation, Place.ORGANISATION, today) if organisation is not None else Parsed(file=None)
    found = [(organisation or "", problem) for problem in org.problems]
    found += [(file, problem) for problem in mine.problems]
    if mine.file is not None and org.file is not None:
        found += [(file, problem) for problem in floor_problems(org.file, mine.file)]
    usable = mine.file is not None and not org.errors
    policy = (merge(mine.file, None) if is_organisation else merge(org.file, mine.file)) if usable else None
    return Checked(problems=tuple(found), policy=policy)


def defaults(policy: Policy) -> Iterator[tuple[str, str]]:
    """Yield the detectors that no file names, with what they do by themselves."""
    for detector in detectors.load():
        if detector.id not in policy.detectors:
            own = ", ".join(severity.value for severity in detector.severities)
            yield detector.id, f"on ({own or 'its own severity'})"


def _read(name: str, where: Place, today: dt.date) -> Parsed:
    try:
        with Path(name).open("rb") as stream:
            data = stream.read(1_000_000)
    except OSError as error:
        raise ConfigError(f"{name!r} cannot be read: {error.strerror or type(error).__name__}") from error
    return parse(data, where=where, detectors=[d.id for d in detectors.load()], today=today)
