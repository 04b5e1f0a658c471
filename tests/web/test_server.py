"""The receiver behind the real server: HTTP in, status out, row in SQL."""

from __future__ import annotations

import socket
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from github_app.web.receiver import LARGEST
from tests.web.sending import Reply, body_of, exchange, headers_of, read_reply, wire
from tests.web.server import WebServer, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    """Run one server, without Redis, for this file."""
    with serving(tmp_path_factory.mktemp("web")) as server:
        yield server


def send(server: WebServer, body: bytes | None = None, **change: str) -> Reply:
    """Send a delivery over a new connection."""
    body = body_of() if body is None else body
    return exchange(server.port, wire(body, headers_of(body, **change)))


def outcome(server: WebServer, guid: str) -> tuple[str, str] | None:
    """Return what SQL has of a delivery."""
    store = server.store()
    try:
        return store.inbox.outcome(guid)
    finally:
        store.close()


def test_without_redis_a_delivery_is_stored_and_answered_soon(server: WebServer) -> None:
    """The alarm clock is away; the delivery is in SQL and GitHub has its answer."""
    started = time.monotonic()
    assert send(server, guid="no-redis").status == 202
    assert time.monotonic() - started < 2
    assert outcome(server, "no-redis") == ("pending", "")


@pytest.mark.parametrize(
    ("status", "change", "body"),
    [
        (202, {"X_GitHub_Event": "ping"}, b'{"zen": "Design for failure.", "hook_id": 1}'),
        (400, {"X_GitHub_Event": ""}, b"{}"),
        (400, {"X_GitHub_Delivery": "\xe9\xff"}, b"{}"),
        (400, {}, b"not json"),
        (400, {}, b"[" * 200_000),
        (401, {"X_Hub_Signature_256": ""}, b"{}"),
        (401, {"X_Hub_Signature_256": "sha256=\xff\xfe"}, b"{}"),
        (415, {"Content_Type": "application/x-www-form-urlencoded"}, b"payload=%7B%7D"),
    ],
)
def test_the_vocabulary(server: WebServer, status: int, change: dict[str, str], body: bytes) -> None:
    """What the WSGI callable answers arrives as HTTP."""
    assert send(server, body, **change).status == status


def test_other_methods_and_paths(server: WebServer) -> None:
    """Only POST on the one path is a delivery."""
    body = body_of()
    for method in ("GET", "PUT", "DELETE", "OPTIONS"):
        assert exchange(server.port, wire(b"", {}, method=method)).status == 405
    assert exchange(server.port, wire(body, headers_of(body), path="/webhooks/gitlab")).status == 404
    assert server.get("/healthz").body == b"ok\n"


def test_a_chunked_body_is_accepted(server: WebServer) -> None:
    """A proxy may pass a delivery on in chunks, without saying how long it is."""
    body = body_of({"repository": {"id": 5}, "pad": "x" * 200_000})
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(c), c) for c in (body[i : i + 30_000] for i in range(0, len(body), 30_000)))
    head = wire(b"", headers_of(body, guid="chunked", Transfer_Encoding="chunked"))
    assert exchange(server.port, head + chunks + b"0\r\n\r\n").status == 202
    assert outcome(server, "chunked") is not None


def test_an_oversized_body_is_refused(server: WebServer) -> None:
    """Over 25 MB, announced or not, is 413, and the server goes on."""
    announced = wire(b"", headers_of(b"", Content_Length=str(LARGEST + 1)))
    assert exchange(server.port, announced).status == 413
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(wire(b"", headers_of(b"", Transfer_Encoding="chunked")))
        for _ in range(26):
            connection.sendall(chunk)
        assert read_reply(connection).status == 413
    assert send(server).status == 202


def test_many_at_one_time_with_one_guid(server: WebServer) -> None:
    """Concurrent redeliveries all hear 202 and leave one row."""
    with ThreadPoolExecutor(20) as pool:
        replies = list(pool.map(lambda _: send(server, guid="race"), range(40)))
    assert {reply.status for reply in replies} == {202}
    store = server.store()
    assert [r.guid for r in store.inbox.recent(1000)].count("race") == 1
    store.close()


