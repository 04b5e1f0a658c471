"""Which tags stand for something that was given out, and which are made to be moved."""

from __future__ import annotations

import re

_VERSION = re.compile(r"(?<![0-9])[0-9]+[._-][0-9]")
"""A full version has two numbers or more."""

_MAJOR = re.compile(r"(?:.*[/@-])?[vV]?[0-9]{1,4}")
"""`v4` of an action goes along with `v4.1`, `v4.2` and so on."""

_FOLLOWS = re.compile(
    r"(?:^|[/._-])(?:latest|newest|current|nightly|daily|weekly|edge|tip|head|main|master|trunk|dev|devel|develop|development|"
    r"canary|snapshots?|stable|unstable|testing|staging|prod|production|live|deploy|deployed|deployment|continuous|"
    r"preview|pre|beta|alpha|rc|next|ci|builds?|last|lkgr|good|green|tests?|tmp|temp)(?:$|[/._-])",
    re.IGNORECASE,
)
"""Names of tags that follow something, by custom."""


def names_version(name: str) -> bool:
    """Say whether a tag names one version, which stays what it is."""
    return _VERSION.search(name) is not None


def is_major(name: str) -> bool:
    """Say whether a tag names the newest of a major version."""
    return _MAJOR.fullmatch(name) is not None


def stays(name: str) -> bool:
    """Say whether nothing in a tag's name says that it is made to be moved or to come and go."""
    return name != "" and (names_version(name) or not (is_major(name) or _FOLLOWS.search(name)))
