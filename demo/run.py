"""`trust-alerts demo`: play the take-over of xz against the real server, with stand-ins for GitHub and Slack."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from types import FrameType

from demo import facts, people, repository, verdict, world
from demo.play import Player
from demo.screen import Screen
from demo.server import APP_ID, Keys, Server, ServerError, new_keys
from demo.signing import Sender
from demo.standin.github import GitHub
from demo.standin.slack import Slack
from demo.start_page import Links, StartPage
from demo.story import Story
from demo.watch import Watch
from github_app.model import Stage
from github_app.store import Store
from workers import accounts

_PRESS_SECONDS = 30
INTRO = """\
The take-over of xz (CVE-2024-3094), played as GitHub would have told it: {commits:,} commits, {tags} tags, {pulls} acts on
pull requests, as signed webhooks to the real server. GitHub and Slack are stand-ins on this computer. Names, times, paths
and key ids are real; the pressure of spring 2022 is retold in our words (it was written to a mailing list, not to GitHub).
What else is assumed: demo/README.md. The app lives today, so what it does itself carries today's date."""


def main(argv: Sequence[str]) -> int:
    """Run the demo; return 0 when exactly the expected alerts were raised."""
    options = _options(argv)
    screen = Screen()
    # Everything talks to this computer only; a proxy that is set for the outside must not get in between.
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = f"{os.environ.get('no_proxy', '')},127.0.0.1".lstrip(",")
    with _interruptible(), ExitStack() as stack:
        try:
            return Demo(options, screen, stack).run()
        except KeyboardInterrupt:
            screen.say("Stopping.", "app")
            return 0 if not options.exit else 130
        except ServerError as error:
            screen.say(str(error), "bad")
            return 1


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="trust-alerts demo", description=__doc__)
    parser.add_argument("--exit", action="store_true", help="end when the story is told; status 1 when an alert is missing")
    parser.add_argument("--speed", type=float, default=1.0, help="how fast: 2 is twice as fast, 0 does not pause at all")
    parser.add_argument("--port", type=int, default=0, help="port of the start page; a free one if not given")
    parser.add_argument("--kill-worker", action="store_true", help="kill -9 the workers in the middle of the story")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep data and log in this folder")
    return parser.parse_args(argv)


