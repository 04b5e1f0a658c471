"""Branch protection, rulesets and scanners: what guards a repository was set up, changed or taken away.

GitHub's `changes` tell little: of branch protection eleven settings, of a ruleset all but who may pass it. The facts carry
the whole of the new state and as much of the old as is told; what was stored fills in the rest on the road.
https://docs.github.com/en/webhooks/webhook-events-and-payloads#branch_protection_rule
https://docs.github.com/en/webhooks/webhook-events-and-payloads#repository_ruleset
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from github_app.estate import Guard, GuardChanged, Settings, settings
from github_app.fact import Fact
from workers.facts import guards
from workers.facts.events import Handler, Ignored, Unreadable
from workers.facts.events import _fields as read
from workers.facts.events._envelope import Envelope

PARTLY = "GitHub tells only part of what was changed, and how it was before is not stored"
UNTOLD = "GitHub does not tell what was changed; it does so when the list of who may bypass the ruleset is edited"


def _protection(envelope: Envelope) -> tuple[Fact, ...]:
    rule = read.table(envelope.payload.get("rule"))
    number = read.number(rule.get("id"))
    if envelope.repository is None or not number:
        raise Unreadable("branch_protection_rule: it names no rule of a repository")
    now = guards.branch_protection(rule)
    before: Settings | None = ()
    after, gap = now, ""
    if envelope.action == "deleted":
        before, after = now, ()
    elif envelope.action == "edited":
        changes = read.table(envelope.payload.get("changes"))
        told = {k: read.table(v)["from"] for k, v in changes.items() if "from" in read.table(v)}
        before, gap = guards.branch_protection({**rule, **told}), PARTLY
    fact = GuardChanged(
        guard=Guard.BRANCH_PROTECTION,
        key=f"branch-protection:{number}",
        name=read.text(rule.get("name"), 200),
        action=envelope.action,
        before=before,
        after=after,
        **envelope.common(at=read.when(rule.get("updated_at")) if envelope.action == "edited" else None) | {"gap": gap},
    )
    return (fact,)


def _configuration(envelope: Envelope) -> tuple[Fact, ...]:
    if envelope.repository is None:
        raise Unreadable("branch_protection_configuration: it names no repository")
    was, now = ("enabled", "disabled") if envelope.action == "disabled" else ("disabled", "enabled")
    fact = GuardChanged(
        guard=Guard.BRANCH_PROTECTION_CONFIGURATION,
        key="branch-protection-configuration",
        name="branch protection",
        action=envelope.action,
        before=settings({"protection": was}),
        after=settings({"protection": now}),
        **envelope.common(),
    )
    return (fact,)


def _ruleset(envelope: Envelope) -> tuple[Fact, ...]:
    shown = read.table(envelope.payload.get("repository_ruleset"))
    number = read.number(shown.get("id"))
    if not number:
        raise Unreadable("repository_ruleset: it names no ruleset")
    above = read.text(shown.get("source_type")) in {"Organization", "Enterprise"} and envelope.payload.get("organization")
    common = _elsewhere(envelope, shown) if above or envelope.repository is None else envelope.common()
    if envelope.action == "edited":
        # When it was edited, by GitHub's clock: who compares it later knows that this edit was told.
        common["at"] = read.when(shown.get("updated_at")) or common["at"]
    now = guards.ruleset(shown)
    before: Settings | None = ()
    after, gap = now, ""
    if envelope.action == "deleted":
        before, after = now, ()
    elif envelope.action == "edited":
        changes = read.table(envelope.payload.get("changes"))
        told = _told(changes)
        before, gap = (guards.ruleset(_undone(shown, changes)), PARTLY) if told else (None, UNTOLD)
    fact = GuardChanged(
        guard=Guard.RULESET,
        key=f"ruleset:{number}",
        name=read.text(shown.get("name"), 200),
        action=envelope.action,
        before=before,
        after=after,
        **common | {"gap": gap, "url": read.link(read.table(read.table(shown.get("_links")).get("html")).get("href"))},
    )
    return (fact,)


def _elsewhere(envelope: Envelope, shown: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a fact about an organisation's ruleset has in common; its `source` names whose it is."""
    common = envelope.of_account()
    return common | {"organization": common["organization"] or read.text(shown.get("source"), 100)}


