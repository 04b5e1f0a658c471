"""Another app was installed in the organisation, or may do more than before."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.estate import InventoryChanged, Settings, Thing
from github_app.model import Finding, Power, Severity, Stage, Subject
from workers.detectors import Change, Detector, _estate

_LEVELS = ("", "read", "write", "admin")
_DANGEROUS = frozenset({
    "actions", "administration", "contents", "environments", "members", "organization_administration", "organization_hooks",
    "organization_secrets", "organization_self_hosted_runners", "packages", "repository_hooks", "secrets", "workflows",
})  # fmt: skip
"""Permissions that, given for writing, change code, what builds it, or who may."""


def detect(change: Change) -> Iterable[Finding]:
    """Report an app that came, and one whose permissions grew; losing some, or being suspended, is quiet."""
    fact: InventoryChanged = change.fact
    if fact.thing != Thing.APP or not fact.key.startswith("app:") or not fact.after:
        return ()
    gained = _gained(_permissions(fact.before), _permissions(fact.after))
    everywhere = _reach(fact.after) == "all" and bool(fact.before) and _reach(fact.before) != "all"
    if fact.before and not gained and not everywhere:
        return ()
    held = {**_permissions(fact.after)} if everywhere else gained
    writes = sorted(name for name, level in held.items() if level in {"write", "admin"})
    severity = Severity.HIGH if _DANGEROUS.intersection(writes) else Severity.MEDIUM if writes else Severity.LOW
    did = "was installed in" if not fact.before else "may do more than before in" if gained else "sees all repositories of"
    reach = "all repositories" if _reach(fact.after) == "all" else "selected repositories"
    can = _estate.listed([f"{name}: {level}" for name, level in sorted(gained.items())])
    return [
        _estate.finding(
            fact,
            severity,
            f"The app {fact.name} {did} {_estate.where(fact)}",
            f"{'It was given ' + can if can else 'It has no further permissions'}. It reaches {reach}. {fact.gap}".rstrip(),
            before=_estate.state(fact.before, fact.after, fact.since),
            after=_estate.state(fact.after, fact.before),
            subject=Subject(key=fact.key),
            powers=(Power.OWNER, Power.ADMIN),
        )
    ]


def _permissions(state: Settings | None) -> dict[str, str]:
    named = ((s.name.partition("permission.")[2], s.value) for s in state or () if s.name.startswith("permission."))
    return dict(named)


def _reach(state: Settings | None) -> str:
    return next((s.value for s in state or () if s.name == "repositories"), "")


def _gained(before: dict[str, str], after: dict[str, str]) -> dict[str, str]:
    return {name: level for name, level in after.items() if _rank(level) > _rank(before.get(name, ""))}


def _rank(level: str) -> int:
    return _LEVELS.index(level) if level in _LEVELS else len(_LEVELS)


DETECTOR = Detector(
    watches=(InventoryChanged,),
    stage=Stage.STABLE,
    severities=(Severity.LOW, Severity.MEDIUM, Severity.HIGH),
    needs_history=False,
    detect=detect,
)
