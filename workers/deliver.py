"""Send what is due: messages, notices, and short answers to people who clicked. One channel failing blocks no other."""

from __future__ import annotations

import datetime as dt
import logging
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from github_app.store import Notice, Store
from github_app.store.outbox import Post, Work
from workers import announcements, messages
from workers.notifiers import Announcer, GaveUp, Later, Notifier, NotYet, Partly, Replier

log = logging.getLogger(__name__)

CLAIM = dt.timedelta(seconds=60)
"""How long a post is ours; whoever takes longer may find it taken over."""
FIRST_RETRY = dt.timedelta(seconds=5)
LONGEST_RETRY = dt.timedelta(minutes=15)
REPLY_LIVES = dt.timedelta(minutes=10)
"""An answer to a click that could not be sent for this long would only confuse."""

_AT_ONCE = 50
_TIRED = 2
_TROUBLE = 5


@dataclass(slots=True)
class Delivered:
    """What one run did, by channel: messages sent, put off, given up. `more` says that the run stopped with work left."""

    sent: Counter[str] = field(default_factory=Counter)
    later: Counter[str] = field(default_factory=Counter)
    gave_up: Counter[str] = field(default_factory=Counter)
    more: bool = False


def deliver_due(
    store: Store,
    notifiers: Sequence[Notifier],
    clock: Callable[[], dt.datetime],
    *,
    seconds: float = 120,
    sleep: Callable[[float], None] = time.sleep,
) -> Delivered:
    """Send everything that is due; any number of processes may do it at once.

    Args:
        store: where the outbox is.
        notifiers: the channels there are; a post of another channel is given up with a sentence.
        clock: returns the time now (UTC).
        seconds: after this time no further message is begun.
        sleep: waits where a channel wants a pause between two messages.

    Raises:
        sqlalchemy.exc.OperationalError: SQL is out of reach.
    """
    run = _Run(store, {n.channel: n for n in notifiers}, clock, sleep)
    ends = clock() + dt.timedelta(seconds=seconds)
    while True:
        run.replies()
        claimed = 0
        # Posts first: what is said about a case answers one of them.
        for due in (store.outbox.due(clock(), _AT_ONCE), store.notices.due(clock(), _AT_ONCE)):
            for item in due:
                if clock() >= ends:
                    run.done.more = True
                    return run.done
                claimed += run.send(item) if isinstance(item, Post) else run.announce(item)
                run.replies()
        if claimed == 0:
            return run.done


