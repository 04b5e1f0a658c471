"""A file was added to a published release by somebody who neither made the release nor has released here before."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.identity import keys
from github_app.model import Evidence, Finding, Person, Power, Severity, Stage, Subject
from github_app.releases import ReleaseFilesChanged
from workers.detectors import Change, Detector, _words


def detect(change: Change) -> Iterable[Finding]:
    """Report each person who adds files to others' releases for the first time; apps build for others, so they are not."""
    fact: ReleaseFilesChanged = change.fact
    ledger = change.ledger
    found = []
    strangers: dict[Person, list[str]] = {}
    for asset in fact.added:
        who = asset.uploader
        if who.bot or not keys(who) or fact.author == Person() or ledger.same(who, fact.author):
            continue
        if not _words.used(ledger.holding(Power.RELEASER, who)):
            strangers.setdefault(who, []).append(asset.name)
    for who, names in strangers.items():
        rest = f" and {len(names) - 1} more" if len(names) > 1 else ""
        found.append(
            Finding(
                severity=Severity.MEDIUM,
                subject=Subject(person=who),
                title=f"{_words.named(who)} added {names[0]}{rest} to the release {fact.tag} of {_words.named(fact.author)}",
                why=f"{_words.path(ledger, who, fact.at)} Nothing they released here before is known.",
                before=f"{fact.tag} without {names[0]}",
                after=f"{fact.tag} with {', '.join(sorted(names)[:5])}",
                evidence=(Evidence(kind="tag", value=fact.tag, url=fact.url),),
                powers=(Power.RELEASER,),
            )
        )
    return found


DETECTOR = Detector(watches=(ReleaseFilesChanged,), stage=Stage.TRIAL, severities=(Severity.MEDIUM,), detect=detect)
