"""The state machine of an alert: what people may do, what they may not, and what never happens whatever they try."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from github_app import identity
from github_app.ageing import Patience, pass_time
from github_app.model import Alert, Person, Severity, State, Verdict
from github_app.review import LONGEST_SNOOZE, MOST_REASON, Action, Decided, DecisionRecord, Refused, decide, standing
from tests.notify.material import AT, GRANTOR, LASSE, MARY, OTHER, SUBJECT, alert

DAY = dt.timedelta(days=1)
# The same human as LASSE, who also has this account; only the ledger knows.
SECOND_ACCOUNT = Person(id=99, login="lasse-at-work")
BOT = Person(id=50, login="merge-queue[bot]", bot=True)
PEOPLE = (SUBJECT, GRANTOR, LASSE, MARY, OTHER, SECOND_ACCOUNT, BOT, Person(name="no account"))


def keys(person: Person) -> tuple[str, ...]:
    """Return what the ledger knows of a person: Lasse's two accounts are one."""
    own = identity.keys(person)
    return (*own, *identity.keys(LASSE), *identity.keys(SECOND_ACCOUNT)) if person in {LASSE, SECOND_ACCOUNT} else own


@dataclass
class Case:
    """An alert on its way through review."""

    alert: Alert
    previous: list[DecisionRecord] = field(default_factory=list)
    now: dt.datetime = AT + DAY

    def do(self, action: Action, by: Person = LASSE, reason: str = "we talked", **more: dt.datetime) -> Decided | Refused:
        """Take a step and keep what came of it."""
        outcome = decide(self.alert, action, by, keys(by), reason, self.now, self.previous, **more)
        if isinstance(outcome, Decided):
            self.alert = outcome.alert
            self.previous.append(outcome.record)
        return outcome


def refused(outcome: Decided | Refused) -> str:
    """Return why a step was refused."""
    assert isinstance(outcome, Refused)
    return outcome.sentence


def decided(outcome: Decided | Refused) -> str:
    """Return what an accepted step said."""
    assert isinstance(outcome, Decided)
    return outcome.sentence


@pytest.mark.parametrize(
    ("action", "verdict"),
    [(Action.EXPECTED, Verdict.EXPECTED), (Action.HARMLESS, Verdict.HARMLESS), (Action.INCIDENT, Verdict.INCIDENT)],
)
def test_one_person_resolves_what_is_not_critical(action: Action, verdict: Verdict) -> None:
    """A verdict resolves the alert and is recorded with reason, person and version."""
    case = Case(alert(1))
    assert decided(case.do(action, reason="  asked them on IRC ")) == f"Marked {verdict} by @lasse."
    assert (case.alert.state, case.alert.verdict, case.alert.version) == (State.RESOLVED, verdict, 2)
    assert (case.alert.reason, case.alert.decided_by) == ("asked them on IRC", ("lasse",))
    assert case.previous[0].by == LASSE


@pytest.mark.parametrize("action", [a for a in Action if not a.by_itself])
@pytest.mark.parametrize(("by", "why"), [(SUBJECT, "about you"), (GRANTOR, "granted the power")])
def test_subject_and_grantor_decide_nothing(action: Action, by: Person, why: str) -> None:
    """Whom the alert is about, and who granted the power, are refused whatever they ask."""
    case = Case(alert(1))
    assert why in refused(case.do(action, by))


def test_who_gains_decides_nothing() -> None:
    """Whom strangers ask a maintainer to give power to is refused, by any known name."""
    pressed = replace(alert(1), beneficiary_keys=("id:78", "login:gainer"))
    outcome = decide(pressed, Action.HARMLESS, Person(id=78, login="renamed"), [], "fine", AT, [])
    assert "you would gain" in refused(outcome)


def test_subject_is_known_by_any_of_his_names() -> None:
    """A second account whose known address is the subject's is the subject."""
    stranger = Person(id=77, login="somebody")
    outcome = decide(alert(1), Action.EXPECTED, stranger, ["id:77", "mail:new@comer.example"], "fine", AT, [])
    assert "about you" in refused(outcome)


def test_the_same_again_is_refused_with_who_and_when() -> None:
    """A repetition changes nothing and says who did it."""
    case = Case(alert(1))
    case.do(Action.ACKNOWLEDGE)
    assert refused(case.do(Action.ACKNOWLEDGE, MARY)) == "already acknowledged by @lasse on 2026-03-02 10:30 UTC"
    case.do(Action.EXPECTED)
    assert refused(case.do(Action.EXPECTED, MARY)) == "already marked expected by @lasse on 2026-03-02 10:30 UTC"


