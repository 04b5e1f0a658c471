"""`create` and `delete`: a tag appeared or is gone, by name only.

GitHub sends the `push` of the same tag too, which also names the object, and neither of them when more than three tags are
pushed at once. Both are read all the same: deliveries get lost and GitHub does not send them again, so either of the two
is enough. One tag still alerts once, because both facts name the same actor and tag: the second finds the power in use
already, and what a detector says about a tag carries the same fingerprint.
https://docs.github.com/en/webhooks/webhook-events-and-payloads#create
"""

from __future__ import annotations

from github_app.branches import released_from
from github_app.fact import Fact, TagCreated, TagDeleted
from github_app.happenings import BranchDeleted
from workers.facts.events import Handler, Ignored, Unreadable
from workers.facts.events import _fields as read
from workers.facts.events._envelope import Envelope


def _created(envelope: Envelope) -> tuple[Fact, ...] | Ignored:
    name = _tag(envelope)
    if isinstance(name, Ignored):
        return name
    gap = "the create event names no object"
    return (TagCreated(name=name, target="", gap=gap, **envelope.common(at=envelope.pushed_at)),)


def _deleted(envelope: Envelope) -> tuple[Fact, ...] | Ignored:
    if envelope.payload.get("ref_type") == "branch":
        return branch_deleted(envelope, read.text(envelope.payload.get("ref")).removeprefix("refs/heads/"))
    name = _tag(envelope)
    return name if isinstance(name, Ignored) else (TagDeleted(name=name, **envelope.common(at=envelope.pushed_at)),)


def branch_deleted(envelope: Envelope, name: str, before: str = "") -> tuple[Fact, ...]:
    """Return the fact of a deleted branch. Merged branches go all day; a guard that forbids it may be stored for any."""
    if envelope.repository is None or not name:
        raise Unreadable(f"{envelope.event}: it names no branch of a repository")
    guarded = name == envelope.repository.default_branch or released_from(name)
    return (BranchDeleted(name=name, guarded=guarded, before=before, **envelope.common(at=envelope.pushed_at)),)


def _tag(envelope: Envelope) -> str | Ignored:
    kind = envelope.payload.get("ref_type")
    if kind == "branch":
        return Ignored(f"{envelope.event}: of a branch, not watched yet")
    name = read.text(envelope.payload.get("ref")).removeprefix("refs/tags/")
    if kind != "tag" or not name:
        raise Unreadable(f"{envelope.event}: it names neither a tag nor a branch")
    if envelope.repository is None:
        raise Unreadable(f"{envelope.event}: it names no repository")
    return name


HANDLERS = (
    Handler(event="create", permission=("contents", "read"), reads={"": _created}),
    Handler(event="delete", permission=("contents", "read"), reads={"": _deleted}),
)
