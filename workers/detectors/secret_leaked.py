"""A secret was found in the repository, was pushed past the protection, or is known to the public."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.happenings import ScannerAlertChanged
from github_app.model import Finding, Power, Severity, Stage, Subject
from workers.detectors import Change, Detector, _estate, _words


def detect(change: Change) -> Iterable[Finding]:
    """Report secrets that lie open; whoever has one has the power behind it."""
    fact: ScannerAlertChanged = change.fact
    if fact.scanner != "secret-scanning" or fact.action not in {"created", "leaked"}:
        return ()
    leaked = fact.action == "leaked"
    kind = f": {fact.name}" if fact.name else ""
    if leaked:
        title, why = f"A secret of this repository is known to the public{kind}", "It must be taken for used. Revoke it."
    elif fact.bypassed:
        who = _words.named(fact.subject) if fact.subject else _estate.doer(fact)
        title, why = f"{who} pushed a secret past the protection{kind}", "GitHub had stopped the push and was overruled."
    else:
        title, why = f"A secret lies in this repository{kind}", "Whoever can read the repository can use it."
    return [
        _estate.finding(
            fact,
            Severity.CRITICAL if leaked else Severity.HIGH,
            title,
            f"{why} GitHub's alert {f'{fact.number} ' if fact.number else ''}shows where it is.",
            before=f"alert {fact.number}: {'open' if leaked else 'none'}",
            after="public" if leaked else "bypassed" if fact.bypassed else "found",
            subject=Subject(person=fact.subject) if fact.subject else Subject(),
            powers=(Power.ADMIN, Power.OWNER, Power.MERGER),
            private=True,
        )
    ]


DETECTOR = Detector(
    watches=(ScannerAlertChanged,),
    stage=Stage.STABLE,
    severities=(Severity.HIGH, Severity.CRITICAL),
    needs_history=False,
    detect=detect,
)
