"""Many tags were moved or deleted at once, which GitHub tells nobody."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.happenings import TagsRewritten
from github_app.model import Evidence, Finding, Power, Severity, Stage, Subject
from workers.detectors import Change, Detector, _estate, _words

_MOST = 8


def detect(change: Change) -> Iterable[Finding]:
    """Report it as one: whoever fetches a version by its tag gets something else from now on."""
    fact: TagsRewritten = change.fact
    names = [*fact.moved, *fact.deleted]
    if not names:
        return ()
    parts = [f"{len(tags)} {word}" for tags, word in ((fact.moved, "moved"), (fact.deleted, "deleted")) if tags]
    return [
        Finding(
            severity=Severity.CRITICAL if fact.moved else Severity.HIGH,
            subject=Subject(key="tags"),
            title=f"Tags of {_estate.where(fact)} were rewritten in bulk: {' and '.join(parts)}",
            why=f"Among them {', '.join(names[:_MOST])}. Whoever fetches these versions by name gets something else, or "
            "nothing. GitHub sends no event for more than three tags in one push.",
            before="as they were",
            after=f"{', '.join(parts)} on {_words.stamp(fact.at)}: {', '.join(names)}"[:500],
            evidence=tuple(Evidence(kind="tag", value=name, url=fact.url) for name in names[:_MOST]),
            powers=(Power.RELEASER, Power.ADMIN, Power.OWNER),
        )
    ]


DETECTOR = Detector(
    watches=(TagsRewritten,),
    stage=Stage.STABLE,
    severities=(Severity.HIGH, Severity.CRITICAL),
    needs_history=False,
    detect=detect,
)
