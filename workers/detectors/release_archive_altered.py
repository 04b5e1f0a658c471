"""A release's source archive holds what its tag does not: a macro, script, build file or source of a new kind."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from github_app.model import Evidence, Finding, Person, Power, Severity, Stage, Subject
from github_app.releases import ArchiveCompared, Difference
from workers.detectors import Change, Detector, _words

_MOST = 5
_WHAT = {
    "added": "not in the tag",
    "altered": "with other contents than the tag",
    "repeated": "twice",
    "disguised": "that is not in the tag and may be taken for something else",
    "running": "with lines that nothing in the tag explains",
}
_HOW = {"running": "unexplained lines in"}
_LOUD = frozenset({"build macro", "script", "build file"})


def detect(change: Change) -> Iterable[Finding]:
    """Report an archive whose differences from the tag no earlier release had, or that was made to do harm when unpacked."""
    fact: ArchiveCompared = change.fact
    if fact.refused:
        return [_finding(fact, f"cannot be compared with its tag: {fact.refused}", _REFUSED, Severity.HIGH, fact.refused)]
    if not fact.fresh:
        return ()
    loud = any(d.role in _LOUD or d.how != "added" for d in fact.fresh)
    first = fact.fresh[0]
    rest = f" and {len(fact.fresh) - 1} more" if len(fact.fresh) > 1 else ""
    title = f"has {first.path}{rest} {_WHAT.get(first.how, 'that is not as tagged')}"
    return [_finding(fact, title, _why(fact), Severity.HIGH if loud else Severity.MEDIUM, _mark(fact.fresh))]


_REFUSED = (
    "Sources do not need such entries; unpacked carelessly they write outside their folder. Nothing of it was unpacked here."
)


def _why(fact: ArchiveCompared) -> str:
    told = "; ".join(
        f"{_HOW.get(d.how, d.how)} {d.path}, a {d.role}{f' ({d.note})' if d.note else ''}" for d in fact.fresh[:_MOST]
    )
    known = (
        f"The {fact.earlier} earlier archives looked at had nothing of this kind."
        if fact.earlier > 1
        else "The earlier archive looked at had nothing of this kind."
        if fact.earlier
        else "It is the first archive looked at here, so only clear signs are told."
    )
    return f"Whoever builds from the archive runs what nobody saw in the repository. {told}. {known}"


def _mark(fresh: Sequence[Difference]) -> str:
    """Name the differences themselves, so that one release packed in three ways is one alert."""
    lines = "\n".join(sorted(f"{d.how} {d.path} {d.blob}" for d in fresh))
    return f"{len(fresh)} differences, {hashlib.sha256(lines.encode('utf-8', 'replace')).hexdigest()[:16]}"


def _finding(fact: ArchiveCompared, title: str, why: str, severity: Severity, after: str) -> Finding:
    who = fact.author
    return Finding(
        severity=severity,
        subject=Subject(person=who),
        title=f"The archive {fact.asset} of {fact.tag} {title}",
        why=why + (f" The release is by {_words.named(who)}." if who != Person() else ""),
        before=f"as tagged in {fact.tag}",
        after=after,
        evidence=(
            Evidence(kind="tag", value=fact.tag, url=fact.url),
            *(Evidence(kind="path", value=d.path) for d in fact.fresh[:_MOST]),
        ),
        powers=(Power.RELEASER, Power.SIGNER, Power.COMMITTER),
        private=True,
    )


DETECTOR = Detector(
    watches=(ArchiveCompared,),
    stage=Stage.STABLE,
    severities=(Severity.MEDIUM, Severity.HIGH),
    needs_history=False,
    detect=detect,
)
