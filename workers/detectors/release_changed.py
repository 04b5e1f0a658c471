"""A published release was moved to another tag, withdrawn or deleted, or came from somebody without any standing."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.branches import released_from
from github_app.fact import ReleaseChanged
from github_app.identity import keys
from github_app.model import Evidence, Finding, Power, Severity, Stage, Step, Subject
from workers.detectors import Change, Detector, _estate, _standing, _words


def detect(change: Change) -> Iterable[Finding]:
    """Report what happens to a release that is out; its text may be corrected in peace, and drafts are nobody's business."""
    fact: ReleaseChanged = change.fact
    if fact.draft and fact.action != "unpublished":  # what is withdrawn is a draft by the time it is told
        return ()
    if fact.action == "edited" and fact.before_tag and fact.before_tag != fact.tag:
        told = (
            Severity.CRITICAL,
            f"moved the release {fact.before_tag} to the tag {fact.tag}",
            "Whoever fetches the release from now on gets other code under the same title.",
            f"on {fact.before_tag}",
        )
    elif fact.action == "deleted":
        told = Severity.HIGH, f"deleted the release {fact.tag}", "What others compare their copy with is gone.", "published"
    elif fact.action == "unpublished":
        told = (
            Severity.MEDIUM,
            f"withdrew the release {fact.tag}",
            "It is a draft again and can be changed unseen.",
            "published",
        )
    elif fact.action == "published" and (branch := _from_aside(fact)):
        return [_aside(change, branch)]
    elif fact.action == "published" and _from_nowhere(change):
        told = (
            Severity.HIGH,
            f"published {fact.tag}, the first release that is known here",
            "",
            "no release is known",
        )
    else:
        return ()
    severity, did, why, before = told
    return [
        Finding(
            severity=severity,
            subject=Subject(person=fact.actor) if fact.actor else Subject(),
            title=f"{_estate.doer(fact)} {did}",
            why=f"{why}{_estate.about(fact, change.ledger)}".strip(),
            before=f"release {fact.tag}: {before}",
            after=f"{fact.action} on {_words.stamp(fact.at)}",
            evidence=(Evidence(kind="tag", value=fact.tag, url=fact.url),),
            powers=(Power.RELEASER, Power.SIGNER, Power.ADMIN),
        )
    ]


def _from_aside(fact: ReleaseChanged) -> str:
    """Return the branch a release was made from, where it is neither the default branch nor named like one for releases."""
    default = fact.repository.default_branch if fact.repository else ""
    usual = (
        not default or fact.target in {"", default} or released_from(fact.target) or any(c.isdigit() for c in fact.target)
    )
    return "" if usual else fact.target


def _aside(change: Change, branch: str) -> Finding:
    fact: ReleaseChanged = change.fact
    return Finding(
        severity=Severity.HIGH,
        subject=Subject(person=fact.actor) if fact.actor else Subject(),
        title=f"{_estate.doer(fact)} published {fact.tag} from the branch {branch}",
        why=f"It is not the default branch, so what the release holds may have passed nobody who looks at "
        f"{fact.repository.default_branch if fact.repository else 'that'}.{_estate.about(fact, change.ledger)}",
        before="releases came from the default branch",
        after=f"from {branch}",  # without a time: once this is how they release, it is no news
        evidence=(Evidence(kind="tag", value=fact.tag, url=fact.url), Evidence(kind="ref", value=branch)),
        powers=(Power.RELEASER, Power.SIGNER, Power.ADMIN),
    )


def _from_nowhere(change: Change) -> bool:
    """A first release, where none is known, is somebody's whom nobody knows; with others before, `new-releaser` tells."""
    who, ledger = change.fact.actor, change.ledger
    known = ledger.settled_at is not None and who is not None and keys(who) != () and not who.bot
    return known and not ledger.holders(Power.RELEASER) and _standing.stranger(ledger, who)


DETECTOR = Detector(
    watches=(ReleaseChanged,),
    stage=Stage.STABLE,
    step=Step.RELEASE,
    severities=(Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL),
    needs_history=False,
    detect=detect,
)
