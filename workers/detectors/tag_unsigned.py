"""A tag without a signature appeared in a repository that signs its tags."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.fact import TagCreated
from github_app.model import Evidence, Finding, Person, Power, Severity, Stage, Step, Subject
from github_app.remember import SIGNED_TAGS, UNSIGNED_TAGS
from workers.detectors import Change, Detector, _standing, _words

_CUSTOM = 5
"""So many signed tags make it a custom; and no unsigned one for a year."""


def detect(change: Change) -> Iterable[Finding]:
    """Report the first unsigned tag after a custom of signing; what nobody has looked at is not called unsigned."""
    fact: TagCreated = change.fact
    signed, unsigned = (_standing.custom(change.ledger, name) for name in (SIGNED_TAGS, UNSIGNED_TAGS))
    if fact.signature is not None or fact.annotated is None or fact.gap or signed is None or signed.last_used is None:
        return ()
    last = unsigned.last_used if unsigned is not None else None
    if signed.uses < _CUSTOM or (last is not None and (fact.at - last < _standing.A_YEAR or signed.last_used < last)):
        return ()
    who = fact.actor or fact.tagger or Person()
    kind = "has no signature" if fact.annotated else "is lightweight, so it has no signature"
    signs = any(change.ledger.same(h.person, who) for h in change.ledger.holders(Power.SIGNER))
    why = [
        f"{signed.uses} tags were signed here, the latest on {_words.day(signed.last_used)};",
        f"the last one without a signature came on {_words.day(last)}." if last else "none was without a signature.",
        f"{who.label} has signed tags here before; who has only their account does not have their key." if signs else "",
    ]
    return [
        Finding(
            severity=Severity.MEDIUM,
            subject=Subject(person=who),
            title=f"Tag {fact.name} {kind}, though tags are signed here",
            why=" ".join(filter(None, why)),
            before="signed",
            after=f"{fact.name} is not signed",
            evidence=(Evidence(kind="tag", value=fact.name, url=fact.url), Evidence(kind="commit", value=fact.target)),
            powers=(Power.SIGNER, Power.RELEASER),
        )
    ]


DETECTOR = Detector(
    watches=(TagCreated,), stage=Stage.STABLE, step=Step.RELEASE, severities=(Severity.MEDIUM,), detect=detect
)
