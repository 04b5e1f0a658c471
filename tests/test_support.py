"""What is offered to whoever is pressed: courteous words, people with standing, and links that a project gave itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from github_app import backing, support
from github_app.funding import MOST_BYTES, read
from github_app.ledger import Holding
from github_app.model import Evidence, Person, Power, State, Step, Verdict
from github_app.store import Store
from github_app.support import Kind
from tests.notify.material import AT, LASSE, MARY, OTHER, REPOSITORY, SUBJECT, alert
from tests.test_cases import MAL, step

DAY = dt.timedelta(days=1)
BOT = Person(id=77, login="helper[bot]", bot=True)


def held(power: Power, who: Person, since: float, last: float, uses: int = 10) -> Holding:
    """Return a holding, in days before now."""
    return Holding(
        subject=f"id:{who.id}", power=power, person=who, since=AT - since * DAY, last_used=AT - last * DAY, uses=uses
    )


def pressure(*signals: str, **changes: Any) -> Any:
    """Return an alert of pressure in which these signals were heard."""
    evidence = tuple(Evidence(kind="event", value=name) for name in signals)
    return step(0, MAL, Step.PRESSURE, private=True, evidence=evidence, **changes)


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        (("handover-demand",), (Kind.HANDOVER,)),
        (("impatience", "reproach"), (Kind.URGENCY, Kind.GUILT)),
        (("reproach", "access-claim", "time-counted"), tuple(Kind)),
        (("something-new",), (Kind.HANDOVER,)),
    ],
)
def test_words_fit_what_was_heard(signals: tuple[str, ...], expected: tuple[Kind, ...]) -> None:
    """Each kind of pressure has its own answers; what is not known is answered as a demand."""
    found = support.replies(pressure(*signals))
    assert tuple(kind for kind, _ in found) == expected
    assert all(len(texts) >= 2 for _, texts in found)


def test_only_pressure_is_answered() -> None:
    """Other alerts offer nothing to paste."""
    assert support.replies(alert()) == ()


def test_answers_are_courteous_and_promise_nothing() -> None:
    """They thank or understand, are short, name and accuse nobody, and can be pasted as they are."""
    for _, texts in support.replies(pressure("handover-demand", "impatience", "reproach")):
        for text in texts:
            assert len(text) < 300
            assert "@" not in text
            assert any(word in text for word in ("Thank", "understand", "I have read"))
            assert not any(word in text.lower() for word in ("attack", "troll", "suspicious", "manipulat", "soon"))


def test_whoever_is_new_or_part_of_it_is_never_suggested() -> None:
    """A year of standing, active lately, no bots, not the one who carries it all, and nobody the pressure would help."""
    holdings = [
        held(Power.MERGER, LASSE, 4000, 1, uses=900),
        held(Power.APPROVER, MARY, 800, 30),
        held(Power.APPROVER, Person(id=50, login="fresh"), 200, 1),
        held(Power.APPROVER, Person(id=51, login="gone"), 2000, 900),
        held(Power.APPROVER, SUBJECT, 700, 1, uses=99),
        held(Power.COMMITTER, BOT, 2000, 1, uses=5_000),
        held(Power.AUTHOR, OTHER, 900, 20),
        held(Power.AUTHOR, Person(id=52, login="once"), 900, 20, uses=1),
    ]
    found = support.candidates(holdings, ("id:2",), AT)
    assert [(c.person.login, c.why) for c in found] == [
        ("mary", "has approved changes here since 2023-12-22"), ("other", "has written code here since 2023-09-13")
    ]  # fmt: skip
    assert support.is_alone(holdings, (), AT)
    assert not support.is_alone([*holdings, held(Power.COMMITTER, MARY, 800, 30)], ("id:2",), AT)
    assert support.is_alone([*holdings, held(Power.COMMITTER, SUBJECT, 90, 1)], ("id:2",), AT)


def test_whom_strangers_propose_is_not_suggested(store: Store) -> None:
    """Somebody with standing drops out as soon as pressure would help them, and while an alert about them is open."""
    now, scope = AT, f"repo:{REPOSITORY.id}"
    ledger = store.ledgers.load([scope], ())[scope]
    for who, power in ((LASSE, Power.MERGER), (MARY, Power.APPROVER), (SUBJECT, Power.APPROVER)):
        ledger.link(who, now - 900 * DAY)
        ledger.use(power, who, now - 900 * DAY)
        ledger.use(power, who, now - DAY)
    told = pressure("handover-demand", beneficiaries=(SUBJECT,))
    with store.begin() as connection:
        store.ledgers.write(connection, {scope: ledger})
        store.alerts.raise_(connection, told, "d")
    found = backing.of_alert(store, told, now)
    assert found is not None
    assert [c.person.login for c in found.candidates] == ["mary"]
    with store.begin() as connection:
        store.alerts.raise_(connection, step(1, MARY), "d")
    again = backing.of_alert(store, told, now)
    assert again is not None
    assert again.candidates == ()


@pytest.mark.parametrize("changes", [{"state": State.RESOLVED, "verdict": Verdict.HARMLESS}, {"step": Step.GRANT}])
def test_what_needs_no_help_gets_none(store: Store, changes: dict[str, Any]) -> None:
    """A resolved alert and one that is no pressure offer nothing."""
    told = replace(pressure("handover-demand"), **changes)
    assert backing.of_alert(store, told, AT) is None


FUNDING = b"""
# how to give
github: [octocat, "surftocat"]
patreon: octo
ko_fi: ''
open_collective: some-project
tidelift: npm/@scope/package
thanks_dev: u/gh/octocat
custom: ["https://example.org/give?x=1", example.net/give, "javascript:alert(1)", "http://plain.example"]
unknown: thing
"""


def test_links_come_from_known_keys() -> None:
    """GitHub's keys become addresses, own ones count when they are https, and six at most are kept."""
    assert [link.url for link in read(FUNDING)] == [
        "https://github.com/sponsors/octocat",
        "https://github.com/sponsors/surftocat",
        "https://www.patreon.com/octo",
        "https://opencollective.com/some-project",
        "https://tidelift.com/funding/github/npm/@scope/package",
        "https://thanks.dev/u/gh/octocat",
    ]
    custom = read(
        b"custom: ['https://example.org/give?x=1', example.net/give, 'javascript:alert(1)', 'http://plain.example']"
    )
    assert [link.url for link in custom] == ["https://example.org/give?x=1", "https://example.net/give"]


