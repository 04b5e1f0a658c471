"""The ledger finds out when somebody changed it behind our back."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, column, delete, table, text, update

from github_app.identity import keys
from github_app.ledger import Entry
from github_app.model import Person, Power
from github_app.store import Store, chain
from github_app.store.verify import anchor, verify
from tests.store.samples import ANNA, BEN, CARL, DAY, NOW, decided, raised

HARD = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def history(store: Store) -> Store:
    """Return a store with a history that has every kind of entry."""
    by_mail = Person(name="Anna", email="anna@example.org")
    for day, scope in enumerate(("repo:1", "repo:7", "org:70")):
        ledger = store.ledgers.load([scope], [*keys(ANNA), *keys(BEN)])[scope]
        ledger.use(Power.COMMITTER, by_mail, NOW)
        ledger.use(Power.AUTHOR, by_mail, NOW)
        ledger.link(ANNA, NOW + DAY)
        ledger.grant(Power.COMMITTER, BEN, NOW + day * DAY, ANNA, {"role": "write"})
        ledger.use(Power.COMMITTER, BEN, NOW + 2 * DAY)
        ledger.grant(Power.ADMIN, CARL, NOW, BEN)
        ledger.revoke(Power.ADMIN, CARL, NOW + DAY, ANNA)
        with store.begin() as connection:
            store.ledgers.write(connection, {scope: ledger})
    old = raised(store)
    with store.begin() as connection:
        store.alerts.save(connection, *decided(old))
    assert store.ledgers.verify() == []
    return store


@contextmanager
def tampering(store: Store) -> Iterator[Connection]:
    """Open a transaction in which to do harm; nothing of it stays."""
    with store.engine.connect() as connection:
        yield connection
        connection.rollback()


def change(connection: Connection, of: str, where: dict[str, object], **values: object) -> None:
    """Change one row of a table past all our types."""
    raw = table(of, *(column(name) for name in {*where, *values}))
    done = connection.execute(update(raw).where(*(raw.c[k] == v for k, v in where.items())).values(values))
    assert done.rowcount == 1


def remove(connection: Connection, scopes: Collection[str]) -> None:
    """Remove everything about some scopes."""
    for name in ("entries", "chains", "holdings"):
        raw = table(name, column("scope"))
        connection.execute(delete(raw).where(raw.c.scope.in_(scopes)))


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
NUMBERS = st.integers(-(2**62), 2**62)
FIELDS = {
    "scope": st.sampled_from(["repo:1", "repo:2", "org:70"]),
    "n": NUMBERS,
    "at": NUMBERS,
    "kind": st.sampled_from(["first_use", "grant", "revoke", "alias", "settled", "decision", "scope"]) | TEXTS,
    "subject": st.sampled_from(["id:1", "id:2", "mail:anna@example.org", ""]) | TEXTS,
    "power": st.none() | st.sampled_from([p.value for p in Power]) | TEXTS,
    "person": st.sampled_from(["{}", '{"id":1}', '{"id":2,"login":"ben","name":"Ben"}']) | TEXTS,
    "by_person": st.none() | st.sampled_from(["{}", '{"id":1}']) | TEXTS,
    "detail": st.sampled_from(["{}", '{"role":"admin"}', '{"expected":"committer"}']) | TEXTS,
    "hash": st.sampled_from([chain.START, "a" * 64]) | TEXTS,
}


@pytest.mark.parametrize("field", FIELDS)
@HARD
@given(data=st.data())
def test_any_edit_of_any_entry_is_found(history: Store, field: str, data: st.DataObject) -> None:
    """Whatever single field of whatever entry is changed to whatever else, the chain shows it."""
    with tampering(history) as connection:
        rows = connection.execute(text("SELECT * FROM entries ORDER BY seq")).mappings().all()
        row = data.draw(st.sampled_from(rows))
        taken = {(r["scope"], r["n"]) for r in rows}
        new = data.draw(FIELDS[field].filter(lambda value: value != row[field]))
        if field in {"scope", "n"}:
            assume((new if field == "scope" else row["scope"], new if field == "n" else row["n"]) not in taken)
        change(connection, "entries", {"seq": row["seq"]}, **{field: new})
        assert verify(connection) != []


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        ("DELETE FROM entries WHERE scope = 'repo:1' AND n = 3", "repo:1: entry 3 is missing"),
        ("DELETE FROM entries WHERE scope = 'repo:1' AND n IN (1, 2)", "repo:1: entries 1 to 2 are missing"),
        ("DELETE FROM entries WHERE scope = 'repo:1' AND n > 5", "repo:1: the last entries are missing"),
        ("DELETE FROM entries WHERE scope = 'repo:1'", "repo:1: its entries are missing, all of them"),
        ("DELETE FROM entries", "repo:1: its entries are missing, all of them"),
        ("DELETE FROM chains WHERE scope = 'repo:1'", "repo:1: the record of where its chain ends is missing"),
        ("UPDATE chains SET length = length - 1 WHERE scope = 'repo:1'", "repo:1: there are entries after the end"),
        ("UPDATE chains SET head = 'x' WHERE scope = 'repo:1'", "repo:1: the chain does not end as recorded"),
        ("DELETE FROM holdings WHERE scope = 'repo:1' AND power = 'author'", "the holding of author by"),
        ("UPDATE aliases SET subject = 'id:2' WHERE key = 'login:anna'", "login:anna is said to be id:2"),
        ("DELETE FROM aliases WHERE key = 'login:anna'", "login:anna was linked to"),
        ("UPDATE alerts SET state = 'open', verdict = NULL", "alert 1: the chain says that it is resolved"),
        ("UPDATE alerts SET verdict = 'incident'", "alert 1: the chain says that it is resolved"),
        ("UPDATE alerts SET body = replace(body, 'resolved', 'open')", "alert 1: the chain says that it is resolved"),
        ("UPDATE alerts SET body = 'x'", "alert 1: it cannot be read"),
        ("UPDATE decisions SET reason = 'no reason'", "alert 1: the decisions about it are not those in the chain"),
        ("DELETE FROM decisions", "alert 1: the decisions about it are not those in the chain"),
        ("INSERT INTO aliases VALUES ('mail:new@example.org', 'id:1')", "mail:new@example.org is said to be id:1"),
    ],
)  # fmt: skip
def test_harm_is_named(history: Store, harm: str, sentence: str) -> None:
    """Each way of removing or bending something is told in a plain sentence."""
    with tampering(history) as connection:
        connection.execute(text(harm))
        found = verify(connection)
        assert any(sentence in line for line in found), found


def test_an_alert_cannot_be_resolved_quietly(history: Store) -> None:
    """An alert that says that it is resolved needs an entry that says who resolved it."""
    raised(history, "another")
    with tampering(history) as connection:
        change(connection, "alerts", {"fingerprint": "another"}, state="resolved", verdict="harmless")
        assert any("the chain says that it is open" in line for line in verify(connection))


def test_a_whole_scope_cannot_vanish(history: Store) -> None:
    """Entries, end and holdings of a repository are all removed, and its beginning is still on record."""
    with tampering(history) as connection:
        remove(connection, ["repo:1"])
        assert "repo:1: its entries are missing, all of them" in verify(connection)


def test_swapped_entries_are_found(history: Store) -> None:
    """Two entries that trade places break the chain."""
    with tampering(history) as connection:
        for old, new in ((2, -1), (3, 2), (-1, 3)):
            change(connection, "entries", {"scope": "repo:1", "n": old}, n=new)
        assert any("repo:1: entry 2 was changed" in line for line in verify(connection))


def test_an_inserted_entry_is_found(history: Store) -> None:
    """An entry slipped in, with all others moved up and even the recorded length corrected, breaks the chain."""
    with tampering(history) as connection:
        last = connection.execute(text("SELECT max(n) FROM entries WHERE scope = 'repo:1'")).scalar_one()
        for n in range(last, 2, -1):
            change(connection, "entries", {"scope": "repo:1", "n": n}, n=n + 1)
        connection.execute(
            text(
                "INSERT INTO entries (seq, scope, n, at, kind, subject, power, person, by_person, detail, hash) "
                "SELECT 9999, scope, 3, at, 'grant', subject, 'admin', person, by_person, detail, hash "
                "FROM entries WHERE scope = 'repo:1' AND n = 2"
            )
        )
        connection.execute(text("UPDATE chains SET length = length + 1 WHERE scope = 'repo:1'"))
        assert any("repo:1: entry 3 was changed" in line for line in verify(connection))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", "id:3"),
        ("power", "owner"),
        ("power", "nonsense"),
        ("since", 5),
        ("since", 2**62),
        ("granted_at", 5),
        ("granted_by", '{"id":3}'),
        ("first_used", 5),
        ("first_used", None),
        ("revoked_at", 5),
        ("expected", True),
    ],
)
def test_an_edited_holding_is_found(history: Store, field: str, value: object) -> None:
    """What entries say about a holding cannot be changed in the holding alone."""
    with tampering(history) as connection:
        change(connection, "holdings", {"scope": "repo:1", "subject": "id:2", "power": "committer"}, **{field: value})
        assert any(line.startswith("repo:1: ") for line in verify(connection))


def test_a_lost_power_cannot_be_given_back_quietly(history: Store) -> None:
    """Clearing a revocation in the holdings is found."""
    with tampering(history) as connection:
        connection.execute(text("UPDATE holdings SET revoked_at = NULL WHERE subject = 'id:3'"))
        found = verify(connection)
        assert "repo:1: the holding of admin by id:3 does not agree with the entries: revoked at" in found


def test_an_anchor_shows_a_history_that_was_rewritten_consistently(history: Store) -> None:
    """Whoever rewrites a chain with correct hashes passes the check and fails the anchor; honest growth passes both."""
    taken = history.ledgers.anchor()
    with history.begin() as connection:
        history.ledgers.append(connection, "repo:1", [Entry(at=NOW, kind="decision", subject="id:1", by=BEN)])
    assert history.ledgers.verify(taken) == []
    assert history.ledgers.anchor() != taken
    with tampering(history) as connection:
        remove(connection, ["repo:1", "repo:7", "chains"])
        chain.append(connection, {"repo:9": [Entry(at=NOW, kind="settled", subject="")]})
        assert any("rewritten since" in line for line in verify(connection, taken))
    assert history.ledgers.verify("not an anchor") == ["what was given as an anchor is none"]


def test_an_empty_store_is_intact_and_has_an_anchor(store: Store) -> None:
    """Before anything happened there is nothing to complain about, and the first anchor stays good."""
    assert store.ledgers.verify() == []
    taken = store.ledgers.anchor()
    with store.begin() as connection:
        store.ledgers.append(connection, "repo:1", [Entry(at=NOW, kind="settled", subject="")])
        assert anchor(connection) != taken
    assert store.ledgers.verify(taken) == []
