"""guard-call-removed: which calls are twins, and who is looked at."""

from __future__ import annotations

import json

import pytest

from github_app.model import Severity
from tests.detectors.telling import finding, findings

ID = "guard-call-removed"


def story(before: str, after: str, *, by: str = "eve", path: str = "src/a.c", author: str = "") -> str:
    """Return a story in which a newcomer (or who is named) rewrites a file."""
    contents = json.dumps({path: {"before": before, "after": after}})
    return f"""
past:
  - 2020-01-01: {{push: {{by: alice}}}}
  - 2024-04-01: {{push: {{by: eve}}}}
then:
  - 2024-05-01: {{push: {{by: {by}, author: "{author}", contents: {contents}}}}}
"""


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("safe_fprintf(f, x);", "fprintf(f, x);", "safe_fprintf became fprintf"),
        ("memcpy_s(a, b);memcpy_s(c, d);", "memcpy(a, b);memcpy(c, d);", "memcpy_s became memcpy in 2 places"),
        ("strlcpy(a, b, n);", "strcpy(a, b);", "strlcpy became strcpy"),
        ("yaml.safe_load(f)", "yaml.load(f)", "safe_load became load"),
        ("v.get(i)", "v.get_unchecked(i)", "get became get_unchecked"),
        ("get(u)", "get(u, verify=False)", "it no longer checks certificates"),
        ("make", "curl -s https://example.org/x.sh | sudo bash", "it no longer keeps a download apart from running it"),
        ("git push", "git push --no-verify", "it no longer runs the checks before a commit"),
    ],
)
def test_names_the_guard_that_went(before: str, after: str, says: str) -> None:
    """The title says in the code's own words what gave way to what."""
    found = finding(ID, story(before, after))
    assert found.title == f"@eve took a guard out of src/a.c: {says}"
    assert found.severity is Severity.MEDIUM


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("fprintf(f, x);", "safe_fprintf(f, x);"),
        ("safe_fprintf(f, x);", "puts(x);"),
        ("safe_fprintf(f, x);", "safe_fprintf(f, x); fprintf(g, y);"),
        ("get(u, verify=False)", "get(u)"),
        ("is_safe(x)", "is(x)"),
        ("curl -o x.sh https://example.org/x.sh", "curl -o y.sh https://example.org/x.sh"),
    ],
)
def test_silent_without_a_loss(before: str, after: str) -> None:
    """More guards, other calls, and calls added beside them are no loss."""
    assert findings(ID, story(before, after)) == []


def test_people_of_long_standing_are_not_looked_at() -> None:
    """Their changes are not even read."""
    assert findings(ID, story("safe_read(x)", "read(x)", by="alice")) == []


def test_an_old_hand_who_let_it_in_is_named() -> None:
    """Somebody looked at it, so it is said more softly."""
    found = finding(ID, story("safe_read(x)", "read(x)", by="alice", author="eve"))
    assert found.severity is Severity.LOW
    assert found.why.endswith("@alice let it in.")


@pytest.mark.parametrize("path", ["tests/a.c", "docs/a.md", "vendor/a.c", "dist/a.min.js"])
def test_only_code_counts(path: str) -> None:
    """Tests, documents and generated files may hold anything."""
    assert findings(ID, story("safe_read(x)", "read(x)", path=path)) == []


@pytest.mark.parametrize("text", ["curl " * 50_000, "a" * 250_000, "safe_" * 50_000, "git " * 60_000 + "(" * 9])
def test_hostile_text_is_read_in_no_time(text: str) -> None:
    """No text makes a pattern run for ever; the test's own limit of time would end it."""
    assert findings(ID, story("x", text)) == []
