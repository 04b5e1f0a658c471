"""Deliveries a second through the whole road: HTTP in, inbox, RQ, facts, ledger, detectors, outbox, committed.

The real `trust-alerts serve` with its embedded defaults (SQLite with full sync, its own Valkey) gets a mix like
GitHub's public stream over many repositories, as fast as it takes it. The repositories are settled and know their
regulars; a few strangers are among the traffic, so some deliveries raise alerts. Beside it, in the same run, the
limits of this machine: the same bytes through HMAC and one SQL insert each, and the same deliveries through parsing
and judging alone, in memory.

    python -m bench.throughput [--deliveries 20000] [--repositories 2000] [--workers 2] [--web-processes 1]
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import hmac
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.client import send_all
from bench.traffic import Request, regulars, repository_rows, requests
from github_app.ledger import Ledger
from github_app.model import Power, Repository
from github_app.store import Store
from workers import detectors
from workers.facts.webhook import decode
from workers.judge import judge

SECRET = "bench-secret"  # noqa: S105  # for loopback only
ROOT = Path(__file__).resolve().parent.parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _prepare(data_dir: Path, repositories: int) -> Store:
    """Make the database with all repositories known and settled, as after their baselines, each with its regulars."""
    store = Store.open(f"sqlite:///{data_dir / 'trust.db'}")
    store.migrate()
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    rows = list(repository_rows(repositories))
    for start in range(0, len(rows), 500):
        part = [
            Repository(id=number, full_name=name, owner_id=owner, default_branch="main")
            for number, name, owner in rows[start : start + 500]
        ]
        ledgers = store.ledgers.load([f"repo:{repository.id}" for repository in part], ())
        for repository in part:
            _settle(ledgers[f"repo:{repository.id}"], repository.id, now)
        with store.begin() as conn:
            store.repositories.see_all(conn, [(repository, 4242) for repository in part], now)
            store.ledgers.write(conn, ledgers)
            for repository in part:
                store.repositories.set_state(conn, repository.id, "watched", at=now, settled_at=now)
    return store


def _settle(ledger: Ledger, repository_id: int, now: dt.datetime) -> None:
    for person in regulars(repository_id):
        for power in (Power.COMMITTER, Power.MERGER):
            for days in (800, 1):
                ledger.use(power, person, now - dt.timedelta(days=days))
    ledger.settle(now, "made for a benchmark")


def _start(data_dir: Path, port: int, workers: int, web_processes: int) -> subprocess.Popen[bytes]:
    environment = {
        **{k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "LANG", "TMPDIR"}},
        "GITHUB_WEBHOOK_SECRET": SECRET, "DATA_DIR": str(data_dir), "PORT": str(port),
    }  # fmt: skip
    command = [
        sys.executable,
        "-m",
        "workers.cli",
        "serve",
        "--workers",
        str(workers),
        "--web-processes",
        str(web_processes),
    ]
    log = (data_dir / "serve.log").open("wb")
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=0.2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return process
    process.terminate()
    raise SystemExit(f"the server did not start; see {data_dir / 'serve.log'}")


def _road(store: Store, address: tuple[str, int], batch: Sequence[Request], before: int) -> tuple[float, float]:
    """Send the deliveries; return seconds until all were accepted and until all were judged and committed."""
    wires = [r.wire(f"{address[0]}:{address[1]}") for r in batch]
    started = time.perf_counter()
    accepted, statuses = send_all(address, wires)
    if set(statuses) != {"202"}:
        raise SystemExit(f"not every delivery was accepted: {dict(statuses)}")
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        counts = store.inbox.counts()
        if counts.get("pending", 0) == 0 and sum(counts.values()) >= before + len(batch):
            if counts.get("failed", 0):
                raise SystemExit(f"deliveries failed: {counts}")
            return accepted, time.perf_counter() - started
        time.sleep(0.05)
    raise SystemExit(f"not finished after 300 s: {store.inbox.counts()}")


def _limit_insert(data_dir: Path, batch: Sequence[Request]) -> float:
    """HMAC and one durable SQL insert each: what no receiver that stores before it answers can beat on one core."""
    base = sqlite3.connect(data_dir / "limit.db", isolation_level=None)
    base.execute("PRAGMA journal_mode=WAL")
    base.execute("PRAGMA synchronous=FULL")
    base.execute("CREATE TABLE inbox (guid TEXT PRIMARY KEY, body BLOB)")
    started = time.perf_counter()
    for r in batch:
        hmac.compare_digest(hmac.digest(SECRET.encode(), r.body, hashlib.sha256).hex(), r.signature[7:])
        base.execute("INSERT OR IGNORE INTO inbox VALUES (?, ?)", (r.guid, r.body))
    seconds = time.perf_counter() - started
    base.close()
    return seconds


def _limit_judge(batch: Sequence[Request]) -> float:
    """Parsing and judging alone, one core, in memory."""
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    ledgers: dict[int, Ledger] = {}
    found = detectors.load()
    started = time.perf_counter()
    for r in batch:
        parsed = decode(r.event, r.body, received_at=now, delivery=r.guid)
        if parsed.facts and parsed.repository:
            judge(parsed.facts, ledgers.setdefault(parsed.repository.id, Ledger(settled_at=now)), found, now=now)
    return time.perf_counter() - started


def main() -> None:
    """Run the benchmark and print rates and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deliveries", type=int, default=20_000)
    parser.add_argument("--repositories", type=int, default=2_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--web-processes", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="trust-bench-") as folder:
        data_dir, port = Path(folder), _free_port()
        store = _prepare(data_dir, options.repositories)
        server = _start(data_dir, port, options.workers, options.web_processes)
        try:
            for number in range(options.rounds):
                batch = list(requests(options.deliveries, repositories=options.repositories, secret=SECRET, seed=number))
                accepted, whole = _road(store, ("127.0.0.1", port), batch, number * options.deliveries)
                insert, alone = _limit_insert(data_dir, batch), _limit_judge(batch)
                (data_dir / "limit.db").unlink()
                count = len(batch)
                print(
                    f"round {number + 1}: accepted {count / accepted:,.0f}/s, whole road {count / whole:,.0f}/s, "
                    f"alerts {sum(store.alerts.counts().values())} | one core: HMAC + insert {count / insert:,.0f}/s, "
                    f"parse + judge {count / alone:,.0f}/s | road over insert limit {insert / whole:.2f}, "
                    f"over judge limit {alone / whole:.2f}",
                    flush=True,
                )
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)
            store.close()


if __name__ == "__main__":
    main()
