"""guard-weakened: which losses are found in which files, and that strengthening is silent."""

from __future__ import annotations

import pytest

from github_app.model import Severity
from tests.detectors.telling import finding, findings
from tests.detectors.test_guard_call_removed import story

ID = "guard-weakened"
OWNERS, WORKFLOW = ".github/CODEOWNERS", ".github/workflows/ci.yml"
PIN = "0123456789012345678901234567890123456789"


def job(*steps: str, head: str = "on: push", **fields: str) -> str:
    """Return a workflow with one job."""
    told = "".join(f"    {name.replace('_', '-')}: {value}\n" for name, value in fields.items())
    listed = "    steps:\n" + "".join(f"      - {step}\n" for step in steps) if steps else ""
    return f"{head}\njobs:\n  test:\n{told}{listed}    runs-on: ubuntu-latest\n"


LOSSES = [
    (OWNERS, "* @a @b", "* @a", "@b no longer owns *"),
    (OWNERS, "* @a", "* @eve", "@a no longer owns *, @eve came in"),
    (OWNERS, "* @a\n/src/ @b", "* @a", "@b no longer owns /src/"),
    (OWNERS, "/src/ @a\n/doc/ @b", "/doc/ @b", "/src/ has no owner any more"),
    (OWNERS, "* @a", "* @a\n/src/auth/", "/src/auth/ needs no owner's review any more"),
    (OWNERS, "* @a", "# nobody", "no path has an owner any more"),
    (WORKFLOW, job(permissions="{contents: read}"), job(permissions="{contents: write}"),
     "the token of job test may now write contents"),
    (WORKFLOW, job(head="on: push\npermissions: read-all"), job(head="on: push\npermissions: write-all"),
     "the token of job test may now write everything"),
    (WORKFLOW, job(head="on: push\npermissions: {}"), job(), "the token of job test is no longer limited"),
    (WORKFLOW, job(), job(head="on: [push, pull_request_target]"),
     "it now runs with the repository's secrets for pull requests of strangers (pull_request_target)"),
    (WORKFLOW, job(f"uses: a/b@{PIN}"), job("uses: a/b@main"), "a/b was pinned to a commit and now follows main"),
    (WORKFLOW, job(uses=f"a/b/.github/workflows/x.yml@{PIN}"),
     job(uses=f"a/b/.github/workflows/x.yml@{PIN}", secrets="inherit"),
     "it now hands all secrets to another workflow (secrets: inherit)"),
    (WORKFLOW, job("{uses: actions/checkout@v4, with: {persist-credentials: false}}"), job("uses: actions/checkout@v4"),
     "job test now leaves its token in the checkout (persist-credentials)"),
    (WORKFLOW, job(), job(**{"if": "false"}), "job test is switched off"),
    (WORKFLOW, job(), job(continue_on_error="true"), "a failure of job test no longer counts"),
    (WORKFLOW, job("uses: github/codeql-action/init@v3"), job("run: make"), "github/codeql-action/init no longer runs"),
    (".github/dependabot.yml", "updates: [{package-ecosystem: pip, directory: /}]",
     "updates: [{package-ecosystem: pip, directory: /, open-pull-requests-limit: 0}]",
     "updates of pip in / are switched off"),
    (".github/dependabot.yml", "updates: [{package-ecosystem: pip, directory: /}, {package-ecosystem: npm, directory: /}]",
     "updates: [{package-ecosystem: npm, directory: /}]", "updates of pip in / are no longer looked for"),
    ("renovate.json", "{}", '{"enabled": false}', "updates are switched off"),
    ("SECURITY.md", "Mail a@example.org", "Mail eve@example.org",
     "reports of weaknesses go to eve@example.org instead of a@example.org"),
    ("SECURITY.md", "Mail a@example.org", "Mail a@example.org or eve@example.org",
     "reports of weaknesses go to eve@example.org as well"),
    ("projects/xz/project.yaml", "sanitizers: [address, memory]", "sanitizers: [address]",
     "the sanitizer memory no longer runs"),
    ("projects/xz/project.yaml", "primary_contact: a@example.org", "primary_contact: eve@example.org",
     "what fuzzing finds is told to eve@example.org instead of a@example.org"),
    ("projects/xz/build.sh", "./configure --enable-static", "./configure --enable-static --disable-ifunc",
     "the build that is tested no longer contains what is chosen at run time (ifunc)"),
    ("Makefile", "CFLAGS = -fsanitize=address", "CFLAGS = -O2", "a sanitizer is no longer part of the build"),
    ("CMakeLists.txt", 'check_c_source_compiles("\n#include <linux/landlock.h>\nvoid f(void) {}\n" HAVE_X)',
     'check_c_source_compiles("\n#include <linux/landlock.h>\n.\nvoid f(void) {}\n" HAVE_X)',
     "a line that is no code makes the probe for the sandbox fail, which switches it off"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "before", "after", "says"), LOSSES, ids=[f"{p}: {s[:30]}" for p, _, _, s in LOSSES])
def test_each_loss_is_one_sentence(path: str, before: str, after: str, says: str) -> None:
    """The reader learns what is gone; the way back is silent."""
    found = finding(ID, story(before, after, path=path))
    assert found.title == f"@eve weakened {path}: {says}"
    assert found.severity is Severity.MEDIUM
    if "came in" not in says and "example.org" not in says:
        assert findings(ID, story(after, before, path=path)) == []


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        (OWNERS, "* @a\n/src/ @a", "* @a"),
        (OWNERS, "* @a", "* @A @b"),
        (WORKFLOW, job(), job(permissions="{contents: write}")),
        (WORKFLOW, job("uses: a/b@v1"), job("uses: a/b@v2")),
        (WORKFLOW, job(), "jobs: [unreadable"),
        (WORKFLOW, job(permissions="{contents: read}"), "on: push\njobs: {}"),
        (
            ".github/dependabot.yml",
            "updates: [{package-ecosystem: pip}]",
            "updates: [{package-ecosystem: pip, directory: /}]",
        ),
        ("renovate.json", "{}", "{ not json"),
        ("SECURITY.md", "Be nice.", "Mail a@example.org"),
        ("src/main.c", "-fsanitize=address", ""),
    ],
)
def test_what_takes_nothing_away_is_silent(path: str, before: str, after: str) -> None:
    """Reordering, more of everything, and what nobody can read."""
    assert findings(ID, story(before, after, path=path)) == []


def test_old_hands_may_change_everything_else() -> None:
    """The change of a maintainer of years is theirs."""
    assert findings(ID, story("* @a", "", path=OWNERS, by="alice")) == []


def test_several_losses_are_one_alert() -> None:
    """The title has the first, the reason the others."""
    found = finding(ID, story("/a @x\n/b @y\n/c @z", "/d @w", path=OWNERS))
    assert found.title.endswith("/a has no owner any more, and more")
    assert "/b has no owner any more; /c has no owner any more" in found.why


BOMB = "a: &a [x,x,x,x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{f'*{chr(97 + n)},' * 9}]\n" for n in range(20))


@pytest.mark.parametrize("text", [BOMB, "[" * 100_000, "{" * 100_000, "a: *b", "&a [*a]", "? [x]\n: y", "- " * 50_000])
def test_hostile_yaml_is_only_unreadable(text: str) -> None:
    """Bombs, endless nesting and broken references cost nothing and crash nothing."""
    assert findings(ID, story(job(), text, path=WORKFLOW)) == []
    assert findings(ID, story(text, job(), path=WORKFLOW)) == []
