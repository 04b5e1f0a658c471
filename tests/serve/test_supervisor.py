"""The supervisor: everything runs, what dies comes back, and the end leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from github_app.settings import REGISTRATION
from github_app.store import Store
from tests.serve.running import Serve, eventually, running, start
from tests.web.sending import SECRET

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc to see which processes are left")

ALL = {"valkey", "web", "worker-1", "clock"}


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Run one app that several tests use; none of them stops it."""
    with running(tmp_path_factory.mktemp("lasting")) as serve:
        yield serve


@pytest.fixture
def serve(lasting: Serve) -> Serve:
    """Return the lasting app once all its roles run."""
    eventually(lambda: set(lasting.children()) == ALL, "all roles run")
    return lasting


def outcome(serve: Serve, guid: str) -> tuple[str, str] | None:
    """Return what SQL has of a delivery."""
    store = Store.open(f"sqlite:///{serve.folder / 'data' / 'trust.db'}")
    try:
        return store.inbox.outcome(guid)
    finally:
        store.close()


def test_one_ctrl_c_stops_everything(tmp_path: Path) -> None:
    """A delivery is taken and judged, and after one signal no process, socket or lock is left."""
    with running(tmp_path) as serve:
        assert serve.send("first").status == 202
        eventually(lambda: (outcome(serve, "first") or ("pending",))[0] != "pending", "it is judged")
        assert len(serve.family()) >= 5
        assert serve.stop(signal.SIGINT) == 0
        assert serve.family() == set()
    assert not (tmp_path / "data" / "valkey" / "valkey.sock").exists()
    assert "Traceback" not in serve.log()
    lines = [x for x in serve.log().splitlines() if not x.startswith(("Trust Change Alerts runs at ", "No GitHub App "))]
    shape = re.compile(r"(serve|web|worker-\d|clock) +\d{4}-\d\d-\d\dT[\d:.]+Z (info|warning|error) +[\w.]+: .+")
    assert [line for line in lines if not shape.fullmatch(line)] == []


@pytest.mark.parametrize("role", sorted(ALL))
def test_a_killed_child_comes_back(serve: Serve, role: str) -> None:
    """Whatever was killed is started again, and deliveries go on being stored and judged."""
    killed = serve.children()[role]
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: f"{role} was killed by SIGKILL and is started again" in serve.log(), "it is noticed")
    eventually(lambda: set(serve.children()) == ALL and serve.children()[role] != killed, "all roles run")
    eventually(lambda: serve.accepts(f"after-{role}"), "deliveries are accepted")
    eventually(lambda: (outcome(serve, f"after-{role}") or ("pending",))[0] != "pending", "it is judged")


def test_a_killed_supervisor_leaves_no_orphans(tmp_path: Path) -> None:
    """Killed without a chance to say goodbye, it takes everything along, and the next start finds the way free."""
    with running(tmp_path) as serve:
        assert serve.send("before").status == 202
        left = serve.family()
        assert len(left) >= 5
        serve.process.kill()
        serve.process.wait()
        again = start(tmp_path)
        eventually(again.answers, "the next one runs")
        assert outcome(again, "before") is not None
        eventually(lambda: not left & again.family(), "the family of the first is gone")
        assert again.stop() == 0
        assert again.family() == set()


def test_a_second_start_is_refused(serve: Serve) -> None:
    """Two apps on one data directory would judge against each other; the second says who is there."""
    second = start(serve.folder)
    assert second.process.wait(20) == 2
    assert f"the app runs already on {serve.folder / 'data'} (process {serve.process.pid})" in serve.log()
    assert set(serve.children()) == ALL
    assert serve.answers()


def test_a_port_in_use_is_said_in_one_line(tmp_path: Path) -> None:
    """Nothing is started that would have to be cleaned up, and the reader knows what to change."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = start(tmp_path, port=taken.getsockname()[1])
        assert refused.process.wait(20) == 2
    assert refused.log() == f"trust-alerts: port {refused.port} is in use: stop the other program or set PORT\n"
    assert refused.family() == set()


@pytest.mark.parametrize(
    ("environ", "arguments", "said"),
    [
        ({"DATA_DIR": "/proc/none"}, (), "the data directory /proc/none cannot be used"),
        ({"DATABASE_URL": "mysql://127.0.0.1/x"}, (), "DATABASE_URL must name a SQLite file or a PostgreSQL database"),
        ({"DATABASE_URL": "postgresql://me:hidden@127.0.0.1:1/x"}, (), "the database cannot be used (OperationalError)"),
        ({}, ("--worker",), "REDIS_URL is not set"),
        ({}, ("--host", "192.0.2.1"), "cannot listen on 192.0.2.1"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    tmp_path: Path, environ: dict[str, str], arguments: tuple[str, ...], said: str
) -> None:
    """A start that cannot work ends with status 2, one sentence, no secret and nothing left running."""
    refused = start(tmp_path, *arguments, environ=environ)
    assert refused.process.wait(30) == 2
    assert said in refused.log().splitlines()[-1]
    assert "hidden" not in refused.log()
    assert "Traceback" not in refused.log()
    assert refused.family() == set()


def kept_on(serve: Serve, before: dict[str, int]) -> list[str]:
    """Return the roles whose processes are those of before."""
    now = serve.children()
    return [role for role in sorted(ALL) if before[role] == now.get(role)]


def test_an_app_that_was_registered_is_taken_up(tmp_path: Path) -> None:
    """Without an app the terminal shows a token; when /setup has left the keys, the roles start again with them."""
    with running(tmp_path, {"GITHUB_WEBHOOK_SECRET": ""}) as serve:
        eventually(lambda: "enter this token: " in serve.log(), "the token is shown")
        token = re.findall(r"enter this token: (\S+)", serve.log())[0]
        kept = tmp_path / "data" / "setup-token"
        assert kept.read_text() == token
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert serve.send("too-early").status == 503
        before = serve.children()
        keys = {
            "GITHUB_APP_ID": "1",
            "GITHUB_PRIVATE_KEY": "-----BEGIN RSA PRIVATE KEY-----",
            "GITHUB_WEBHOOK_SECRET": SECRET,
        }
        (tmp_path / "data" / REGISTRATION).write_text("".join(f"{name}='{value}'\n" for name, value in keys.items()))
        eventually(lambda: serve.accepts("now"), "deliveries are accepted")
        eventually(lambda: set(serve.children()) == ALL and kept_on(serve, before) == ["valkey"], "all others run anew")
        assert SECRET not in serve.log()
        assert serve.stop() == 0
