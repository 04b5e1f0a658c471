"""Names of branches that mean something by custom."""

from __future__ import annotations

import re

_RELEASED_FROM = re.compile(
    r"(?:main|master|trunk|stable|release[sd]?|rel|maint(?:enance)?|lts|v?\d+\.(?:\d+|x))(?:[/._-].*)?"
)


def released_from(name: str) -> bool:
    """Say whether a branch is named like those that releases are made from."""
    return _RELEASED_FROM.fullmatch(name) is not None
