"""Carry out what somebody typed after `/trust`; Slack's door and comments on GitHub both come through here.

What is said back is plain text for one person, not escaped. A command can be typed where others read along, so private
alerts are counted and never named.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from github_app import decisions, handover, identity
from github_app.commands import HELP, Command, Verb
from github_app.ledger import Ledger
from github_app.model import Alert, Person, Severity, State
from github_app.review import Action, Decided, Refused, handle
from github_app.store import Store, Watch
from github_app.store.handovers import Step

LOOKING = "Looking into it"
"""The reason of an acknowledgement that came without one."""
_STATUS_ALERTS = 5
_UNRESOLVED = (State.OPEN, State.ACKNOWLEDGED, State.SNOOZED)
_MOST_HOLDERS = 12


@dataclass(frozen=True, slots=True)
class Said:
    """What is answered; `done` says whether something was changed."""

    text: str
    done: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks, through what (slack, github), when (UTC), and where: the repository of the thread, if it is one.

    `also` is called once with what is said, in the transaction of the change where something is changed: an order is
    carried out and answered together or not at all.
    """

    by: Person
    via: str
    now: dt.datetime
    here: Watch | None = None
    also: Callable[[Connection, Said], None] | None = None

    def tell(self, connection: Connection, said: Said) -> Said:
        """Say that something was changed, within its transaction."""
        if self.also is not None:
            self.also(connection, said)
        return said


_NOWHERE = Said("Say in which repository that the app watches, as owner/name; /trust help has the forms.")


def carry_out(store: Store, command: Command, asking: Asking) -> Said:
    """Do what a command asks, and say what became of it.

    Raises:
        sqlalchemy.exc.DBAPIError: SQL is out of reach; nothing was changed.
    """
    said = _DOES[command.verb](store, command, asking)
    if asking.also is not None and not said.done:
        with store.begin() as connection:
            asking.also(connection, said)
    return said


def _decide(store: Store, command: Command, asking: Asking) -> Said:
    action = command.action or Action.ACKNOWLEDGE
    alert = store.alerts.get(command.number)
    if alert is None or not _may_be_named(alert, asking):
        where = f" in {asking.here.full_name}" if asking.here else ""
        return Said(f"Nothing was changed: there is no alert {command.number}{where}.")
    reason = command.reason or (LOOKING if action is Action.ACKNOWLEDGE else "")
    until = asking.now + dt.timedelta(days=command.days) if command.days is not None else None

    def also(connection: Connection, outcome: Decided | Refused) -> None:
        if isinstance(outcome, Decided):
            asking.tell(connection, Said(outcome.sentence, done=True))

    outcome = decisions.apply(
        store, command.number, action, asking.by, reason, asking.now, via=asking.via, until=until, also=also
    )
    if isinstance(outcome, Refused):
        return Said(f"Nothing was changed: {outcome.sentence}.")
    return Said(outcome.sentence, done=True)


def _may_be_named(alert: Alert, asking: Asking) -> bool:
    """On GitHub only what is public there and of that repository; in Slack everything with a number can be decided."""
    return asking.via != "github" or (
        asking.here is not None and alert.repository.id == asking.here.id and not alert.finding.private
    )


def _place(store: Store, command: Command, asking: Asking) -> Watch | None:
    """Return the repository a command is about: the one it names, else the one it was typed in."""
    if not command.repository:
        return asking.here
    wanted = command.repository.lower()
    found = next((w for w in store.repositories.all() if w.full_name.lower() == wanted), None)
    # A comment in one repository does not look into another.
    return found if asking.here is None or found is None or found.id == asking.here.id else None


def _ledgers(store: Store, watch: Watch, *people: Person, connection: Connection | None = None) -> list[Ledger]:
    scopes = [f"repo:{watch.id}", *([f"org:{watch.owner_id}"] if watch.owner_id else [])]
    named = {key for person in people for key in identity.keys(person)}
    found = store.ledgers.load(scopes, named, connection)
    return [found[scope] for scope in scopes]


def _declare(store: Store, command: Command, asking: Asking) -> Said:
    watch = _place(store, command, asking)
    if watch is None or command.until is None:
        return _NOWHERE
    subject = Person(login=command.login)
    with store.begin() as connection:
        ledgers = _ledgers(store, watch, asking.by, subject, connection=connection)
        made = handover.declare(
            repository_id=watch.id, subject=_known(ledgers, subject), until=command.until, reason=command.reason,
            by=asking.by, now=asking.now, ledgers=ledgers,
        )  # fmt: skip
        if isinstance(made, Refused):
            return Said(f"Nothing was changed: {made.sentence}.")
        made = store.handovers.add(connection, made, asking.via)
        return asking.tell(connection, Said(_declared(made), done=True))


def _declared(made: handover.Handover) -> str:
    if made.since is not None:
        return f"Hand-over {made.id} counts from now on: {handover.described(made)}"
    names = " or ".join(handle(person) for person in made.waits_for)
    return f"Hand-over {made.id} is announced and counts once {names} types: /trust handover confirm {made.id}"


def _known(ledgers: list[Ledger], subject: Person) -> Person:
    """Return the account behind a login where the ledger knows it: its number cannot be taken over."""
    held = (h.person for ledger in ledgers for h in ledger.powers_of(subject) if h.person.id is not None)
    return next((p for p in held if p.login.lower() == subject.login.lower()), subject)


