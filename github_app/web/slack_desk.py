"""Carries out what people ask for in Slack and leaves their answers in the outbox. Sentences are plain text."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator

from slack_sdk import WebClient
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from github_app import decisions
from github_app.model import Person, State
from github_app.review import Action, Decided, Refused
from github_app.store import Store
from github_app.wake import Waker
from github_app.web import slack_modal
from github_app.web.slack_payload import Press, Submission

log = logging.getLogger(__name__)

LOOKING = "Looking into it"
"""The reason of an acknowledgement."""
_STATUS_ALERTS = 5
_NOT_STORED = "the database is out of reach, so nothing was changed: try again in a minute"
_NOT_OPENED = "Slack did not open the form in time, so nothing was changed: press the button once more."

HELP = "\n".join(
    (
        "/trust status: which alerts wait for somebody, and whether the app is well",
        "/trust help: this text",
        "Decisions are made with the buttons under an alert; the reason you give is kept with the decision.",
    )
)


class Desk:
    """Takes presses, forms and commands. `False` means that SQL is out of reach and nothing was done."""

    def __init__(self, store: Store, waker: Waker, clock: Callable[[], dt.datetime], forms: WebClient | None) -> None:
        self._store = store
        self._waker = waker
        self._clock = clock
        self._forms = forms

    def press(self, press: Press) -> bool:
        """Acknowledge at once, or ask for the reason of everything else."""
        try:
            person = self._store.accounts.of_slack(press.user)
            if person is None:
                self._say(press, unknown(press.user))
            elif press.action in slack_modal.ASKED:
                self._ask(press, person)
            else:
                self._decide(Submission(press=press, reason=LOOKING), person, aloud=True)
        except DBAPIError as error:
            log.error("a click could not be stored: %s", type(error.orig).__name__)
            return False
        return True

    def submit(self, form: Submission) -> dict[str, object]:
        """Decide what a form says; an empty answer closes it, any other keeps it open and says why."""
        try:
            person = self._store.accounts.of_slack(form.press.user)
            if person is None:
                return slack_modal.errors(unknown(form.press.user))
            outcome = self._decide(form, person, aloud=False)
        except DBAPIError as error:
            log.error("a decision could not be stored: %s", type(error.orig).__name__)
            return slack_modal.errors(_NOT_STORED)
        return slack_modal.errors(f"nothing was changed: {outcome.sentence}.") if isinstance(outcome, Refused) else {}

    def answer(self, user: str, channel: str, text: str) -> bool:
        """Answer the slash command."""
        word = (text.split() or ["help"])[0].lower()
        where = Press(action=Action.ACKNOWLEDGE, alert_id=0, user=user, channel=channel, thread="")
        try:
            if word == "status":
                self._say(where, "\n".join(self._status(user)))
            else:
                self._say(where, ("" if word == "help" else f"/trust knows no {word}.\n") + HELP)
        except DBAPIError as error:
            log.error("a command could not be answered: %s", type(error.orig).__name__)
            return False
        return True

    def _ask(self, press: Press, person: Person) -> None:
        """Open the form, unless the answer would be no: nobody writes a reason for nothing."""
        refused = decisions.preview(self._store, press.alert_id, press.action, person, self._clock())
        if refused is not None:
            self._say(press, f"Nothing was changed: {refused.sentence}.")
            return
        alert = self._store.alerts.get(press.alert_id)
        if alert is None or self._forms is None or not slack_modal.ask(self._forms, alert, press):
            self._say(press, _NOT_OPENED)

    def _decide(self, form: Submission, person: Person, *, aloud: bool) -> Decided | Refused:
        press, now = form.press, self._clock()

        def also(connection: Connection, outcome: Decided | Refused) -> None:
            if isinstance(outcome, Decided):
                self._add(connection, press, outcome.sentence)
            elif aloud:
                self._add(connection, press, f"Nothing was changed: {outcome.sentence}.")

        until = now + form.snooze if form.snooze else None
        outcome = decisions.apply(
            self._store, press.alert_id, press.action, person, form.reason, now, via="slack", until=until, also=also
        )
        self._waker.notify()
        return outcome

    def _say(self, press: Press, text: str) -> None:
        with self._store.begin() as connection:
            self._add(connection, press, text)
        self._waker.notify()

    def _add(self, connection: Connection, press: Press, text: str) -> None:
        self._store.replies.add(connection, press.channel, press.user, press.thread, text)

    def _status(self, user: str) -> Iterator[str]:
        """Say what waits. A command can be typed anywhere, so private alerts are counted and not named."""
        counts = self._store.alerts.counts()
        waiting = sum(number for state, number in counts.items() if state != State.RESOLVED.value)
        yield f"{waiting} alert(s) wait for a verdict, {counts.get(State.RESOLVED.value, 0)} are resolved."
        open_ = self._store.alerts.recent(50, states=(State.OPEN, State.ACKNOWLEDGED, State.SNOOZED))
        for alert in [a for a in open_ if not a.finding.private][:_STATUS_ALERTS]:
            finding = alert.finding
            yield f"{alert.id}: {finding.severity} in {alert.repository.full_name}: {finding.title} ({alert.state})"
        troubles = len(self._store.problems.open()) + len(self._store.outbox.failures(100))
        if troubles:
            yield f"{troubles} thing(s) keep the app from seeing or telling everything: run `trust-alerts doctor`."
        inbox = self._store.inbox.counts()
        yield f"{inbox.get('pending', 0)} deliveries wait to be judged."
        person = self._store.accounts.of_slack(user)
        yield f"You are @{person.login} on GitHub." if person else unknown(user)


def unknown(user: str) -> str:
    """Return what somebody reads who is not linked to a GitHub account yet."""
    return (
        f"Your Slack account is not linked to a GitHub account yet, so you can read but not decide. "
        f"Ask whoever runs the app to type: trust-alerts link {user} YOUR-GITHUB-LOGIN"
    )
