"""`trust-alerts doctor`: is everything in reach, and what can the app not see?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from github import GithubException
from redis import Redis
from redis.exceptions import RedisError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlalchemy.exc import SQLAlchemyError

from github_app.settings import Settings
from github_app.store import Store
from github_app.store.checks import REPOSITORY
from workers import sight
from workers.github import GitHubApp

Finding = tuple[bool, str]

_MOST_WAITING = 10


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield (good, sentence) for each thing looked at; asks GitHub, Slack, Redis and SQL once each."""
    for check in (_secrets, _redis, _github, _slack, _database):
        yield from check(settings)


def _secrets(settings: Settings) -> Iterator[Finding]:
    if settings.github_webhook_secret:
        yield True, "The webhook secret is set."
    else:
        yield False, "GITHUB_WEBHOOK_SECRET is not set: no delivery is accepted. Open /setup to register the app."
    if settings.github_webhook_secret_previous:
        yield True, "The previous webhook secret is still accepted; unset it when the rotation is over."


def _redis(settings: Settings) -> Iterator[Finding]:
    if not settings.redis_url:
        yield True, "REDIS_URL is not set: `trust-alerts serve` runs its own."
        return
    try:
        Redis.from_url(settings.redis_url, socket_timeout=3, socket_connect_timeout=3).ping()
        yield True, "Redis answers."
    except (RedisError, ValueError) as error:
        yield (
            False,
            f"Redis does not answer ({type(error).__name__}); deliveries are still stored and judged when it is back.",
        )


def _github(settings: Settings) -> Iterator[Finding]:
    if not settings.has_github_app:
        yield False, "No GitHub App is configured (GITHUB_APP_ID, GITHUB_PRIVATE_KEY): no comments, no checks, no history."
        return
    app = GitHubApp(settings)
    try:
        yield True, f"GitHub knows the app as {app.slug()!r}."
        for account, granted in app.granted():
            for sentence in sight.unseen(granted):
                yield False, f"{account}: {sentence}"
    except GithubException as error:
        yield False, f"GitHub refused the app ({error.status}): check GITHUB_APP_ID and GITHUB_PRIVATE_KEY."
    except OSError as error:
        yield False, f"GitHub cannot be reached at {settings.github_api_url} ({type(error).__name__})."
    finally:
        app.close()


def _slack(settings: Settings) -> Iterator[Finding]:
    if not settings.has_slack:
        yield (
            False,
            "Slack is not configured (SLACK_BOT_TOKEN, SLACK_CHANNEL): alerts go to the console and to pull requests only.",
        )
        return
    if not settings.slack_signing_secret:
        yield False, "SLACK_SIGNING_SECRET is not set: buttons in Slack are refused."
    try:
        answer = WebClient(token=settings.slack_bot_token, base_url=settings.slack_api_url, timeout=5).auth_test()
        yield True, f"Slack knows the app as {answer['user']!r}."
    except SlackApiError as error:
        yield False, f"Slack refused the token: {error.response['error']}."
    except OSError as error:
        yield False, f"Slack cannot be reached ({type(error).__name__})."


def _database(settings: Settings) -> Iterator[Finding]:
    try:
        store = Store.open(settings.sql_url)
    except SQLAlchemyError as error:
        yield False, f"The database cannot be opened ({type(error).__name__}); check DATABASE_URL."
        return
    try:
        for look in (_backlog, _histories, _comparing, _failures, _problems):
            yield from _guarded(look, store)
    finally:
        store.close()


def _guarded(look: Callable[[Store], Iterator[Finding]], store: Store) -> Iterator[Finding]:
    try:
        yield from look(store)
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        yield False, f"The database cannot be read ({type(cause).__name__}); run `trust-alerts migrate`."


def _backlog(store: Store) -> Iterator[Finding]:
    counts = store.inbox.counts()
    pending, failed = counts.get("pending", 0), counts.get("failed", 0)
    yield True, f"The inbox holds {pending} deliveries that wait and {failed} that were set aside."


def _histories(store: Store) -> Iterator[Finding]:
    every = [w for w in store.repositories.all() if w.state != "removed"]
    waiting = [w for w in every if w.state in {"new", "learning"}]
    if not waiting:
        yield True, f"{len(every)} repositories are watched."
        return
    done = f"{len(every) - len(waiting)} of {len(every)}"
    yield False, f"The past of {done} repositories was looked at; the deliveries of the others wait."
    # Those at work first: they say how far they are.
    waiting.sort(key=lambda w: (w.state == "new", not w.problem, w.full_name))
    for watch in waiting[:_MOST_WAITING]:
        yield False, f"The past of {watch.full_name} is not learned yet; its deliveries wait. {watch.problem}".rstrip()
    if (more := len(waiting) - _MOST_WAITING) > 0:
        yield False, f"The same is true of {more} more."


def _failures(store: Store) -> Iterator[Finding]:
    for failure in store.outbox.failures(20):
        yield False, f"A message to {failure.channel} ({failure.target}) was given up: {failure.error}"
    for notice in store.notices.failures(20):
        yield False, f"A message to {notice.channel} ({notice.kind}) was given up: {notice.error}"


def _comparing(store: Store) -> Iterator[Finding]:
    for a in store.allowances.all():
        spent = f"{a.counted} of {a.requests} requests so far counted"
        if a.complete_at is None:
            yield True, f"{a.account}: the first comparison with GitHub is under way; {spent}."
            continue
        oldest = store.checks.oldest(a.installation_id, REPOSITORY)
        rest = f"what is asked of each repository alone, since {_stamp(oldest)}" if oldest else "not yet every repository"
        yield True, f"{a.account} was compared with GitHub at {_stamp(a.complete_at)}, {rest}; {spent}."


def _stamp(at: dt.datetime) -> str:
    return f"{at.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"


def _problems(store: Store) -> Iterator[Finding]:
    """Trouble and blind spots; one that nobody can or should repair is told and is no fault."""
    for problem in store.problems.open():
        by_design = problem.key.startswith("blind:") and problem.sentence.endswith("which this app never asks for.")
        yield by_design, problem.sentence
