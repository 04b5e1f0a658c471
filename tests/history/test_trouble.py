"""While GitHub cannot be asked a past is not learned: half of one would make maintainers new for ever."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.facts.conftest import INSTALLATION, XZ, app, app_keys, github
from tests.standin.github import Answer, GitHub
from tests.standin.trouble import TROUBLES, soon_tired
from workers.github import GitHubApp, Unavailable
from workers.history import accounts, clone

__all__ = ["app", "app_keys", "github"]


@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
def test_no_trouble_is_an_answer_about_a_past(github: GitHub, app: GitHubApp, trouble: Answer) -> None:
    """Neither about accounts and merges nor about the token for git."""
    with soon_tired():
        github.fail("POST", "/app/installations/.*", *[trouble] * 8)
        with pytest.raises(Unavailable):
            app.clone_token(INSTALLATION)
        github.well()
        github.fail("POST", "/graphql", *[trouble] * 8)
        with pytest.raises(Unavailable):
            accounts.merges(app, INSTALLATION, XZ)
        with pytest.raises(Unavailable):
            list(accounts.accounts(app, INSTALLATION, XZ, ["a" * 40]))


@contextmanager
def silent(said: bytes) -> Iterator[str]:
    """Serve somebody who takes connections, says this, and nothing more; yields the URL."""
    held: list[socket.socket] = []

    def take(server: socket.socket) -> None:
        while True:
            try:
                held.append(server.accept()[0])
                held[-1].sendall(said)
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=take, args=(server,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/acme/widget.git"
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)
    for connection in held:
        connection.close()


def test_git_does_not_wait_for_a_silent_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two seconds, because git counts in whole ones; without a limit it would wait for an hour."""
    monkeypatch.setattr(clone, "SILENT_SECONDS", 1)
    started = time.monotonic()
    with silent(b"") as url, pytest.raises(clone.CloneUnavailableError):
        clone.update(clone.Origin(url=url, name="acme/widget"), tmp_path / "x.git")
    assert time.monotonic() - started < 20
