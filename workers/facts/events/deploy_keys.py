"""`deploy_key`: a key that belongs to no person can read or write the repository, or can no longer.

https://docs.github.com/en/webhooks/webhook-events-and-payloads#deploy_key
"""

from __future__ import annotations

import base64
import binascii
import hashlib

from github_app.fact import DeployKeyChanged, Fact
from workers.facts.events import Handler, Unreadable
from workers.facts.events import _fields as read
from workers.facts.events._envelope import Envelope


def _changed(envelope: Envelope) -> tuple[Fact, ...]:
    key = read.table(envelope.payload.get("key"))
    number = read.number(key.get("id"))
    if envelope.repository is None or not number:
        raise Unreadable("deploy_key: it names no key of a repository")
    added = envelope.action == "created"
    fact = DeployKeyChanged(
        key_id=number,
        title=read.text(key.get("title")),
        fingerprint=fingerprint(read.text(key.get("key"), 20_000)),
        # A key whose power is not told is taken for the stronger one.
        read_only=key.get("read_only") is True,
        added=added,
        secluded=_secluded(envelope),
        **envelope.common(at=read.when(key.get("created_at")) if added else None),
    )
    return (fact,)


def fingerprint(public_key: str) -> str:
    """Return an OpenSSH public key's fingerprint as `ssh-keygen -l` prints it, or "" when it is no such key."""
    parts = public_key.split()
    if len(parts) < 2:
        return ""
    try:
        blob = base64.b64decode(parts[1], validate=True)
    except (binascii.Error, ValueError):
        return ""
    # The blob repeats the key's type, with its length in front (RFC 4253, 6.6); anything else is cut off or made up.
    if blob[4 : 4 + len(parts[0])] != parts[0].encode("utf-8", "replace"):
        return ""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode("ascii").rstrip("=")


def _secluded(envelope: Envelope) -> bool | None:
    private = read.table(envelope.payload.get("repository")).get("private")
    return private if isinstance(private, bool) else None


HANDLERS = (
    Handler(
        event="deploy_key",
        permission=("deployments", "read"),
        reads={"created": _changed, "deleted": _changed},
    ),
)
