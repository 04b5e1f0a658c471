"""Did GitHub or Slack send these bytes? Pure functions over the body as it came; nothing here reads a clock.

GitHub: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries (SHA-256 only; the older
`X-Hub-Signature` with SHA-1 is never looked at). Slack: https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Iterable

SLACK_WINDOW = dt.timedelta(minutes=5)
"""How old or how far ahead a Slack request may be, so that a recorded one cannot be sent again later."""


def sign_github(secret: str, body: bytes) -> str:
    """Return the value of `X-Hub-Signature-256` for a body."""
    return "sha256=" + hmac.digest(secret.encode(), body, "sha256").hex()


def from_github(secrets: Iterable[str], body: bytes, signature: str) -> bool:
    """Say whether the value of `X-Hub-Signature-256` was made with one of the secrets (the current and the previous one).

    An empty secret is no secret: it proves nothing and is passed over.
    """
    # compare_digest refuses text beyond ASCII with a TypeError; a header can hold any byte.
    if not signature.isascii():
        return False
    matches = [hmac.compare_digest(sign_github(secret, body), signature) for secret in secrets if secret]
    return any(matches)


def sign_slack(secret: str, body: bytes, timestamp: str) -> str:
    """Return the value of `X-Slack-Signature` for a body and the value of `X-Slack-Request-Timestamp`."""
    return "v0=" + hmac.digest(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, "sha256").hex()


def from_slack(secret: str, body: bytes, *, timestamp: str, signature: str, now: dt.datetime) -> bool:
    """Say whether Slack signed the body within `SLACK_WINDOW` of `now` (UTC).

    `timestamp` and `signature` are the values of `X-Slack-Request-Timestamp` (seconds since 1970) and `X-Slack-Signature`.
    """
    if not secret or not signature.isascii() or not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    if abs(now.timestamp() - int(timestamp)) > SLACK_WINDOW.total_seconds():
        return False
    return hmac.compare_digest(sign_slack(secret, body, timestamp), signature)
