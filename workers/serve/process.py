"""One child process of the supervisor: started, watched, started again when it dies, stopped."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

log = logging.getLogger(__name__)

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 30.0
HEALTHY_SECONDS = 10.0
"""A child that ran this long was fine; one that dies earlier is started again after a longer and longer pause."""

_ROOT = Path(__file__).resolve().parents[2]


class StartError(Exception):
    """The app cannot start; the text is one sentence that says what to do."""


class Child:
    """A program that should always run.

    Args:
        name: its role, for the log.
        command: what to run, in a session of its own: a Ctrl-C in the terminal reaches only the supervisor, which stops
            its children in order.
        environ: what to add to the environment.
        pass_fds: descriptors it inherits.
        stdout: as for `subprocess.Popen`.
        on_start: is called with each new process.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        environ: Mapping[str, str] | None = None,
        pass_fds: Sequence[int] = (),
        stdout: int | None = None,
        on_start: Callable[[subprocess.Popen[bytes]], None] = lambda _: None,
    ) -> None:
        self.name = name
        self._command = [sys.executable, "-P", "-m", "workers.serve.child", str(os.getpid()), name, *command]
        self._environ = {**os.environ, "PYTHONPATH": _python_path(), "PYTHONUNBUFFERED": "1", **(environ or {})}
        self._pass_fds = tuple(pass_fds)
        self._stdout = stdout
        self._on_start = on_start
        self._process: subprocess.Popen[bytes] | None = None
        self._started = self._due = 0.0
        self._pause = FIRST_PAUSE
        self._wanted = False

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process else None

    def is_running(self) -> bool:
        """Say whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process; from now on it is wanted."""
        self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and arguments)
            self._command,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            stdout=self._stdout,
            stderr=subprocess.STDOUT if self._stdout == subprocess.PIPE else None,
            pass_fds=self._pass_fds,
            start_new_session=True,
        )
        self._started = time.monotonic()
        self._wanted = True
        self._on_start(self._process)

    def look_after(self) -> None:
        """Start the process again when it died, after a pause that grows while it keeps dying."""
        if not self._wanted or self.is_running():
            return
        now = time.monotonic()
        if self._process is not None:
            self._died(self._process, now)
        if now >= self._due:
            self.start()

    def _died(self, process: subprocess.Popen[bytes], now: float) -> None:
        self._process = None
        if now - self._started >= HEALTHY_SECONDS:
            self._pause = FIRST_PAUSE
        if process.returncode == 0:
            # A worker retires after a number of jobs, and everything retires when the settings changed.
            log.info("%s retired and is started again", self.name)
            self._due = now
            return
        code = process.returncode
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"
        log.error("%s %s and is started again in %.1f seconds", self.name, how, self._pause, extra={"pid": process.pid})
        self._due = now + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def retire(self) -> None:
        """Ask the process to end; it is started again."""
        if self.is_running():
            self._signal(signal.SIGTERM)

    def ask_to_stop(self) -> None:
        """Ask the process to end for good, without waiting."""
        self._wanted = False
        self.retire()

    def stop(self, seconds: float) -> None:
        """Ask the process to end for good, and kill it if it has not after some seconds."""
        self.ask_to_stop()
        if self._process is None:
            return
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            log.warning("%s did not stop within %g seconds and is killed", self.name, seconds)
            self.kill()

    def kill(self) -> None:
        """End the process and its children at once."""
        self._wanted = False
        if self._process is not None and self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)


def _python_path() -> str:
    # The directory we were imported from, for a checkout that is run without being installed.
    given = os.environ.get("PYTHONPATH", "")
    return os.pathsep.join([str(_ROOT), given]) if given else str(_ROOT)
