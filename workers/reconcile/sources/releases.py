"""Releases: replacing a file of a release sends no event at all, so files are compared by the digests GitHub gives.

https://docs.github.com/en/rest/releases/releases#list-releases; digests are there for files uploaded since June 2025.
"""

from __future__ import annotations

from collections.abc import Sequence

from github_app.estate import Settings, settings, value_of
from github_app.fact import Fact
from github_app.model import Asset, Person
from github_app.releases import ReleaseFilesChanged
from workers.facts.events import _fields as read
from workers.facts.events.releases import assets
from workers.reconcile.asking import Json
from workers.reconcile.declare import REPOSITORY, Difference, Look, Origin, Seen

RELEASE = "release"
"""The kind of their snapshots."""
NEWEST = 50
"""How many releases are compared: the newest ones, in one request."""
_FILE = "asset:"


def _pick(value: Json) -> Json:
    author = read.person(value.get("author")) or Person()
    return {
        "id": read.number(value.get("id")),
        "tag": read.text(value.get("tag_name")),
        "draft": value.get("draft") is True,
        "author": _written(author),
        "files": {a.name: f"{a.id} {a.size} {a.digest or '-'} {_written(a.uploader)}" for a in assets(value.get("assets"))},
    }


def _releases(look: Look) -> dict[str, Seen]:
    what = f"the releases of {look.where}"
    found = look.ask.items(f"{look.repo}/releases", what, _pick, paged=False, per_page=str(NEWEST))
    return {
        f"release:{r['id']}": Seen(
            name=r["tag"],
            settings=settings({"tag": r["tag"], "author": r["author"], **{_FILE + n: f for n, f in r["files"].items()}}),
        )
        for r in found
        if r["id"] and r["tag"] and not r["draft"]
    }


def _tell(look: Look, found: Sequence[Difference]) -> list[Fact]:
    """Tell which files changed; of a new release all are new. That a release left the list of the newest says nothing."""
    facts: list[Fact] = []
    for d in found:
        if d.after is None:
            continue
        before, after = _files(d.before.settings if d.before else ()), _files(d.after.settings)
        if before != after or d.before is None:
            facts.append(
                ReleaseFilesChanged(
                    release_id=int(d.key.partition(":")[2]),
                    tag=d.after.name,
                    author=_person(value_of(d.after.settings, "author")),
                    before=before,
                    after=after,
                    **look.common(),
                )
            )
    return facts


def _files(kept: Settings) -> tuple[Asset, ...]:
    found = []
    for setting in kept:
        if setting.name.startswith(_FILE) and setting.value.count(" ") >= 3:
            number, size, digest, who = setting.value.split(" ", 3)
            found.append(
                Asset(
                    id=int(number),
                    name=setting.name.removeprefix(_FILE),
                    size=int(size),
                    digest="" if digest == "-" else digest,
                    uploader=_person(who),
                )
            )
    return tuple(found)


def _written(who: Person) -> str:
    return f"{who.id or 0} {'bot' if who.bot else 'person'} {who.login}"


def _person(text: str) -> Person:
    number, _, rest = text.partition(" ")
    kind, _, login = rest.partition(" ")
    return Person(id=int(number) if number.isdigit() and number != "0" else None, login=login, bot=kind == "bot")


SOURCES = (
    Origin(
        name="releases",
        sees="files of releases that were replaced",
        scope=REPOSITORY,
        needs={"contents": "read"},
        kind=RELEASE,
        read=_releases,
        tell=_tell,
        log=True,
    ),
)
