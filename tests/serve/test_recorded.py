"""Everything GitHub is known to have sent, through the real server: accepted, and with a stated outcome each."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from github_app.store import Store
from tests.serve.running import eventually, running
from tests.web.sending import exchange, headers_of, wire

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "data" / "webhooks_dev.jsonl.gz"


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded payloads lie outside the repository and are not here")
def test_every_recorded_delivery_is_accepted_and_ends_with_a_stated_outcome(tmp_path: Path) -> None:
    """202 each, none lost, none stuck, none failed, and a reason for every one that leads to nothing."""
    with gzip.open(RECORDED, "rt", encoding="utf-8") as lines:
        entries = [json.loads(line) for line in lines]
    with running(tmp_path) as serve:
        store = Store.open(f"sqlite:///{tmp_path / 'data' / 'trust.db'}")
        for number, entry in enumerate(entries):
            body = json.dumps(entry["payload"]).encode()
            reply = exchange(
                serve.port, wire(body, headers_of(body, guid=f"recorded-{number}", X_GitHub_Event=entry["event"]))
            )
            assert reply.status == 202, entry["event"]
        eventually(lambda: store.inbox.counts().get("pending", 0) == 0, "everything is judged", seconds=60)
        outcomes = {number: store.inbox.outcome(f"recorded-{number}") for number in range(len(entries))}
        intact = store.ledgers.verify()
        store.close()
    for number, entry in enumerate(entries):
        state, note = outcomes[number] or ("lost", "")
        assert state in {"done", "ignored"}, f"{entry['event']}: {state} {note}"
        assert note, entry["event"]
    assert intact == []
