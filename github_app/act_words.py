"""What people did, in words that the report's page, its text and its messages share. Plain text, not escaped."""

from __future__ import annotations

from collections.abc import Iterable

from github_app import words
from github_app.acts import Act, BlastRadius, Deed
from github_app.links import Links
from github_app.model import Evidence

TITLES = {
    Deed.PUSHED: "Pushed", Deed.EDITED: "Edited on the website", Deed.MERGED: "Merged",
    Deed.WROTE: "Wrote, landed by others",
    Deed.APPROVED: "Approved", Deed.TAGGED: "Tagged", Deed.TAG_MOVED: "Moved tags", Deed.TAG_DELETED: "Deleted tags",
    Deed.RELEASED: "Released", Deed.RELEASE_CHANGED: "Changed releases", Deed.GRANTED: "Gave roles",
    Deed.WITHDREW: "Took roles away", Deed.KEY_ADDED: "Added deploy keys", Deed.KEY_REMOVED: "Removed deploy keys",
    Deed.CHANGED: "Changed settings", Deed.RECEIVED: "Was given roles",
}  # fmt: skip
"""What a list of each deed is called, in the order of a report."""

NOTE = (
    "It lists what this account did, not that any of it was wrong. What to do first: take the access away, then read from "
    "the top."
)


def summary(found: BlastRadius) -> str:
    """Return one sentence: `Since 2022-12-30: pushed 12, merged 3, tagged 2, in acme/tool and 1 more`."""
    counts = counted(found.total.items())
    first, *more = [part.place for part in found.parts] or ["no repository"]
    return f"Since {words.day(found.since)}: {counts}, in {first}{f' and {len(more)} more' if more else ''}"


def counted(total: Iterable[tuple[Deed, int]]) -> str:
    """Return what was done how often: `pushed 12, merged 3`."""
    return ", ".join(f"{TITLES[deed].lower()} {number:,}" for deed, number in total) or "nothing is known"


def named(act: Act) -> str:
    """Return what an act is known by: a commit, a tag, a pull request."""
    if act.deed in {Deed.PUSHED, Deed.EDITED, Deed.MERGED, Deed.WROTE}:
        return act.value[:10]
    if act.deed is Deed.APPROVED:
        return f"pull request {act.pull}"
    return act.about if act.deed in {Deed.GRANTED, Deed.WITHDREW, Deed.RECEIVED, Deed.CHANGED} else act.value


def said(act: Act) -> str:
    """Return the rest of its line, "" for nothing more."""
    if act.deed in {Deed.PUSHED, Deed.EDITED, Deed.MERGED, Deed.WROTE}:
        commits = f"{words.count(act.count, 'commit')} " if act.count else ""
        pull = f", pull request {act.pull}" if act.pull is not None else ""
        return f"{commits}on {act.about}{pull}"
    if act.deed is Deed.APPROVED:
        return f"by {act.about}"
    if act.deed is Deed.TAGGED:
        return f"signed with {act.about}" if act.about else "not signed"
    return act.about if act.deed in {Deed.TAG_MOVED, Deed.RELEASE_CHANGED, Deed.KEY_ADDED, Deed.KEY_REMOVED} else ""


def url(act: Act, links: Links) -> str:
    """Return where an act can be looked at on GitHub, "" where nowhere."""
    repository = act.repository
    if repository is None:
        return ""
    if act.deed in {Deed.PUSHED, Deed.EDITED, Deed.MERGED, Deed.WROTE}:
        return links.evidence(repository, Evidence(kind="commit", value=act.value))
    if act.pull is not None:
        return links.pull(repository, act.pull)
    tag = act.deed in {Deed.TAGGED, Deed.TAG_MOVED, Deed.RELEASED, Deed.RELEASE_CHANGED}
    return links.evidence(repository, Evidence(kind="tag", value=act.value)) if tag else ""
