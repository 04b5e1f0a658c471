"""`installation` and `installation_repositories`: the app itself came, went, or sees other repositories.

GitHub sends these to every app unasked and refuses them in a manifest. The facts name the account that installed the
app as `organization`, also when it is a person's.
https://docs.github.com/en/webhooks/webhook-events-and-payloads#installation
"""

from __future__ import annotations

from dataclasses import replace

from github_app.fact import Fact, InstallationChanged
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
    return (fact,)


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
)
