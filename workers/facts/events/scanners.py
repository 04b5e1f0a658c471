"""`secret_scanning_alert`, `code_scanning_alert` and `dependabot_alert`: a scanner found something, or was waved off.

https://docs.github.com/en/webhooks/webhook-events-and-payloads#secret_scanning_alert
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from github_app.fact import Fact
from github_app.happenings import ScannerAlertChanged
from github_app.model import Person
from workers.facts.events import Handler, Ignored, Unreadable
from workers.facts.events import _fields as read
from workers.facts.events._envelope import Envelope

_WAVED_OFF = frozenset({"wont_fix", "used_in_tests", "false_positive"})


def _alert(envelope: Envelope) -> Mapping[str, Any]:
    alert = read.table(envelope.payload.get("alert"))
    # GitHub's description lets an alert's number be left out; what happened to one is told all the same.
    if envelope.repository is None or not isinstance(envelope.payload.get("alert"), dict):
        raise Unreadable(f"{envelope.event}: it names no alert of a repository")
    return alert


def _fact(envelope: Envelope, alert: Mapping[str, Any], action: str, name: str, **more: Any) -> tuple[Fact, ...]:
    scanner = envelope.event.removesuffix("_alert").replace("_", "-")
    actor: Person | None = more.pop("actor", None)
    fact = ScannerAlertChanged(
        scanner=scanner,
        number=read.number(alert.get("number")),
        action=action,
        name=name,
        **more,
        **envelope.common(actor=actor, url=alert.get("html_url")),
    )
    return (fact,)


def _secret(envelope: Envelope) -> tuple[Fact, ...] | Ignored:
    alert = _alert(envelope)
    name = read.text(alert.get("secret_type_display_name"), 100) or read.text(alert.get("secret_type"), 100)
    if envelope.action == "publicly_leaked":
        return _fact(envelope, alert, "leaked", name)
    if envelope.action == "resolved":
        reason = read.text(alert.get("resolution"), 40)
        if reason not in _WAVED_OFF:
            return Ignored("secret_scanning_alert: the secret was revoked or its pattern changed")
        return _fact(envelope, alert, "dismissed", name, reason=reason, actor=read.person(alert.get("resolved_by")))
    bypassed = alert.get("push_protection_bypassed") is True
    who = read.person(alert.get("push_protection_bypassed_by"))
    return _fact(envelope, alert, "created", name, bypassed=bypassed, subject=who)


def _code(envelope: Envelope) -> tuple[Fact, ...]:
    alert = _alert(envelope)
    rule = read.table(alert.get("rule"))
    name = read.text(rule.get("description"), 200) or read.text(rule.get("id"), 100)
    reason, who = read.text(alert.get("dismissed_reason"), 60), read.person(alert.get("dismissed_by"))
    return _fact(envelope, alert, "dismissed", name, reason=reason, actor=who)


def _dependency(envelope: Envelope) -> tuple[Fact, ...]:
    alert = _alert(envelope)
    advisory = read.table(alert.get("security_advisory"))
    name = read.text(advisory.get("summary"), 200) or read.text(advisory.get("ghsa_id"), 40)
    reason, who = read.text(alert.get("dismissed_reason"), 60), read.person(alert.get("dismissed_by"))
    return _fact(envelope, alert, "dismissed", name, reason=reason, actor=who)


HANDLERS = (
    Handler(
        event="secret_scanning_alert",
        permission=("secret_scanning_alerts", "read"),
        reads=dict.fromkeys(("created", "publicly_leaked", "resolved"), _secret),
    ),
    Handler(event="code_scanning_alert", permission=("security_events", "read"), reads={"closed_by_user": _code}),
    Handler(event="dependabot_alert", permission=("vulnerability_alerts", "read"), reads={"dismissed": _dependency}),
)
