"""Known campaigns, re-enacted with made-up names: which detectors speak, and where nothing in a repository shows it.

Each story keeps what mattered in the case and nothing else: who, by which road, after how long. `docs/detectors.md` has
the same list for readers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from github_app.model import Severity
from tests import stories
from tests.detectors import pages
from workers.detectors import load

LIVELY = "\n".join(
    f"  - 20{19 + i // 6:02}-{1 + 2 * (i % 6):02}-01: {{push: {{by: {'alice' if i % 3 else 'bob'}}}}}" for i in range(24)
)
"""Four years of two maintainers' pushes, to the end of 2022."""
REVIEWED = "\n".join(
    f"  - 2022-{1 + i // 3:02}-{5 + 9 * (i % 3):02}: {{merge_push: {{by: alice, author: carol, claims: {i + 1}}}}}"
    for i in range(36)
)
"""A year in which everything was merged."""


@dataclass(frozen=True)
class Case:
    """What happened, told in a story, and who must speak at medium severity or above."""

    name: str
    then: str
    speak: frozenset[str]
    past: str = LIVELY
    people: str = ""

    @property
    def story(self) -> str:
        """The story as text."""
        return "\n".join(filter(None, [self.people, "past:", self.past, "then:", self.then]))


def case(name: str, then: str, *speak: str, past: str = LIVELY, people: str = "") -> Case:
    """Return a case."""
    return Case(name, then, frozenset(speak), past, people)


