"""No process outlives the one that started it, even if that one was killed without a chance to say goodbye."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from types import FrameType

POLL_SECONDS = 0.5
GRACE_SECONDS = 10.0
"""What a process may still need after its parent is gone: to finish a request, or a job."""
_PR_SET_PDEATHSIG = 1  # linux/prctl.h

HAS_DEATH_SIGNAL = sys.platform == "linux"


def die_with(parent: int) -> None:
    """Have this process asked to stop (SIGTERM) when its parent ends, and stopped if it has not after `GRACE_SECONDS`."""
    if HAS_DEATH_SIGNAL:
        _set_death_signal()
    threading.Thread(target=_watch, args=(parent,), name="orphan-watch", daemon=True).start()


def _set_death_signal() -> None:
    """Ask the kernel for SIGTERM when the thread that started us ends; kept over execve (prctl(2))."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    if not HAS_DEATH_SIGNAL:
        os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)


def become(parent: int, command: list[str]) -> int:
    """Run a foreign program that must not outlive `parent`; on Linux this process turns into it and nothing returns."""
    if HAS_DEATH_SIGNAL:
        _set_death_signal()
        if os.getppid() != parent:
            return 1
        os.execv(command[0], command)  # noqa: S606 (no shell is wanted)
    return _guard(parent, command)


def _guard(parent: int, command: list[str]) -> int:
    """Where the kernel offers no death signal: stay beside the program, pass signals on, stop it when the parent is gone."""
    program = subprocess.Popen(command, close_fds=False)  # noqa: S603 (our own command; the lock is inherited)

    def pass_on(number: int, _: FrameType | None) -> None:
        program.send_signal(number)

    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGINT, pass_on)
    while program.poll() is None:
        if os.getppid() != parent:
            program.terminate()
            return program.wait()
        time.sleep(POLL_SECONDS)
    return program.returncode
