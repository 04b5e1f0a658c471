"""The private message about pressure offers something to do: an answer, whom to ask, the project's own links."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from github_app import decisions
from github_app.funding import PATH
from github_app.model import Evidence, Power, Step
from github_app.review import Action
from github_app.wake import Waker
from tests.notify.conftest import PULL, World
from tests.notify.material import LASSE, MARY, REPOSITORY, alert
from tests.notify.trouble import Fault
from tests.test_cases import MAL, step
from workers import detectors, fundings
from workers.github import GitHubApp
from workers.github_policy import GitHubPolicyReader
from workers.runtime import Runtime

DAY = dt.timedelta(days=1)


@pytest.fixture
def runtime(world: World) -> Runtime:
    """Return the workers' side, with one who merges and one who has approved for years."""
    app = GitHubApp(world.settings, pause=0, pause_writes=0)
    scope, now = f"repo:{REPOSITORY.id}", world.clock()
    ledger = world.store.ledgers.load([scope], ())[scope]
    for person, power in ((LASSE, Power.MERGER), (MARY, Power.APPROVER)):
        ledger.link(person, now - 900 * DAY)
        for back in (900, 20):
            ledger.use(power, person, now - back * DAY)
    with world.store.begin() as connection:
        world.store.ledgers.write(connection, {scope: ledger})
    return Runtime(
        settings=world.settings, store=world.store, waker=Waker(""), detectors=detectors.load(), app=app, reader=None,
        notifiers=tuple(world.channels.values()), policy_reader=GitHubPolicyReader(app),
    )  # fmt: skip


def pressed(world: World, *signals: str, **changes: Any) -> None:
    """Tell of a comment in which these signals were heard."""
    evidence = tuple(Evidence(kind="event", value=name) for name in signals or ("handover-demand",))
    world.raise_alert(step(0, MAL, Step.PRESSURE, private=True, evidence=evidence, title="Somebody presses", **changes))
    world.deliver()


def shown(world: World) -> str:
    """Return what the message says."""
    (message,) = (m for m in world.slack.channel.messages.values() if "thread_ts" not in m)
    return str(message["blocks"])


def test_the_message_offers_an_answer_and_whom_to_ask(world: World, runtime: Runtime) -> None:
    """The words fit what was heard; who has standing is named, who carries it all is not; the page has more."""
    pressed(world, "impatience")
    text = shown(world)
    assert "An answer you could paste" in text
    assert "looked after in people's spare time" in text
    assert "@mary has approved changes here since" in text
    assert "lasse) has merged" not in text
    assert "https://trust.example.org/alerts/1" in text


def test_the_projects_own_links_come_with_it(world: World, runtime: Runtime) -> None:
    """The file is read once; the message is brought up to date when there are links."""
    world.repo.files[PATH] = "github: octocat\ncustom: ['https://example.org/give']\n"
    pressed(world)
    assert "The project asks for support" not in shown(world)
    assert fundings.waiting(runtime, world.clock())
    assert fundings.look(runtime, world.clock) == 1
    world.deliver()
    assert "GitHub Sponsors: octocat" in shown(world)
    assert "https://example.org/give" in shown(world)
    assert not fundings.waiting(runtime, world.clock())
    assert fundings.look(runtime, world.clock) == 0


def test_trouble_with_the_file_costs_nothing(world: World, runtime: Runtime) -> None:
    """The message is there without links, and the file is looked at again later."""
    world.repo.files[PATH] = "ko_fi: octo"
    path = f"/repos/acme/tool/contents/{PATH}"
    world.github_trouble.faults += [Fault(method="GET", path=path, status=503, body=b'{"message": "x"}') for _ in range(4)]
    pressed(world)
    fundings.look(runtime, world.clock)
    assert not fundings.waiting(runtime, world.clock())
    world.github_trouble.faults.clear()
    world.clock.sleep(3_600)
    fundings.look(runtime, world.clock)
    world.deliver()
    assert "Ko-fi: octo" in shown(world)


def test_nothing_of_it_is_on_github_and_nothing_beside_other_alerts(world: World, runtime: Runtime) -> None:
    """A public alert of the same repository offers nothing, in Slack or on GitHub."""
    world.raise_alert(alert(pull=PULL))
    world.deliver()
    assert "paste" not in shown(world)
    assert not any("paste" in body for body in world.seen("github-comment"))
    assert world.store.fundings.due(world.clock(), 9) == []


def test_what_is_decided_needs_no_help(world: World, runtime: Runtime) -> None:
    """The offer goes when the alert is resolved."""
    pressed(world)
    decisions.apply(world.store, 1, Action.HARMLESS, MARY, "a friend", world.clock(), via="web")
    world.deliver()
    assert "paste" not in shown(world)


def test_a_name_with_markup_stays_text(world: World, runtime: Runtime) -> None:
    """Names come from outside also here."""
    scope, now = f"repo:{REPOSITORY.id}", world.clock()
    ledger = world.store.ledgers.load([scope], ())[scope]
    nasty = replace(MARY, id=60, login="", name="<!channel> *x*\u202e")
    for back in (900, 20):
        ledger.use(Power.APPROVER, nasty, now - back * DAY)
    with world.store.begin() as connection:
        world.store.ledgers.write(connection, {scope: ledger})
    pressed(world)
    assert "\u202e" not in shown(world)
    assert "<!channel> *x*[U+202E]" in shown(world)
