"""`python -m workers.serve.child PARENT NAME COMMAND...`: one process under the supervisor.

A command with a slash is a foreign program; the others are roles of ours.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from workers.serve import logs
from workers.serve.orphan import become, die_with


def _web(host: str, processes: str) -> int:
    from workers.serve.web import run  # noqa: PLC0415 (each role loads only what it needs)

    return run(host, int(processes))


def _worker(number: str) -> int:
    from workers.serve.worker import run  # noqa: PLC0415 (each role loads only what it needs)

    return run(int(number))


def _clock() -> int:
    from workers.serve.clock import run  # noqa: PLC0415 (each role loads only what it needs)

    return run()


_ROLES: dict[str, Callable[..., int]] = {"web": _web, "worker": _worker, "clock": _clock}


def main(arguments: Sequence[str]) -> int:
    """Run one role, or become a foreign program; returns the exit status."""
    parent, name, command, *rest = arguments
    if "/" in command:
        return become(int(parent), [command, *rest])
    die_with(int(parent))
    logs.configure(name)
    return _ROLES[command](*rest)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
