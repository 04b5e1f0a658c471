"""`trust-alerts check-config` and `quieted`, as a person types them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from github_app.settings import Settings
from tests.policy.conftest import Place
from tests.policy.test_parse import DOCS
from workers import cli, cli_base
from workers.render import policy_check

ORG = "floors: {detectors: {new-signer: high}, locked: [digest]}\nbudget: {per_hour: 7}\n"


def run(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(cli.cli, list(arguments))


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """Return the names of a repository's file and the organisation's."""
    mine, org = tmp_path / "trust-alerts.yml", tmp_path / "org.yml"
    mine.write_text("detectors:\n  new-signer: low\n  pressure: off\n", encoding="utf-8")
    org.write_text(ORG, encoding="utf-8")
    return str(mine), str(org)


def test_a_good_file_is_said_to_be_good(files: tuple[str, str]) -> None:
    """Exit status 0 and a sentence."""
    result = run("check-config", files[0])
    assert (result.exit_code, result.stdout) == (0, f"{files[0]} can be used.\n")


def test_what_the_floors_overrule_is_a_problem(files: tuple[str, str]) -> None:
    """With the organisation's file the lines that have no effect are named, and the exit status is 1."""
    result = run("check-config", files[0], "--org", files[1])
    assert result.exit_code == 1
    assert result.stderr == (
        f"{files[0]}:2:3: `low` is below the organisation's floor for new-signer, which is `high`: use `high` or stricter "
        "(detectors.new-signer)\n"
    )


def test_mistakes_are_named_by_file_line_and_column(tmp_path: Path) -> None:
    """Each line can be clicked in a terminal; a name with an escape sequence cannot drive it."""
    bad = tmp_path / "x.yml"
    bad.write_text("detecters: {}\n'a\\e[31m': 1\n", encoding="utf-8")
    result = run("check-config", str(bad))
    assert result.exit_code == 1
    assert f"{bad}:1:1: unknown key `detecters`: did you mean `detectors`? (detecters)" in result.stderr
    assert "\x1b" not in result.output


def test_the_effective_policy_shows_whose_each_value_is(files: tuple[str, str]) -> None:
    """--show prints every key with its value and source."""
    lines = run("check-config", files[0], "--org", files[1], "--show").stdout.splitlines()
    shown = {line.split()[0]: line.split(maxsplit=1)[1] for line in lines}
    assert shown["detectors.new-signer"] == "high, at least high  [organisation's floor]"
    assert shown["detectors.pressure"] == "off  [repository]"
    assert shown["budget.per_hour"] == "7  [organisation]"
    assert shown["quiet_hours.from"] == "none  [default]"
    assert shown["detectors.new-committer"].endswith("[default]")


def test_a_file_that_is_not_there_is_exit_status_2(tmp_path: Path) -> None:
    """One clear line, also for a folder."""
    for name in (str(tmp_path / "none.yml"), str(tmp_path)):
        result = run("check-config", name)
        assert result.exit_code == 2
        assert result.stderr.startswith(f"trust-alerts: {name!r} cannot be read: ")


def test_the_documented_example_is_good_and_can_be_shown() -> None:
    """What the page tells people to copy is accepted; every route and person is listed."""
    result = run("check-config", str(DOCS / "trust-alerts.example.yml"), "--is-org", "--show")
    assert result.exit_code == 0
    assert "routes[0]" in result.stdout
    assert "login: bob; powers: merger, releaser; until: 2026-12-31" in result.stdout


def test_what_was_kept_quiet_can_be_listed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator sees each finding that the policy silenced, and why."""
    place.write("detectors: {new-committer: off}")
    place.later(hours=7)
    place.pushed("README")
    url = place.runtime.store.engine.url.render_as_string(hide_password=False)
    monkeypatch.setattr(cli_base, "settings_or_problem", lambda: Settings(database_url=url))
    result = run("quieted", "--repository", "tukaani-project/xz")
    assert result.exit_code == 0
    assert "(new-committer): the detector is off (repository)" in result.stdout
    assert run("quieted", "--repository", "a/b").exit_code == 2


def test_a_check_bears_anything_and_pings_nobody() -> None:
    """Names from a file appear as letters, and a long list stays within GitHub's limits."""
    from github_app.policy import Place as Whose  # noqa: PLC0415
    from github_app.policy import parse  # noqa: PLC0415

    text = "\n".join(f"'@acme/team{i} <!channel> ![x](http://x)': 1" for i in range(200))
    parsed = parse(text, where=Whose.REPOSITORY)
    fields = policy_check.render("x", parsed.problems, ["@everyone is expected: see #1."] * 100)
    output = fields["output"]
    assert len(output["annotations"]) == 50
    assert len(output["summary"]) < 65_535
    assert "and 60 more" in output["summary"]
    assert " @everyone" not in output["summary"]
    assert " ![x]" not in output["summary"]  # only in code