def test_a_resolved_alert_has_to_be_reopened_first() -> None:
    """Nobody turns a verdict into another one in passing."""
    case = Case(alert(1))
    case.do(Action.HARMLESS)
    for action in (Action.INCIDENT, Action.ACKNOWLEDGE):
        assert "already marked harmless by @lasse" in refused(case.do(action, MARY))
    assert "nothing to snooze" in refused(case.do(Action.SNOOZE, MARY))
    assert decided(case.do(Action.REOPEN, MARY)) == "Reopened by @mary."
    assert (case.alert.state, case.alert.verdict, case.alert.decided_by) == (State.OPEN, None, ())
    assert decided(case.do(Action.INCIDENT, MARY)) == "Marked incident by @mary."


def test_critical_needs_two_people_who_agree() -> None:
    """The first verdict is kept and shown, the second one resolves."""
    case = Case(alert(1, severity=Severity.CRITICAL))
    said = decided(case.do(Action.EXPECTED))
    assert said == "@lasse says expected. A critical alert needs two people who agree. Still missing: @mary."
    assert (case.alert.state, case.alert.verdict) == (State.ACKNOWLEDGED, None)
    assert "a second person has to agree" in refused(case.do(Action.EXPECTED))
    assert decided(case.do(Action.EXPECTED, MARY)) == "Marked expected by @lasse and @mary."
    assert case.alert.state is State.RESOLVED


def test_critical_is_not_resolved_by_two_accounts_of_one_person() -> None:
    """What the ledger knows to be one human counts once."""
    case = Case(alert(1, severity=Severity.CRITICAL))
    case.do(Action.EXPECTED, LASSE)
    assert "a second person" in refused(case.do(Action.EXPECTED, SECOND_ACCOUNT))
    case.do(Action.HARMLESS, SECOND_ACCOUNT)
    assert case.alert.state is State.ACKNOWLEDGED


def test_critical_with_two_opinions_waits_for_a_third() -> None:
    """Two people who disagree resolve nothing; a third who agrees with one of them does."""
    case = Case(alert(1, severity=Severity.CRITICAL))
    case.do(Action.EXPECTED, LASSE)
    assert "and @lasse says expected" in decided(case.do(Action.INCIDENT, MARY))
    assert case.alert.state is State.ACKNOWLEDGED
    assert decided(case.do(Action.INCIDENT, OTHER)) == "Marked incident by @mary and @other."


def test_a_reopened_critical_alert_starts_counting_anew() -> None:
    """Verdicts from before a reopening count no more."""
    case = Case(alert(1, severity=Severity.CRITICAL))
    case.do(Action.EXPECTED, LASSE)
    case.do(Action.EXPECTED, MARY)
    case.do(Action.REOPEN, OTHER)
    case.do(Action.EXPECTED, MARY)
    assert (case.alert.state, case.alert.decided_by) == (State.ACKNOWLEDGED, ("mary",))


@pytest.mark.parametrize("reason", ["", "  \n\t ", "\x00"])
def test_a_reason_is_required(reason: str) -> None:
    """Blank is no reason."""
    assert "needs a reason" in refused(Case(alert(1)).do(Action.EXPECTED, reason=reason))


def test_a_reason_has_a_length() -> None:
    """The longest reason is kept whole and a longer one refused, not cut."""
    assert "2,001 characters" in refused(Case(alert(1)).do(Action.EXPECTED, reason="x" * (MOST_REASON + 1)))
    case = Case(alert(1))
    case.do(Action.EXPECTED, reason="x" * MOST_REASON)
    assert case.alert.reason == "x" * MOST_REASON


def test_a_reason_can_be_stored() -> None:
    """What no database takes is taken out."""
    case = Case(alert(1))
    case.do(Action.EXPECTED, reason="a\x00b\ud800c")
    assert case.alert.reason == "ab?c"


def test_a_snooze_ends() -> None:
    """A snooze has an end of its own, at most thirty days away, and then the alert is open again."""
    case = Case(alert(1))
    for until in (case.now, case.now - DAY, case.now + LONGEST_SNOOZE + DAY):
        assert "within 30 days" in refused(case.do(Action.SNOOZE, until=until))
    assert "2026-03-09 10:30 UTC" in decided(case.do(Action.SNOOZE))
    assert "already snoozed until" in refused(case.do(Action.SNOOZE, MARY))
    assert pass_time(case.alert, case.previous, case.now + 6 * DAY) is None
    woken = pass_time(case.alert, case.previous, case.now + 7 * DAY)
    assert woken is not None
    assert (woken.alert.state, woken.alert.snoozed_until, woken.alert.version) == (State.OPEN, None, 3)
    assert woken.record.via == "app"