def _step(store: Store, command: Command, asking: Asking) -> Said:
    with store.begin() as connection:
        found = store.handovers.get(command.number, connection, lock=True)
        watch = store.repositories.get_many([found.repository_id]).get(found.repository_id) if found else None
        if found is None or watch is None or (asking.here is not None and asking.here.id != watch.id):
            return Said(f"Nothing was changed: there is no hand-over {command.number}.")
        ledgers = _ledgers(store, watch, asking.by, found.subject, found.declared_by, connection=connection)
        rule = handover.confirm if command.verb is Verb.CONFIRM else handover.end
        made = rule(found, asking.by, asking.now, ledgers)
        if isinstance(made, Refused):
            return Said(f"Nothing was changed: {made.sentence}.")
        what = "confirmed" if command.verb is Verb.CONFIRM else "ended"
        step = Step(what=what, by=asking.by, at=asking.now, via=asking.via, reason=command.reason)
        store.handovers.save(connection, made, step)
        ended = command.verb is Verb.END
        text = f"Hand-over {made.id} is over: every change counts again." if ended else _declared(made)
        return asking.tell(connection, Said(text, done=True))


def _who(store: Store, command: Command, asking: Asking) -> Said:
    watch = _place(store, command, asking)
    if watch is None:
        return _NOWHERE
    return Said("\n".join(_holders(store, watch, public=asking.via == "github")))


def _announced(store: Store, command: Command, asking: Asking) -> Said:
    watch = _place(store, command, asking)
    return Said("\n".join(_running(store, watch, asking.now))) if watch is not None else _NOWHERE


def _holders(store: Store, watch: Watch, *, public: bool) -> Iterator[str]:
    """Say who holds which power, those of authors aside; the latest to use it first, in public only by account."""
    ledger = store.ledgers.load([f"repo:{watch.id}"], ())[f"repo:{watch.id}"]
    yield f"Powers over {watch.full_name}:"
    for power in handover.POWERS:
        holders = (h for h in ledger.holders(power) if h.person.login or not public)
        held = sorted(holders, key=lambda h: h.last_used or h.since, reverse=True)
        if held:
            names = [f"{h.person.label} since {h.since:%Y-%m-%d}" for h in held[:_MOST_HOLDERS]]
            more = f" and {len(held) - _MOST_HOLDERS} more" if len(held) > _MOST_HOLDERS else ""
            yield f"{power.value.replace('_', ' ')}: {', '.join(names)}{more}"


def _running(store: Store, watch: Watch, now: dt.datetime) -> Iterator[str]:
    found = store.handovers.of([watch.id], ending_after=now).get(watch.id, [])
    running = [h for h in found if h.ended_at is None]
    if not running:
        yield f"No hand-over is announced in {watch.full_name}."
    for made in running:
        waits = "" if made.since else " (waits for a second person)"
        yield f"{made.id}{waits}: {handover.described(made)}"


def _status(store: Store, _command: Command, asking: Asking) -> Said:
    if asking.here is not None:
        return Said("\n".join(_waiting_here(store, asking.here)))
    return Said("\n".join(_waiting(store)))


def _waiting_here(store: Store, watch: Watch) -> Iterator[str]:
    """Say what waits in one repository, to whoever can read it: nothing private, nothing of other repositories."""
    unresolved = store.alerts.recent(50, repository_id=watch.id, states=_UNRESOLVED)
    shown = [a for a in unresolved if not a.finding.private and a.finding.severity.at_least(Severity.MEDIUM)]
    yield f"{len(shown)} alert(s) wait for a verdict in {watch.full_name}."
    for alert in shown[:_STATUS_ALERTS]:
        yield f"{alert.id}: {alert.finding.severity}: {alert.finding.title} ({alert.state})"


def _waiting(store: Store) -> Iterator[str]:
    counts = store.alerts.counts()
    waiting = sum(number for state, number in counts.items() if state != State.RESOLVED.value)
    yield f"{waiting} alert(s) wait for a verdict, {counts.get(State.RESOLVED.value, 0)} are resolved."
    open_ = store.alerts.recent(50, states=_UNRESOLVED)
    for alert in [a for a in open_ if not a.finding.private][:_STATUS_ALERTS]:
        finding = alert.finding
        yield f"{alert.id}: {finding.severity} in {alert.repository.full_name}: {finding.title} ({alert.state})"
    given_up = len(store.outbox.failures(100)) + len(store.notices.failures(100))
    troubles = len(store.problems.open()) + given_up
    if troubles:
        yield f"{troubles} thing(s) keep the app from seeing or telling everything: run `trust-alerts doctor`."
    yield f"{store.inbox.counts().get('pending', 0)} deliveries wait to be judged."


_DOES: dict[Verb, Callable[[Store, Command, Asking], Said]] = {
    Verb.HELP: lambda _store, _command, _asking: Said(HELP),
    Verb.STATUS: _status,
    Verb.WHO: _who,
    Verb.DECIDE: _decide,
    Verb.HANDOVER: _declare,
    Verb.CONFIRM: _step,
    Verb.END: _step,
    Verb.HANDOVERS: _announced,
    Verb.LINK: lambda _store, _command, _asking: Said("Type that in Slack: it links your Slack account to this one."),
}
