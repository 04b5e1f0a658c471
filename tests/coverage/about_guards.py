"""Branch protection, rulesets, scanners, properties, exemptions, and the repository itself."""

from __future__ import annotations

import json
from typing import Any

from tests.coverage.about_code import push
from tests.coverage.corpus import (
    ANNA,
    BEN,
    CRITICAL,
    DROP,
    HIGH,
    INFO,
    LATER,
    MALLORY,
    MEDIUM,
    NOW,
    ORGANIZATION,
    ZERO,
    Case,
    Line,
)

_RULE: dict[str, Any] = {
    "id": 31, "repository_id": 7, "name": "main", "created_at": "2025-01-01T00:00:00Z", "updated_at": "2026-03-02T09:00:00Z",
    "pull_request_reviews_enforcement_level": "everyone", "required_approving_review_count": 2,
    "required_status_checks": ["build"], "required_status_checks_enforcement_level": "everyone", "admin_enforced": True,
    "allow_force_pushes_enforcement_level": "off", "allow_deletions_enforcement_level": "off",
    "authorized_actors_only": True, "authorized_actor_names": ["anna"],
}  # fmt: skip


def protection(action: str, at: str = NOW, changes: dict[str, Any] | None = None, **rule: Any) -> Line:
    """Return a branch protection rule."""
    over: dict[str, Any] = {"rule": {**_RULE, **rule}, "sender": ANNA}
    if changes is not None:
        over["changes"] = {name: {"from": value} for name, value in changes.items()}
    return Line(event="branch_protection_rule", name=f"branch-protection-rule-{action}", over=over, at=at)


def configuration(action: str) -> Line:
    """Return the switch for all branch protection."""
    name = f"branch-protection-configuration-{action}"
    return Line(event="branch_protection_configuration", name=name, over={"sender": ANNA}, at=NOW)


def rule(kind: str, **parameters: Any) -> dict[str, Any]:
    """Return a rule of a ruleset."""
    return {"type": kind, **({"parameters": parameters} if parameters else {})}


def reviews(count: int) -> dict[str, Any]:
    """Return the rule that asks for reviews."""
    return rule(
        "pull_request", required_approving_review_count=count, dismiss_stale_reviews_on_push=False,
        require_code_owner_review=True, require_last_push_approval=False, required_review_thread_resolution=False,
    )  # fmt: skip


def _conditions(*include: str) -> dict[str, Any]:
    return {"ref_name": {"include": list(include), "exclude": []}}


def ruleset(action: str, at: str = NOW, changes: dict[str, Any] | None = None, **shown: Any) -> Line:
    """Return a ruleset of the repository."""
    state: dict[str, Any] = {
        "id": 41, "name": "main", "target": "branch", "source_type": "Repository", "source": "acme/tool",
        "enforcement": "active", "conditions": _conditions("~DEFAULT_BRANCH"), "rules": [rule("deletion"), reviews(2)],
        "node_id": "x", "created_at": "2025-01-01T00:00:00Z", "updated_at": "2026-03-02T09:00:00Z", **shown,
    }  # fmt: skip
    over = {"repository_ruleset": state, "sender": ANNA, **({"changes": changes} if changes is not None else {})}
    return Line(event="repository_ruleset", name=f"repository-ruleset-{action}", over=over, at=at)


