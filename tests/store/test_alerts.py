"""Alerts and decisions on both databases."""

from __future__ import annotations

from dataclasses import replace

from github_app.identity import keys
from github_app.model import Evidence, Person, Power, Repository, Severity, Stage, State, Verdict
from github_app.review import Action, DecisionRecord
from github_app.store import PullAt, Store
from tests.store.samples import ANNA, BEN, CARL, DAY, NOW, REPOSITORY, alert, decided, raised


def test_an_alert_comes_back_with_everything(store: Store) -> None:
    """Finding, evidence, ladder, reviewers and times survive."""
    found = raised(store)
    assert replace(found, id=0) == alert()
    assert store.alerts.get(found.id + 1) is None


def test_only_the_insert_that_wins_the_fingerprint_raises(store: Store) -> None:
    """The same finding a second time is no alert, so nobody is told twice."""
    first = raised(store, "same")
    with store.begin() as connection:
        assert store.alerts.raise_(connection, alert("same", title="other words"), "other delivery") is None
        assert store.alerts.raise_(connection, alert("another"), "other delivery") is not None
    assert store.alerts.get(first.id) == first


def test_open_alerts_about_somebody_are_found_by_any_of_his_names(store: Store) -> None:
    """Resolved ones, other people's and those of other repositories are left out."""
    mine = raised(store, "a")
    raised(store, "b", subject_keys=keys(CARL))
    raised(store, "c", repository=Repository(id=8, full_name="acme/other", owner_id=70))
    done, record = decided(raised(store, "d"))
    with store.begin() as connection:
        assert store.alerts.save(connection, done, record)
        assert store.alerts.open_about(7, ["mail:x@y", "login:ben"], connection) == [mine]
    assert store.alerts.open_about(7, ["id:2"]) == [mine]
    assert store.alerts.open_about(7, []) == []


def test_an_alert_about_a_key_is_found_by_the_key(store: Store) -> None:
    """A signing key is a subject too."""
    subject = replace(alert().finding.subject, key="pgp:59FCF207FEA7F445")
    found = raised(store, subject=subject, subject_keys=())
    assert store.alerts.open_about(7, ["pgp:59FCF207FEA7F445"]) == [found]


def test_alerts_are_shown_on_their_own_pull_request_and_on_others(store: Store) -> None:
    """An open alert is attached to further pull requests, each with the commit it is at."""
    own, other = raised(store, "a", pull=3), raised(store, "b")
    with store.begin() as connection:
        store.alerts.attach_pull(connection, other.id, 7, 3, "old")
        store.alerts.attach_pull(connection, other.id, 7, 3, "new")
        store.alerts.attach_pull(connection, other.id, 7, 4, "new")
    assert store.alerts.on_pull(7, 3) == [own, other]
    assert store.alerts.on_pull(7, 4) == [other]
    assert store.alerts.on_pull(8, 3) == []
    assert store.alerts.pulls(other.id) == [
        PullAt(repository_id=7, number=3, head_sha="new"),
        PullAt(repository_id=7, number=4, head_sha="new"),
    ]


def test_recent_alerts_can_be_filtered_and_paged(store: Store) -> None:
    """Newest first, by repository, state, severity and stage."""
    one = raised(store, "1", severity=Severity.CRITICAL)
    two = raised(store, "2", stage=Stage.TRIAL)
    three = raised(store, "3", repository=Repository(id=8, full_name="acme/other"), state=State.ACKNOWLEDGED)
    recent = store.alerts.recent
    assert recent(10) == [three, two, one]
    assert recent(1, before_id=three.id) == [two]
    assert recent(10, repository_id=7) == [two, one]
    assert recent(10, states=[State.ACKNOWLEDGED, State.SNOOZED]) == [three]
    assert recent(10, severities=[Severity.CRITICAL]) == [one]
    assert recent(10, stage=Stage.STABLE) == [three, one]
    assert store.alerts.counts() == {"open": 2, "acknowledged": 1}


def test_snoozes_that_are_over_are_found(store: Store) -> None:
    """A snooze always ends."""
    over = raised(store, "a", state=State.SNOOZED, snoozed_until=NOW)
    raised(store, "b", state=State.SNOOZED, snoozed_until=NOW + DAY)
    raised(store, "c")
    assert store.alerts.snoozed(NOW) == [over]


