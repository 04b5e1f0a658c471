"""A tag names one person as its maker and is signed with a key that is known as somebody else's."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.fact import TagCreated
from github_app.identity import keys
from github_app.ledger import LedgerView
from github_app.model import Evidence, Finding, Person, Power, Severity, Stage, Step, Subject
from workers.detectors import Change, Detector, _words


def detect(change: Change) -> Iterable[Finding]:
    """Report a known key under another name than its owner's; a never-seen key is `new-signer`'s to tell."""
    fact: TagCreated = change.fact
    ledger, signature, who = change.ledger, fact.signature, fact.tagger or fact.actor
    held = ledger.holding(Power.SIGNER, signature.key.name) if signature is not None else None
    if signature is None or held is None or who is None or not keys(who) or not keys(held.person):
        return ()
    if _one(ledger, held.person, who) or (fact.actor is not None and _one(ledger, held.person, fact.actor)):
        return ()
    released = _words.used(ledger.holding(Power.RELEASER, who))
    why = [
        f"The key has signed {held.uses} {'tag' if held.uses == 1 else 'tags'} here since {_words.day(held.since)}, as "
        f"{held.person.label}'s. Either two people share it, or the name on the tag is not its maker's.",
        "" if released else f"{who.label} has never released here.",
        f"GitHub could not verify the signature ({signature.reason or 'no reason given'})."
        if signature.valid is False
        else "",
    ]
    return [
        Finding(
            severity=Severity.MEDIUM if released and signature.valid is not False else Severity.HIGH,
            subject=Subject(person=who),
            title=f"Tag {fact.name} names {_words.named(who)}, but is signed with the key of {held.person.label}",
            why=" ".join(filter(None, why)),
            before=f"key of {held.person.label}",
            after=f"names {who.label}",
            evidence=(
                Evidence(kind="tag", value=fact.name, url=fact.url),
                Evidence(kind="key", value=signature.key.name),
                Evidence(kind="commit", value=fact.target),
            ),
            powers=(Power.SIGNER, Power.RELEASER),
        )
    ]


def _one(ledger: LedgerView, one: Person, other: Person) -> bool:
    """Say whether two names may well be one person: in git, most likely somebody at another address."""
    names = {p.name.strip().lower() for p in (one, other)}
    return ledger.same(one, other) or (len(names) == 1 and "" not in names)


DETECTOR = Detector(
    watches=(TagCreated,), stage=Stage.STABLE, step=Step.RELEASE, severities=(Severity.MEDIUM, Severity.HIGH), detect=detect
)
