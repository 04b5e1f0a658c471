"""A running app whose policy files are on a GitHub that stands in for the real one."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from github_app.policy import PATH
from tests.facts.conftest import app, app_keys, github
from tests.facts.payloads import payload, push
from tests.road.conftest import NOW, OWNER, PARTITION, REPOSITORY, Put, put, runtime, settled
from tests.standin.github import Answer, GitHub, Request
from workers import policy_watch
from workers.drain import drain
from workers.github import GitHubApp
from workers.github_policy import GitHubPolicyReader
from workers.github_writer import GitHubWriter
from workers.runtime import Runtime

__all__ = ["app", "app_keys", "github", "put", "runtime", "settled"]

XZ, ORG = "tukaani-project/xz", "tukaani-project/.github"


@dataclass
class Place:
    """The app, its repository and the files on GitHub: by repository and commit, the default branch under ""."""

    runtime: Runtime
    github: GitHub
    put: Put
    now: dt.datetime = NOW
    files: dict[tuple[str, str], str] = field(default_factory=dict)
    pulls: dict[int, list[str]] = field(default_factory=dict)
    checks: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.github.route("GET", rf"/repos/([^/]+/[^/]+)/contents/{PATH}", self._contents)
        self.github.route("GET", rf"/repos/{XZ}/pulls/(\d+)/files", self._files)
        self.github.route("GET", r"/repos/[^/]+/[^/]+/commits/(\w+)/check-runs", self._find)
        self.github.route("POST", r"/repos/[^/]+/[^/]+/check-runs", self._create)
        self.github.route("PATCH", r"/repos/[^/]+/[^/]+/check-runs/(\d+)", self._edit)

    def write(self, text: str | None, repository: str = XZ, ref: str = "") -> None:
        """Put a file into a commit, or take it away."""
        if text is None:
            self.files.pop((repository, ref), None)
        else:
            self.files[repository, ref] = text

    def pushed(self, *paths: str, repository: dict[str, Any] | None = None, **changes: Any) -> None:
        """Deliver a push of these paths by Jia Tan, and let everything that follows happen."""
        body = push(**changes)
        body["commits"] = [{**body["commits"][0], "modified": list(paths)}]
        self.deliver("push", body if repository is None else body | {"repository": repository})

    def deliver(self, event: str, body: dict[str, Any]) -> None:
        """Deliver anything, and let everything that follows happen."""
        self.put(event, body)
        drain(self.runtime, PARTITION, self.now)
        self.look()

    def look(self) -> None:
        """Look at the policy files that are due."""
        policy_watch.look(self.runtime, lambda: self.now)

    def later(self, **time: float) -> None:
        """Let time pass, then look."""
        self.now += dt.timedelta(**time)
        self.look()

    def raised(self) -> list[str]:
        """Return what was raised, oldest first."""
        return [a.finding.detector for a in reversed(self.runtime.store.alerts.recent(20))]

    def others(self) -> list[str]:
        """Return what was raised about anything but the policy."""
        return [detector for detector in self.raised() if detector != "policy-weakened"]

    def asked(self) -> list[int]:
        """Return the status of each question for the repository's file."""
        return self.github.asked("GET", f"/repos/{XZ}/contents/{PATH}")

    def problems(self) -> list[str]:
        """Return what `doctor` says."""
        return [p.sentence for p in self.runtime.store.problems.open()]

    def _contents(self, request: Request) -> Answer:
        ref = request.query.get("ref", [""])[0]
        text = self.files.get((request.found[0], ref))
        if text is None:
            return Answer(status=404, body={"message": "Not Found"})
        blob = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
        etag = f'W/"{blob}"'
        if request.headers.get("if-none-match") == etag:
            return Answer(status=304, body=None, headers={"ETag": etag})
        content = base64.encodebytes(text.encode()).decode()
        shown = {"type": "file", "encoding": "base64", "size": len(text), "sha": blob, "content": content, "path": PATH}
        return Answer(body=shown, headers={"ETag": etag})

    def _files(self, request: Request) -> Answer:
        paths = self.pulls.get(int(request.found[0]), [])
        return Answer(body=[{"filename": path, "status": "modified", "sha": "x"} for path in paths])

    def _find(self, request: Request) -> Answer:
        runs = [c for c in self.checks if c["head_sha"] == request.found[0] and c["name"] == request.query["check_name"][0]]
        return Answer(body={"total_count": len(runs), "check_runs": runs})

    def _create(self, request: Request) -> Answer:
        self.checks.append({**request.body, "id": len(self.checks) + 1})
        return Answer(status=201, body=self.checks[-1])

    def _edit(self, request: Request) -> Answer:
        self.checks[int(request.found[0]) - 1].update(request.body)
        return Answer(body=self.checks[int(request.found[0]) - 1])


@pytest.fixture
def place(settled: Runtime, github: GitHub, app: GitHubApp, put: Put) -> Place:
    """Return the app with its repository known and its policy looked at once: there is none."""
    made = Place(replace(settled, policy_reader=GitHubPolicyReader(app), writer=GitHubWriter(app)), github, put)
    made.deliver("star", payload(action="created"))
    scopes = made.runtime.store.policies.get_many([f"repo:{REPOSITORY}", f"org:{OWNER}"])
    assert all(stored.checked_at == made.now for stored in scopes.values())
    assert len(scopes) == 2
    return made
