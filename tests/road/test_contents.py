"""Contents on the road: a push is judged by what its files said before and after, and waits when GitHub cannot be asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from github_app.model import Repository
from tests.facts import payloads as p
from tests.facts.payloads import NEW, OLD, push
from tests.road.conftest import NOW, PARTITION, XZ, Put
from workers.drain import drain
from workers.github import Unavailable
from workers.github_files import File
from workers.runtime import Runtime

PATH = "src/tool/read.c"


@dataclass
class Files:
    """A stand-in for what asks GitHub for files; the real one is tried in tests/facts/test_contents.py."""

    texts: dict[str, str]
    unavailable: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)

    def versions(
        self, repo: Repository, installation_id: int, paths: Sequence[str], commits: Sequence[str]
    ) -> dict[tuple[str, str], File | None]:
        """Return the text at each commit."""
        assert (repo.full_name, installation_id) == (XZ.full_name, 99)
        if self.unavailable:
            raise Unavailable("GitHub's rate limit held back the question", NOW + dt.timedelta(minutes=1))
        self.asked += [(path, commit) for path in paths for commit in commits]
        return {(path, c): File(text=self.texts[c]) if c in self.texts else None for path, c in self.asked}


def raised(runtime: Runtime) -> set[str]:
    """Return the detectors that raised alerts."""
    return {alert.finding.detector for alert in runtime.store.alerts.recent(20)}


def test_a_push_is_judged_by_what_its_files_say(settled: Runtime, put: Put) -> None:
    """A stranger's hidden characters and the call without its guard are found, with one question before and one after."""
    files = Files({OLD: "safe_print(x);", NEW: "print(x); // \u202e nothing to see"})
    put("push", push(commits=[p.commit(NEW, modified=[PATH])]))
    drain(replace(settled, files=files), PARTITION, NOW)
    assert {"unreadable-code-added", "guard-call-removed"} <= raised(settled)
    assert files.asked == [(PATH, OLD), (PATH, NEW)]


def test_a_push_waits_until_github_can_be_asked(settled: Runtime, put: Put) -> None:
    """Nothing is judged on half of what can be known, and nothing is lost."""
    files = Files({OLD: "a;", NEW: "a; // \u202e"}, unavailable=True)
    guid = put("push", push(commits=[p.commit(NEW, modified=[PATH])]))
    drain(replace(settled, files=files), PARTITION, NOW)
    assert raised(settled) == set()
    assert (settled.store.inbox.outcome(guid) or ("pending", ""))[0] == "pending"
    files.unavailable = False
    drain(replace(settled, files=files), PARTITION, NOW + dt.timedelta(minutes=2))
    assert "unreadable-code-added" in raised(settled)


def test_without_github_the_push_is_judged_by_its_paths(settled: Runtime, put: Put) -> None:
    """Nobody can be asked: what needs contents is silent, everything else is not."""
    put("push", push(commits=[p.commit(NEW, modified=[PATH])]))
    drain(settled, PARTITION, NOW)
    assert raised(settled) == {"new-committer"}
