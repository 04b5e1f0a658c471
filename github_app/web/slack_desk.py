"""Carries out what people ask for in Slack and leaves their answers in the outbox. Sentences are plain text."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from github_app import commands, decisions, errands
from github_app.commands import Mistake, Verb
from github_app.errands import LOOKING, Asking
from github_app.model import Person
from github_app.review import Action, Decided, Refused
from github_app.settings import Settings
from github_app.store import Store
from github_app.wake import Waker
from github_app.web import slack_modal
from github_app.web.login import can_sign_in
from github_app.web.slack_payload import Press, Submission

log = logging.getLogger(__name__)

_FOR_PEOPLE = frozenset({Verb.DECIDE, Verb.HANDOVER, Verb.CONFIRM, Verb.END, Verb.WHO, Verb.HANDOVERS})
"""What only somebody linked to a GitHub account may ask for."""
_NOT_STORED = "the database is out of reach, so nothing was changed: try again in a minute"
_NOT_OPENED = "Slack did not open the form in time, so nothing was changed: press the button once more."


class Desk:
    """Takes presses, forms and commands. `False` means that SQL is out of reach and nothing was done."""

    def __init__(self, settings: Settings, store: Store, waker: Waker, clock: Callable[[], dt.datetime]) -> None:
        self._settings = settings
        self._store = store
        self._waker = waker
        self._clock = clock
        self._forms = slack_modal.opener(settings)

    def press(self, press: Press) -> bool:
        """Acknowledge at once, or ask for the reason of everything else."""
        try:
            person = self._store.accounts.of_slack(press.user)
            if person is None:
                self._say(press, self._unknown(press.user))
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
                return slack_modal.errors(self._unknown(form.press.user))
            outcome = self._decide(form, person, aloud=False)
        except DBAPIError as error:
            log.error("a decision could not be stored: %s", type(error.orig).__name__)
            return slack_modal.errors(_NOT_STORED)
        return slack_modal.errors(f"nothing was changed: {outcome.sentence}.") if isinstance(outcome, Refused) else {}

    def answer(self, user: str, channel: str, text: str) -> bool:
        """Answer the slash command."""
        where = Press(action=Action.ACKNOWLEDGE, alert_id=0, user=user, channel=channel, thread="")
        try:
            self._say(where, self._answered(user, text))
        except DBAPIError as error:
            log.error("a command could not be answered: %s", type(error.orig).__name__)
            return False
        return True

    def _answered(self, user: str, text: str) -> str:
        command = commands.parse(text)
        if isinstance(command, Mistake):
            return f"{command.sentence[:1].upper()}{command.sentence[1:]}\n{commands.HELP}"
        if command.verb is Verb.LINK:
            return self._link(user, command.reason)
        person = self._store.accounts.of_slack(user)
        if person is None and command.verb in _FOR_PEOPLE:
            return self._unknown(user)
        asking = Asking(by=person or Person(), via="slack", now=self._clock())
        said = errands.carry_out(self._store, command, asking).text
        if command.verb is Verb.STATUS:
            said += "\n" + (f"You are @{person.login} on GitHub." if person else self._unknown(user))
        return said

    def _link(self, user: str, code: str) -> str:
        now = self._clock()
        with self._store.begin() as connection:
            person = self._store.sessions.take_code(connection, code, now)
            if person is None:
                return f"This code is wrong, over ten minutes old, or was used. {self._how_to_link(user)}"
            self._store.accounts.link(connection, user, person, person, now)
        return f"Linked: what you decide in Slack counts as decided by @{person.login}."

    def _unknown(self, user: str) -> str:
        """Return what somebody reads who is not linked to a GitHub account yet."""
        so = "Your Slack account is not linked to a GitHub account yet, so you can read but not decide."
        return f"{so} {self._how_to_link(user)}"

    def _how_to_link(self, user: str) -> str:
        if can_sign_in(self._settings):
            return f"Open {self._settings.public_url}/link, sign in with GitHub, and type here: /trust link CODE"
        return f"Ask whoever runs the app to type: trust-alerts link {user} YOUR-GITHUB-LOGIN"

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
