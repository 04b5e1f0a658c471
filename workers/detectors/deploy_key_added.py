"""A deploy key was added: a credential that belongs to no person."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.fact import DeployKeyChanged
from github_app.model import Evidence, Finding, Power, Severity, Stage, Step, Subject
from github_app.remember import deploy_key_subject
from workers.detectors import Change, Detector, _words


def detect(change: Change) -> Iterable[Finding]:
    """Report a deploy key that the ledger does not hold; one that can write is worse."""
    fact: DeployKeyChanged = change.fact
    key = deploy_key_subject(fact.key_id)
    held = change.ledger.holding(Power.KEY_HOLDER, key)
    if not fact.added or (held is not None and held.revoked_at is None):
        return ()
    if fact.read_only and fact.secluded is False:
        return ()  # everybody can read what is public
    giver = _words.named(fact.actor) if fact.actor else "Somebody GitHub does not name"
    access = "read-only" if fact.read_only else "write"
    reach = "read this repository" if fact.read_only else "push to this repository without being anybody's account"
    path = f" {_words.path(change.ledger, fact.actor, fact.at)}" if fact.actor else ""
    return [
        Finding(
            severity=_severity(fact),
            subject=Subject(key=key),
            title=f"{giver} added the deploy key “{fact.title}” with {access} access",
            why=f"Whoever holds its private half can {reach}. Its fingerprint: {fact.fingerprint or 'not told'}.{path}",
            before=_words.absent(held),
            after=f"{access} access",
            evidence=(Evidence(kind="key", value=fact.fingerprint or key, url=fact.url),),
            powers=(Power.ADMIN, Power.OWNER, Power.MERGER, Power.COMMITTER),
            gains=(Power.KEY_HOLDER,),
            grantor=fact.actor,
        )
    ]


def _severity(fact: DeployKeyChanged) -> Severity:
    if not fact.read_only:
        return Severity.CRITICAL
    return Severity.MEDIUM if fact.secluded else Severity.LOW


DETECTOR = Detector(
    watches=(DeployKeyChanged,),
    stage=Stage.STABLE,
    step=Step.GRANT,
    needs_history=False,
    severities=(Severity.LOW, Severity.MEDIUM, Severity.CRITICAL),
    detect=detect,
)
