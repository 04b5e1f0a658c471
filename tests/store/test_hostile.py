"""Names come from outside: whatever they hold is stored on both databases, and honest work always verifies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from github_app.identity import keys
from github_app.ledger import Ledger
from github_app.model import Person, Power, Repository, Subject
from github_app.store import Delivery, Store
from github_app.store.columns import KEY, clean, micros, moment
from tests.store.samples import DAY, NOW, decided, raised

SETTINGS = settings(
    max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
HOSTILE = st.text(st.characters(categories=None, codec=None), max_size=40) | st.sampled_from(
    [
        "\x00",
        "\ud800",
        "\udfff\ud800",
        "a" * 1_000_000,
        "\u202e",
        "'; DROP TABLE entries; --",
        "\ufffd",
        "%s",
        ":x",
        "\\u0000",
    ]
)
# Examples of one test share a database, as tests of one company do: each has numbers of its own.
_BASES: Iterator[int] = iter(range(1000, 10**9, 10))


@st.composite
def hostile_people(draw: st.DrawFn) -> Person:
    """Return a person with names of any kind."""
    return Person(
        id=draw(st.none() | st.integers(-(2**70), 2**70)),
        login=draw(HOSTILE),
        name=draw(HOSTILE),
        email=draw(HOSTILE.map(lambda text: f"{text}@example.org")),
        bot=draw(st.booleans()),
    )


@SETTINGS
@given(who=hostile_people(), by=hostile_people(), detail=HOSTILE)
def test_hostile_names_are_kept_and_found_again(store: Store, who: Person, by: Person, detail: str) -> None:
    """A power granted to any name at all is still there when the same name is asked for."""
    scope = f"repo:{next(_BASES)}"
    ledger = store.ledgers.load([scope], keys(who))[scope]
    subject = ledger.link(who, NOW)
    ledger.grant(Power.ADMIN, who, NOW, by, {detail: detail})
    with store.begin() as connection:
        store.ledgers.write(connection, {scope: ledger})
    again = store.ledgers.load([scope], keys(who))[scope]
    held = again.holding(Power.ADMIN, who)
    assert (held is not None) == (subject != "")
    assert store.ledgers.entries(scope, 1)[0].kind == "grant" if subject else True
    assert store.ledgers.verify() == []


@SETTINGS
@given(text=HOSTILE, number=st.integers(-(2**70), 2**70))
def test_hostile_texts_pass_through_every_table(store: Store, text: str, number: int) -> None:
    """Nothing crashes on a GUID, an event, a repository's name, a problem or a reply of any kind."""
    guid = f"{next(_BASES)} {text}"
    body = text.encode("utf-8", "replace")
    sent = Delivery(guid=guid, event=text, received_at=NOW, partition=1, repository_id=number, owner_id=number, body=body)
    assert store.inbox.accept([sent]) <= 1
    assert store.inbox.accept([sent]) == 0
    assert store.inbox.outcome(guid) == ("pending", "")
    shown = raised(store, guid)
    with store.begin() as connection:
        store.repositories.see(connection, Repository(id=number, full_name=text, default_branch=text), None, NOW)
        store.problems.report(connection, text, text, NOW)
        store.replies.add(connection, text, text, text, text)
        store.accounts.link(connection, text, Person(login=text), Person(name=text), NOW)
        store.outbox.add(connection, shown.id, text, guid)
    assert store.repositories.get_many([number])
    assert store.accounts.of_slack(text) is not None
    assert store.outbox.claim(text, guid, text, NOW, DAY) is not None


@given(text=HOSTILE, other=HOSTILE)
def test_cleaning_is_done_once_and_keeps_long_texts_apart(text: str, other: str) -> None:
    """What is clean stays as it is, fits, can be encoded, and two long texts do not become one."""
    cleaned = clean(text, KEY)
    assert clean(cleaned, KEY) == cleaned
    assert len(cleaned) <= KEY
    assert "\x00" not in cleaned
    cleaned.encode()
    assert clean("a" * 1000 + "b", KEY) != clean("a" * 1000 + "c", KEY)
    if text.isascii() and len(text) <= KEY and "\x00" not in text:
        assert cleaned == text


@given(st.datetimes(timezones=st.just(dt.UTC)))
def test_times_survive_to_the_microsecond(at: dt.datetime) -> None:
    """Any time Python knows comes back as it was."""
    assert moment(micros(at)) == at


def test_a_time_without_a_zone_is_refused() -> None:
    """It would be somebody's local time, and wrong for everybody else."""
    with pytest.raises(ValueError, match="without a zone"):
        micros(dt.datetime(2026, 3, 1))


@st.composite
def people(draw: st.DrawFn, base: int) -> Person:
    """Return one of few people under one or more of his names; logins pass from hand to hand."""
    number = draw(st.integers(1, 3))
    known_id, login, mail = draw(st.booleans()), draw(st.booleans()), draw(st.booleans())
    return Person(
        id=base + number if known_id else None,
        login=f"u{base + draw(st.integers(1, 3))}" if login else "",
        email=f"m{base + number}@example.org" if mail or not (known_id or login) else "",
    )


@SETTINGS
@given(data=st.data())
def test_honest_work_always_verifies(store: Store, data: st.DataObject) -> None:
    """Whatever powers are used, given, lost, linked and judged, in whatever order and batches, nothing looks forged."""
    base = next(_BASES)
    scopes = [f"repo:{base + n}" for n in range(2)] + [f"org:{base}"]
    for step in range(data.draw(st.integers(1, 5))):
        named = data.draw(st.lists(people(base), max_size=3))
        batch = store.ledgers.load(scopes, [key for person in named for key in keys(person)])
        for scope in data.draw(st.lists(st.sampled_from(scopes), min_size=1, max_size=6)):
            work(batch[scope], data, base, NOW + step * DAY)
        with store.begin() as connection:
            store.ledgers.write(connection, batch)
        if data.draw(st.booleans()):
            judged(store, data, base, step)
    assert store.ledgers.verify() == []
    for scope in scopes:
        shown = store.ledgers.holdings(scope)
        assert len({(h.subject, h.power) for h in shown}) == len(shown)


def work(ledger: Ledger, data: st.DataObject, base: int, at: dt.datetime) -> None:
    """Let one thing happen."""
    who, power = data.draw(people(base)), data.draw(st.sampled_from([Power.AUTHOR, Power.COMMITTER, Power.ADMIN]))
    action = data.draw(st.sampled_from(["use", "grant", "revoke", "link"]))
    if action == "use" or power is Power.AUTHOR:  # nobody is granted the power to have written something
        ledger.use(power, who, at)
    elif action == "grant":
        ledger.grant(power, who, at, data.draw(people(base)))
    elif action == "revoke":
        ledger.revoke(power, who, at, None)
    elif who.id is not None:
        ledger.link(who, at)


def judged(store: Store, data: st.DataObject, base: int, step: int) -> None:
    """Let somebody call an alert expected."""
    who = data.draw(people(base))
    repository = Repository(id=base, full_name="a/b")
    old = raised(store, f"{base}-{step}", repository=repository, subject=Subject(person=who), subject_keys=keys(who))
    with store.begin() as connection:
        assert store.alerts.save(connection, *decided(old))