@pytest.mark.parametrize(
    "data",
    [
        b"", b"- a", b"github: {a: b}", b"\xff\xfe", b"github: [", b"github: '../../evil'", b"patreon: 'a b'", b"[" * 9_000,
        b"custom: 'https://user:secret@example.org'", b"github: " + b"x" * MOST_BYTES, b"a: &a [1]\nb: *a",
        b"github: !!python/object/apply:os.system ['true']",
    ],
)  # fmt: skip
def test_what_is_no_funding_file_gives_no_links(data: bytes) -> None:
    """Broken, hostile and huge files lead nowhere."""
    assert read(data) == ()


@given(st.binary(max_size=400))
def test_any_bytes_are_borne(data: bytes) -> None:
    """Whatever stands in the file, every link is https and one line."""
    assert all(link.url.startswith("https://") and "\n" not in link.url for link in read(data))


def test_links_are_read_once_a_week(store: Store) -> None:
    """What is known is shown without asking, and looked at again after seven days."""
    store.fundings.want(7, AT)
    assert [w.repository_id for w in store.fundings.due(AT, 9)] == [7]
    assert store.fundings.found(7, read(b"ko_fi: octo"), AT)
    assert not store.fundings.found(7, read(b"ko_fi: octo"), AT)
    store.fundings.want(7, AT + DAY)
    assert store.fundings.due(AT + DAY, 9) == []
    assert [link.name for link in store.fundings.links(7)] == ["Ko-fi: octo"]
    assert store.fundings.due(AT + 8 * DAY, 9) != []
