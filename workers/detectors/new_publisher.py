"""Somebody published a package from here for the first time."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.happenings import PackagePublished
from github_app.identity import keys
from github_app.model import Finding, Power, Severity, Stage, Step, Subject
from github_app.remember import PACKAGES, publisher
from workers.detectors import Change, Detector, _estate, _words


def detect(change: Change) -> Iterable[Finding]:
    """Report who publishes and never has, unless they are known to release here."""
    fact: PackagePublished = change.fact
    who, ledger = fact.actor, change.ledger
    if who is None or not keys(who) or any(ledger.holding(Power.CUSTOM, publisher(key)) is not None for key in keys(who)):
        return ()
    if _words.used(ledger.holding(Power.RELEASER, who)):
        return ()
    others = ledger.holding(Power.CUSTOM, PACKAGES)
    first = "No package of anybody is known before it"
    company = f"Packages have been published from here since {_words.day(others.since)}" if others else first
    return [
        _estate.finding(
            fact,
            Severity.MEDIUM,
            f"{_words.named(who)} published {fact.name} {fact.version} for the first time".replace("  ", " "),
            f"{company}.{_estate.about(fact, ledger)}",
            before="never published",
            after="publishes",
            subject=Subject(person=who),
            powers=(Power.RELEASER, Power.ADMIN, Power.MERGER),
            gains=(Power.RELEASER,),
        )
    ]


DETECTOR = Detector(
    watches=(PackagePublished,), stage=Stage.STABLE, step=Step.RELEASE, severities=(Severity.MEDIUM,), detect=detect
)
