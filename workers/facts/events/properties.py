"""`custom_property` and `custom_property_values`: rulesets of an organisation can choose repositories by them.

Which repository wears which value is the organisation's affair, and so are these facts.
https://docs.github.com/en/webhooks/webhook-events-and-payloads#custom_property_values
"""

from __future__ import annotations

from typing import Any

from github_app.estate import Guard, GuardChanged, settings
from github_app.fact import Fact
from workers.facts.events import Handler, Ignored, Unreadable
from workers.facts.events import _fields as read
from workers.facts.events._envelope import Envelope

_SAID = ("value_type", "required", "default_value", "allowed_values", "values_editable_by", "source_type")


def _definition(envelope: Envelope) -> tuple[Fact, ...]:
    shown = read.table(envelope.payload.get("definition"))
    name = read.text(shown.get("property_name"), 100)
    if not name:
        raise Unreadable("custom_property: it names no property")
    gone = envelope.action == "deleted"
    state = settings({k: shown[k] for k in _SAID if k in shown})
    # Of a deleted property GitHub tells the name and nothing else; then how it was is stored, or not known.
    before = {"created": (), "deleted": state or None}.get(envelope.action)
    fact = GuardChanged(
        guard=Guard.CUSTOM_PROPERTY,
        key=f"property:{name}",
        name=name,
        action="edited" if envelope.action == "updated" else envelope.action,
        before=before,
        after=() if gone else state,
        **envelope.of_account(),
    )
    return (fact,)


def _values(envelope: Envelope) -> tuple[Fact, ...] | Ignored:
    where, common = envelope.repository, envelope.of_account()
    if where is None:
        raise Unreadable("custom_property_values: it names no repository")
    was, now = _worn(envelope.payload.get("old_property_values")), _worn(envelope.payload.get("new_property_values"))
    if not was and not now:
        return Ignored("custom_property_values: it names no value of a property")
    return tuple(
        GuardChanged(
            guard=Guard.CUSTOM_PROPERTY_VALUES,
            key=f"property:{name}/repository:{where.id}",
            name=f"{name} of {where.full_name}",
            action="edited",
            before=was.get(name, ()),
            after=now.get(name, ()),
            **common,
        )
        for name in sorted(was.keys() | now.keys())
    )


def _worn(values: object) -> dict[str, Any]:
    found = {}
    for value in read.items(values)[:100]:
        name = read.text(read.table(value).get("property_name"), 100)
        worn = read.table(value).get("value")
        if name and worn is not None:
            found[name] = settings({"value": worn})
    return found


HANDLERS = (
    Handler(
        event="custom_property",
        permission=("organization_custom_properties", "read"),
        reads=dict.fromkeys(("created", "updated", "deleted"), _definition),
    ),
    Handler(
        event="custom_property_values",
        permission=("organization_custom_properties", "read"),
        reads={"updated": _values},
    ),
)
