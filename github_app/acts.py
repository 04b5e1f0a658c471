"""Acts: what each person did with a power, one line for each, so that an incident can be told in full. Pure.

The ledger remembers who holds which power; acts remember what it was used for. Comments are no acts.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from github_app import fact as f
from github_app.estate import GuardChanged, InventoryChanged
from github_app.identity import is_web_flow, keys
from github_app.model import Person, Repository, Rung
from github_app.weakening import losses

_MOST_LOSSES = 3


class Deed(StrEnum):
    """What was done; in the order in which a report tells it."""

    PUSHED = "pushed"
    EDITED = "edited"
    MERGED = "merged"
    WROTE = "wrote"
    APPROVED = "approved"
    TAGGED = "tagged"
    TAG_MOVED = "tag_moved"
    TAG_DELETED = "tag_deleted"
    RELEASED = "released"
    RELEASE_CHANGED = "release_changed"
    GRANTED = "granted"
    WITHDREW = "withdrew"
    KEY_ADDED = "key_added"
    KEY_REMOVED = "key_removed"
    CHANGED = "changed"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One deed of one person. `value` names the thing (a commit, a tag, a key), `about` says on what or to whom.

    `count` is how many commits, `pull` the pull request. `at` is the landing time (UTC).
    """

    deed: Deed
    at: dt.datetime
    person: Person
    repository: Repository | None = None
    organization: str = ""
    value: str = ""
    about: str = ""
    count: int = 0
    pull: int | None = None
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What happened in one repository or organisation, with the person's ladder there; `gaps` say what is not known.

    `scope` is `repo:ID` or `org:ID`, by which it is known who may see it; earlier reports have its login.
    """

    place: str
    ladder: tuple[Rung, ...]
    acts: tuple[Act, ...]
    gaps: tuple[str, ...] = ()
    scope: str = ""

    @property
    def total(self) -> Mapping[Deed, int]:
        """How often each deed was done here, in the order of a report; commits are counted one by one."""
        return _total(self.acts)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlastRadius:
    """The report. `since` is the first step to power anywhere, or what was asked for; times in UTC."""

    person: Person
    names: tuple[str, ...]
    since: dt.datetime
    made_at: dt.datetime
    parts: tuple[Part, ...]

    @property
    def total(self) -> Mapping[Deed, int]:
        """How often each deed was done, in the order of a report; commits are counted one by one."""
        return _total(act for part in self.parts for act in part.acts)


def _total(acts: Iterable[Act]) -> Mapping[Deed, int]:
    found: dict[Deed, int] = defaultdict(int)
    for act in acts:
        found[act.deed] += max(act.count, 1)
    return {deed: found[deed] for deed in Deed if found[deed]}


def acts_of(fact: f.Fact) -> tuple[Act, ...]:
    """Return what people did in a fact; nothing for what nobody did, or only said."""
    rule = _RULES.get(type(fact))
    return tuple(act for act in rule(fact) if keys(act.person)) if rule is not None else ()


def _act(fact: f.Fact, deed: Deed, person: Person | None, **more: Any) -> Iterator[Act]:
    if person is not None:
        common = {"at": fact.at, "repository": fact.repository, "organization": fact.organization, "url": fact.url}
        yield Act(deed=deed, person=person, **(common | more))


def _landed(fact: f.CommitsLanded) -> Iterator[Act]:
    if not fact.guarded:
        return
    deed = {f.Landing.MERGE: Deed.MERGED, f.Landing.WEB: Deed.EDITED}.get(fact.via, Deed.PUSHED)
    branch = fact.ref.removeprefix("refs/heads/")
    common = {"about": branch, "pull": fact.pull}
    yield from _act(fact, deed, fact.actor, value=fact.after, count=len(fact.commits), **common)
    written: dict[Person, list[str]] = {}
    for commit in fact.commits:
        if not is_web_flow(commit.author) and set(keys(commit.author)).isdisjoint(keys(fact.actor) if fact.actor else ()):
            written.setdefault(commit.author, []).append(commit.sha)
    for author, shas in written.items():
        yield from _act(fact, Deed.WROTE, author, value=shas[-1], count=len(shas), url="", **common)


def _merged(fact: f.PullMerged) -> Iterator[Act]:
    if fact.guarded:
        yield from _act(fact, Deed.MERGED, fact.actor, value=fact.merge_sha, about=fact.base_ref, pull=fact.number)


def _tagged(fact: f.TagCreated) -> Iterator[Act]:
    signed = fact.signature.key.name if fact.signature else ""
    yield from _act(fact, Deed.TAGGED, fact.actor or fact.tagger, value=fact.name, about=signed)


def _reviewed(fact: f.ReviewGiven) -> Iterator[Act]:
    if fact.verdict == "approved":
        value, about = f"{fact.number}:{fact.commit}", fact.author.label
        yield from _act(fact, Deed.APPROVED, fact.actor, value=value, about=about, pull=fact.number)


def _access(fact: f.AccessChanged) -> Iterator[Act]:
    deed = Deed.WITHDREW if fact.after == "none" else Deed.GRANTED
    about = f"{fact.after or 'a role'} to {fact.subject.label}" if deed is Deed.GRANTED else fact.subject.label
    named = f"{fact.at.isoformat()} {fact.subject.label} {fact.after}"
    yield from _act(fact, deed, fact.actor, value=named, about=about)
    if deed is Deed.GRANTED:
        giver = f" from {fact.actor.label}" if fact.actor else ""
        yield from _act(fact, Deed.RECEIVED, fact.subject, value=named, about=f"{fact.after or 'a role'}{giver}")


def _key(fact: f.DeployKeyChanged) -> Iterator[Act]:
    deed = Deed.KEY_ADDED if fact.added else Deed.KEY_REMOVED
    kind = "reads" if fact.read_only else "writes"
    yield from _act(fact, deed, fact.actor, value=str(fact.key_id), about=f"{fact.title} ({kind})")


def _released(fact: f.ReleaseChanged) -> Iterator[Act]:
    if not fact.draft:
        deed = Deed.RELEASED if fact.action in {"published", "released", "prereleased"} else Deed.RELEASE_CHANGED
        about = "" if deed is Deed.RELEASED else fact.action
        yield from _act(fact, deed, fact.actor, value=fact.tag, about=about)


def _guard(fact: GuardChanged) -> Iterator[Act]:
    known = fact.before is not None and fact.after is not None
    lost = losses(fact.guard, fact.before or (), fact.after or ()) if known else []
    yield from _change(fact, fact.guard, lost[:_MOST_LOSSES])


def _change(fact: GuardChanged | InventoryChanged, thing: str, lost: Collection[str] = ()) -> Iterator[Act]:
    """`value` has the time in it: the same setting can be changed many times. Values of settings are not repeated."""
    about = f"{thing.replace('-', ' ')} {fact.name} {fact.action}".replace("  ", " ")
    if isinstance(fact, InventoryChanged) and fact.subject is not None and fact.subject.label not in fact.name:
        about += f", for {fact.subject.label}"
    if lost:
        about += f": {'; '.join(lost)}"
    named = f"{fact.at.isoformat()} {thing} {fact.key} {fact.action}"
    yield from _act(fact, Deed.CHANGED, fact.actor, value=named, about=about)


_RULES: dict[type[f.Fact], Callable[[Any], Iterable[Act]]] = {
    f.CommitsLanded: _landed,
    f.PullMerged: _merged,
    f.TagCreated: _tagged,
    f.TagMoved: lambda fact: _act(fact, Deed.TAG_MOVED, fact.actor, value=fact.name, about=f"to {fact.after[:10]}"),
    f.TagDeleted: lambda fact: _act(fact, Deed.TAG_DELETED, fact.actor, value=fact.name),
    f.ReviewGiven: _reviewed,
    f.AccessChanged: _access,
    f.DeployKeyChanged: _key,
    f.ReleaseChanged: _released,
    GuardChanged: _guard,
    InventoryChanged: lambda fact: _change(fact, fact.thing),
}
