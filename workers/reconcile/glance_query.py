"""One question about many repositories, and what its answer says about each source: only that something is not as it was.

GraphQL answers for a hundred repositories what REST needs hundreds of requests for, but not in the words that events use.
So from its answer only a mark is kept for each source; where a mark changed, the source is read in full by REST, and
differences become facts in one place.
https://docs.github.com/en/graphql/reference/objects#repository
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from github_app.store.checks import PARTLY, WHOLE

QUERY = """\
query(
  $ids: [ID!]!
  $collaborators: Boolean!
  $deployKeys: Boolean!
  $branchProtectionRules: Boolean!
  $rulesets: Boolean!
  $releases: Boolean!
  $environments: Boolean!
) {
  rateLimit { cost limit remaining resetAt }
  nodes(ids: $ids) {
    ... on Repository {
      databaseId
      collaborators(first: 100, affiliation: DIRECT) @include(if: $collaborators) {
        totalCount
        edges { permission node { databaseId } }
      }
      deployKeys(first: 50) @include(if: $deployKeys) { totalCount nodes { id title readOnly } }
      branchProtectionRules(first: 5) @include(if: $branchProtectionRules) {
        totalCount
        nodes {
          id
          pattern
          requiresApprovingReviews
          restrictsReviewDismissals
          bypassPullRequestAllowances(first: 50) { totalCount nodes { id } }
          reviewDismissalAllowances(first: 50) { totalCount nodes { id } }
        }
      }
      rulesets(first: 30, includeParents: true) @include(if: $rulesets) {
        totalCount
        nodes { databaseId enforcement updatedAt source { __typename } }
      }
      releases(first: 3, orderBy: {field: CREATED_AT, direction: DESC}) @include(if: $releases) {
        totalCount
        nodes {
          databaseId
          tagName
          isDraft
          releaseAssets(first: 50) { totalCount nodes { id name size updatedAt } }
        }
      }
      environments(first: 5) @include(if: $environments) {
        totalCount
        nodes { name protectionRules(first: 6) { totalCount nodes { type timeout } } }
      }
    }
  }
}
"""
"""About a repository: who has which role, what holds power over it, and which files its three newest releases have.

By GitHub's formula it costs 24 points for a hundred repositories
(https://docs.github.com/en/graphql/overview/rate-limits-and-node-limits-for-the-graphql-api); a test holds that. Most
fields are never null in GitHub's schema, so one that is refused would take the whole repository with it: only what the
installation may see is asked for.
"""

Json = Mapping[str, Any]


class NotWholeError(ValueError):
    """A part of an answer does not have GitHub's shape."""


def _text(state: object) -> str:
    return json.dumps(state, sort_keys=True)  # in ASCII: a name from outside may hold what is no Unicode


def _table(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _members(connection: Json, inside: str = "nodes") -> tuple[list[Json], bool]:
    """Return the members of a connection, and whether these are all."""
    found, total = connection.get(inside), connection.get("totalCount")
    if not isinstance(found, list) or type(total) is not int or not all(isinstance(f, dict) for f in found):
        raise NotWholeError
    return found, total <= len(found)


def _collaborators(answer: Json) -> tuple[object, bool]:
    edges, whole = _members(answer, "edges")
    # Somebody whose account is hidden is no node, and has a role all the same.
    return sorted([str(_table(e.get("node")).get("databaseId")), str(e.get("permission"))] for e in edges), whole


def _plain(answer: Json) -> tuple[object, bool]:
    nodes, whole = _members(answer)
    return sorted((dict(node) for node in nodes), key=_text), whole


def _rules(answer: Json) -> tuple[object, bool]:
    rules, whole = _members(answer)
    found: list[dict[str, object]] = []
    for rule in rules:
        state = dict(rule)
        for name in ("bypassPullRequestAllowances", "reviewDismissalAllowances"):
            state[name], all_of_them = _plain(_table(rule.get(name)))
            whole = whole and all_of_them
        found.append(state)
    return sorted(found, key=_text), whole


def _rulesets(answer: Json) -> tuple[object, bool]:
    """An organisation's ruleset applies to many: of those only which they are is a repository's own matter."""
    nodes, whole = _members(answer)
    own = [_table(node.get("source")).get("__typename") == "Repository" for node in nodes]
    return sorted(
        (dict(node) if mine else {"databaseId": node.get("databaseId")} for node, mine in zip(nodes, own, strict=True)),
        key=_text,
    ), whole


def _releases(answer: Json) -> tuple[object, bool]:
    releases, _ = _members(answer)  # older ones are left to the full look
    found: list[dict[str, object]] = []
    whole = True
    for release in releases:
        state = dict(release)
        state["releaseAssets"], all_of_them = _plain(_table(release.get("releaseAssets")))
        whole = whole and all_of_them
        found.append(state)
    return found, whole


def _environments(answer: Json) -> tuple[object, bool]:
    environments, _ = _members(answer)
    found = [{**e, "protectionRules": _plain(_table(e.get("protectionRules")))[0]} for e in environments]
    return sorted(found, key=_text), False  # the names of their secrets are not told, nor who may review


FIELDS: dict[str, tuple[str, Callable[[Json], tuple[object, bool]]]] = {
    "collaborators": ("repository-collaborators", _collaborators),
    "deployKeys": ("deploy-keys", _plain),
    "branchProtectionRules": ("protected-branches", _rules),
    "rulesets": ("repository-rulesets", _rulesets),
    "releases": ("releases", _releases),
    "environments": ("environment-secrets", _environments),
}
"""Field of the answer -> the source it says something about, and how its mark is made."""

SOURCES = frozenset(source for source, _ in FIELDS.values())


def mark(field: str, answer: object) -> str:
    """Return the mark of one field of one repository's answer.

    Raises:
        NotWholeError: it does not have GitHub's shape.
    """
    if not isinstance(answer, dict):
        raise NotWholeError
    state, whole = FIELDS[field][1](answer)
    return (WHOLE if whole else PARTLY) + hashlib.sha256(_text(state).encode()).hexdigest()[:20]