def updated(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return `changes` of a ruleset in which one rule was changed; GitHub writes the old parameters as text."""
    old = json.dumps(before["parameters"])
    return {"rules": {"updated": [{"rule": after, "changes": {"configuration": {"from": old}}}]}}


def repository(action: str, changes: dict[str, Any] | None = None, **shown: Any) -> Line:
    """Return what happens to the repository."""
    over: dict[str, Any] = {"sender": ANNA, "repository": shown, **({"changes": changes} if changes is not None else {})}
    return Line(event="repository", name=f"repository-{action}", over=over, at=NOW)


def exemption(event: str, action: str, *, approved: bool = True) -> Line:
    """Return a request to pass a guard once, or the answer."""
    request: dict[str, Any] = {
        "id": 51, "number": 1, "repository_id": 7, "requester_id": 66, "requester_login": "mallory", "status": "pending",
        "requester_comment": "urgent", "html_url": "https://github.com/acme/tool/x",
    }  # fmt: skip
    if action == "response-submitted":
        said = "approved" if approved else "rejected"
        request["responses"] = [{"id": 1, "reviewer_id": 11, "reviewer_login": "anna", "status": said}]
    # The newest of these is not in the published description yet; it has the shape of its brothers.
    described = {"dismissal_request_dependabot": "dismissal_request_code_scanning"}.get(event, event)
    name = f"{described.replace('_', '-')}-{action}"
    over = {"exemption_request": request, "sender": ANNA, "action": action.replace("-", "_")}
    return Line(event=event, name=name, over=over, at=NOW)


def answer(event: str, *, approved: bool = True) -> Line:
    """Return the answer to a request."""
    return exemption(event, "response-submitted", approved=approved)


def secret(action: str, **alert: Any) -> Line:
    """Return an alert about a secret."""
    shown = {"number": 61, "secret_type": "api_key", "secret_type_display_name": "API key", **alert}
    over = {"alert": shown, "sender": ANNA}
    return Line(event="secret_scanning_alert", name=f"secret-scanning-alert-{action.replace('_', '-')}", over=over, at=NOW)


def _dismissed(event: str, name: str, alert: dict[str, Any]) -> Line:
    return Line(event=event, name=name, over={"alert": alert, "sender": ANNA}, at=NOW)


def scanners(before: str, after: str) -> Line:
    """Return push protection switched from one state to another."""
    feature = "secret_scanning_push_protection"
    over = {
        "changes": {"from": {"security_and_analysis": {feature: {"status": before}}}},
        "repository": {"security_and_analysis": {feature: {"status": after}}}, "sender": ANNA,
    }  # fmt: skip
    return Line(event="security_and_analysis", name="security-and-analysis", over=over, at=NOW)


def definition(action: str, at: str = NOW, **shown: Any) -> Line:
    """Return a custom property."""
    state = {
        "property_name": "tier", "value_type": "string", "source_type": "organization", "default_value": "one",
        "values_editable_by": "org_actors", **shown,
    }  # fmt: skip
    return Line(event="custom_property", name=f"custom-property-{action}", over={"definition": state, "sender": ANNA}, at=at)


def worn(was: str, now: str) -> Line:
    """Return the property's value in the repository."""
    over = {
        "old_property_values": [{"property_name": "tier", "value": was}],
        "new_property_values": [{"property_name": "tier", "value": now}], "sender": ANNA,
    }  # fmt: skip
    return Line(event="custom_property_values", name="custom-property-values-updated", over=over, at=NOW)


def _by_property() -> Line:
    """Return a ruleset of the organisation that goes by the property."""
    wanted = {"name": "tier", "property_values": ["one"], "source": "custom"}
    line = ruleset(
        "created", LATER, source_type="Organization", source="acme",
        conditions={**_conditions("~ALL"), "repository_property": {"include": [wanted], "exclude": []}},
    )  # fmt: skip
    over = {**line.over, "repository": DROP, "organization": _organisation(ORGANIZATION)}
    return Line(event=line.event, name=line.name, over=over, at=LATER)


def _organisation(named: dict[str, Any]) -> dict[str, Any]:
    here = "https://api.github.com/orgs/acme"
    links = {f"{n}_url": here for n in ("repos", "events", "hooks", "issues", "members", "public_members", "avatar")}
    return {**named, "node_id": "x", "url": here, "description": None, **links}


_NEW = "2026-03-02T09:00:00Z"
_FORK = {"id": 5, "full_name": "mallory/tool", "fork": True, "created_at": _NEW, "pushed_at": _NEW, "owner": MALLORY}
_TWO, _ONE = reviews(2), reviews(1)
_WIDE = {"conditions": {"updated": [{
    "condition": _conditions("~DEFAULT_BRANCH"), "changes": {"include": {"from": ["~ALL"]}},
}]}}  # fmt: skip
_NARROW = {"conditions": {"updated": [{
    "condition": _conditions("~ALL"), "changes": {"include": {"from": ["~DEFAULT_BRANCH"]}},
}]}}  # fmt: skip
_STAGE = ruleset(
    "created", LATER, conditions=_conditions("refs/heads/stage"), rules=[rule("deletion"), rule("non_fast_forward")]
)
_DEPENDENCY = {"number": 71, "dismissed_by": ANNA, "dismissed_reason": "tolerable_risk", "state": "dismissed"}
_CODE = {"number": 72, "dismissed_by": ANNA, "dismissed_reason": "false positive", "state": "dismissed"}

CASES: tuple[Case, ...] = (
    Case(line=protection("deleted"), when="", severity=CRITICAL, detector="branch-protection-weakened"),
    Case(
        line=protection("edited", admin_enforced=False, changes={"admin_enforced": True}),
        when="it asks for less than before",
        severity=HIGH, detector="branch-protection-weakened",
        twin=protection("edited", changes={"admin_enforced": False}),
    ),
    Case(
        line=protection("edited", authorized_actor_names=["anna", "mallory"], changes={"authorized_actor_names": ["anna"]}),
        when="more people may push", severity=MEDIUM, detector="branch-protection-weakened",
        twin=protection("edited", changes={"authorized_actor_names": ["anna", "mallory"]}),
    ),
    Case(
        # Nothing of this is in `changes`: only what was stored shows it.
        line=protection("edited", required_approving_review_count=1, changes={}), when="fewer reviews than were stored",
        severity=HIGH, detector="branch-protection-weakened", past=(protection("created", LATER),),
        twin=protection("edited", required_approving_review_count=3, changes={}),
    ),
    Case(line=protection("created"), when="", severity=INFO, detector="noted"),
    Case(line=configuration("disabled"), when="", severity=CRITICAL, detector="branch-protection-weakened"),
    Case(line=configuration("enabled"), when="", severity=INFO, detector="noted"),
    Case(line=ruleset("deleted"), when="it was in force", severity=CRITICAL, detector="ruleset-weakened",
         twin=ruleset("deleted", enforcement="disabled")),
    Case(
        line=ruleset("edited", enforcement="evaluate", changes={"enforcement": {"from": "active"}}),
        when="it is only tried out now, or off", severity=CRITICAL, detector="ruleset-weakened",
        twin=ruleset("edited", changes={"enforcement": {"from": "evaluate"}}),
    ),
    Case(
        line=ruleset("edited", rules=[_ONE], changes={**updated(_TWO, _ONE)}), when="its rules ask for less",
        severity=HIGH, detector="ruleset-weakened", twin=ruleset("edited", rules=[_TWO], changes=updated(_ONE, _TWO)),
    ),
    Case(
        line=ruleset("edited", changes=_WIDE), when="it covers less", severity=HIGH, detector="ruleset-weakened",
        twin=ruleset("edited", conditions=_conditions("~ALL"), changes=_NARROW),
    ),
    Case(
        line=ruleset("edited", changes={}), when="GitHub does not say what was edited: who may pass is not among `changes`",
        severity=HIGH, detector="ruleset-weakened", past=(ruleset("created", LATER),),
        twin=ruleset("edited", changes={"name": {"from": "trunk"}}),
    ),
    Case(line=ruleset("created"), when="", severity=INFO, detector="noted"),
    Case(
        line=push(MALLORY, ref="refs/heads/stage", forced=True), when="forced, where a guard forbids that",
        severity=CRITICAL, detector="history-rewritten", past=(_STAGE,),
        twin=push(MALLORY, ref="refs/heads/topic", forced=True),
    ),
    Case(
        line=push(MALLORY, ref="refs/heads/stage", after=ZERO), when="a branch is deleted where a guard forbids that",
        severity=HIGH, detector="ref-deleted", past=(_STAGE,), twin=push(MALLORY, ref="refs/heads/topic", after=ZERO),
    ),
    Case(line=exemption("exemption_request_push_ruleset", "created"), when="", severity=MEDIUM, detector="bypass-approved"),
    Case(line=answer("exemption_request_push_ruleset"), when="approved", severity=HIGH,
         detector="bypass-approved", twin=answer("exemption_request_push_ruleset", approved=False)),
    Case(line=exemption("bypass_request_secret_scanning", "created"), when="", severity=MEDIUM, detector="bypass-approved"),
    Case(line=answer("bypass_request_secret_scanning"), when="approved", severity=HIGH,
         detector="bypass-approved", twin=answer("bypass_request_secret_scanning", approved=False)),
    Case(line=answer("dismissal_request_code_scanning"), when="approved", severity=MEDIUM,
         detector="bypass-approved", twin=answer("dismissal_request_code_scanning", approved=False)),
    Case(line=answer("dismissal_request_secret_scanning"), when="approved", severity=HIGH,
         detector="bypass-approved", twin=answer("dismissal_request_secret_scanning", approved=False)),
    Case(line=answer("dismissal_request_dependabot"), when="approved", severity=MEDIUM,
         detector="bypass-approved", twin=answer("dismissal_request_dependabot", approved=False)),
    Case(line=scanners("enabled", "disabled"), when="a feature was switched off", severity=HIGH,
         detector="security-setting-weakened", twin=scanners("disabled", "enabled")),
    Case(
        line=definition("updated", values_editable_by="org_and_repo_actors"), when="its default, or who may set it, changed",
        severity=MEDIUM, detector="property-changed", past=(definition("created", LATER),),
        twin=definition("updated", description="How much it matters"),
    ),
    Case(line=definition("deleted"), when="", severity=HIGH, detector="property-changed"),
    Case(line=worn("one", "two"), when="a ruleset is known to go by it", severity=HIGH, detector="property-changed",
         past=(_by_property(),), twin=worn("one", "one")),
    Case(line=secret("created", push_protection_bypassed=True, push_protection_bypassed_by=MALLORY),
         when="pushed past the protection", severity=HIGH, detector="secret-leaked"),
    Case(line=secret("created", push_protection_bypassed=False), when="found", severity=HIGH, detector="secret-leaked"),
    Case(line=secret("publicly_leaked"), when="", severity=CRITICAL, detector="secret-leaked"),
    Case(line=secret("resolved", resolution="wont_fix", resolved_by=ANNA), when="waved off without a fix", severity=MEDIUM,
         detector="scanner-alert-dismissed", twin=secret("resolved", resolution="revoked", resolved_by=ANNA)),
    Case(line=_dismissed("code_scanning_alert", "code-scanning-alert-closed-by-user", _CODE), when="", severity=MEDIUM,
         detector="scanner-alert-dismissed"),
    Case(line=_dismissed("dependabot_alert", "dependabot-alert-dismissed", _DEPENDENCY), when="", severity=MEDIUM,
         detector="scanner-alert-dismissed"),
    Case(line=repository("edited", {"default_branch": {"from": "master"}}), when="another default branch", severity=HIGH,
         detector="repository-setting-changed"),
    Case(line=repository("edited", {"homepage": {"from": "https://tool.example.org"}}), when="another description",
         severity=INFO, detector="noted"),
    Case(line=repository("renamed", {"repository": {"name": {"from": "tol"}}}), when="", severity=HIGH,
         detector="repository-moved"),
    Case(line=repository("transferred", {"owner": {"from": {"user": BEN}}}), when="", severity=CRITICAL,
         detector="repository-moved"),
    Case(line=repository("publicized"), when="", severity=HIGH, detector="repository-setting-changed"),
    Case(line=Line(event="public", name="public", over={"sender": ANNA}, at=NOW), when="", severity=HIGH,
         detector="repository-setting-changed"),
    Case(line=repository("privatized", private=True), when="", severity=MEDIUM, detector="repository-setting-changed"),
    Case(line=repository("archived", archived=True), when="", severity=MEDIUM, detector="repository-setting-changed"),
    Case(line=repository("unarchived"), when="", severity=HIGH, detector="repository-setting-changed"),
    Case(line=repository("created"), when="but for private forks of advisories", severity=INFO, detector="noted",
         twin=repository("created", name="tool-ghsa-2222-3333-4444", full_name="acme/tool-ghsa-2222-3333-4444")),
    Case(line=Line(event="fork", name="fork", over={"sender": MALLORY, "forkee": _FORK}, at=NOW), when="", severity=INFO,
         detector="noted"),
)  # fmt: skip
