"""Carry out orders given on GitHub, and answer them there: a reaction, and where there is more to say one edited comment.

An order is carried out in the transaction that keeps its answer, so however often the app is killed it is done once.
Whoever may not write to the repository gets a reaction and no text: nobody should be able to make the app talk.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

from sqlalchemy import Connection

from github_app import commands, errands
from github_app.commands import Mistake
from github_app.errands import Asking, Said
from github_app.model import State
from github_app.review import Action
from github_app.store import Order, Store, Watch
from workers.github import Refused, Unavailable
from workers.github_writer import Writer
from workers.render import answers

log = logging.getLogger(__name__)

CLAIM = dt.timedelta(seconds=60)
LONGEST_TRY = dt.timedelta(hours=6)
"""An answer that GitHub did not take for this long would only confuse."""
_AT_ONCE = 50
_SHOWN = 5
_FIRST_RETRY = 5
_LOOK_BACK = dt.timedelta(days=30)
_BUTTONS = {Action.ACKNOWLEDGE.value: Action.ACKNOWLEDGE, Action.SNOOZE.value: Action.SNOOZE}
NOT_ALLOWED = "Only people who may write to this repository can give orders to the app."


def carry_out_due(store: Store, writer: Writer | None, clock: Callable[[], dt.datetime]) -> int:
    """Carry out and answer what is due; return how many orders were dealt with.

    Args:
        store: where orders are.
        writer: answers on GitHub; None leaves answers unsaid.
        clock: returns the time now (UTC).

    Raises:
        sqlalchemy.exc.OperationalError: SQL is out of reach; what is not committed stays due.
    """
    dealt = 0
    for order in store.orders.due(clock(), _AT_ONCE):
        if not store.orders.claim(order.id, clock(), CLAIM):
            continue
        dealt += 1
        watch = store.repositories.get_many([order.repository_id]).get(order.repository_id)
        if watch is None or watch.state == "removed":
            store.orders.told(order.id)
            continue
        if order.state == "given":
            _carry_out(store, order, watch, clock())
        _answer(store, writer, order, watch, clock)
    return dealt


def _carry_out(store: Store, order: Order, watch: Watch, now: dt.datetime) -> None:
    def also(connection: Connection, said: Said) -> None:
        store.orders.done(connection, order.id, said.text, changed=said.done)

    if not order.allowed:
        with store.begin() as connection:
            also(connection, Said(NOT_ALLOWED))
    elif order.button:
        _press(store, order, watch, now, also)
    else:
        command = commands.parse(order.text)
        if isinstance(command, Mistake):
            with store.begin() as connection:
                also(connection, Said(f"{command.sentence[:1].upper()}{command.sentence[1:]}"))
            return
        errands.carry_out(store, command, Asking(by=order.person, via="github", now=now, here=watch, also=also))


def _press(store: Store, order: Order, watch: Watch, now: dt.datetime, also: Callable[[Connection, Said], None]) -> None:
    """A button of the check stands for every alert it shows; pressed twice it changes nothing more."""
    action = _BUTTONS.get(order.button)
    waiting = [a for a in store.alerts.on_pull(watch.id, order.thread) if a.state is not State.RESOLVED]
    said = []
    for alert in waiting if action is not None else ():
        reason = f"{action.value.capitalize()} pressed on the check of pull request {order.thread}" if action else ""
        command = commands.Command(verb=commands.Verb.DECIDE, action=action, number=alert.id, reason=reason)
        said.append(errands.carry_out(store, command, Asking(by=order.person, via="github", now=now, here=watch)))
    with store.begin() as connection:
        text = "\n".join(s.text for s in said) or "Nothing here waits for anybody."
        also(connection, Said(text, done=any(s.done for s in said)))


def _answer(store: Store, writer: Writer | None, asked: Order, watch: Watch, clock: Callable[[], dt.datetime]) -> None:
    recent = store.orders.answers(watch.id, asked.thread, _SHOWN)
    order = next((o for o in recent if o.id == asked.id), None)
    late = clock() - asked.at > LONGEST_TRY
    if order is None or writer is None or watch.installation_id is None or late:
        store.orders.told(asked.id)
        return
    try:
        _say(writer, order, recent, watch, watch.installation_id)
    except Unavailable as error:
        later = clock() + dt.timedelta(seconds=_FIRST_RETRY * 2 ** min(order.attempts, 10))
        store.orders.retry(order.id, max(later, error.retry_at or later))
    except Refused as error:
        log.warning("an order could not be answered: %s", error.sentence, extra={"repository": watch.full_name})
        store.orders.told(order.id)
    else:
        store.orders.told(order.id)


def _say(writer: Writer, order: Order, recent: list[Order], watch: Watch, installation_id: int) -> None:
    place = (watch.repository, installation_id)
    if order.comment_id:
        writer.react(*place, order.comment_id, "+1" if order.changed else "eyes" if order.allowed else "confused")
    # What was changed shows in the comment about the alert; only an answer that shows nowhere else is said.
    if order.changed and not order.text.startswith("handover"):
        return
    shown = [o for o in recent if o.allowed and not o.button and (not o.changed or o.text.startswith("handover"))]
    if not order.allowed or order.button or not shown:
        return
    body = answers.render(shown)
    since = min(o.at for o in recent) - _LOOK_BACK
    for comment in reversed(writer.own_comments(*place, order.thread, since)):
        if answers.is_ours(comment.body, watch.id, order.thread) and writer.edit_comment(*place, comment.id, body):
            return
    writer.create_comment(*place, order.thread, body)
