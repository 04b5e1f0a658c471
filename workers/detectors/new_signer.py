"""A tag is signed with a key that has never signed one here, in a repository that signs its tags."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.fact import TagCreated
from github_app.model import Evidence, Finding, Power, Severity, Stage, Step, Subject
from workers.detectors import Change, Detector, _standing, _words

_STEPS = 2
"""A new key is critical as the third new power of one person within a year."""


def detect(change: Change) -> Iterable[Finding]:
    """Report a never-seen key; less when whoever pushed the tag has signed here before with another key."""
    fact: TagCreated = change.fact
    ledger, signature = change.ledger, fact.signature
    known = ledger.holders(Power.SIGNER)
    if signature is None or not known or ledger.holding(Power.SIGNER, signature.key.name) is not None:
        return ()
    key = signature.key.name
    who = fact.actor or fact.tagger  # the tagger is free text; who pushed is not
    rotated = who is not None and signature.valid is not False and any(ledger.same(h.person, who) for h in known)
    whose = f" by {_words.named(who)}" if who else ""
    keys = "one other key" if len(known) == 1 else f"{len(known)} other keys"
    why = [f"Tags here were signed with {keys} before, first on {_words.day(known[0].since)}."]
    if rotated:
        why.append("Who did it signed tags here before with another key, so this may be a change of key.")
    elif who is not None:
        why.append(_words.path(ledger, who, fact.at))
    climbed = _standing.climbed(ledger, who, fact.at) if who is not None and not rotated else []
    if len(climbed) >= _STEPS:
        why.append(f"They first used {len(climbed)} other powers here within the last year.")
    if signature.valid is False:
        why.append(f"GitHub could not verify the signature ({signature.reason or 'no reason given'}).")
    return [
        Finding(
            severity=Severity.MEDIUM if rotated else Severity.CRITICAL if len(climbed) >= _STEPS else Severity.HIGH,
            subject=Subject(key=key, person=who or Subject().person),
            title=f"Tag {fact.name} was signed{whose} with {'another' if rotated else 'a never-seen'} key, {key}",
            why=" ".join(why),
            before="never seen",
            after="signs tags",
            evidence=(
                Evidence(kind="tag", value=fact.name, url=fact.url),
                Evidence(kind="key", value=key),
                Evidence(kind="commit", value=fact.target),
            ),
            powers=(Power.SIGNER, Power.RELEASER),
            gains=(Power.SIGNER,),
        )
    ]


DETECTOR = Detector(
    watches=(TagCreated,),
    stage=Stage.STABLE,
    step=Step.RELEASE,
    severities=(Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL),
    detect=detect,
)
