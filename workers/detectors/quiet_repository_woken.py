"""After three months without a landing, a stranger's work comes in that decides which other code runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from github_app.fact import Commit, CommitsLanded
from github_app.identity import keys
from github_app.model import Evidence, Finding, Power, Severity, Stage, Step, Subject
from github_app.remember import LANDINGS
from workers.detectors import Change, Detector, _paths, _standing, _words

QUIET = dt.timedelta(days=90)

_MOST = 5
_STEERS = (_paths.MANIFEST, _paths.LOCK, _paths.INSTALL, _paths.OPENING, _paths.WORKFLOW, _paths.BUILD)


def detect(change: Change) -> Iterable[Finding]:
    """Report the first landing after the quiet if a stranger's part of it touches what steers other code."""
    fact: CommitsLanded = change.fact
    ledger, landings = change.ledger, _standing.custom(change.ledger, LANDINGS)
    if not fact.guarded or landings is None or landings.last_used is None or fact.at - landings.last_used < QUIET:
        return ()
    strangers: dict[tuple[str, ...], list[Commit]] = {}
    for commit in fact.commits:
        if keys(commit.author) and not commit.author.bot and _standing.stranger(ledger, commit.author):
            strangers.setdefault(keys(commit.author), []).append(commit)
    most = max(strangers.values(), key=lambda commits: len(_steering(commits)), default=[])
    return [_finding(change, most, len(strangers) - 1, landings.last_used)] if _steering(most) else ()


def _steering(commits: list[Commit]) -> list[str]:
    return list(dict.fromkeys(path for commit in commits for path in _paths.touched(commit, *_STEERS)))


def _finding(change: Change, commits: list[Commit], more: int, last: dt.datetime) -> Finding:
    fact: CommitsLanded = change.fact
    who, steering = commits[0].author, _steering(commits)
    themselves = fact.actor is not None and change.ledger.same(fact.actor, who)
    files = len({touched.path for commit in commits for touched in commit.paths})
    why = [
        f"Nothing had landed since {_words.day(last)}, and nothing they did here before is known.",
        "They put it there themselves." if themselves else f"It was let in by {fact.actor.label}." if fact.actor else "",
        f"Of the {files} files it changes, {len(steering)} can decide which other code is pulled in or run.",
        f"Other strangers whose work came with it: {more}." if more else "",
    ]
    return Finding(
        severity=Severity.HIGH if themselves else Severity.MEDIUM,
        subject=Subject(person=who),
        title=f"After {_words.gap(fact.at - last)} of quiet, work by {who.label} landed that touches {steering[0]}",
        why=" ".join(filter(None, why)),
        before=f"quiet since {_words.stamp(last)}",
        after="landed",
        evidence=(
            *(Evidence(kind="commit", value=commit.sha) for commit in commits[:_MOST]),
            *(Evidence(kind="path", value=path) for path in steering[:_MOST]),
        ),
        powers=(Power.MERGER, Power.COMMITTER),
        pull=fact.pull,
    )


DETECTOR = Detector(
    watches=(CommitsLanded,),
    stage=Stage.STABLE,
    step=Step.WAKING,
    severities=(Severity.MEDIUM, Severity.HIGH),
    detect=detect,
)
