"""`trust-alerts ledger export`: everything that was decided, with its place in the chain, as text a spreadsheet can hold."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from github_app import decisions
from github_app.review import Action
from github_app.store import Store
from tests.notify.material import AT, LASSE, MARY, alert
from workers import cli, export

NOW = AT + dt.timedelta(days=1)


def filled(store: Store) -> None:
    """Raise two alerts; two people decide about the first."""
    with store.begin() as connection:
        store.alerts.raise_(connection, alert(), "delivery")
        store.alerts.raise_(connection, alert(fingerprint="2", title='=HYPERLINK("http://x")'), "delivery")
    decisions.apply(store, 1, Action.ACKNOWLEDGE, LASSE, "looking", NOW, via="slack")
    decisions.apply(store, 1, Action.HARMLESS, MARY, '+1, it was a test, "really"\nno harm', NOW, via="github")


def exported(store: Store, format: str, **chosen: Any) -> str:  # noqa: A002
    """Return what the command writes."""
    out = io.StringIO()
    export.write(store, out, format=format, now=NOW, **{"repository_id": None, "since": None, "until": None, **chosen})
    return out.getvalue()


def test_json_has_each_decision_with_its_entry(store: Store) -> None:
    """An auditor can look every decision up in the chain, and check the chain against the anchor."""
    filled(store)
    told = json.loads(exported(store, "json"))
    newest, oldest = told["alerts"]
    assert newest["decisions"] == []
    assert [(d["action"], d["by"], d["via"]) for d in oldest["decisions"]] == [
        ("acknowledge", "lasse", "slack"), ("harmless", "mary", "github")
    ]  # fmt: skip
    places = {e.detail["reason"]: e for e in store.ledgers.entries("repo:7") if e.kind == "decision"}
    assert {d["reason"] for d in oldest["decisions"]} == set(places)
    assert [d["chain"] for d in oldest["decisions"]] == ["repo:7", "repo:7"]
    first, second = oldest["decisions"]
    assert (second["entry"], len(second["hash"])) == (first["entry"] + 1, 64)
    assert store.ledgers.verify(told["anchor"]) == []


def test_csv_is_text_for_a_spreadsheet(store: Store) -> None:
    """No cell is a formula, whatever a title or reason begins with, and nothing of it is lost."""
    filled(store)
    rows = list(csv.DictReader(io.StringIO(exported(store, "csv"))))
    assert [r["action"] for r in rows] == ["", "acknowledge", "harmless"]
    assert rows[0]["title"] == '\'=HYPERLINK("http://x")'
    assert rows[2]["reason"] == '\'+1, it was a test, "really"\nno harm'
    assert (rows[2]["verdict"], rows[2]["by"], rows[2]["decided_at"]) == ("harmless", "mary", "2026-03-02T10:30:00Z")
    assert rows[0].keys() == set(export.COLUMNS)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"since": AT + dt.timedelta(seconds=1)}, []),
        ({"until": AT}, []),
        ({"since": AT, "until": AT + dt.timedelta(seconds=1)}, [2, 1]),
        ({"repository_id": 7}, [2, 1]),
        ({"repository_id": 8}, []),
    ],
)
def test_the_export_can_be_narrowed(store: Store, chosen: dict[str, Any], expected: list[int]) -> None:
    """By the day an alert was raised and by repository."""
    filled(store)
    assert [a["alert"] for a in json.loads(exported(store, "json", **chosen))["alerts"]] == expected


def test_the_command_writes_to_standard_output(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What can be read by a program is on standard output, the rest beside it; an unknown repository is said."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    database = Store.open(f"sqlite:///{tmp_path / 'trust.db'}")
    database.migrate()
    filled(database)
    database.close()
    done = CliRunner().invoke(cli.cli, ["ledger", "export", "--since", "2026-03-01"])
    assert [a["alert"] for a in json.loads(done.stdout)["alerts"]] == [2, 1]
    assert done.stderr == "2 alert(s) exported\n"
    refused = CliRunner().invoke(cli.cli, ["ledger", "export", "acme/other"])
    assert refused.exit_code == 2
    assert "is not in the ledger" in refused.stderr