def test_a_decision_is_kept_with_the_alert_and_in_the_chain(store: Store) -> None:
    """What was decided, by whom and why can be read in both places."""
    old = raised(store)
    new, record = decided(old, Verdict.HARMLESS)
    with store.begin() as connection:
        assert store.alerts.save(connection, new, record)
    assert store.alerts.get(old.id) == new
    assert store.alerts.decisions(old.id) == [record]
    (entry,) = store.ledgers.entries("repo:7")
    assert (entry.kind, entry.at, entry.subject, entry.by) == ("decision", record.at, "id:2", ANNA)
    assert dict(entry.detail) == {
        "alert": str(old.id),
        "action": "harmless",
        "verdict": "harmless",
        "reason": "we hired him",
        "via": "slack",
        "state": "resolved",
        "expected": "",
    }
    assert store.ledgers.verify() == []


def test_a_decision_on_an_old_version_changes_nothing(store: Store) -> None:
    """Who was slower is told so, and leaves no trace."""
    old = raised(store)
    for verdict, wins in ((Verdict.HARMLESS, True), (Verdict.INCIDENT, False)):
        with store.begin() as connection:
            assert store.alerts.save(connection, *decided(old, verdict)) is wins
    found = store.alerts.get(old.id, lock=False)
    assert found is not None
    assert found.verdict is Verdict.HARMLESS
    assert [d.verdict for d in store.alerts.decisions(old.id)] == [Verdict.HARMLESS]
    assert len(store.ledgers.entries("repo:7")) == 1


def test_expected_teaches_the_ledger(store: Store) -> None:
    """The subject's holdings of the powers at hand are marked, nobody else's and no others."""
    ledger = store.ledgers.load(["repo:7"], [])["repo:7"]
    for person in (ANNA, BEN):
        for power in (Power.COMMITTER, Power.RELEASER):
            ledger.use(power, person, NOW)
    with store.begin() as connection:
        store.ledgers.write(connection, {"repo:7": ledger})
    old = raised(store)
    with store.begin() as connection:
        assert store.alerts.save(connection, *decided(old))
    marked = {(h.subject, h.power) for h in store.ledgers.holdings("repo:7") if h.expected}
    assert marked == {("id:2", Power.COMMITTER)}
    assert store.ledgers.verify() == []


def test_a_waiting_second_vote_teaches_nothing_yet(store: Store) -> None:
    """`expected` counts once the alert is resolved, not while a second person is missing."""
    ledger = store.ledgers.load(["repo:7"], [])["repo:7"]
    ledger.use(Power.COMMITTER, BEN, NOW)
    with store.begin() as connection:
        store.ledgers.write(connection, {"repo:7": ledger})
    old = raised(store, severity=Severity.CRITICAL)
    first = DecisionRecord(
        alert_id=old.id, at=NOW, action=Action.EXPECTED, verdict=Verdict.EXPECTED, reason="planned", by=ANNA, via="github"
    )
    waiting = replace(old, state=State.ACKNOWLEDGED, decided_by=("anna",), version=2)
    with store.begin() as connection:
        assert store.alerts.save(connection, waiting, first)
    assert [h.expected for h in store.ledgers.holdings("repo:7")] == [False]


def test_a_decision_about_an_organisation_is_in_its_own_chain(store: Store) -> None:
    """An alert without a repository belongs to the owner's ledger."""
    old = raised(store, repository=Repository(id=0, full_name="acme", owner_id=70))
    with store.begin() as connection:
        assert store.alerts.save(connection, *decided(old))
    assert [e.kind for e in store.ledgers.entries("org:70")] == ["decision", "settled"]


def test_a_deleted_comment_is_forgotten(store: Store) -> None:
    """What was quoted from it is gone; other evidence and other repositories' alerts stay."""
    here = raised(store, "a")
    there = raised(store, "b", repository=replace(REPOSITORY, id=8))
    with store.begin() as connection:
        assert store.alerts.forget_comment(connection, 7, 99) == [here.id]
        assert store.alerts.forget_comment(connection, 7, 9) == []
    found = store.alerts.get(here.id)
    assert found is not None
    assert [e.value for e in found.finding.evidence] == ["a" * 40, "deleted on GitHub"]
    assert store.alerts.get(there.id) == there


def test_hostile_text_in_an_alert_is_stored_clean(store: Store) -> None:
    """NUL, lone surrogates and a megabyte come back harmless, and the alert is raised all the same."""
    evil = "x\x00\ud800" + "y" * 1_000_000
    person = Person(id=2**70, login=evil, name=evil, email=evil)
    subject = replace(alert().finding.subject, person=person)
    evidence = (Evidence(kind="path", value=evil),)
    found = raised(store, title=evil, why=evil, evidence=evidence, subject=subject, subject_keys=(evil,))
    assert found.finding.title.startswith("x\ufffd\ufffdyyy")
    assert len(found.finding.title) == 20_000
    assert found.finding.subject.person.id == 2**70
    with store.begin() as connection:
        assert store.alerts.save(connection, *decided(found, reason=evil))
    assert store.ledgers.verify() == []
