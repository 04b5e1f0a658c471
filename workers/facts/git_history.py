"""Facts out of a git history: who landed what, in landing order, and who made and signed which tag.

What git cannot tell stays unknown: who merged a squashed pull request, who pushed a tag, when anything really reached
the server. The committer's date on the first-parent chain, made monotone, stands for the landing time.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from github_app.fact import Commit, CommitsLanded, Fact, TagCreated
from github_app.identity import normalise_email
from github_app.model import Person, Repository, Signature, Source
from workers.facts.signatures import signing_keys
from workers.history import commits, tags
from workers.history.git import Git, GitError, HistoryError
from workers.history.graph import Graph, Landed, landings, load
from workers.history.landing import grouped, how
from workers.history.learned import Learned

__all__ = ["History", "HistoryError", "read"]

_MOST_PATHS_A_LANDING = 50_000
_MOST_KEYS_A_TAG = 8
_MOST_MAILMAP = 1 << 20
_MOST_PROPOSED = 10_000
_PULLS = "refs/pull/"
_EPOCH = dt.datetime.fromtimestamp(0, dt.UTC)


def read(
    repo_path: str | Path,
    *,
    repository: Repository,
    ref: str | None = None,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
) -> Iterator[Fact]:
    """Yield what happened in a git repository, in landing order; see `History`.

    Args:
        repo_path: a repository, bare or not, with or without file contents.
        repository: what the facts say they are about.
        ref: a branch or any name git understands; what HEAD names by default.
        since: leave out what landed before (UTC).
        until: leave out what landed at or after this time (UTC).

    Raises:
        HistoryError: it cannot be read; the text is one sentence.
    """
    return History.open(repo_path, ref=ref).facts(repository, since=since, until=until)


@dataclass(slots=True, kw_only=True)
class History:
    """A git history with its shape read: how long it is, and what of it cannot be known (`gaps`, plain sentences)."""

    git: Git
    ref: str
    graph: Graph
    now: dt.datetime
    mailmap: str = ""
    proposed: frozenset[str] = frozenset()
    gaps: list[str] = field(default_factory=list)
    tag_names: frozenset[str] = frozenset()

    @classmethod
    def open(cls, path: str | Path, *, ref: str | None = None, now: dt.datetime | None = None) -> History:
        """Look at a repository and load the shape of its history (no commit is read yet).

        Raises:
            HistoryError: not a repository, nothing in it, cut off, damaged, or no such ref.
        """
        git = Git.at(path)
        if git.text("rev-parse", "--is-shallow-repository") == "true":
            raise HistoryError(
                f"{git.name} is a shallow clone, its past is cut off: run `git fetch --unshallow` in it first"
            )
        name, commit = git.resolve(ref)
        history = cls(git=git, ref=name, graph=load(git, commit), now=now or dt.datetime.now(dt.UTC))
        history._find_mailmap(commit)
        if name.startswith(_PULLS):
            history._find_proposed(commit)
        return history

    @property
    def commit_count(self) -> int:
        """How many commits the branch has, side branches included."""
        return len(self.graph.shas)

    @property
    def tag_count(self) -> int:
        """How many tags there are; 0 before the facts were read."""
        return len(self.tag_names)

    @property
    def tip(self) -> str:
        """The commit the branch points to."""
        return self.graph.shas[0]

    def facts(
        self,
        repository: Repository,
        *,
        since: dt.datetime | None = None,
        until: dt.datetime | None = None,
        beyond: Learned | None = None,
        landers: Iterable[str] = (),
    ) -> Iterator[Fact]:
        """Yield landings and tags in landing order; memory holds one landing at a time.

        Args:
            repository: what the facts say they are about.
            since: leave out what landed before (UTC).
            until: leave out what landed at or after this time (UTC).
            beyond: leave out what was told earlier, without reading it; see `continues`.
            landers: addresses of those who landed something in what is left out.

        Raises:
            HistoryError: an object is missing or broken; what came before was yielded.
        """
        landed = list(landings(self.graph, int(self.now.timestamp())))
        made = self._tags(landed, repository)
        if beyond is not None:
            known = next((n for n, x in enumerate(landed) if self.graph.shas[x.head] == beyond.tip), -1)
            landed = landed[known + 1 :]
            made = [tag for tag in made if tag.name not in beyond.tags]
        wanted = [x for x in landed if _within(_moment(x.at), since, until)]
        tagged = (tag for tag in made if _within(tag.at, since, until))
        # `merge` is stable: a tag comes after the commits that landed in the same second.
        yield from heapq.merge(self._landings(wanted, repository, landers), tagged, key=lambda fact: fact.at)

    def people(self) -> set[Person]:
        """Return everybody whom the branch names as author or committer.

        Raises:
            HistoryError: an object is missing or broken.
        """
        return commits.people(self.git, self.tip, mailmap=self.mailmap)

    def landers(self, most: int = 500) -> list[str]:
        """Return one commit for each address that landed something, the latest first; for asking whose account it is.

        Raises:
            HistoryError: an object is missing or broken.
        """
        return commits.landers(self.git, self.tip, most)

    def _find_proposed(self, commit: str) -> None:
        """Remember which commits a pull request adds: nobody merged them, so a button's work is an edit on the website."""
        try:
            listed = self.git.text("rev-list", f"--max-count={_MOST_PROPOSED}", commit, "^HEAD", "--")
        except GitError:
            self.gaps.append("there is no default branch here, so what the pull request adds cannot be told from the rest")
            return
        self.proposed = frozenset(listed.split())

    def _find_mailmap(self, commit: str) -> None:
        listed = self.git.text("ls-tree", "-z", commit, "--", ".mailmap")
        if " blob " not in listed:
            return
        blob = listed.split("\t")[0].split(" ")[2]
        try:
            size = self.git.text("cat-file", "-s", blob)
        except GitError:
            self.gaps.append("the repository has a .mailmap whose contents are not in this copy: names are taken as written")
            return
        if int(size) > _MOST_MAILMAP:
            self.gaps.append("the repository's .mailmap is larger than 1 MB and was not used")
            return
        self.mailmap = blob

    def continues(self, learned: Learned | None) -> bool:
        """Say whether the branch only grew since something was learned: its tip then is on the first-parent chain now."""
        tip = self.graph.index.get(learned.tip) if learned is not None else None
        return tip is not None and tip in self.graph.chain()

    def _landings(self, landed: list[Landed], repository: Repository, known: Iterable[str] = ()) -> Iterator[CommitsLanded]:
        stream = commits.read(self.git, self._wanted(landed), mailmap=self.mailmap)
        landers = {normalise_email(address) for address in known}
        return grouped(self._landing(x, stream, repository, landers) for x in landed)

    def _wanted(self, landed: Iterable[Landed]) -> Iterator[commits.Wanted]:
        shas, parents = self.graph.shas, self.graph.parents
        for landing in landed:
            yield from (commits.Wanted(shas[i]) for i in landing.side)
            above = parents[landing.head]
            yield commits.Wanted(shas[landing.head], shas[above[0]] if len(above) > 1 else "")

    def _landing(self, landed: Landed, stream: Iterator[Commit], repository: Repository, landers: set[str]) -> CommitsLanded:
        found = _bounded(islice(stream, len(landed.side) + 1))
        head, above = found[-1], self.graph.parents[landed.head]
        known = how(head, is_merge=len(above) > 1, landed_before=landers, proposed=head.sha in self.proposed)
        if known.actor is not None:
            landers.add(normalise_email(known.actor.email))
        return CommitsLanded(
            at=_moment(landed.at),
            source=Source.GIT,
            repository=repository,
            actor=known.actor,
            ref=self.ref,
            before=self.graph.shas[above[0]] if above else "",
            after=head.sha,
            guarded=True,
            via=known.via,
            commits=found,
            claimed_pull=known.claimed_pull,
        )

    def _tags(self, landed: list[Landed], repository: Repository) -> list[TagCreated]:
        shas = self.graph.shas
        arrived = {shas[i]: x.at for x in landed for i in (*x.side, x.head)}
        written = {sha: self.graph.times[i] for sha, i in self.graph.index.items()}
        found = list(tags.read(self.git, written))
        self.tag_names = frozenset(tag.name for tag in found)
        span = (landed[0].at, landed[-1].at)
        facts = [fact for tag in found for fact in self._tag(tag, arrived, span, repository)]
        return sorted(facts, key=lambda fact: fact.at)

    def _tag(
        self, tag: tags.Tag, arrived: dict[str, int], span: tuple[int, int], repository: Repository
    ) -> Iterator[TagCreated]:
        """Yield a tag as a fact; one that several keys signed is told once for each, so that none hides behind another."""
        first, last = span
        now = int(self.now.timestamp())
        # Without any time of its own it is told at the end, where it can teach nothing too early.
        landed = min(arrived.get(tag.target, tag.target_at) or last, now)
        # A tag cannot be older than what it points to; such a date, or one to come, is made up.
        at = max(first, tag.tagged_at if min(tag.target_at, landed) <= tag.tagged_at <= now else landed)
        keys, gap = signing_keys(tag.signature) if tag.signature else ((), "")
        signatures: list[Signature | None] = [Signature(key=key) for key in keys[:_MOST_KEYS_A_TAG]]
        for signature in signatures or [None]:
            yield TagCreated(
                at=_moment(at),
                source=Source.GIT,
                repository=repository,
                name=tag.name,
                target=tag.target,
                tag_object=tag.tag_object,
                annotated=None if tag.gap and not tag.tag_object else bool(tag.tag_object),
                tagger=tag.tagger,
                signature=signature,
                gap=tag.gap or gap,
            )


def _bounded(found: Iterable[Commit]) -> tuple[Commit, ...]:
    """Keep a landing's paths within bounds; beyond them only those that steer GitHub itself."""
    kept: list[Commit] = []
    total = 0
    for commit in found:
        total += len(commit.paths)
        few = total > _MOST_PATHS_A_LANDING
        paths = tuple(p for p in commit.paths if p.path.startswith(".github/")) if few else commit.paths
        kept.append(replace(commit, paths=paths) if few else commit)
    return tuple(kept)


def _moment(stamp: int) -> dt.datetime:
    return _EPOCH + dt.timedelta(seconds=stamp)


def _within(at: dt.datetime, since: dt.datetime | None, until: dt.datetime | None) -> bool:
    return (since is None or at >= since) and (until is None or at < until)
