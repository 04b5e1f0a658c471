"""Somebody who came a short while ago put text into code that a reader cannot see, or cannot read."""

from __future__ import annotations

import re
from collections.abc import Iterable

from github_app.fact import CommitsLanded
from github_app.model import Evidence, Finding, Power, Severity, Stage, Subject
from workers.detectors import Change, Detector, _contents, _standing, _words

_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Joiners and the selector of coloured pictures are in every emoji; a row of selectors carries bytes.
_UNSEEN = re.compile(
    "[\u200b\u2060-\u2064\u180e\u115f\u1160\u3164\uffa0]|[\ufe00-\ufe0f\U000e0100-\U000e01ef]{4,}|[\U000e0000-\U000e007f]{2,}"
)
# What stands before a run is looked at first, so that text made of almost long runs costs no more than other text.
_PACKED = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{400,}={0,2}|(?:\\x[0-9a-fA-F]{2}){100,}")
_PICTURE = re.compile(r"(?:data:(?:image|font)/[\w.+-]+;base64,|sha(?:256|384|512)-)$")
_PUSHED_ASIDE = re.compile(r"\S[^\S\n]{150,}\S")


def detect(change: Change) -> Iterable[Finding]:
    """Report characters that change what code looks like, long encoded text, and code pushed out of the window."""
    fact: CommitsLanded = change.fact
    if not fact.guarded:
        return
    for file in _contents.rewritten(fact, _contents.is_code):
        kinds = _kinds(file.before, file.after)
        if kinds and _contents.recent(change.ledger, file.author, fact.at):
            yield _finding(change, file, kinds)


def _kinds(before: str, after: str) -> list[tuple[str, bool]]:
    """Return what cannot be read and was not there before, and whether no honest author needs it."""
    found = []
    if len(_BIDI.findall(after)) > len(_BIDI.findall(before)):
        found.append(("characters that show code in another order than it runs", True))
    if len(_UNSEEN.findall(after)) > len(_UNSEEN.findall(before)):
        found.append(("characters that nobody sees", True))
    if len(_PUSHED_ASIDE.findall(after)) > len(_PUSHED_ASIDE.findall(before)):
        found.append(("code behind a wide gap, out of the window of whoever reads it", True))
    if _packed(after) - _packed(before) and not _packed(before):
        found.append(("a long encoded text", False))
    return found


def _packed(text: str) -> set[str]:
    return {m[0] for m in _PACKED.finditer(text) if not _PICTURE.search(text, max(0, m.start() - 40), m.start())}


def _finding(change: Change, file: _contents.Rewritten, kinds: list[tuple[str, bool]]) -> Finding:
    fact: CommitsLanded = change.fact
    looked = _standing.landed_by_old_hand(change.ledger, fact.actor, file.author, fact.at)
    by = f" {fact.actor.label} let it in." if fact.actor is not None and looked else ""
    severity = Severity.HIGH if any(hidden for _, hidden in kinds) else Severity.MEDIUM
    what = " and ".join(kind for kind, _ in kinds)
    return Finding(
        severity=_words.louder(severity, -1) if looked else severity,
        subject=Subject(person=file.author),
        title=f"{_words.named(file.author)} put {what} into {file.path}",
        why=f"What a review shows is not what runs. {_words.path(change.ledger, file.author, fact.at)}{by}",
        before="readable",
        after=f"{file.path}: {what} in {file.commit.sha}",
        evidence=(Evidence(kind="commit", value=file.commit.sha), Evidence(kind="path", value=file.path)),
        powers=(Power.MERGER, Power.COMMITTER),
        pull=fact.pull,
    )


DETECTOR = Detector(
    watches=(CommitsLanded,),
    stage=Stage.STABLE,
    severities=(Severity.LOW, Severity.MEDIUM, Severity.HIGH),
    reads=_contents.wishes_for_code,
    detect=detect,
)
