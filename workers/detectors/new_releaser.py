"""Somebody made a tag or published a release for the first time."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.fact import ReleaseChanged, TagCreated
from github_app.identity import keys
from github_app.ledger import LedgerView
from github_app.model import Evidence, Finding, Person, Power, Severity, Stage, Step, Subject
from github_app.remember import UNSIGNED_TAGS
from workers.detectors import Change, Detector, _standing, _words

_PUBLISHED = frozenset({"published", "released", "prereleased"})


def detect(change: Change) -> Iterable[Finding]:
    """Report a first release where others released before; a never-seen key with it is `new-signer`'s to tell."""
    fact: TagCreated | ReleaseChanged = change.fact
    ledger, tag = change.ledger, isinstance(fact, TagCreated)
    who = fact.actor or (fact.tagger if isinstance(fact, TagCreated) else None)
    author = fact.author if isinstance(fact, ReleaseChanged) and _wrote(fact, ledger) else None
    who = author or who
    if who is None or not keys(who) or (isinstance(fact, ReleaseChanged) and fact.action not in _PUBLISHED):
        return ()
    held = ledger.holding(Power.RELEASER, who)
    peers = [h for h in ledger.holders(Power.RELEASER) if not ledger.same(h.person, who)]
    if _words.used(held) or _words.accepted(held) or not peers or (isinstance(fact, TagCreated) and _new_key(fact, ledger)):
        return ()
    since = _standing.landing_since(ledger, who)
    old_hand = since is not None and fact.at - since >= _standing.A_YEAR
    if old_hand and _unnamed(ledger, who):
        return ()
    name, did = (fact.name, f"tagged {fact.name}") if isinstance(fact, TagCreated) else (fact.tag, f"published {fact.tag}")
    if author is not None and fact.actor is not None:
        did = f"wrote the release {name}, which {_words.named(fact.actor)} published"
    severity = _words.newcomer_severity(ledger, Power.RELEASER, who, fact.at)
    landing = f"They have landed work here since {_words.day(since)}." if since else "They have never landed work here."
    return [
        Finding(
            severity=min(severity, Severity.MEDIUM, key=lambda s: s.rank) if old_hand else severity,
            subject=Subject(person=who),
            title=f"{_words.named(who)} {did}, {_words.again(held)} in the role of a releaser",
            why=" ".join([_words.path(ledger, who, fact.at), _words.company(ledger, Power.RELEASER, who, fact.at), landing]),
            before=_words.before(held),
            after="releases",
            evidence=(
                Evidence(kind="tag", value=name, url=fact.url),
                *((Evidence(kind="commit", value=fact.target),) if isinstance(fact, TagCreated) and tag else ()),
            ),
            powers=(Power.RELEASER, Power.SIGNER, Power.MERGER),
            gains=(Power.RELEASER,),
        )
    ]


def _wrote(fact: ReleaseChanged, ledger: LedgerView) -> bool:
    """Say whether a known releaser published what somebody else had drafted; tools draft for people all the time."""
    who, author = fact.actor, fact.author
    known = who is not None and _words.used(ledger.holding(Power.RELEASER, who))
    return who is not None and known and not author.bot and keys(author) != () and not ledger.same(who, author)


def _new_key(fact: TagCreated, ledger: LedgerView) -> bool:
    signed = fact.signature
    known = ledger.holders(Power.SIGNER)
    return signed is not None and bool(known) and ledger.holding(Power.SIGNER, signed.key.name) is None


def _unnamed(ledger: LedgerView, who: Person) -> bool:
    """Say whether later tags than those of all known releasers name nobody: then an old hand may have made them."""
    nameless = _standing.custom(ledger, UNSIGNED_TAGS)
    latest = max(
        (h.last_used for h in ledger.holders(Power.RELEASER) if h.last_used and not ledger.same(h.person, who)), default=None
    )
    return nameless is not None and nameless.last_used is not None and latest is not None and nameless.last_used > latest


DETECTOR = Detector(
    watches=(TagCreated, ReleaseChanged),
    stage=Stage.STABLE,
    step=Step.RELEASE,
    severities=(Severity.LOW, Severity.MEDIUM, Severity.HIGH),
    detect=detect,
)
