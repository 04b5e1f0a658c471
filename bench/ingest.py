"""Deliveries a second that are accepted and kept: our receiver, a minimal Probot app, and the limit of this machine.

Ours answers 202 when a delivery is committed to SQLite with full sync; Probot verifies, parses and pushes to a Valkey
that syncs every second. Both get the same signed body of 10 KB with a fresh GUID each time, over 16 keep-alive
connections, in alternating rounds with one and with two processes. The limit is HMAC and one committed insert each,
without HTTP. Ratios are what to compare; the absolute figures belong to the machine and the moment.

    python -m bench.ingest [--seconds 5] [--rounds 3] [--connections 16] [--without-probot]

Probot is installed with npm into a cache folder outside the repository. wrk sends the load where it is on the PATH,
else a client in Python, which itself costs more than either server.
"""

from __future__ import annotations

import argparse
import json
import logging
import shutil
import statistics
import subprocess
import tempfile
import uuid
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from bench.client import send_all
from bench.contestants import SECRET, MissingError, install_probot, limit, ours, probot
from github_app.web.signature import sign_github

BODY_BYTES = 10_240
CACHE = Path.home() / ".cache" / "trust-change-alerts" / "probot-14.3.2"


@dataclass(frozen=True, slots=True)
class Load:
    """What was sent and answered: accepted a second, the 99th percentile in milliseconds (0: not measured)."""

    accepted: int
    rate: float
    p99: float


def body() -> bytes:
    """Return a payload like those of a pull request: nested objects full of ids and links, `BODY_BYTES` long."""
    payload: dict[str, object] = {
        "action": "opened",
        "installation": {"id": 4242},
        "organization": {"id": 99, "login": "acme"},
        "repository": {"id": 4711, "full_name": "acme/xz", "owner": {"id": 99, "login": "acme"}},
        "sender": {"id": 1, "login": "somebody", "type": "User"},
    }
    number = 0
    while len(json.dumps(payload)) < BODY_BYTES - 400:
        link = f"https://api.github.com/repos/acme/xz/things/{number}"
        payload[f"thing_{number}"] = {"id": number, "url": link, "site_admin": False, "created_at": "2026-01-01T00:00:00Z"}
        number += 1
    payload["body"] = ""
    payload["body"] = "x" * (BODY_BYTES - len(json.dumps(payload)))
    return json.dumps(payload).encode()


def _send(port: int, seconds: float, connections: int) -> Load:
    sent = body()
    signature, prefix = sign_github(SECRET, sent), uuid.uuid4().hex[:12]
    if shutil.which("wrk") is None:
        return _send_from_python(port, sent, signature, connections)
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(sent)
        file.flush()
        script = Path(__file__).with_name("ingest.lua")
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "-s", str(script), f"http://127.0.0.1:{port}"]
        done = subprocess.run([*command, "--", file.name, signature, prefix], check=True, capture_output=True, text=True)
    [line] = [x for x in done.stdout.splitlines() if x.startswith("RESULT")]
    count, took, p99, errors = line.split()[1:]
    if errors != "0":
        raise SystemExit(f"{errors} of {count} requests failed:\n{done.stdout}")
    return Load(int(count), int(count) / float(took), float(p99))


def _send_from_python(port: int, sent: bytes, signature: str, connections: int) -> Load:
    count, prefix = 10_000, uuid.uuid4().hex[:12]
    head = (
        "POST /webhooks/github HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nX-GitHub-Event: issues\r\n"
        f"X-Hub-Signature-256: {signature}\r\nContent-Length: {len(sent)}\r\nX-GitHub-Delivery: {prefix}-"
    ).encode()
    wires = [head + str(number).encode() + b"\r\n\r\n" + sent for number in range(count)]
    took, statuses = send_all(("127.0.0.1", port), wires, lanes=connections)
    if not set(statuses) <= {"200", "202"}:
        raise SystemExit(f"not every delivery was accepted: {dict(statuses)}")
    return Load(count, count / took, 0.0)


def _ours(processes: int, options: argparse.Namespace) -> Load:
    with ours(processes) as (port, store):
        load = _send(port, options.seconds, options.connections)
        kept = sum(store.inbox.counts().values())
        if kept < load.accepted:
            raise SystemExit(f"{load.accepted} deliveries were accepted, and {kept} are in SQL")
        return load


def _probot(processes: int, options: argparse.Namespace, modules: Path) -> Load:
    with probot(processes, modules) as (port, redis):
        load = _send(port, options.seconds, options.connections)
        kept = redis.llen("deliveries")
        if kept < load.accepted:
            raise SystemExit(f"Probot accepted {load.accepted} deliveries and kept {kept}")
        return load


def main() -> None:
    """Run the benchmark and print rates and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--without-probot", action="store_true")
    options = parser.parse_args()
    logging.getLogger("valkey").setLevel(logging.CRITICAL)  # it says goodbye each time
    modules = None
    if not options.without_probot:
        try:
            modules = install_probot(CACHE)
        except MissingError as error:
            print(f"without Probot: {error}")
    sent = body()
    signature = sign_github(SECRET, sent)
    ratios: dict[tuple[int, str], list[float]] = defaultdict(list)
    for number in range(1, options.rounds + 1):
        for processes in (1, 2):
            mine = _ours(processes, options)
            most = limit(processes, sent, signature, min(options.seconds, 2))
            said = [f"ours {mine.rate:,.0f}/s (p99 {mine.p99:.0f} ms)", f"limit {most:,.0f}/s"]
            ratios[processes, "ours over the limit"].append(mine.rate / most)
            if modules is not None:
                other = _probot(processes, options, modules)
                said.insert(1, f"Probot {other.rate:,.0f}/s (p99 {other.p99:.0f} ms)")
                ratios[processes, "ours over Probot"].append(mine.rate / other.rate)
            print(f"round {number}, {processes} process{'es' * (processes > 1)}: {', '.join(said)}", flush=True)
    for (processes, name), values in sorted(ratios.items()):
        print(f"{name}, {processes} process{'es' * (processes > 1)}: median {statistics.median(values):.2f} "
              f"[{min(values):.2f}-{max(values):.2f}]")  # fmt: skip


if __name__ == "__main__":
    main()