class Demo:
    """One run. Everything that has to be stopped is registered on the stack."""

    def __init__(self, options: argparse.Namespace, screen: Screen, stack: ExitStack) -> None:
        self._options, self._screen, self._stack = options, screen, stack
        self._started = time.monotonic()
        self._player: Player | None = None

    def run(self) -> int:
        """Set the scene, play, sum up, and stay unless told to end."""
        self._screen.console.print(_intro())
        self._screen.blank()
        self._build()
        self._play()
        self._decide()
        problems = verdict.problems(self._store, self._hub, self._slack)
        self._sum_up(problems)
        if not self._options.exit:
            for url, title, what in self._links():
                self._screen.say(f"{title}: {url} ({what})", "app", url=url)
            self._screen.say("Everything stays up until you press Ctrl-C.", "app")
            while True:
                time.sleep(1)
        return 1 if problems else 0

    # -- the scene ---------------------------------------------------------------------------------------------

    def _build(self) -> None:
        if shutil.which("git") is None:
            raise ServerError("git is needed and was not found")
        folder = self._folder()
        keys = new_keys()
        bare = repository.build(folder / "xz.git")
        hub = GitHub(world.state(app_id=APP_ID, public_key=keys.public, git_dir=str(bare)), clock=self._now)
        slack = Slack(bot_token=keys.slack_token, signing_secret=keys.slack_signing, members=world.MEMBERS, story=self._now)
        self._hub, self._slack = hub, slack
        for standin in (hub, slack):
            self._stack.callback(standin.stop)
            standin.start()
        page = StartPage(self._screen, self._links, port=self._options.port)
        self._stack.callback(page.serving.stop)
        page.serving.start()
        self._page = page
        self._screen.say("Look: " + page.url, "app", url=page.url)
        self._serve(folder, keys)

    def _serve(self, folder: Path, keys: Keys) -> None:
        hub, slack = self._hub, self._slack
        server = Server(folder, keys, github_url=hub.url, slack_url=slack.api_url, channel=slack.channel.name)
        self._server = server
        slack.clicks.app_url = server.url
        self._stack.callback(server.stop)
        self._screen.say("Starting the server: web, workers, clock, embedded Valkey, SQLite", "app")
        server.start()
        self._store = Store.open(server.settings.sql_url)
        self._stack.callback(self._store.close)
        sender = Sender(server.url, keys.webhook, APP_ID)
        self._stack.callback(sender.close)
        self._watch = Watch(self._screen, hub, slack, self._now)
        self._player = Player(Story(hub), server, self._store, sender, self._screen, speed=self._options.speed)

    def _play(self) -> None:
        player = self._playing
        self._screen.say(f"Installing the app on {facts.REPOSITORY}; it learns the past, 2007 to 2021, from git", "app")
        player.install()
        for member, (login, _) in world.LINKED.items():
            accounts.link(self._store, self._server.settings, member, login, by="the demo")
        self._screen.say("The past is learned: from here on, somebody can be new", "app", player.now)
        self._screen.blank()
        self._watch.start()
        self._stack.callback(self._watch.stop)
        player.play(self._workers if self._options.kill_worker else None, self._watch.look)
        player.settle()
        self._watch.look()

    def _decide(self) -> None:
        """Let the subject of an alert try to clear it, and somebody from the security team decide it."""
        alert = next((a for a in self._store.alerts.recent(100) if a.finding.detector == "new-merger"), None)
        if alert is None:
            return
        self._screen.blank()
        for who, label, reason in (
            (world.JIA, "Expected", "It was agreed, no need to look."),
            (world.SECURITY, "Incident", "Nobody had told us. We ask Lasse by phone."),
        ):
            name = self._slack.members[who].name
            self._screen.say(f"{name} presses {label} on “{alert.finding.title}”: “{reason}”", "story", self._now())
            answered = len(self._slack.channel.ephemeral)
            people.press(self._slack, who, alert.id, label, reason)
            self._server.wait(partial(self._answered, answered, alert.id), _PRESS_SECONDS, "answer a click")
            self._playing.settle()
            self._watch.look()

    def _answered(self, before: int, alert_id: int) -> bool:
        alert = self._store.alerts.get(alert_id)
        return len(self._slack.channel.ephemeral) > before or (alert is not None and alert.state == "resolved")

    # -- the end -----------------------------------------------------------------------------------------------

    def _sum_up(self, problems: list[str]) -> None:
        screen, alerts = self._screen, [a for a in self._store.alerts.recent(1000) if a.stage is Stage.STABLE]
        screen.blank()
        screen.say("What was raised, and how long before 5.6.0, the first release with the backdoor:", "app")
        for alert in sorted(alerts, key=lambda a: a.at):
            days = (facts.BACKDOOR_RELEASE.date() - alert.at.astimezone(dt.UTC).date()).days
            state = alert.verdict or alert.state
            # Jia Tan's commits carry UTC+8: what is the evening before in UTC has the next day's date in the history.
            there = alert.at.astimezone(dt.timezone(dt.timedelta(hours=8))).date()
            date = "" if there == alert.at.astimezone(dt.UTC).date() else f" ({there} in the commit's own time zone)"
            when = f"{days} days before" if days >= 0 else f"{-days} days after"
            text = f"{when}: {alert.finding.severity}, {alert.finding.title}{date} [{state}]"
            screen.say(text, "slack", alert.at.astimezone(dt.UTC))
        own = [a for a in alerts if verdict.about(a) == world.MAINTAINER]
        about_him = f"{len(own)} of them" if own else "none of them"
        total = sum(self._store.inbox.counts().values())
        screen.say(f"{total} deliveries, {len(alerts)} alerts, {about_him} about the maintainer's own work.", "app")
        for unknown in sorted(set(self._hub.state.unknown) | set(self._slack.unknown)):
            screen.say(f"asked of a stand-in that cannot answer it: {unknown}", "quiet")
        for problem in problems:
            screen.say(problem, "bad")
        screen.say(f"Told in {time.monotonic() - self._started:.0f} seconds.", "quiet")

    def _links(self) -> Links:
        if not hasattr(self, "_server"):
            return []
        pull = f"{self._hub.url}/{facts.REPOSITORY}/pull/7"
        return [
            (self._slack.url, "Slack", "the alerts, with buttons that work"),
            (pull, "Pull request #7", "the comment, the check, the review request"),
            (f"{self._hub.url}/{facts.REPOSITORY}", "The repository", "everything else on the GitHub stand-in"),
            (self._server.url, "The app", "its own pages, as an operator sees them"),
        ]

    # -- inside ------------------------------------------------------------------------------------------------

    @property
    def _playing(self) -> Player:
        if self._player is None:
            raise ServerError("the scene is not set")
        return self._player

    def _now(self) -> dt.datetime:
        return self._player.now if self._player else world.START

    def _workers(self) -> list[int]:
        return self._server.worker_pids()

    def _folder(self) -> Path:
        if self._options.keep:
            self._options.keep.mkdir(parents=True, exist_ok=True)
            return Path(self._options.keep).resolve()
        folder = Path(tempfile.mkdtemp(prefix="trust-demo-"))
        self._stack.callback(shutil.rmtree, folder, ignore_errors=True)
        return folder


def _intro() -> str:
    counted = (facts.story_commits(), facts.story_tags(), facts.story_pulls())
    commits, tags, pulls = (len(found) for found in counted)
    return INTRO.format(commits=commits, tags=tags, pulls=pulls)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let SIGTERM end the demo as Ctrl-C does."""

    def stop(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
