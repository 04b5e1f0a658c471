"""Send webhook deliveries the way GitHub does: signed, with its headers, and with nobody to send them again.

docs.github.com/webhooks: "Delivery headers" of webhook-events-and-payloads, and "Validating webhook deliveries".
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
from urllib.parse import urlsplit

from demo.story import Delivery


class Sender:
    """Posts deliveries to one app over one connection that is kept open."""

    def __init__(self, url: str, secret: str, app_id: int) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._secret, self._app_id = secret.encode(), app_id
        self._connection: http.client.HTTPConnection | None = None

    def send(self, delivery: Delivery) -> int:
        """Post one delivery and return the status, 0 when nobody answered in ten seconds."""
        body = json.dumps(delivery.payload, separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/demo",
            "X-GitHub-Event": delivery.event,
            "X-GitHub-Delivery": delivery.guid,
            "X-GitHub-Hook-ID": "1",
            "X-GitHub-Hook-Installation-Target-Type": "integration",
            "X-GitHub-Hook-Installation-Target-ID": str(self._app_id),
            "X-Hub-Signature-256": "sha256=" + hmac.new(self._secret, body, hashlib.sha256).hexdigest(),
        }
        for _ in range(2):  # the app may have closed the connection we kept; a second failure is real
            connection = self._connection or http.client.HTTPConnection(self._host, self._port, timeout=10)
            self._connection = connection
            try:
                connection.request("POST", "/webhooks/github", body, headers)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                self.close()
            else:
                return answer.status
        return 0

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
