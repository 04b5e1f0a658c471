"""What a branch's guards ask, in a story."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from github_app.rules import Rule, Rules

_ABOUT_THE_CHANGE = frozenset({"straight", "before"})


def rules_of(told: Mapping[str, Any] | None) -> Rules | None:
    """`{pull_request: true, approvals: 2, straight: true}`: fields of `Rule`, and how the change fared (`Rules`)."""
    if not told:
        return None
    asks = {name: value for name, value in told.items() if name not in _ABOUT_THE_CHANGE}
    about = {name: value for name, value in told.items() if name in _ABOUT_THE_CHANGE}
    return Rules(rules=(Rule(**{"guard": "the ruleset “main”", **asks}),), **about)
