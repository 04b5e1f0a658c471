"""`trust-alerts cases` and `trust-alerts report`: what an operator reads, and what they read when there is nothing."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from github_app.ledger import Ledger
from github_app.model import Person, Power, Step
from github_app.store import Store
from tests.notify.material import AT, REPOSITORY
from tests.road.test_casework import raise_all
from tests.test_cases import EVE, NEW, step
from workers import first_report
from workers.cli import cli

HOSTILE = "\x1b[2J\u202e@channel"


@pytest.fixture
def run(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """Return a runner of commands on the store, in which one repository is watched and Ann has pushed."""
    monkeypatch.setenv("DATABASE_URL", sqlite_store.engine.url.render_as_string(hide_password=False))
    ledger = sqlite_store.ledgers.load([f"repo:{REPOSITORY.id}"], ())[f"repo:{REPOSITORY.id}"]
    ledger.use(Power.COMMITTER, Person(login="ann"), AT)
    with sqlite_store.begin() as connection:
        sqlite_store.repositories.see(connection, REPOSITORY, 77, AT)
        sqlite_store.ledgers.write(connection, {f"repo:{REPOSITORY.id}": ledger})
    return CliRunner()


def learned(store: Store) -> None:
    """Store the report of a learning that would have raised two alerts."""
    report = first_report.make(
        REPOSITORY, Ledger(), AT, commits=3, tags=1, raised=[step(-9, NEW), step(-8, NEW)], gaps=["a gap"]
    )
    with store.begin() as connection:
        watch = store.repositories.get_many([REPOSITORY.id])[REPOSITORY.id]
        first_report.put(connection, store, report, watch)
        store.repositories.set_state(connection, watch.id, "watched", at=AT, settled_at=AT)


def output(result: Result) -> str:
    """Return what a command that went well printed."""
    assert result.exit_code == 0, result.output
    return result.output


def test_cases_are_told_as_stories(run: CliRunner, sqlite_store: Store) -> None:
    """The latest case first, each step with its date, and nothing from outside moves the cursor."""
    raise_all(sqlite_store, step(0, NEW, title="old"), step(1, NEW, title="story"))
    raise_all(sqlite_store, step(5, EVE, Step.GRANT, title=f"Eve got write {HOSTILE}"), step(9, EVE, title="Eve pushed"))
    told = output(run.invoke(cli, ["cases"]))
    assert told.index("HIGH case about @eve in acme/tool: 2 steps in 4 days") < told.index("MEDIUM case about @new")
    assert "2026-03-10  +4 days  medium    Eve pushed" in told
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert output(run.invoke(cli, ["cases", "ACME/tool", "--limit", "1"])).count("case about") == 1


def test_without_cases_it_says_so(run: CliRunner) -> None:
    """Nothing to tell is a sentence, not an empty screen."""
    assert "There is no case" in output(run.invoke(cli, ["cases"]))


@pytest.mark.parametrize("command", ["cases", "report"])
def test_an_unknown_repository_is_one_clear_line(run: CliRunner, command: str) -> None:
    """It names those there are."""
    result = run.invoke(cli, [command, "acme/nothing"])
    assert result.exit_code == 2
    assert "repositories known: acme/tool" in result.output


def test_a_report_can_be_had_at_any_time(run: CliRunner, sqlite_store: Store) -> None:
    """Powers as they are today, what the past would have raised then, and what was raised since."""
    assert "its past is being learned" in output(run.invoke(cli, ["report", "acme/tool"]))
    learned(sqlite_store)
    raise_all(sqlite_store, step(5, EVE, title="Eve pushed"))
    told = output(run.invoke(cli, ["report", "acme/tool"]))
    for line in (
        "Its past was learned: 3 commits and 1 tag.",
        "@ann, since 2026-03-01, last used 2026-03-01",
        "What the 12 months before 2026-03-01 would have raised; nobody was told",
        "MEDIUM case about @new in acme/tool: 2 steps in 1 day",
        "2026-03-06  medium    Eve pushed  [open]",
        "a gap",
    ):
        assert line in told


def test_a_report_for_scripts(run: CliRunner, sqlite_store: Store) -> None:
    """The same as JSON, with times in RFC 3339."""
    learned(sqlite_store)
    raise_all(sqlite_store, step(5, EVE, title="Eve pushed"))
    told = json.loads(output(run.invoke(cli, ["report", "acme/tool", "--format", "json"])))
    assert told["powers"][0]["holders"][0]["login"] == "ann"
    assert told["past_until"] == AT.isoformat()
    assert [a["at"] for a in told["would_have_raised"]] == [step(day, NEW).at.isoformat() for day in (-9, -8)]
    assert told["cases"][0]["alerts"] == [0, 1]
    assert [(a["title"], a["state"]) for a in told["raised_since"]] == [("Eve pushed", "open")]
