"""The loop over the outbox: no channel blocks another, none is spoken to too fast, nothing is lost."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import dataclass, field

import pytest

from github_app.store import Store
from tests.notify.conftest import Clock, World
from tests.notify.material import alert
from workers.deliver import FIRST_RETRY, LONGEST_RETRY, deliver_due
from workers.notifiers import GaveUp, Later, Message

_STEP = dt.timedelta(seconds=5)


@dataclass
class Channel:
    """A channel that keeps what it is sent, and fails as told."""

    channel: str
    pace: float = 0.0
    sent: list[tuple[str, str | None, bool]] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)
    times: list[dt.datetime] = field(default_factory=list)
    clock: Clock | None = None

    def send(self, message: Message, previous_external_id: str | None, uncertain: bool) -> str:
        """See `Notifier.send`."""
        if self.errors:
            raise self.errors.pop(0)
        self.sent.append((message.target, previous_external_id, uncertain))
        if self.clock is not None:
            self.times.append(self.clock())
        return f"{self.channel}-{message.target}"


def want(store: Store, *channels: str, number: int = 1, copies: int = 1) -> None:
    """Put alerts into the outbox for some channels."""
    for copy in range(number, number + copies):
        with store.begin() as connection:
            stored = store.alerts.raise_(connection, alert(fingerprint=str(copy)), "delivery")
            assert stored is not None
            for channel in channels:
                store.outbox.add(connection, stored, channel, f"alert:{stored}")


def test_one_failing_channel_does_not_block_another(sqlite_store: Store) -> None:
    """While one channel is down, or its code is broken, the others get their messages."""
    want(sqlite_store, "a", "b", "c", "d", copies=3)
    clock = Clock()
    down = Channel("a", errors=[Later("down")] * 9)
    broken = Channel("b", errors=[RuntimeError("a fault")] * 9)
    closed = Channel("c", errors=[GaveUp("closed for ever")] * 9)
    well = Channel("d")
    done = deliver_due(sqlite_store, [down, broken, closed, well], clock, sleep=clock.sleep)
    assert len(well.sent) == 3
    assert (done.later["a"], done.later["b"], done.gave_up["c"]) == (3, 3, 3)


def test_a_channel_in_trouble_is_left_alone(sqlite_store: Store) -> None:
    """After two failures in a row a channel is not asked for each further message."""
    want(sqlite_store, "a", copies=6)
    clock = Clock()
    down = Channel("a", errors=[Later("down")] * 9)
    deliver_due(sqlite_store, [down], clock, sleep=clock.sleep)
    assert len(down.errors) == 7


def test_a_channel_that_says_when_is_believed(sqlite_store: Store) -> None:
    """A rate limit stops the channel at once, for all its messages, until the time it said."""
    want(sqlite_store, "a", copies=3)
    clock = Clock()
    limited = Channel("a", errors=[Later("slow down", clock.now + dt.timedelta(minutes=20), nothing_sent=True)])
    deliver_due(sqlite_store, [limited], clock, sleep=clock.sleep)
    assert limited.sent == []
    clock.sleep(19 * 60)
    deliver_due(sqlite_store, [limited], clock, sleep=clock.sleep)
    assert limited.sent == []
    clock.sleep(60)
    deliver_due(sqlite_store, [limited], clock, sleep=clock.sleep)
    assert len(limited.sent) == 3


def test_pauses_grow_and_end(sqlite_store: Store) -> None:
    """The pause between two tries doubles, is never longer than fifteen minutes, and trying never ends."""
    want(sqlite_store, "a")
    clock = Clock()
    down = Channel("a", errors=[Later("down")] * 10)
    waits = []
    while down.errors:
        tried = len(down.errors)
        before = clock.now
        while len(down.errors) == tried:
            clock.sleep(_STEP.total_seconds())
            deliver_due(sqlite_store, [down], clock, sleep=clock.sleep)
        waits.append(clock.now - before)
    assert waits[1] <= FIRST_RETRY + _STEP
    assert waits[4] > waits[3] > waits[2]
    assert waits[-1] == LONGEST_RETRY
    clock.sleep(LONGEST_RETRY.total_seconds())
    deliver_due(sqlite_store, [down], clock, sleep=clock.sleep)
    assert len(down.sent) == 1


def test_lasting_trouble_is_a_problem_until_it_is_over(sqlite_store: Store) -> None:
    """After five failures in a row the doctor shows the channel, and no more once a message went out."""
    want(sqlite_store, "a")
    clock = Clock()
    down = Channel("a", errors=[Later("no route")] * 5)
    while down.errors:
        clock.sleep(3600)
        deliver_due(sqlite_store, [down], clock, sleep=clock.sleep)
    assert [p.sentence for p in sqlite_store.problems.open()] == ["Messages to a have failed 5 times in a row: no route"]
    clock.sleep(3600)
    deliver_due(sqlite_store, [down], clock, sleep=clock.sleep)
    assert sqlite_store.problems.open() == []


def test_a_channel_nobody_configured_is_given_up(sqlite_store: Store) -> None:
    """A message for a channel that was switched off is shown by the doctor instead of waiting for ever."""
    want(sqlite_store, "a")
    deliver_due(sqlite_store, [], Clock())
    assert [f.error for f in sqlite_store.outbox.failures(5)] == ["the channel a is not configured"]


def test_uncertain_after_an_error(sqlite_store: Store) -> None:
    """After an error that may have come too late the notifier is told to look first; after a sure one it is not."""
    want(sqlite_store, "a", "b")
    clock = Clock()
    maybe = Channel("a", errors=[Later("timeout")])
    surely_not = Channel("b", errors=[Later("limit", nothing_sent=True)])
    for _ in range(2):
        deliver_due(sqlite_store, [maybe, surely_not], clock, sleep=clock.sleep)
        clock.sleep(60)
    assert maybe.sent == [("alert:1", None, True)]
    assert surely_not.sent == [("alert:1", None, False)]


def test_messages_keep_the_pace_of_their_channel(sqlite_store: Store) -> None:
    """Two messages to one channel lie at least its pace apart, and other channels do not wait for it."""
    want(sqlite_store, "a", "b", copies=4)
    clock = Clock()
    slow, quick = Channel("a", pace=1.1, clock=clock), Channel("b", clock=clock)
    deliver_due(sqlite_store, [slow, quick], clock, sleep=clock.sleep)
    gaps = [(b - a).total_seconds() for a, b in zip(slow.times, slow.times[1:], strict=False)]
    assert len(slow.times) == 4
    assert min(gaps) >= 1.1
    assert len(quick.sent) == 4


def test_two_workers_send_each_message_once(sqlite_store: Store) -> None:
    """Run by two threads at once, every message goes out once and the pace holds for both together."""
    want(sqlite_store, "a", copies=12)
    channel = Channel("a", pace=0.01)
    real = lambda: dt.datetime.now(dt.UTC)  # noqa: E731  # a clock both threads read
    channel.clock = real  # type: ignore[assignment]
    threads = [
        threading.Thread(target=deliver_due, args=(sqlite_store, [channel], real), kwargs={"seconds": 20}) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(target for target, *_ in channel.sent) == sorted(f"alert:{n}" for n in range(1, 13))
    # Eleven pauses, whoever of the two makes them; a thread may be late between taking its turn and speaking.
    assert (max(channel.times) - min(channel.times)).total_seconds() > 10 * channel.pace


def test_a_run_ends_in_time(sqlite_store: Store) -> None:
    """A run that has used up its time stops and says that there is more."""
    want(sqlite_store, "a", copies=5)
    clock = Clock()
    slow = Channel("a", pace=10, clock=clock)
    done = deliver_due(sqlite_store, [slow], clock, seconds=25, sleep=clock.sleep)
    assert done.more
    assert len(slow.sent) == 4  # at 0, 10 and 20 seconds, and the one begun before the 25th


def test_old_answers_are_forgotten(world: World) -> None:
    """An answer that could not be given for ten minutes would only confuse."""
    with world.store.begin() as connection:
        world.store.replies.add(connection, world.slack.channel.id, "U0MARY", "", "hello")
    (reply,) = world.store.replies.due(world.clock(), 5)
    assert world.store.replies.claim(reply.id, world.clock(), dt.timedelta(seconds=1))
    world.clock.sleep(11 * 60)
    world.deliver()
    assert world.slack.channel.ephemeral == []


def test_all_channels_of_one_alert(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """One alert on a pull request reaches console, Slack, comment, check and reviewers in one run."""
    world.raise_alert(alert(pull=12))
    done = world.deliver()
    assert sorted(done.sent) == ["console", "github-check", "github-comment", "github-review", "slack"]
    assert "HIGH acme/tool: New Comer (@newcomer) merged" in capsys.readouterr().out
