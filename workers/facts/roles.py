"""Repository roles under the names we use, whatever GitHub's different answers call them."""

from __future__ import annotations

_ROLES = {
    "none": "none",
    "read": "read",
    "pull": "read",
    "triage": "triage",
    "write": "write",
    "push": "write",
    "maintain": "maintain",
    "admin": "admin",
}


_RANKED = ("", "none", "read", "triage", "write", "maintain", "admin")


def higher(one: str, other: str) -> str:
    """Return which of two roles under our names can do more."""
    return max(one, other, key=_RANKED.index)


def repository_role(name: str) -> str:
    """Return none, read, triage, write, maintain or admin; "" for a custom role, whose name says nothing of its power."""
    return _ROLES.get(name.strip().lower(), "")
