"""Commands on a real database: what they change, what they say, and what they keep to themselves."""

from __future__ import annotations

import datetime as dt

import pytest

from github_app import errands
from github_app.commands import Command, parse
from github_app.errands import Asking, Said
from github_app.model import Person, Power, State
from github_app.store import Store
from tests.notify.material import AT, GRANTOR, LASSE, MARY, REPOSITORY, SUBJECT, alert

NOW = AT + dt.timedelta(days=1)
SCOPE = f"repo:{REPOSITORY.id}"


@pytest.fixture
def two(store: Store) -> Store:
    """Return a store with one repository in which Lasse and Mary merge, and one public and one private alert."""
    ledger = store.ledgers.load([SCOPE], ())[SCOPE]
    for person in (LASSE, MARY):
        ledger.link(person, AT)
        ledger.use(Power.MERGER, person, AT)
    with store.begin() as connection:
        store.repositories.see(connection, REPOSITORY, 77, AT)
        store.ledgers.write(connection, {SCOPE: ledger})
        store.alerts.raise_(connection, alert(), "delivery")
        store.alerts.raise_(connection, alert(fingerprint="2", title="A secret matter", private=True), "delivery")
    return store


def typed(store: Store, by: Person, text: str, *, via: str = "slack") -> Said:
    """Return the answer to a command."""
    command = parse(text)
    assert isinstance(command, Command)
    here = store.repositories.get_many([REPOSITORY.id])[REPOSITORY.id] if via == "github" else None
    return errands.carry_out(store, command, Asking(by=by, via=via, now=NOW, here=here))


def test_a_handover_is_announced_confirmed_listed_and_ended(two: Store) -> None:
    """Each step is answered and becomes an entry of the chain."""
    said = typed(two, LASSE, "handover @jia in ACME/tool until 2026-12-31 I retire")
    assert said == Said("Hand-over 1 is announced and counts once @mary types: /trust handover confirm 1", done=True)
    assert typed(two, MARY, "handovers acme/tool").text.startswith(
        "1 (waits for a second person): @lasse hands over to @jia"
    )
    assert typed(two, LASSE, "handover confirm 1").text.startswith("Nothing was changed: you announced this hand-over")
    assert typed(two, MARY, "handover confirm 1 fine").text.startswith("Hand-over 1 counts from now on: @lasse hands over")
    assert typed(two, MARY, "handover end 1 changed our minds").done
    assert typed(two, MARY, "handovers acme/tool").text == "No hand-over is announced in acme/tool."
    steps = [e for e in two.ledgers.entries(SCOPE) if e.kind.startswith("handover_")]
    assert [e.kind for e in reversed(steps)] == ["handover_declared", "handover_confirmed", "handover_ended"]
    assert two.ledgers.verify() == []


def test_a_known_login_is_announced_by_its_number(two: Store) -> None:
    """Whoever takes over the login later is not whom Lasse meant."""
    ledger = two.ledgers.load([SCOPE], ())[SCOPE]
    ledger.link(SUBJECT, AT)
    ledger.use(Power.AUTHOR, SUBJECT, AT)
    with two.begin() as connection:
        two.ledgers.write(connection, {SCOPE: ledger})
    typed(two, LASSE, "handover @Newcomer in acme/tool until 2026-12-31 x")
    found = two.handovers.get(1)
    assert found is not None
    assert found.subject.id == SUBJECT.id


@pytest.mark.parametrize(
    ("by", "text", "why"),
    [
        (GRANTOR, "handover @jia in acme/tool until 2026-12-31 x", "you hold none"),
        (LASSE, "handover @lasse in acme/tool until 2026-12-31 x", "their own new powers"),
        (LASSE, "handover @jia in acme/tool until 2020-12-31 x", "ends in the future"),
        (LASSE, "handover @jia in acme/other until 2026-12-31 x", "Say in which repository"),
        (LASSE, "handover @jia until 2026-12-31 x", "Say in which repository"),
        (MARY, "handover confirm 99", "there is no hand-over 99"),
        (MARY, "harmless 99 x", "there is no alert 99"),
        (SUBJECT, "harmless 1 it is fine", "this alert is about you"),
        (MARY, "harmless 1", "needs a reason"),
    ],
)
def test_refusals_change_nothing(two: Store, by: Person, text: str, why: str) -> None:
    """Each says why in one sentence."""
    said = typed(two, by, text)
    assert why in said.text
    assert not said.done
    assert two.handovers.of([REPOSITORY.id]) == {}
    assert two.alerts.counts() == {"open": 2}


def test_a_decision_can_be_typed(two: Store) -> None:
    """Typing does what the button does."""
    assert typed(two, MARY, "ack 1").text == "Acknowledged by @mary; it still needs a verdict."
    assert typed(two, LASSE, "snooze 1 3d he is away") == Said(
        "Snoozed by @lasse until 2026-03-05 10:30 UTC; it comes back then.", done=True
    )
    assert typed(two, MARY, "harmless 1 a test", via="github").done
    found = two.alerts.get(1)
    assert found is not None
    assert (found.state, found.reason) == (State.RESOLVED, "a test")
    assert [d.via for d in two.alerts.decisions(1)] == ["slack", "slack", "github"]


def test_in_public_nothing_private_is_named(two: Store) -> None:
    """A comment cannot find out whether a private alert exists, and `status` counts it only."""
    assert typed(two, MARY, "ack 2", via="github").text == "Nothing was changed: there is no alert 2 in acme/tool."
    assert typed(two, MARY, "ack 99", via="github").text == "Nothing was changed: there is no alert 99 in acme/tool."
    assert "secret" not in typed(two, MARY, "status").text
    assert typed(two, MARY, "ack 2").done


def test_who_names_the_holders(two: Store) -> None:
    """Everybody with a power, since when."""
    assert typed(two, MARY, "who acme/tool").text.splitlines() == [
        "Powers over acme/tool:",
        "merger: @lasse since 2026-03-01, @mary since 2026-03-01",
    ]