@pytest.mark.parametrize("part", ["half a header", "half a body"])
def test_slow_senders_stop_nobody(server: WebServer, part: str) -> None:
    """Hundreds of connections that send half and then nothing leave room for everybody else."""
    body = body_of()
    whole = wire(body, headers_of(body))
    sent = whole[:60] if part == "half a header" else whole[:-10]
    slow = [socket.create_connection(("127.0.0.1", server.port), timeout=10) for _ in range(700)]
    try:
        for connection in slow:
            connection.sendall(sent)
        for _ in range(5):
            started = time.monotonic()
            assert send(server).status == 202
            assert time.monotonic() - started < 3
    finally:
        for connection in slow:
            connection.close()


def test_a_sender_that_goes_away_leaves_no_row(server: WebServer) -> None:
    """A connection cut in the middle of a body is not a delivery."""
    body = body_of()
    whole = wire(body, headers_of(body, guid="cut-off"))
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(whole[:-5])
    assert send(server).status == 202
    assert outcome(server, "cut-off") is None


def test_when_sql_breaks_it_says_503_and_heals(tmp_path: Path) -> None:
    """While the table is gone nothing is accepted; when it is back, deliveries are, without a restart."""
    with serving(tmp_path) as server:
        assert send(server, guid="before").status == 202
        with sqlite3.connect(tmp_path / "trust.db") as connection:
            connection.execute("ALTER TABLE deliveries RENAME TO gone")
        refused = send(server, guid="during")
        assert (refused.status, refused.headers["retry-after"]) == (503, "60")
        assert "redeliver" in refused.message
        with sqlite3.connect(tmp_path / "trust.db") as connection:
            connection.execute("ALTER TABLE gone RENAME TO deliveries")
        connection.close()
        assert send(server, guid="during").status == 202
        assert outcome(server, "during") == ("pending", "")


def test_two_processes_share_port_database_and_counts(tmp_path: Path) -> None:
    """With two processes deliveries are stored by either, and the counters add up."""
    with serving(tmp_path, processes=2) as server:
        with ThreadPoolExecutor(16) as pool:
            assert {r.status for r in pool.map(lambda _: send(server), range(100))} == {202}
        assert b'trust_deliveries_answered_total{status="202"} 100\n' in server.get("/metrics").body


def test_a_stop_loses_nothing(tmp_path: Path) -> None:
    """Asked to stop while deliveries pour in, every one that was answered 202 is in SQL, and the process ends by itself."""
    accepted: list[str] = []
    with serving(tmp_path) as server:

        def pour(lane: int) -> None:
            for number in range(10_000):
                guid = f"{lane}-{number}"
                try:
                    reply = send(server, guid=guid)
                except OSError:
                    return
                if reply.status == 202:
                    accepted.append(guid)

        with ThreadPoolExecutor(8) as pool:
            lanes = [pool.submit(pour, lane) for lane in range(8)]
            while len(accepted) < 200:
                time.sleep(0.01)
            server.process.terminate()
            assert server.process.wait(20) == 0
            for lane in lanes:
                lane.result(20)
        store = server.store()
        assert set(accepted) <= {received.guid for received in store.inbox.recent(100_000)}
        store.close()
        assert "Traceback" not in server.log()


def test_secrets_and_bodies_stay_out_of_the_log(server: WebServer) -> None:
    """What was refused is said once, in a line that begins with the role, without the sender's words."""
    marked = b'{"title": "line\\nforged", "marked": "payload-mark"'
    assert send(server, marked, X_Hub_Signature_256="sha256=signature-mark").status == 401
    assert send(server, marked).status == 400
    lines = server.log().splitlines()
    assert [line for line in lines if not line.startswith("web ")] == []
    assert [line for line in lines if "401 Unauthorized" in line]
    for mark in ("payload-mark", "signature-mark", "forged", "current-secret"):
        assert mark not in server.log()
