"""pressure: explicit demands by strangers, and nothing else."""

from __future__ import annotations

import json

import pytest

from github_app.model import Severity
from tests.detectors.telling import finding, findings, fingerprints

DEMAND = "Please find a new maintainer, you clearly have no time for this."


def said(text: str, **fields: str) -> str:
    """Return a story in which a stranger writes a comment."""
    about = ", ".join(["by: eve", "thread: 12", f"text: {json.dumps(text)}", *(f"{k}: {v}" for k, v in fields.items())])
    return f"{{past: [2020-01-01: {{push: {{by: alice, author: carol}}}}], then: [2024-05-01: {{comment: {{{about}}}}}]}}"


def test_a_demand_is_a_private_pattern() -> None:
    """It names the pattern, says that nearly everybody means well, and keeps the words themselves out."""
    found = finding("pressure", said(DEMAND))
    assert found.title == "A comment in #12 asks for the maintainer's role or rights to change hands"
    assert (found.severity, found.private) == (Severity.MEDIUM, True)
    assert "Nearly all such comments come from sincere people" in found.why
    assert "attack" not in found.why
    assert "no time" not in f"{found}"
    assert {(e.kind, e.value) for e in found.evidence} >= {("comment", "1"), ("event", "handover-demand")}


@pytest.mark.parametrize("association", ["NONE", "FIRST_TIMER", "FIRST_TIME_CONTRIBUTOR", "''"])
def test_strangers_are_heard(association: str) -> None:
    """GitHub's words for people without standing."""
    assert findings("pressure", said(DEMAND, **{"as": association}))


@pytest.mark.parametrize("association", ["OWNER", "MEMBER", "COLLABORATOR", "CONTRIBUTOR"])
def test_people_with_standing_are_not(association: str) -> None:
    """A maintainer who looks for a successor is not pressing anybody."""
    assert findings("pressure", said(DEMAND, **{"as": association})) == []


@pytest.mark.parametrize("by", ["alice", "bot"])
def test_neither_is_whom_the_ledger_knows_nor_an_app(by: str) -> None:
    """GitHub does not deliver the association reliably; the ledger knows who pushed here."""
    story = said(DEMAND).replace("by: eve", f"by: {by}")
    assert findings("pressure", story.replace("{past", "{people: {bot: {bot: true}}, past")) == []


def test_an_author_is_still_a_stranger() -> None:
    """Having written a commit that somebody else landed gives no say over who maintains."""
    assert findings("pressure", said(DEMAND).replace("by: eve", "by: carol"))


def test_one_alert_for_each_thread() -> None:
    """An edit or a second demand in the same thread is the same alert; another thread is another."""
    story = f"""
    then:
      - 2024-05-01: {{comment: {{by: eve, thread: 12, id: 1, text: "{DEMAND}"}}}}
      - 2024-05-02: {{comment: {{by: eve, thread: 12, id: 1, text: "{DEMAND}", edited: true}}}}
      - 2024-05-08: {{comment: {{by: eve, thread: 12, id: 2, text: "{DEMAND}"}}}}
      - 2024-05-15: {{comment: {{by: eve, thread: 13, id: 3, text: "{DEMAND}"}}}}
    """
    assert len(set(fingerprints("pressure", story))) == 2
