"""Somebody who had been away for a year, or with the whole project for two, uses an old power again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from github_app.fact import CommitsLanded, Landing, PullMerged, TagCreated
from github_app.identity import keys
from github_app.ledger import Holding, LedgerView
from github_app.model import Evidence, Finding, Person, Power, Severity, Stage, Step, Subject
from github_app.remember import LANDINGS
from workers.detectors import Change, Detector, _standing, _words

_LONG = dt.timedelta(days=3 * 365)
_ALONE = dt.timedelta(days=2 * 365)
_LIVELY = 20
"""Where nobody carried on meanwhile the whole project slept; whoever keeps one alone may well let it rest for a year."""


def detect(change: Change) -> Iterable[Finding]:
    """Report a power used after a year without any sign; whoever lets their own project rest for a year is quiet."""
    fact: CommitsLanded | PullMerged | TagCreated = change.fact
    ledger, who = change.ledger, fact.actor or (fact.tagger if isinstance(fact, TagCreated) else None)
    if who is None or not keys(who) or who.bot:
        return ()
    used = _used(fact, ledger, who)
    last = _standing.last_seen(ledger, who)
    if used is None or last is None or fact.at - last < _standing.A_YEAR:
        return ()
    others, away = _standing.others_landed_since(ledger, who, last), fact.at - last
    landings = _standing.custom(ledger, LANDINGS)
    if not others and (away < _ALONE or landings is None or landings.uses < _LIVELY):
        return ()
    power, did, evidence = used
    severity = Severity.HIGH if away >= _LONG and others else Severity.MEDIUM
    # Somebody of the same name was here all the time: in git history, most likely the same person at another address.
    namesake = any(h.last_used is not None and fact.at - h.last_used < _standing.A_YEAR for h in ledger.namesakes(who))
    return [
        Finding(
            severity=_words.louder(severity, -1) if namesake else severity,
            subject=Subject(person=who),
            title=f"{_words.named(who)} {did} after {_words.gap(away)} without any sign of them",
            why=f"They were last seen here on {_words.day(last)}. {_meanwhile(others)} "
            f"{_words.path(ledger, who, fact.at)} An account nobody has used for so long may be in other hands. "
            f"{_words.clock(ledger, fact.commits if isinstance(fact, CommitsLanded) else (), who)}".rstrip(),
            before=f"last seen on {_words.stamp(last)}",
            after=did,
            evidence=evidence,
            powers=(power, Power.MERGER, Power.COMMITTER),
            gains=(power,),
            pull=fact.number if isinstance(fact, PullMerged) else fact.pull if isinstance(fact, CommitsLanded) else None,
        )
    ]


def _meanwhile(others: Sequence[Holding]) -> str:
    if not others:
        return "Nobody else has put changes on the guarded branch since."
    more = f" and {len(others) - 1} more" if len(others) > 1 else ""
    return f"Meanwhile {others[0].person.label}{more} put changes on the guarded branch."


def _used(
    fact: CommitsLanded | PullMerged | TagCreated, ledger: LedgerView, who: Person
) -> tuple[Power, str, tuple[Evidence, ...]] | None:
    """Return the power that is used, in words, with its evidence; None for one they did not have before."""
    if isinstance(fact, TagCreated):
        held = _words.used(ledger.holding(Power.RELEASER, who))
        return (Power.RELEASER, "tagged again", (Evidence(kind="tag", value=fact.name, url=fact.url),)) if held else None
    landed = any(_words.used(ledger.holding(power, who)) for power in (Power.COMMITTER, Power.MERGER))
    if not fact.guarded or not landed:
        return None
    if isinstance(fact, PullMerged):
        return Power.MERGER, "merged again", (Evidence(kind="commit", value=fact.merge_sha),)
    shas = [commit.sha for commit in fact.commits] or [fact.after]
    evidence = tuple(Evidence(kind="commit", value=sha) for sha in shas[:5])
    return (
        (Power.MERGER, "merged again", evidence)
        if fact.via is Landing.MERGE
        else (Power.COMMITTER, "pushed again", evidence)
    )


DETECTOR = Detector(
    watches=(CommitsLanded, PullMerged, TagCreated),
    stage=Stage.STABLE,
    step=Step.USE,
    severities=(Severity.LOW, Severity.MEDIUM, Severity.HIGH),
    detect=detect,
)
