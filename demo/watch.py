"""Watch the stand-ins and tell the timeline what the app wrote into them."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable

from demo import facts
from demo.screen import Screen
from demo.standin.github import GitHub
from demo.standin.slack import Slack

Seen = dict[tuple[str, object], object]


class Watch:
    """Looks every tenth of a second; what is new or changed becomes a line of the timeline."""

    def __init__(self, screen: Screen, hub: GitHub, slack: Slack, clock: Callable[[], dt.datetime]) -> None:
        self._screen, self._hub, self._slack, self._clock = screen, hub, slack, clock
        self._seen: Seen = {}
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look once more and stop."""
        self._stop.set()
        self._thread.join()
        self.look()

    def look(self) -> None:
        """Tell what is new since the last look."""
        with self._lock:
            self._slack_messages()
            self._github_writes()

    def _run(self) -> None:
        while not self._stop.wait(0.1):
            self.look()

    def _changed(self, kind: str, name: object, value: object) -> str:
        """Return "new", "changed" or "" and remember the value."""
        key = (kind, name)
        before = self._seen.get(key)
        self._seen[key] = value
        return "new" if before is None else "changed" if before != value else ""

    def _slack_messages(self) -> None:
        with self._slack.lock:
            found = [(ts, m["text"], "thread_ts" in m, m.get("broadcast")) for ts, m in self._slack.channel.messages.items()]
            whispers = [(m["ts"], m["to"], m["text"]) for m in self._slack.channel.ephemeral]
        for ts, text, reply, broadcast in found:
            change = self._changed("slack", ts, text)
            if change and broadcast:
                self._say(
                    "slack", f"Slack, in the thread and to the channel: {first_line(text)}", f"{self._slack.url}/#b{ts}"
                )
            elif change and not reply:
                word = "Slack" if change == "new" else "Slack, same message updated"
                self._say("slack", f"{word}: {first_line(text)}", f"{self._slack.url}/#m{ts}")
        for ts, to, text in whispers:
            if self._changed("whisper", ts, text):
                name = self._slack.members[to].name if to in self._slack.members else "everybody"
                self._say("slack", f"Slack, only to {name}: {first_line(text)}", self._slack.url)

    def _github_writes(self) -> None:
        with self._hub.state.lock:
            repo = self._hub.repo(facts.REPOSITORY)
            bot = self._hub.state.bot.id
            comments = [
                (i, c["issue_number"], c["updated_at"] + c["body"])
                for i, c in repo.comments.items()
                if c["user"]["id"] == bot
            ]
            checks = [(i, c["name"], c["conclusion"] or c["status"], c["output"]["title"]) for i, c in repo.checks.items()]
            pulls = [(p.number, tuple(p.reviewers)) for p in repo.pulls.values() if p.reviewers]
        for number, pull, text in comments:
            if change := self._changed("comment", number, text):
                word = "comment" if change == "new" else "same comment updated"
                self._say("github", f"GitHub: {word} on pull request #{pull}", self._pull(pull))
        for number, name, conclusion, title in checks:
            if change := self._changed("check", number, (conclusion, title)):
                word = "check" if change == "new" else "same check updated"
                self._say("github", f"GitHub: {word} “{name}”: {conclusion}, {title}", f"{self._page}/runs/{number}")
        for number, reviewers in pulls:
            if self._changed("reviewers", number, reviewers):
                who = ", ".join(f"@{login}" for login in reviewers)
                self._say("github", f"GitHub: review of pull request #{number} requested from {who}", self._pull(number))

    @property
    def _page(self) -> str:
        return f"{self._hub.url}/{facts.REPOSITORY}"

    def _pull(self, number: int) -> str:
        return f"{self._page}/pull/{number}"

    def _say(self, kind: str, text: str, url: str) -> None:
        self._screen.say(text, kind, self._clock(), url)


def first_line(text: str) -> str:
    """Return the first line of a longer text, with a sign that there is more."""
    line, _, rest = text.partition("\n")
    return f"{line} …" if rest else line
