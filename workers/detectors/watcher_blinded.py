"""This app was removed or suspended, sees a repository no more, may do other things, or its hook was deleted."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.estate import InventoryChanged, Thing, differences
from github_app.fact import InstallationChanged
from github_app.happenings import Happened, What
from github_app.model import Finding, Power, Severity, Stage
from workers.detectors import Change, Detector, _estate, _words

_GONE = {
    "deleted": (Severity.CRITICAL, "removed this app from {where}"),
    "suspend": (Severity.CRITICAL, "suspended this app in {where}"),
}


def detect(change: Change) -> Iterable[Finding]:
    """Report whatever keeps this app from seeing: afterwards silence means nothing."""
    fact: InstallationChanged | InventoryChanged | Happened = change.fact
    why = "Nothing that happens from now on is seen here; whoever wants to act unseen begins with this."
    if isinstance(fact, Happened):
        if fact.what != What.HOOK_DELETED:
            return ()
        told = Severity.CRITICAL, f"deleted the webhook to {fact.name}"
    elif isinstance(fact, InventoryChanged):
        return _permissions(fact)
    elif fact.action == "removed" and fact.removed:
        names = ", ".join(r.full_name for r in fact.removed[:5]) + (" and others" if len(fact.removed) > 5 else "")
        told = Severity.HIGH, f"took {names} out of this app's sight"
        why = "It was unselected, deleted or transferred; GitHub does not tell which. Nothing in it is seen from now on."
    elif fact.action in _GONE:
        severity, did = _GONE[fact.action]
        told = severity, did.replace("{where}", _estate.where(fact))
    else:
        return ()
    severity, did = told
    return [
        _estate.finding(
            fact,
            severity,
            f"{_estate.doer(fact)} {did}",
            why,
            before="watched",
            after=f"{did[:200]} on {_words.stamp(fact.at)}",
            powers=(Power.OWNER, Power.ADMIN),
        )
    ]


def _permissions(fact: InventoryChanged) -> list[Finding]:
    if fact.thing != Thing.THIS_APP or fact.action != "changed" or not fact.after:
        return []
    found = differences(fact.before, fact.after) if fact.before is not None else []
    told = [f"{d.name} {d.before or 'none'} -> {d.after or 'none'}" for d in found]
    if fact.before is not None and not told:
        return []
    said = _estate.listed(told) if told else "What they were before is not known"
    return [
        _estate.finding(
            fact,
            Severity.MEDIUM,
            f"{_estate.doer(fact)} changed what this app may do in {_estate.where(fact)}",
            f"{said}. `trust-alerts doctor` says what cannot be seen now.",
            before=_estate.state(fact.before, fact.after, fact.since),
            after=_estate.state(fact.after, fact.before),
            powers=(Power.OWNER,),
        )
    ]


DETECTOR = Detector(
    watches=(InstallationChanged, InventoryChanged, Happened),
    stage=Stage.STABLE,
    severities=(Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL),
    needs_history=False,
    detect=detect,
)
