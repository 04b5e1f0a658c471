"""A file of a published release was replaced, or taken away and put back with other contents."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.model import Asset, Evidence, Finding, Person, Power, Severity, Stage, Subject
from github_app.releases import ReleaseFilesChanged
from workers.detectors import Change, Detector, _words

_MOST = 5


def detect(change: Change) -> Iterable[Finding]:
    """Report each release whose files changed under the same names."""
    fact: ReleaseFilesChanged = change.fact
    replaced = fact.replaced
    if not replaced:
        return ()
    _, first = replaced[0]
    who = first.uploader
    others = f" and {len(replaced) - 1} more" if len(replaced) > 1 else ""
    by = _words.named(who) if who != Person() else "Somebody GitHub does not name"
    foreign = who != Person() and fact.author != Person() and not change.ledger.same(who, fact.author)
    return [
        Finding(
            severity=Severity.CRITICAL,
            subject=Subject(person=who),
            title=f"{by} replaced {first.name}{others} of the release {fact.tag}",
            why="Whoever downloads it from now on gets something else than those who did before. "
            + " ".join(f"{b.name}: {_digest(a)} before, {_digest(b)} now." for a, b in replaced[:_MOST])
            + (f" The release is by {_words.named(fact.author)}." if foreign else ""),
            before=", ".join(f"{a.name} {_digest(a)}" for a, _ in replaced[:_MOST]),
            after=", ".join(f"{b.name} {_digest(b)}" for _, b in replaced[:_MOST]),
            evidence=(Evidence(kind="tag", value=fact.tag, url=fact.url),),
            powers=(Power.RELEASER, Power.SIGNER),
            private=True,
        )
    ]


def _digest(asset: Asset) -> str:
    return asset.digest or f"{asset.size} bytes, upload {asset.id}"


DETECTOR = Detector(
    watches=(ReleaseFilesChanged,),
    stage=Stage.STABLE,
    severities=(Severity.CRITICAL,),
    needs_history=False,
    detect=detect,
)
