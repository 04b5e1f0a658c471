"""A version's tag, or a branch that releases are made from, was deleted."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.fact import TagDeleted
from github_app.happenings import BranchDeleted
from github_app.model import Evidence, Finding, Power, Severity, Stage, Step, Subject
from workers.detectors import Change, Detector, _estate, _tags, _words


def detect(change: Change) -> Iterable[Finding]:
    """Report a tag or branch that others rely on and that is gone: half of putting something else in its place."""
    fact: TagDeleted | BranchDeleted = change.fact
    branch = isinstance(fact, BranchDeleted)
    against = fact.rules.against_deletion if isinstance(fact, BranchDeleted) and fact.rules is not None else ()
    guarded = fact.guarded if isinstance(fact, BranchDeleted) else _lasting(fact.name)
    if not guarded and not against:
        return ()
    named = branch or _tags.names_version(fact.name)
    kind = "branch" if branch else "tag"
    lost = f" It pointed to {fact.before[:10]}." if fact.before else ""
    return [
        Finding(
            severity=Severity.HIGH,
            subject=Subject(person=fact.actor) if fact.actor else Subject(),
            title=f"{_estate.doer(fact)} deleted the {kind} {fact.name}",
            why=f"A deleted {kind} can be made again from something else, and then looks as if it had always been there."
            f"{lost}{_estate.in_spite_of(against)}{_estate.about(fact, change.ledger)}",
            before=f"{kind} {fact.name}",
            # One deletion is told twice, as a push and as an event of its own, with the same time.
            # A tag of another name is told once: if it comes and goes, it is one of those that do.
            after=f"deleted on {_words.stamp(fact.at)}" if named else "deleted",
            evidence=(Evidence(kind="ref" if branch else "tag", value=fact.name, url=fact.url),),
            powers=(Power.RELEASER, Power.SIGNER, Power.ADMIN),
        )
    ]


def _lasting(name: str) -> bool:
    """`nightly`, `latest` and `tip` are made to come and go; a tag with a number in it names something all the same."""
    return any(c.isdigit() for c in name) or _tags.stays(name)


DETECTOR = Detector(
    watches=(TagDeleted, BranchDeleted),
    stage=Stage.STABLE,
    step=Step.RELEASE,
    severities=(Severity.HIGH,),
    needs_history=False,
    detect=detect,
)
