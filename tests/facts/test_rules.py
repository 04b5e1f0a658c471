"""Which branches a guard covers, and what it asks of them."""

from __future__ import annotations

import time

import pytest

from github_app.estate import REST, Settings, settings
from github_app.rules import Rule
from workers.facts.rules import covers, of_protected_branch, of_protection, of_ruleset


def state(include: str = "~DEFAULT_BRANCH", exclude: str = "", **over: object) -> Settings:
    """Return a ruleset that asks for two approvals."""
    said: dict[str, object] = {
        "enforcement": "active", "target": "branch", "rule:pull_request": "on",
        "pull_request.required_approving_review_count": 2,
        f"ref_name.include:{include}": "yes",
    }  # fmt: skip
    if exclude:
        said[f"ref_name.exclude:{exclude}"] = "yes"
    return settings({k: v for k, v in (said | over).items() if v is not None})


ASKS = Rule(guard="the ruleset “main”", ruleset=41, pull_request=True, approvals=2)


@pytest.mark.parametrize(
    ("shown", "branch", "asks"),
    [
        (state(), "main", True),
        (state(), "topic", False),
        (state("~ALL"), "topic", True),
        (state("~ALL", "refs/heads/topic"), "topic", False),
        (state("refs/heads/release/*"), "release/1.0", True),
        (state("refs/heads/release/*"), "release/1.0/rc", False),
        (state("refs/heads/**/*"), "a/b/c", True),
        (state(enforcement="evaluate"), "main", False),
        (state(enforcement="disabled"), "main", False),
        (state(target="tag"), "main", False),
        (state(target="push"), "main", False),
        (state(**{"rule:pull_request": None}), "main", False),
        (state(**{REST: "abc"}), "main", False),
        (state(**{"ref_name.include:~DEFAULT_BRANCH": None}), "main", False),
    ],
)
def test_a_ruleset_asks_where_it_holds(shown: Settings, branch: str, asks: bool) -> None:
    """In force, for branches, for this one; and what cannot be made out covers nothing."""
    assert of_ruleset("main", 41, shown, branch, "main") == (ASKS if asks else None)


def test_what_a_ruleset_forbids() -> None:
    """Rewriting and deleting are rules of their own, without a pull request."""
    shown = settings(
        {"enforcement": "active", "ref_name.include:~ALL": "yes", "rule:deletion": "on", "rule:non_fast_forward": "on"}
    )
    assert of_ruleset("all", 7, shown, "x", "main") == Rule(guard="the ruleset “all”", ruleset=7, force=True, deletion=True)


_STRICT = settings({
    "pull_request_reviews_enforcement_level": "non_admins", "required_approving_review_count": 1,
    "allow_force_pushes_enforcement_level": "off", "allow_deletions_enforcement_level": "everyone",
})  # fmt: skip
_OPEN = settings({"pull_request_reviews_enforcement_level": "off", "allow_force_pushes_enforcement_level": "everyone"})


def test_branch_protection_asks_by_its_own_rule() -> None:
    """The rule for just this branch counts before patterns; of two patterns nobody knows which one holds."""
    asks = Rule(guard="the protection of main", pull_request=True, approvals=1, force=True)
    assert of_protection("main", [("main", _STRICT), ("*", _OPEN)]) == asks
    assert of_protection("main", [("main", _OPEN), ("*", _STRICT)]) is None
    assert of_protection("main", [("ma*", _STRICT), ("*", _STRICT)]) is None
    assert of_protection("release/1", [("release/*", _STRICT)]) is not None
    assert of_protection("topic", [("main", _STRICT)]) is None


def test_what_polling_keeps_of_a_protected_branch() -> None:
    """That reviews are required; how many is not kept."""
    asks = Rule(guard="the protection of main", pull_request=True)
    assert of_protected_branch("main", settings({"reviews": "required"})) == asks
    assert of_protected_branch("main", settings({"reviews": "not required"})) is None


@pytest.mark.parametrize(
    ("pattern", "name", "covered"),
    [
        ("main", "main", True), ("main", "mainly", False), ("*", "main", True), ("*", "a/b", False), ("**/x", "x", True),
        ("**/x", "a/b/x", True), ("v?.x", "v1.x", True), ("v?.x", "v/.x", False), ("v[0-9]", "v7", True),
        ("v[!0-9]", "v7", False), ("v[^0-9]", "vx", True), ("v[0-9", "v[0-9", True), ("a\\*b", "a*b", True),
        ("a\\*b", "axb", False), ("qa/**/*", "qa/1", True), ("(main|x)", "main", False), ("", "main", False),
        ("m.in", "main", False), ("m" * 300, "m" * 300, False), ("[z-a]", "b", False), ("[]", "[]", True),
    ],
)  # fmt: skip
def test_patterns_are_githubs(pattern: str, name: str, covered: bool) -> None:
    """As `File.fnmatch` with `FNM_PATHNAME`; what is no pattern covers only itself, or nothing."""
    assert covers(pattern, name) is covered


def test_no_pattern_takes_long() -> None:
    """Whoever may set a pattern can make it silly."""
    begun = time.perf_counter()
    assert not covers("**/*" * 40 + "b", "a/" * 90)
    assert not covers("*a" * 8, "a" * 200 + "b")
    assert time.perf_counter() - begun < 1
