"""What a child process does for itself: notice that it is an orphan, finish its job, log in one line."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from github_app.wake import DRAIN, EXAMINE, LEARN, NOTIFY, POLICIES, RECONCILE, REDELIVER, REPORTS, Waker
from tests.serve.running import eventually
from tests.web.server import ROOT, environment
from tests.web.valkey import running_valkey
from workers.serve import worker
from workers.serve.logs import Line
from workers.serve.process import FIRST_PAUSE, Child


def is_there(pid: int) -> bool:
    """Say whether a process exists and is no zombie."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def parent_of(code: str, *, death_signal: bool) -> subprocess.Popen[str]:
    """Start a process that starts another, which runs `code` as an orphan would; the first prints the other's pid."""
    program = f"""
        import os, subprocess, sys, time
        code = '''
        import os, signal, sys, time
        from workers.serve import orphan
        orphan.HAS_DEATH_SIGNAL = {death_signal}
        orphan.POLL_SECONDS, orphan.GRACE_SECONDS = 0.02, 0.5
        {code}
        '''
        child = subprocess.Popen([sys.executable, "-c", __import__("textwrap").dedent(code), str(os.getpid())])
        print(child.pid, flush=True)
        time.sleep(60)
    """
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], env=env, stdout=subprocess.PIPE, text=True)  # noqa: S603


CASES = {
    "one that listens": "orphan.die_with(int(sys.argv[1])); print('ready', flush=True); time.sleep(60)",
    "one that is deaf": (
        "signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "orphan.die_with(int(sys.argv[1])); print('ready', flush=True); time.sleep(60)"
    ),
    "a foreign program": "print('ready', flush=True); sys.exit(orphan.become(int(sys.argv[1]), ['/bin/sleep', '60']))",
}


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("death_signal", [True, False], ids=["by the kernel", "by looking"])
@pytest.mark.parametrize("what", CASES)
def test_nobody_outlives_a_killed_parent(what: str, death_signal: bool) -> None:
    """With the kernel's help or without (as on macOS), an orphan ends soon."""
    parent = parent_of(CASES[what], death_signal=death_signal)
    assert parent.stdout is not None
    orphan = int(parent.stdout.readline())
    assert parent.stdout.readline() == "ready\n"
    assert is_there(orphan)
    parent.kill()
    parent.wait()
    eventually(lambda: not is_there(orphan), "the orphan ends", 10)
    parent.stdout.close()


@pytest.fixture
def redis() -> Iterator[Redis]:
    """Run a Valkey and return a client."""
    with running_valkey() as url:
        client = Redis.from_url(url)
        yield client
        client.close()


def test_a_worker_finishes_its_job_before_it_stops(redis: Redis, tmp_path: Path) -> None:
    """Asked to stop in the middle of a job, it does the job and then ends with status 0."""
    socket = redis.connection_pool.connection_kwargs["path"]
    (tmp_path / "slow.py").write_text(
        "import pathlib, time\ndef job(folder):\n    (pathlib.Path(folder) / 'begun').touch()\n    time.sleep(1)\n"
        "    (pathlib.Path(folder) / 'done').touch()\n"
    )
    Queue(DRAIN, connection=redis, serializer=JSONSerializer).enqueue("slow.job", str(tmp_path))
    env = environment(tmp_path, 8000, REDIS_URL=f"unix://{socket}", PYTHONPATH=f"{ROOT}{os.pathsep}{tmp_path}")
    command = [sys.executable, "-m", "workers.serve.child", str(os.getpid()), "worker-1", "worker", "1"]
    process = subprocess.Popen(command, env=env, cwd=tmp_path, stderr=subprocess.DEVNULL)  # noqa: S603
    eventually((tmp_path / "begun").exists, "the job begins")
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0
    assert (tmp_path / "done").exists()


def test_a_worker_retires(redis: Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a number of jobs a worker ends by itself, with the rest left to its successor."""
    socket = redis.connection_pool.connection_kwargs["path"]
    monkeypatch.setattr(worker, "MOST_JOBS", 2)
    monkeypatch.setattr("workers.jobs.drain", lambda _: None)
    monkeypatch.setenv("REDIS_URL", f"unix://{socket}")
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    waker = Waker(f"unix://{socket}")
    waker.partitions([1, 2, 3])
    waker.redis.close()
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        assert worker.run(1) == 0
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
    assert Queue(DRAIN, connection=redis, serializer=JSONSerializer).count == 1


def test_histories_never_occupy_every_worker() -> None:
    """With two workers or more, one is left for deliveries, messages and comparing; and one alone does everything."""
    assert set(worker.queues_of(1)) == {DRAIN, NOTIFY, POLICIES, REPORTS, REDELIVER, RECONCILE, LEARN, EXAMINE}
    assert set(worker.queues_of(2)) == {DRAIN, NOTIFY, POLICIES, REPORTS, RECONCILE}
    assert all(worker.queues_of(n).index(RECONCILE) > worker.queues_of(n).index(DRAIN) for n in (1, 2))
    assert worker.queues_of(1)[0] != worker.queues_of(2)[0]


def test_the_pause_before_a_restart_grows(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A child that cannot run does not keep the machine busy with starting it."""
    child = Child("broken", ["no-such-role"])
    child.start()
    starts = 0

    def died_thrice() -> bool:
        nonlocal starts
        child.look_after()
        starts = caplog.text.count("is started again in")
        return starts >= 3

    started = time.monotonic()
    eventually(died_thrice, "it dies again and again")
    child.kill()
    assert time.monotonic() - started > FIRST_PAUSE + 2 * FIRST_PAUSE
    assert "in 0.1 seconds" in caplog.text
    assert "in 0.4 seconds" in caplog.text


def test_a_record_is_one_line_whatever_it_holds() -> None:
    """A line break, an escape sequence or a traceback cannot look like another line of the log."""
    error = ValueError("first\nsecond")
    said = ("a\r\nweb 2026 \x1b[31mred",)
    record = logging.LogRecord("some.logger", logging.ERROR, "f.py", 1, "said %s", said, (ValueError, error, None))
    record.partition = "3\n4"
    line = Line("worker-1").format(record)
    assert line.startswith("worker-1 ")
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line
    assert "partition=3 4" in line
    assert "ValueError: first" in line
