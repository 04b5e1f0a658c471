"""The app itself: it came, went, sees other repositories or may do other things; its account was renamed, its hook deleted.

GitHub sends these to every app unasked and refuses them in a manifest (`meta` goes with the hook that is deleted). The
facts name the account that installed the app as `organization`, also when it is a person's.
https://docs.github.com/en/webhooks/webhook-events-and-payloads#installation
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from github_app.estate import UNTOLD_NAME, InventoryChanged, Thing, settings
from github_app.fact import Fact, InstallationChanged
from github_app.happenings import Happened, What
from github_app.model import Repository
from workers.facts.events import Handler, Unreadable
from workers.facts.events import _fields as read
from workers.facts.events._envelope import Envelope


def _changed(envelope: Envelope) -> tuple[Fact, ...]:
    if envelope.installation_id is None:
        raise Unreadable(f"{envelope.event}: it names no installation")
    account = read.table(read.table(envelope.payload.get("installation")).get("account"))
    owner_id = read.number(account.get("id"))
    common = envelope.common()
    common |= {"repository": None, "organization": read.text(account.get("login"), 100), "organization_id": owner_id}
    of_app = envelope.event == "installation"
    gained = "repositories" if of_app else "repositories_added"
    lost = "repositories" if of_app else "repositories_removed"
    fact = InstallationChanged(
        action=envelope.action,
        installation_id=envelope.installation_id,
        added=_repositories(envelope, gained, owner_id) if envelope.action in {"created", "added"} else (),
        removed=_repositories(envelope, lost, owner_id) if envelope.action in {"deleted", "removed"} else (),
        **common,
    )
    permissions = _permissions(envelope, common)
    return (fact, permissions) if permissions is not None else (fact,)


def _permissions(envelope: Envelope, common: dict[str, Any]) -> Fact | None:
    """What the app may do, where GitHub tells of a change: it is remembered, so that the next change can be compared."""
    if envelope.action not in {"created", "new_permissions_accepted"}:
        return None
    shown = read.table(read.table(envelope.payload.get("installation")).get("permissions"))
    return InventoryChanged(
        thing=Thing.THIS_APP,
        key=f"installation:{envelope.installation_id}",
        name=read.text(read.table(envelope.payload.get("installation")).get("app_slug"), 100) or "this app",
        action="added" if envelope.action == "created" else "changed",
        before=() if envelope.action == "created" else None,
        after=settings({name: read.text(level, 20) for name, level in list(shown.items())[:200]}),
        **common,
    )


def _renamed(envelope: Envelope) -> tuple[Fact, ...]:
    account = read.table(envelope.payload.get("account"))
    number, now = read.number(account.get("id")), read.text(account.get("login") or account.get("slug"), 100)
    now = now or read.link(account.get("html_url")).rstrip("/").rpartition("/")[2][:100] or f"account {number}"
    if not number:
        raise Unreadable("installation_target: it names no account")
    changes = read.table(envelope.payload.get("changes"))
    old = read.text(read.table(changes.get("login") or changes.get("slug")).get("from"), 100)
    common = envelope.common() | {"repository": None, "organization": now, "organization_id": number}
    fact = InventoryChanged(
        thing=Thing.ORGANIZATION,
        key="name",
        name=now,
        action="changed",
        before=settings({"name": old or UNTOLD_NAME}),
        after=settings({"name": now}),
        **common,
    )
    return (fact,)


def _revoked(envelope: Envelope) -> tuple[Fact, ...]:
    who = envelope.sender
    if who is None:
        raise Unreadable("github_app_authorization: it names no account")
    common = envelope.common() | {"repository": None, "organization": who.login, "organization_id": who.id or 0}
    return (Happened(what=What.AUTHORIZATION_REVOKED, name=who.login, subject=who, **common),)


def _hook_deleted(envelope: Envelope) -> tuple[Fact, ...]:
    hook = read.table(envelope.payload.get("hook"))
    if not hook and not read.number(envelope.payload.get("hook_id")):
        raise Unreadable("meta: it names no hook")
    common = envelope.common()
    account = read.table(read.table(envelope.payload.get("installation")).get("account"))
    if not common["organization_id"]:
        common["organization"], common["organization_id"] = (
            read.text(account.get("login"), 100),
            read.number(account.get("id")),
        )
    # The hook's address may carry a secret, so only its host is kept.
    host = read.link(read.table(hook.get("config")).get("url")).partition("://")[2].partition("/")[0].rpartition("@")[2]
    return (Happened(what=What.HOOK_DELETED, name=host[:200] or "a hook", **common),)


def _repositories(envelope: Envelope, key: str, owner_id: int) -> tuple[Repository, ...]:
    """Read the short form of repositories, which leaves out their owner: the account of the installation."""
    found = (read.repository(value) for value in read.items(envelope.payload.get(key)))
    return tuple(replace(r, owner_id=r.owner_id or owner_id) for r in found if r is not None)


_ACTIONS = ("created", "deleted", "suspend", "unsuspend", "new_permissions_accepted")

HANDLERS = (
    Handler(event="installation", permission=None, reads=dict.fromkeys(_ACTIONS, _changed)),
    Handler(
        event="installation_repositories",
        permission=None,
        reads={"added": _changed, "removed": _changed},
    ),
    Handler(event="installation_target", permission=None, reads={"renamed": _renamed}),
    Handler(event="github_app_authorization", permission=None, reads={"revoked": _revoked}),
    Handler(event="meta", permission=None, reads={"deleted": _hook_deleted}),
)