def test_an_acknowledgement_ages() -> None:
    """Whoever took an alert is reminded once, and after a week without a verdict it is open again for everybody."""
    case = Case(alert(1))
    decided(case.do(Action.ACKNOWLEDGE))
    began = case.now
    assert pass_time(case.alert, case.previous, began + 1.9 * DAY) is None
    reminded = pass_time(case.alert, case.previous, began + 2 * DAY)
    assert reminded is not None
    assert (reminded.alert.state, reminded.alert.version) == (State.ACKNOWLEDGED, 3)
    assert reminded.record.reason.startswith("@lasse took this 2 days ago and it still needs a verdict; it opens again on ")
    case.alert, case.previous = reminded.alert, [*case.previous, reminded.record]
    assert pass_time(case.alert, case.previous, began + 6.9 * DAY) is None
    lapsed = pass_time(case.alert, case.previous, began + 7 * DAY)
    assert lapsed is not None
    assert (lapsed.alert.state, lapsed.record.via) == (State.OPEN, "app")
    assert "no verdict followed in 7 days" in lapsed.sentence


def test_a_first_verdict_that_nobody_seconds_ages_and_still_counts() -> None:
    """A critical alert opens again after a week; the verdict given stays given, and one more person settles it."""
    case = Case(alert(1, severity=Severity.CRITICAL))
    decided(case.do(Action.INCIDENT))
    lapsed = pass_time(case.alert, case.previous, case.now + 8 * DAY)
    assert lapsed is not None
    case.alert, case.previous = lapsed.alert, [*case.previous, lapsed.record]
    assert decided(case.do(Action.INCIDENT, MARY)).startswith("Marked incident by @lasse and @mary")


def test_how_long_an_acknowledgement_waits_can_be_set() -> None:
    """A team that wants to be reminded within the hour is."""
    case = Case(alert(1))
    decided(case.do(Action.ACKNOWLEDGE))
    soon = Patience(remind=dt.timedelta(minutes=30), reopen=dt.timedelta(hours=2))
    assert pass_time(case.alert, case.previous, case.now + dt.timedelta(minutes=29), soon) is None
    assert pass_time(case.alert, case.previous, case.now + dt.timedelta(hours=2), soon) is not None


@pytest.mark.parametrize("by", [BOT, Person(name="No Account"), Person(email="a@b.example")])
def test_only_people_with_an_account_decide(by: Person) -> None:
    """Bots and names without an account are refused."""
    assert "only a person with a known GitHub account" in refused(Case(alert(1)).do(Action.EXPECTED, by))


def test_reopening_what_is_open_is_refused() -> None:
    """There is nothing to reopen."""
    assert refused(Case(alert(1)).do(Action.REOPEN)) == "this alert is already open"


STEPS = st.tuples(
    st.sampled_from([a for a in Action if not a.by_itself]),
    st.sampled_from(PEOPLE),
    st.sampled_from(["ok", " ", "x" * 2001]),
)


def human(person: Person) -> str:
    """Return who acts, whatever account they use."""
    return "lasse" if person in {LASSE, SECOND_ACCOUNT} else person.login


@settings(max_examples=300, deadline=None)
@given(
    severity=st.sampled_from([Severity.MEDIUM, Severity.CRITICAL]),
    steps=st.lists(st.one_of(STEPS, st.integers(1, 20)), max_size=25),
)
def test_no_sequence_of_steps_breaks_the_rules(severity: Severity, steps: list[tuple[Action, Person, str] | int]) -> None:
    """Whatever anybody tries in any order: no subject decides, no one resolves critical alone, versions count steps."""
    case = Case(alert(1, severity=severity))
    for step in steps:
        before = case.alert
        if isinstance(step, int):
            case.now += step * DAY
            woken = pass_time(case.alert, case.previous, case.now)
            if woken is not None:
                case.alert = woken.alert
                case.previous.append(woken.record)
        else:
            case.do(*step)
        assert case.alert.version == before.version + (case.alert is not before)
        assert case.alert.version == 1 + len(case.previous)
        assert (case.alert.state is State.RESOLVED) == (case.alert.verdict is not None)
        assert (case.alert.state is State.SNOOZED) == (case.alert.snoozed_until is not None)
        assert all(r.reason.strip() and len(r.reason) <= MOST_REASON for r in case.previous)
        assert {human(r.by) for r in case.previous if r.via != "app"} <= {"lasse", "mary", "other"}
        if case.alert.state is State.RESOLVED and severity is Severity.CRITICAL:
            agree = {human(r.by) for r in standing(case.previous) if r.verdict is case.alert.verdict}
            assert len(agree) >= 2