def _told(changes: Mapping[str, Any]) -> bool:
    """Say whether `changes` names anything; GitHub sends empty lists as well."""
    named = read.table(changes.get("name")), read.table(changes.get("enforcement"))
    lists = read.table(changes.get("conditions")), read.table(changes.get("rules"))
    return any("from" in n for n in named) or any(
        read.items(x.get(k)) for x in lists for k in ("added", "deleted", "updated")
    )


def _undone(shown: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a ruleset as it was before the changes, as far as they tell."""
    was = dict(shown)
    enforcement = read.table(changes.get("enforcement"))
    if "from" in enforcement:
        was["enforcement"] = enforcement["from"]
    was["rules"] = _rules_before(read.items(shown.get("rules")), read.table(changes.get("rules")))
    was["conditions"] = _conditions_before(read.table(shown.get("conditions")), read.table(changes.get("conditions")))
    return was


def _rules_before(now: list[Any], changes: Mapping[str, Any]) -> list[Any]:
    added = {read.text(read.table(r).get("type")) for r in read.items(changes.get("added"))}
    rules = {read.text(read.table(r).get("type")): r for r in now if read.text(read.table(r).get("type")) not in added}
    for gone in read.items(changes.get("deleted")):
        rules[read.text(read.table(gone).get("type"))] = gone
    for update in read.items(changes.get("updated")):
        rule = read.table(read.table(update).get("rule"))
        said = read.table(read.table(read.table(update).get("changes")).get("configuration")).get("from")
        old = _parsed(said)
        if old is not None:
            rules[read.text(rule.get("type"))] = {"type": rule.get("type"), "parameters": old}
    return list(rules.values())


def _parsed(said: object) -> Mapping[str, Any] | None:
    """Read the old parameters of a rule, which GitHub sends as JSON inside a string."""
    if not isinstance(said, str):
        return read.table(said) or None
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        return None
    parameters = read.table(found).get("parameters") if "type" in read.table(found) else found
    return parameters if isinstance(parameters, dict) else None


def _conditions_before(now: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    was = dict(now)
    for added in read.items(changes.get("added")):
        for name in read.table(added):
            was.pop(name, None)
    for gone in read.items(changes.get("deleted")):
        was.update(read.table(gone))
    for update in read.items(changes.get("updated")):
        condition = read.table(read.table(update).get("condition"))
        told = read.table(read.table(update).get("changes"))
        # Which condition it was is told by its keys only; a ruleset nearly always has one of each kind.
        name = next((n for n in condition if n in was), "ref_name")
        old = dict(read.table(was.get(name)))
        for side in ("include", "exclude"):
            if "from" in read.table(told.get(side)):
                old[side] = read.table(told.get(side))["from"]
        was[name] = old
    return was


def _scanners(envelope: Envelope) -> tuple[Fact, ...] | Ignored:
    repository = read.table(envelope.payload.get("repository"))
    if envelope.repository is None:
        raise Unreadable("security_and_analysis: it names no repository")
    changes = read.table(read.table(envelope.payload.get("changes")).get("from"))
    before = guards.security_analysis(read.table(changes.get("security_and_analysis")))
    now = guards.security_analysis(read.table(repository.get("security_and_analysis")))
    if not before and not now:
        return Ignored("security_and_analysis: it names no feature")
    told = {s.name for s in before}
    fact = GuardChanged(
        guard=Guard.SECURITY_ANALYSIS,
        key="security-analysis",
        name="security features",
        action="edited",
        # What is not named in the changes stayed as it is.
        before=tuple(sorted([*before, *(s for s in now if s.name not in told)])),
        after=now,
        **envelope.common(),
    )
    return (fact,)


_ADMINISTRATION = ("administration", "read")

HANDLERS = (
    Handler(
        event="branch_protection_rule",
        permission=_ADMINISTRATION,
        reads=dict.fromkeys(("created", "edited", "deleted"), _protection),
    ),
    Handler(
        event="branch_protection_configuration",
        permission=_ADMINISTRATION,
        reads={"enabled": _configuration, "disabled": _configuration},
    ),
    Handler(
        event="repository_ruleset",
        permission=_ADMINISTRATION,
        reads=dict.fromkeys(("created", "edited", "deleted"), _ruleset),
    ),
    Handler(event="security_and_analysis", permission=_ADMINISTRATION, reads={"": _scanners}),
)
