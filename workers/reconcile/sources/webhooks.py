"""Webhooks: where events of the organisation and of its repositories are sent.

https://docs.github.com/en/rest/orgs/webhooks, https://docs.github.com/en/rest/repos/webhooks
"""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from github_app.estate import Thing, settings
from workers.reconcile.asking import Json, texts
from workers.reconcile.declare import ORGANISATION, REPOSITORY, Look, Origin, Seen, inventory


def _hook(value: Json) -> Json:
    config = value.get("config")
    events = value.get("events")
    url = config.get("url") if isinstance(config, dict) else ""
    return texts(value, "id", "active") | {
        "to": _place(url if isinstance(url, str) else ""),
        "verifies": str(config.get("insecure_ssl", "0")) == "0" if isinstance(config, dict) else True,
        "events": [e for e in events if isinstance(e, str)] if isinstance(events, list) else [],
    }


def _place(url: str) -> str:
    """Return where a webhook goes without what may be a secret in it: user, query, and all but the hash of the path."""
    try:
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.hostname or ''}" + (f":{parts.port}" if parts.port else "")
    except ValueError:
        host = "an address that cannot be read"
    return f"{host} ({hashlib.sha256(url.encode('utf-8', 'replace')).hexdigest()[:8]})"


def _hooks(look: Look) -> dict[str, Seen]:
    base = look.repo if look.repository else look.organisation
    found = look.ask.items(f"{base}/hooks", f"the webhooks of {look.where}", _hook)
    return {
        f"webhook:{hook['id']}": Seen(
            name=hook["to"],
            settings=settings(
                {
                    "to": hook["to"],
                    "active": bool(hook.get("active")),
                    "verifies certificates": hook["verifies"],
                    "event": hook["events"],
                }
            ),
        )
        for hook in found
        if "id" in hook
    }


SOURCES = (
    Origin(
        name="organisation-webhooks",
        sees="where the organisation's events are sent",
        scope=ORGANISATION,
        needs={"organization_hooks": "read"},
        kind=Thing.ORG_WEBHOOK,
        read=_hooks,
        tell=inventory(Thing.ORG_WEBHOOK),
    ),
    Origin(
        name="repository-webhooks",
        sees="where a repository's events are sent",
        scope=REPOSITORY,
        needs={"repository_hooks": "read"},
        kind=Thing.REPO_WEBHOOK,
        read=_hooks,
        tell=inventory(Thing.REPO_WEBHOOK),
    ),
)
