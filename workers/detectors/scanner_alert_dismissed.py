"""Somebody waved off what a scanner had found, without a fix."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.happenings import ScannerAlertChanged
from github_app.model import Finding, Power, Severity, Stage
from workers.detectors import Change, Detector, _estate

_SCANNERS = {
    "secret-scanning": "a leaked secret",
    "code-scanning": "a weakness in the code",
    "dependabot": "a vulnerability",
}


def detect(change: Change) -> Iterable[Finding]:
    """Report a dismissal by a person; what GitHub closes by itself is quiet."""
    fact: ScannerAlertChanged = change.fact
    automatic = fact.actor is not None and fact.actor.login == "github"
    if fact.action != "dismissed" or automatic:
        return ()
    what = _SCANNERS.get(fact.scanner, "a finding")
    return [
        _estate.finding(
            fact,
            Severity.MEDIUM,
            f"{_estate.doer(fact)} dismissed {what}: {fact.name or f'alert {fact.number}'}",
            f"The reason given: {fact.reason.replace('_', ' ') or 'none'}.{_estate.about(fact, change.ledger)}",
            before=f"{fact.scanner} alert {fact.number}: open",
            after=f"dismissed on {_estate.day(fact)}",
            powers=(Power.ADMIN, Power.MERGER, Power.APPROVER),
            private=True,
        )
    ]


DETECTOR = Detector(
    watches=(ScannerAlertChanged,), stage=Stage.STABLE, severities=(Severity.MEDIUM,), needs_history=False, detect=detect
)
