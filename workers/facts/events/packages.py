"""`registry_package`: a version of a package was published on GitHub's own registries.

The event `package` says the same to other webhooks; an app gets this one.
https://docs.github.com/en/webhooks/webhook-events-and-payloads#registry_package
"""

from __future__ import annotations

from github_app.fact import Fact
from github_app.happenings import PackagePublished
from workers.facts.events import Handler, Unreadable
from workers.facts.events import _fields as read
from workers.facts.events._envelope import Envelope


def _published(envelope: Envelope) -> tuple[Fact, ...]:
    package = read.table(envelope.payload.get("registry_package"))
    version = read.table(package.get("package_version"))
    name, common = read.text(package.get("name"), 200), envelope.common(url=package.get("html_url"))
    if not name:
        raise Unreadable("registry_package: it names no package")
    if envelope.repository is None:
        owner = read.table(package.get("owner"))
        login, number = envelope.account
        common |= {"organization": login or read.text(owner.get("login"), 100)}
        common |= {"organization_id": number or read.number(owner.get("id"))}
    fact = PackagePublished(
        name=name,
        version=read.text(version.get("version"), 200),
        ecosystem=read.text(package.get("ecosystem"), 60) or read.text(package.get("package_type"), 60),
        **common | {"actor": read.person(version.get("author")) or envelope.sender},
    )
    return (fact,)


HANDLERS = (Handler(event="registry_package", permission=("packages", "read"), reads={"published": _published}),)
