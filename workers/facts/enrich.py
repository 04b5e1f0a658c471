"""Ask GitHub what a payload does not say, where the answer can change a judgement; before any transaction.

A question that GitHub will never answer leaves a stated gap in the fact. One that it cannot answer now raises
`Unavailable`, so that the batch is tried again later and nothing is judged on half the facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from github_app.fact import AccessChanged, CommitsLanded, Fact, Landing, TagCreated
from github_app.ledger import LedgerView
from github_app.model import Person, Power, Repository, Signature, SigningKey
from github_app.order import OrderGiven
from github_app.remember import WRITING_ROLES
from workers.facts.roles import repository_role
from workers.facts.signatures import signing_keys
from workers.github import PullRef, Reader, Refused, TagObject

_MOST_KEYS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """Whom to ask about which repository, and what is known already."""

    reader: Reader
    repository: Repository
    installation_id: int
    ledger: LedgerView


def enrich(
    facts: Sequence[Fact], ledger: LedgerView, reader: Reader | None, installation_id: int | None
) -> tuple[Fact, ...]:
    """Return the facts with what GitHub adds to them; a tag that several keys signed is told once for each key.

    Args:
        facts: of one repository or organisation, as parsed.
        ledger: what was known before them. While it is not settled nothing is judged, so nothing is asked.
        reader: None when there is nobody to ask, as in a replay: claims are believed and tags get a gap.
        installation_id: whose token to use; None when no installation is known.

    Raises:
        workers.github.Unavailable: GitHub cannot be asked now.
    """
    answered: list[Fact] = []
    for fact in facts:
        rule = _RULES.get(type(fact))
        if rule is None or fact.repository is None or (ledger.settled_at is None and not isinstance(fact, OrderGiven)):
            answered.append(fact)
        elif reader is None or installation_id is None:
            answered.append(_unasked(fact))
        else:
            asking = _Asking(reader=reader, repository=fact.repository, installation_id=installation_id, ledger=ledger)
            answered.extend(rule(asking, fact))
    return tuple(answered)


def _unasked(fact: Fact) -> Fact:
    if isinstance(fact, TagCreated) and fact.annotated is not False:
        return replace(fact, gap="GitHub was not asked for the tag object, so its tagger and signature are not known")
    if isinstance(fact, AccessChanged) and not fact.after:
        return replace(fact, gap="the event does not say which role it is, and GitHub was not asked")
    return fact


def _tag(asking: _Asking, fact: TagCreated) -> Iterable[Fact]:
    if fact.annotated is False:
        return [fact]
    try:
        if not fact.target:
            fact = _pointed(asking, fact)
        if fact.annotated is False or not fact.target:
            return [fact]
        sha = fact.tag_object or fact.target
        tag = asking.reader.tag(asking.repository, asking.installation_id, sha)
        if tag is not None:
            known = replace(fact, annotated=True, tag_object=sha, target=tag.target, tagger=tag.tagger, gap="")
            return _signed(asking, known, tag)
    except Refused as refused:
        return [replace(fact, gap=refused.sentence)]
    if fact.annotated is None:
        return [replace(fact, annotated=False)]
    return [replace(fact, gap="GitHub does not show the tag object, so its tagger and signature are not known")]


def _pointed(asking: _Asking, fact: TagCreated) -> TagCreated:
    """Look up what a tag points to that was told by name only."""
    found = asking.reader.ref(asking.repository, asking.installation_id, f"tags/{fact.name}")
    if found is None:
        return replace(fact, gap="the tag was gone again when GitHub was asked for it")
    if found.kind == "tag":
        return replace(fact, target=found.sha, tag_object=found.sha, annotated=True, gap="")
    return replace(fact, target=found.sha, annotated=False, gap="")


def _signed(asking: _Asking, fact: TagCreated, tag: TagObject) -> list[TagCreated]:
    if not tag.signature:
        return [fact]
    keys, why = signing_keys(tag.signature)
    if not keys:
        return [replace(fact, gap=why)]
    return [
        replace(
            fact,
            signature=Signature(key=_primary(asking, key, tag, fact.actor), valid=tag.verified, reason=tag.reason[:100]),
        )
        for key in keys[:_MOST_KEYS]
    ]


def _primary(asking: _Asking, key: SigningKey, tag: TagObject, who: Person | None) -> SigningKey:
    """Return the key under the name the ledger knows, or else that of its primary key.

    Only for a signature GitHub verified: it did so with the very keys that it lists for the account.
    """
    if key.scheme != "pgp" or not tag.verified or _knows(asking.ledger, key) or who is None or not who.login:
        return key
    for listed in asking.reader.gpg_keys(asking.installation_id, who.login):
        family = [SigningKey(scheme="pgp", id=name) for name in (listed.primary, *listed.subkeys)]
        if key.name in {member.name for member in family}:
            return next((member for member in family if _knows(asking.ledger, member)), family[0])
    return key


def _knows(ledger: LedgerView, key: SigningKey) -> bool:
    return ledger.holding(Power.SIGNER, key.name) is not None


def _landing(asking: _Asking, fact: CommitsLanded) -> Iterable[Fact]:
    """Confirm how commits landed, for somebody who would be new at it.

    A merge is claimed by a commit's text, which anybody can write; and a rebase merge, or a merge whose title was
    edited, looks like a push. A forced push never is a merge, even one back to a commit that was merged once.
    """
    claimed = fact.via is Landing.MERGE
    if not fact.guarded or fact.forced or fact.actor is None or _uses(asking.ledger, Power.COMMITTER, fact.actor):
        return [fact]
    if claimed and _uses(asking.ledger, Power.MERGER, fact.actor):
        return [fact]
    try:
        pulls = asking.reader.pulls_of_commit(asking.repository, asking.installation_id, fact.after)
    except Refused as refused:
        return [replace(fact, gap=refused.sentence)]
    merged = next((pull.number for pull in pulls if _landed(pull, fact)), None)
    if merged is not None:
        return [replace(fact, via=Landing.MERGE, pull=merged)]
    # GitHub's own committer is no proof: commits made through its API carry it too.
    return [replace(fact, via=Landing.PUSH)] if claimed else [fact]


def _landed(pull: PullRef, fact: CommitsLanded) -> bool:
    """Say whether a pull request was merged as just this commit into just this branch."""
    return pull.merged and pull.merge_sha == fact.after and pull.base in {"", fact.ref.removeprefix("refs/heads/")}


def _uses(ledger: LedgerView, power: Power, who: Person) -> bool:
    held = ledger.holding(power, who)
    return held is not None and held.first_used is not None and held.revoked_at is None


def _access(asking: _Asking, fact: AccessChanged) -> Iterable[Fact]:
    if fact.after or not fact.subject.login:
        return [fact]
    try:
        role = repository_role(asking.reader.role(asking.repository, asking.installation_id, fact.subject.login))
    except Refused as refused:
        return [replace(fact, gap=refused.sentence)]
    return [replace(fact, after=role)]


def _order(asking: _Asking, fact: OrderGiven) -> Iterable[Fact]:
    """Find out whether somebody who gives an order may write here: GitHub's `author_association` does not tell."""
    if fact.actor is None or not fact.actor.login or fact.actor.bot:
        return [replace(fact, allowed=False)]
    try:
        role = repository_role(asking.reader.role(asking.repository, asking.installation_id, fact.actor.login))
    except Refused as refused:
        return [replace(fact, allowed=False, gap=refused.sentence)]
    return [replace(fact, allowed=role in WRITING_ROLES)]


_RULES: dict[type[Fact], Callable[[_Asking, Any], Iterable[Fact]]] = {
    TagCreated: _tag,
    CommitsLanded: _landing,
    AccessChanged: _access,
    OrderGiven: _order,
}
