"""What of a clone was learned already, noted in the clone itself: a second learning reads only what came after.

The note is believed only together with a ledger that was settled: a clone can outlive its database, and the other way round.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from workers.history.git import Git

_FILE = "trust-alerts-learned.json"


@dataclass(frozen=True, slots=True)
class Learned:
    """Everything behind the commit `tip`, and the tags of these names."""

    tip: str
    tags: frozenset[str]


def note(git: Git, learned: Learned) -> None:
    """Write down what was learned; in one piece, or not at all."""
    path = git.git_dir / _FILE
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps({"tip": learned.tip, "tags": sorted(learned.tags)}), "utf-8")
    draft.replace(path)


def noted(git: Git) -> Learned | None:
    """Return what was noted; None when nothing was, or it cannot be read."""
    try:
        told = json.loads((git.git_dir / _FILE).read_text("utf-8"))
        return Learned(str(told["tip"]), frozenset(map(str, told["tags"])))
    except (OSError, ValueError, TypeError, KeyError):
        return None