CASES = (
    case(
        "maintainers' names on commits of a never-seen committer",
        "  - 2023-03-28: {push: {by: fixer, author: alice, paths: [ext/zlib/zlib.c]}}",
        "new-committer",
    ),
    case(
        "the same, committed under the maintainer's name and another address",
        "  - 2023-03-28: {push: {by: forged, paths: [ext/zlib/zlib.c]}}",
        "new-committer",
        people="people:\n  old: {name: Ann Archer, id: null, login: '', email: ann@example.org}\n"
        "  forged: {name: Ann Archer, id: null, login: '', email: ann@example.net}",
        past=LIVELY + "\n  - 2022-12-02: {push: {by: old}}",
    ),
    case(
        "tags of an action moved to a commit that an app is said to have made",
        "  - 2023-03-14: {tag_move: {by: robot, name: v35.7.2}}",
        "tag-moved",
        past=LIVELY + "\n  - 2022-12-02: {tag: {by: alice, name: v35.7.2}}",
    ),
    case(
        "a compromised owner takes over repositories they never worked in",
        "  - 2023-06-28: {push: {by: owner, paths: [build/install.sh]}}",
        "new-committer",
        past=LIVELY + "\n  - 2022-12-02: {access: {by: bob, of: owner, to: admin}}",
    ),
    case(
        "a stolen token plants one workflow, the maintainer being active",
        "  - 2023-01-09: {push: {by: alice, paths: [A .github/workflows/security.yml]}}",
        "workflow-pushed",
        past=LIVELY + "\n  - 2023-01-02: {push: {by: alice}}",
    ),
    case(
        "a stolen token pushes past review",
        "  - 2023-01-09: {push: {by: bob, paths: [src/net.js]}}",
        "unreviewed-push",
        past=LIVELY.split("  - 2022")[0].rstrip() + "\n" + REVIEWED
        + "\n  - 2022-12-28: {merge_push: {by: bob, author: carol, claims: 99}}",
    ),
    case(
        "an update app's commits forged with a stolen token",
        "  - 2023-07-08: {push: {by: alice, author: deps, committer: deps, paths: [A .github/workflows/hook.yml]}}",
        "name-borrowed", "workflow-pushed",
        people="people:\n  deps: {login: 'dependabot[bot]', bot: true}",
    ),
    case(
        "a popular package is handed to a volunteer, who adds a dependency",
        "  - 2023-09-05: {access: {by: alice, of: helper, to: admin}}\n"
        "  - 2023-09-06: {push: {by: helper, paths: [package.json]}}\n"
        "  - 2023-09-09: {tag: {by: helper, name: v3.3.6}}",
        "access-granted", "new-committer", "new-releaser",
        past=LIVELY + "\n  - 2022-12-02: {tag: {by: alice, name: v3.3.5}}",
    ),
    case(
        "an extension changes hands: the buyer edits on the website and releases",
        "  - 2023-02-01: {web_edit: {by: buyer, paths: [README.md]}}\n  - 2023-02-08: {release: {by: buyer, tag: v7.1.8}}",
        "new-committer", "new-releaser",
        past=LIVELY + "\n  - 2022-12-02: {release: {by: alice, tag: v7.1.6}}",
    ),
    case(
        "a founder comes back after years and ruins the project",
        "  - 2023-01-05: {push: {by: founder, paths: [lib/index.js, D README.md]}}",
        "dormant-power-used",
        past="  - 2018-01-01: {push: {by: founder}}\n" + LIVELY,
    ),
    case(
        "an account whose mail domain had expired wakes its sleeping project",
        "  - 2026-05-14: {push: {by: alice, paths: [src/ctx.py]}}",
        "dormant-power-used",
        past=LIVELY.replace("by: bob", "by: alice"),
    ),
    case(
        "a returning maintainer signs with a new key",
        "  - 2023-05-01: {tag: {by: alice, name: v2, key: BBBBBBBBBBBBBBBB}}",
        "new-signer",
        past=LIVELY + "\n  - 2022-12-02: {tag: {by: alice, name: v1, key: AAAAAAAAAAAAAAAA}}",
    ),
    case(
        "a release is signed with one maintainer's key in another's name",
        "  - 2023-05-01: {tag: {by: bob, name: v2, key: AAAAAAAAAAAAAAAA}}",
        "signer-mismatched", "new-releaser",
        past=LIVELY + "\n  - 2022-12-02: {tag: {by: alice, name: v1, key: AAAAAAAAAAAAAAAA}}",
    ),
    case(
        "the first release after two idle years, by somebody just added",
        "  - 2025-01-05: {access: {by: alice, of: helper, to: write}}\n  - 2025-01-07: {tag: {by: helper, name: v2}}",
        "access-granted", "new-releaser",
        past=LIVELY + "\n  - 2022-12-02: {tag: {by: alice, name: v1}}",
    ),
    case(
        "a promoted contributor of test files turns to the build",
        "  - 2023-02-01: {push: {by: alice, author: newton, paths: [A tests/files/bad-3.xz]}}\n"
        "  - 2023-04-01: {push: {by: newton, paths: [src/coder.c]}}\n"
        "  - 2023-06-01: {push: {by: newton, paths: [m4/host.m4, configure.ac]}}",
        "new-committer", "build-touched",
    ),
    case(
        "one sock puppet writes the build, the other lets it in",
        "  - 2022-12-20: {push: {by: newton}}\n"
        "  - 2023-02-01: {merge_push: {by: newton, author: puppet, pull: 9, paths: [CMakeLists.txt]}}",
        "new-committer", "new-merger", "build-touched",
    ),
    case(
        "one sock puppet approves the other",
        "  - 2023-04-01: {access: {by: alice, of: newton, to: write}}\n"
        "  - 2023-04-02: {review: {by: newton, author: puppet, pull: 9}}",
        "access-granted", "new-approver",
        past=LIVELY + "\n  - 2022-12-02: {review: {by: alice, author: carol, pull: 1}}",
    ),
    case(
        "a modernisation by a stranger brings its own lock file",
        "  - 2022-12-20: {merge_push: {by: alice, author: modern, pull: 9, paths: [package.json, package-lock.json]}}",
        "dependencies-touched",
    ),
    case(
        "an install hook in protest",
        "  - 2023-03-07: {push: {by: alice, paths: [A _postinstall.js, package.json]}}",
        "auto-run-file-added",
    ),
    case(
        "editor tasks that run on opening, by a contributor",
        "  - 2022-12-20: {merge_push: {by: bot2, author: contagious, pull: 9, paths: [A .vscode/tasks.json]}}",
        "auto-run-file-added", "new-merger",
    ),
    case("a stolen registry token: nothing happens in the repository", "  - 2022-12-20: {push: {by: alice}}"),
    case("an injection in a pull request's branch name runs in a workflow", "  - 2022-12-20: {push: {by: alice}}"),
    case("an active maintainer changes the code", "  - 2022-12-20: {push: {by: alice, paths: [dao/geo.js, package.json]}}"),
)  # fmt: skip


@pytest.mark.parametrize("told", CASES, ids=[c.name for c in CASES])
def test_who_speaks(told: Case) -> None:
    """At medium severity or above these detectors speak over the whole story; where none can, nobody does."""
    alerts = [alert for step in stories.play(stories.read(told.story), load()).alerts for alert in step]
    loud = {a.finding.detector for a in alerts if a.finding.severity.at_least(Severity.MEDIUM)}
    assert loud >= told.speak
    assert bool(loud) is bool(told.speak)


def test_the_list_for_readers_says_the_same() -> None:
    """Every case is in the overview, with the detectors that speak or the reason why none can."""
    rows = dict(re.findall(r"^\| ([^|]+?) \| (.+?) \|$", pages.INDEX.read_text(encoding="utf-8"), re.MULTILINE))
    for told in CASES:
        assert told.name in rows, told.name
        assert frozenset(re.findall(r"`([a-z-]+)`", rows[told.name])) == told.speak, told.name
