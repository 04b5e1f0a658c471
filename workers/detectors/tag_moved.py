"""A tag that names a version, or nothing that is made to be moved, now points elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.fact import TagMoved
from github_app.model import Evidence, Finding, Power, Severity, Stage, Step, Subject
from workers.detectors import Change, Detector, _standing, _tags, _words


def detect(change: Change) -> Iterable[Finding]:
    """Report a version that is something else now; worse when others have released here and whoever did it never has."""
    fact: TagMoved = change.fact
    who, ledger = fact.actor, change.ledger
    # `v4`, `latest` and `nightly` are made to be moved.
    if not _tags.stays(fact.name) or fact.before == fact.after:
        return ()
    version = _tags.names_version(fact.name)
    known = [h for h in ledger.holders(Power.RELEASER) if _words.used(h)]
    # Who released before GitHub told us is known from git by name and address only, so a namesake is not called new.
    stranger = (
        who is not None
        and ledger.settled_at is not None
        and not (known == [] and _standing.old_hand(ledger, who, fact.at))
        and not _words.used(ledger.holding(Power.RELEASER, who))
        and not _words.alias(ledger, Power.RELEASER, who)
    )
    mover = _words.named(who) if who else "Somebody GitHub does not name"
    thing = "version" if version else "tag"
    why = [f"Whoever fetches this {thing} from now on gets something else than those who fetched it before."]
    if stranger and known:
        why.append(f"They have never released here; {_others(len(known))}, first on {_words.day(known[0].since)}.")
    elif stranger:
        why.append("Nobody is known to have released here, and they have not landed work here for a year.")
    if who is not None:
        why.append(_words.path(ledger, who, fact.at))
    return [
        Finding(
            severity=Severity.CRITICAL if stranger else Severity.HIGH,
            subject=Subject(person=who) if who else Subject(),
            title=f"{mover} moved the tag {fact.name}",
            why=" ".join(why),
            # The time tells a second move of a version apart. Of a tag of another name one move is told: if it goes on
            # being moved, it is one of those that are.
            before=f"{fact.name} pointed to {fact.before}" if version else f"{fact.name} was never seen to move",
            after=f"points to {fact.after} since {_words.stamp(fact.at)}" if version else "moved",
            evidence=(Evidence(kind="tag", value=fact.name, url=fact.url),),
            powers=(Power.RELEASER, Power.SIGNER),
        )
    ]


def _others(count: int) -> str:
    return "one other has" if count == 1 else f"{count} others have"


DETECTOR = Detector(
    watches=(TagMoved,),
    stage=Stage.STABLE,
    step=Step.RELEASE,
    severities=(Severity.HIGH, Severity.CRITICAL),
    needs_history=False,
    detect=detect,
)
