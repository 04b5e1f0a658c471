"""Which rules a branch is under, from the guards as they are stored.

What cannot be made out (a pattern of another syntax, a ruleset with more settings than are kept) covers nothing here: from
these rules somebody is said to have passed them.

https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/creating-rulesets-for-a-repository#using-fnmatch-syntax
https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-protected-branches/managing-a-branch-protection-rule
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from github_app.estate import REST, Settings, value_of
from github_app.rules import Rule
from github_app.weakening import in_force

_HEADS = "refs/heads/"
_INCLUDE, _EXCLUDE = "ref_name.include:", "ref_name.exclude:"
_LONGEST = 200


def of_ruleset(name: str, number: int, state: Settings, branch: str, default_branch: str) -> Rule | None:
    """Return what a ruleset asks of a branch, None when it is not in force, covers others, or asks nothing of the kind."""
    if not in_force(state) or value_of(state, "target", "branch") != "branch" or value_of(state, REST):
        return None
    included = [s.name.removeprefix(_INCLUDE) for s in state if s.name.startswith(_INCLUDE)]
    excluded = [s.name.removeprefix(_EXCLUDE) for s in state if s.name.startswith(_EXCLUDE)]
    if not any(_named(p, branch, default_branch) for p in included):
        return None
    if any(_named(p, branch, default_branch) for p in excluded):
        return None
    pull = value_of(state, "rule:pull_request") != ""
    rule = Rule(
        guard=f"the ruleset “{name}”",
        ruleset=number,
        pull_request=pull,
        approvals=_number(value_of(state, "pull_request.required_approving_review_count")) if pull else 0,
        force=value_of(state, "rule:non_fast_forward") != "",
        deletion=value_of(state, "rule:deletion") != "",
    )
    return rule if rule.pull_request or rule.force or rule.deletion else None


def of_protection(branch: str, rules: Iterable[tuple[str, Settings]]) -> Rule | None:
    """Return what the branch protection asks, given all its rules by pattern; a rule for just this branch comes first."""
    kept = [(pattern, state) for pattern, state in rules if covers(pattern, branch)]
    exact = [found for found in kept if found[0] == branch]
    if len(exact or kept) != 1:
        return None  # which of several patterns holds depends on when they were made, which is not known here
    pattern, state = (exact or kept)[0]
    asks = value_of(state, "pull_request_reviews_enforcement_level", "off") in {"non_admins", "everyone"}
    rule = Rule(
        guard=f"the protection of {pattern}",
        pull_request=asks,
        approvals=_number(value_of(state, "required_approving_review_count")) if asks else 0,
        force=value_of(state, "allow_force_pushes_enforcement_level") == "off",
        deletion=value_of(state, "allow_deletions_enforcement_level") == "off",
    )
    return rule if rule.pull_request or rule.force or rule.deletion else None


def of_protected_branch(branch: str, state: Settings) -> Rule | None:
    """Return what the protection of one branch asks, as far as polling keeps it."""
    required = value_of(state, "reviews") == "required"
    return Rule(guard=f"the protection of {branch}", pull_request=True) if required else None


def current(rule: Rule, active: Mapping[int, frozenset[str]]) -> Rule:
    """Return what is left of a ruleset's rule, given the kinds of rules that GitHub says hold now, by ruleset."""
    kinds = active.get(rule.ruleset, frozenset())
    return Rule(
        guard=rule.guard,
        ruleset=rule.ruleset,
        pull_request=rule.pull_request and "pull_request" in kinds,
        approvals=rule.approvals,
        force=rule.force and "non_fast_forward" in kinds,
        deletion=rule.deletion and "deletion" in kinds,
    )


@lru_cache(maxsize=4096)
def covers(pattern: str, name: str) -> bool:
    """Say whether a pattern covers a name, after Ruby's `File.fnmatch` with `FNM_PATHNAME`, which GitHub uses.

    All ways to match are followed at once, so that no pattern takes long.
    """
    if not pattern or len(pattern) > _LONGEST:
        return False
    pieces = [_piece(found) for found in _PIECES.findall(pattern)]
    # Where in the pattern it may be; the second says whether a `**/` is within a folder's name.
    places = _onward({(0, False)}, pieces)
    for letter in name:
        places = _onward({to for place in places for to in _step(place, letter, pieces)}, pieces)
        if not places:
            return False
    return (len(pieces), False) in places


def _named(pattern: str, branch: str, default_branch: str) -> bool:
    if pattern == "~ALL":
        return True
    if pattern == "~DEFAULT_BRANCH":
        return branch == default_branch
    return covers(pattern, f"{_HEADS}{branch}")


_PIECES = re.compile(r"\*\*/|\*+|\?|\[[!^]?[^\]/]+\]|\\.|.", re.DOTALL)
_Piece = tuple[str, str]
_Place = tuple[int, bool]


def _piece(found: str) -> _Piece:
    if found == "**/":
        return "folders", ""
    if found.startswith("*"):
        return "any", ""
    if found == "?":
        return "one", ""
    if found.startswith("[") and len(found) > 1:
        inner = found[1:-1]
        return ("none of", inner[1:]) if inner[0] in "!^" else ("one of", inner)
    return "letter", found.removeprefix(chr(92)) or found


def _onward(places: set[_Place], pieces: list[_Piece]) -> set[_Place]:
    """Add the places that are reached without a letter: stars may stand for nothing."""
    reached, waiting = set(places), list(places)
    while waiting:
        at, inside = waiting.pop()
        further = (at + 1, False)
        if at < len(pieces) and not inside and pieces[at][0] in {"any", "folders"} and further not in reached:
            reached.add(further)
            waiting.append(further)
    return reached


def _step(place: _Place, letter: str, pieces: list[_Piece]) -> list[_Place]:
    at, _ = place
    if at == len(pieces):
        return []
    kind, text = pieces[at]
    if kind == "folders":
        return [(at, letter != "/")] if letter != "/" or place[1] else []
    if kind == "letter":
        return [(at + 1, False)] if letter == text else []
    if letter == "/":
        return []
    if kind == "any":
        return [(at, False)]
    met = kind == "one" or _among(letter, text) is (kind == "one of")
    return [(at + 1, False)] if met else []


def _among(letter: str, text: str) -> bool:
    """Say whether a letter is in a set like `a-z0_`."""
    ranges = re.findall(r"(.)-(.)|(.)", text, re.DOTALL)
    return any(low <= letter <= high if low else letter == single for low, high, single in ranges)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