class _Run:
    """One run: remembers which channels are in trouble, so that they are not asked again for each message."""

    def __init__(
        self,
        store: Store,
        notifiers: dict[str, Notifier],
        clock: Callable[[], dt.datetime],
        sleep: Callable[[float], None],
    ) -> None:
        self.done = Delivered()
        self._store = store
        self._notifiers = notifiers
        self._clock = clock
        self._sleep = sleep
        self._owner = f"deliver-{uuid.uuid4().hex[:12]}"
        self._tired: Counter[str] = Counter()
        self._until: dict[str, tuple[dt.datetime, Later]] = {}

    def send(self, post: Post) -> bool:
        """Send one post, or put its alert into the message of a group; False when somebody else has it."""
        if not self._resting(post.channel) and not messages.by_itself(self._store, post, self._clock()):
            return True
        work = self._store.outbox.claim(post.channel, post.target, self._owner, self._clock(), CLAIM)
        if work is None:
            return False
        try:
            self._send(work)
        except Partly as part:
            self._tired[work.channel] = 0
            self._store.outbox.partly(work, part.external_id, part.told)
        except Later as later:
            self._put_off(work, later)
        except GaveUp as given_up:
            self._give_up(work, given_up.sentence)
        except Exception as error:
            # A fault of ours in one message must not cost the others.
            log.exception("a notifier failed", extra={"channel": work.channel, "target": work.target})
            self._put_off(work, Later(f"{type(error).__name__} in our own program"))
        return True

    def announce(self, due: Notice) -> bool:
        """Send one notice; False when somebody else has it."""
        notice = self._store.notices.claim(due, self._clock(), CLAIM)
        if notice is None:
            return False
        try:
            external_id = self._announce(notice)
        except NotYet as wait:
            retry_at = wait.retry_at or self._clock() + FIRST_RETRY
            self._store.notices.failed(notice, wait.sentence, retry_at, nothing_sent=True)
        except Later as later:
            retry_at = _next_try(self._clock(), later, notice.attempts)
            self._store.notices.failed(notice, later.sentence, retry_at, nothing_sent=later.nothing_sent)
            self._note_later(notice.channel, notice.key, later, notice.attempts)
        except GaveUp as given_up:
            self._store.notices.failed(notice, given_up.sentence, None)
            self._note_given_up(notice.channel, notice.key, given_up.sentence)
        except Exception as error:
            log.exception("a notifier failed", extra={"channel": notice.channel, "target": notice.key})
            ours = Later(f"{type(error).__name__} in our own program")
            self._store.notices.failed(notice, ours.sentence, _next_try(self._clock(), ours, notice.attempts))
            self._note_later(notice.channel, notice.key, ours, notice.attempts)
        else:
            self._store.notices.sent(notice, external_id, self._clock())
            self.done.sent[notice.channel] += 1
        return True

    def replies(self) -> None:
        """Send short answers; people wait for them."""
        self._store.replies.prune(self._clock() - REPLY_LIVES)
        for reply in self._store.replies.due(self._clock(), _AT_ONCE):
            channel = self._notifiers.get("slack")
            if not isinstance(channel, Replier) or self._resting("slack"):
                return
            if not self._store.replies.claim(reply.id, self._clock(), CLAIM):
                continue
            try:
                self._pace(channel)
                channel.reply(reply.channel, reply.slack_user, reply.thread_ts, reply.text)
            except Later as later:
                self._store.replies.retry(reply.id, _next_try(self._clock(), later, reply.attempts))
            except GaveUp as given_up:
                log.warning("an answer could not be given: %s", given_up.sentence)
                self._store.replies.done(reply.id)
            else:
                self._store.replies.done(reply.id)

    def _announce(self, notice: Notice) -> str:
        notifier = self._notifiers.get(notice.channel)
        if not isinstance(notifier, Announcer):
            raise GaveUp(f"the channel {notice.channel} is not configured")
        if resting := self._resting(notice.channel):
            raise Later(resting.sentence, resting.retry_at, nothing_sent=True)
        what = announcements.of(self._store, notice, self._clock())
        if what is None:
            return ""
        self._pace(notifier)
        external_id = notifier.announce(what, notice.uncertain)
        self._tired[notice.channel] = 0
        self._recovered(notice.channel, notice.attempts)
        return external_id

    def _send(self, work: Work) -> None:
        notifier = self._notifiers.get(work.channel)
        if notifier is None:
            raise GaveUp(f"the channel {work.channel} is not configured")
        if resting := self._resting(work.channel):
            raise Later(resting.sentence, resting.retry_at, nothing_sent=True)
        message = messages.of(self._store, work, self._clock())
        if message is None:
            external_id = work.external_id or ""
        else:
            self._pace(notifier)
            external_id = notifier.send(message, work.external_id, work.uncertain)
        self._tired[work.channel] = 0
        if self._store.outbox.sent(work, external_id, self._clock()):
            self.done.sent[work.channel] += 1
        else:
            log.warning("a message was sent after its claim had ended", extra={"channel": work.channel})
        self._recovered(work.channel, work.attempts)

    def _recovered(self, channel: str, attempts: int) -> None:
        if attempts >= _TROUBLE:
            with self._store.begin() as connection:
                self._store.problems.clear(connection, f"channel:{channel}")

    def _resting(self, channel: str) -> Later | None:
        """Return why a channel is not asked at the moment; None when it may be."""
        until, why = self._until.get(channel, (self._clock(), None))
        if until <= self._clock():
            self._until.pop(channel, None)
            return None
        return why

    def _pace(self, channel: Notifier | Replier | Announcer) -> None:
        """Wait until this channel may be spoken to; the lease makes all processes together keep the pace."""
        if channel.pace <= 0:
            return
        owner = uuid.uuid4().hex
        while not self._store.leases.acquire(f"pace:{channel.channel}", owner, channel.pace, self._clock()):
            self._sleep(channel.pace / 8)

    def _put_off(self, work: Work, later: Later) -> None:
        retry_at = _next_try(self._clock(), later, work.attempts)
        self._store.outbox.failed(work, later.sentence, retry_at, nothing_sent=later.nothing_sent)
        self._note_later(work.channel, work.target, later, work.attempts)

    def _note_later(self, channel: str, target: str, later: Later, attempts: int) -> None:
        self.done.later[channel] += 1
        log.warning("put off: %s", later.sentence, extra={"channel": channel, "target": target})
        self._tired[channel] += 1
        if channel not in self._until and (later.retry_at is not None or self._tired[channel] >= _TIRED):
            self._until[channel] = (later.retry_at or self._clock() + FIRST_RETRY, later)
        if attempts + 1 >= _TROUBLE:
            sentence = f"Messages to {channel} have failed {attempts + 1} times in a row: {later.sentence}"
            with self._store.begin() as connection:
                self._store.problems.report(connection, f"channel:{channel}", sentence, self._clock())

    def _give_up(self, work: Work, sentence: str) -> None:
        self._store.outbox.failed(work, sentence, None)
        self._note_given_up(work.channel, work.target, sentence)

    def _note_given_up(self, channel: str, target: str, sentence: str) -> None:
        self.done.gave_up[channel] += 1
        log.error("given up: %s", sentence, extra={"channel": channel, "target": target})


def _next_try(now: dt.datetime, later: Later, attempts: int) -> dt.datetime:
    """Return when to try again: growing pauses up to fifteen minutes, never before the channel said."""
    pause: dt.timedelta = min(FIRST_RETRY * 2 ** min(attempts, 10), LONGEST_RETRY)
    return max(now + pause, later.retry_at or now)
