"""Play the story against the running server, at a pace that can be read."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

from demo import world
from demo.screen import Screen
from demo.server import Server, ServerError
from demo.signing import Sender
from demo.story import Delivery, Step, Story
from github_app.store import Store

ROUTINE, TOLD = 0.015, 0.35
"""Seconds between daily routine, and after a step with a caption, at speed 1."""
_LEARN_SECONDS, _QUIET_SECONDS = 60.0, 300.0
_INTO_THE_WORK = 0.5
"""Seconds after which the workers are killed: the alert is stored by then, and half of the channels have been told."""
_OUTBOX_DONE = {"sent", "failed"}


class Player:
    """Sends what happened; `now` is the time in the story."""

    def __init__(self, story: Story, server: Server, store: Store, sender: Sender, screen: Screen, *, speed: float) -> None:
        self._story, self._server, self._store = story, server, store
        self._sender, self._screen, self._speed = sender, screen, speed
        self.now = world.START
        self.killed: list[int] = []

    def install(self) -> None:
        """Install the app and wait until it knows the past.

        Raises:
            ServerError: it did not learn it.
        """
        self._send(self._story.installation())
        self._server.wait(self._learned, _LEARN_SECONDS, "learn the repository's past")

    def play(self, kill_workers: Callable[[], list[int]] | None, look: Callable[[], None]) -> None:
        """Send every delivery in order.

        Args:
            kill_workers: names the processes to kill, once, in the middle, while alerts are on their way.
            look: is called when the app has dealt with an act, before the next one.
        """
        steps = self._story.steps()
        total = sum(step.hooks for step in steps)
        with self._screen.progress(total):
            for step in steps:
                self._step(step)
                if kill_workers and step.turning_point:
                    self._kill(kill_workers)
                elif step.caption and not self.killed:
                    # In the story days pass before the next act; here the app gets the moment it needs.
                    self.settle()
                    look()

    def settle(self) -> None:
        """Wait until everything sent was judged and everything to say was said.

        Raises:
            ServerError: it did not happen.
        """
        self._server.wait(self._quiet, _QUIET_SECONDS, "deal with everything it was sent")

    def _step(self, step: Step) -> None:
        self.now = step.at
        if step.caption:
            self._screen.say(step.caption, "story", step.at)
        for delivery in self._story.deliveries(step):
            self._send(delivery)
            self._screen.advance(step.at)
        if self._speed > 0:
            time.sleep((TOLD if step.caption else ROUTINE) / self._speed)

    def _send(self, delivery: Delivery) -> None:
        status = self._sender.send(delivery)
        if status != 202:
            raise ServerError(f"the delivery of {delivery.event} was answered with {status} instead of 202")

    def _kill(self, kill_workers: Callable[[], list[int]]) -> None:
        time.sleep(_INTO_THE_WORK)
        self.killed = kill_workers()
        for pid in self.killed:
            os.kill(pid, signal.SIGKILL)
        text = f"kill -9 of the workers {', '.join(map(str, self.killed))} in the middle of their work"
        self._screen.say(text, "bad", self.now)

    def _learned(self) -> bool:
        watch = self._store.repositories.get_many([world.REPOSITORY_ID]).get(world.REPOSITORY_ID)
        return watch is not None and watch.state == "watched"

    def _quiet(self) -> bool:
        waiting = self._store.inbox.counts().get("pending", 0)
        to_say = set(self._store.outbox.counts()) | set(self._store.notices.counts())
        return waiting == 0 and not to_say - _OUTBOX_DONE
