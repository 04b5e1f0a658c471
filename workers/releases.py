"""Look into releases: compare what was uploaded with the tag, and what proves its origin with the last release's.

`attach` notes which releases are to be looked into, in the transaction of what told us of them; `examine` does it, as a job
of its own, because files of hundreds of megabytes may have to be fetched. What it finds are facts, judged like all others.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import socket
import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

from sqlalchemy import Connection

from github_app.fact import Fact
from github_app.model import Asset, Person, Repository, Source
from github_app.proofs import Proof
from github_app.releases import ArchiveCompared
from github_app.store import ConflictError, Looked, Watch
from workers import provenance, release_proofs
from workers.facts.events import _fields as read
from workers.facts.events.releases import assets as read_assets
from workers.github import Refused, Unavailable
from workers.github_releases import GitHubReleases, TooLarge
from workers.release_queue import standing_for
from workers.runtime import Runtime, utcnow
from workers.tarball import compare, contents, names
from workers.tarball.limits import Limits, Unfit, Why
from workers.tarball.tree import Tree
from workers.told import judge_facts

log = logging.getLogger(__name__)

COMPLETE = dt.timedelta(hours=2)
"""How long a release may take to be complete: builds upload signatures and attestations after they publish it."""
AGAIN, LONGEST_PAUSE = dt.timedelta(minutes=15), dt.timedelta(hours=3)
MOST_ATTEMPTS = 24
"""Together with growing pauses about two days: a day without GitHub loses no release."""
LEASE_SECONDS = 900.0
"""One release takes less: a few downloads within the limits of `workers.tarball`."""
_MOST_ARCHIVES, _MOST_BLOBS = 4, 20
_LEARNED = 3
"""How many releases before the first that is looked into are looked at to know what is usual."""


@dataclass(slots=True)
class _Seen:
    """What was found in one release."""

    facts: list[Fact] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)
    archives: int = 0
    proofs: list[Proof] = field(default_factory=list)
    sources: bool = False
    notes: list[str] = field(default_factory=list)


def examine(runtime: Runtime, repository_id: int, now: dt.datetime) -> int:
    """Look into a repository's waiting releases, oldest first; return how many were done.

    Killed at any time, the next call begins with the release that was not finished. Trouble is noted and tried again, and
    in the end given up with a sentence for `doctor`; it never becomes a finding.
    """
    watch = runtime.store.repositories.get_many([repository_id]).get(repository_id)
    if runtime.app is None or watch is None or watch.state == "removed" or watch.installation_id is None:
        return 0
    lease, owner = f"examine:{repository_id}", f"{socket.gethostname()}:{uuid.uuid4()}"
    done = 0
    try:
        for looked in runtime.store.releases.waiting(repository_id, now):
            if not runtime.store.leases.acquire(lease, owner, LEASE_SECONDS, utcnow()):
                break
            done += _Examination(runtime, watch, GitHubReleases(runtime.app, runtime.settings), now).one(looked)
    finally:
        runtime.store.leases.release(lease, owner)
    return done


class _Examination:
    def __init__(self, runtime: Runtime, watch: Watch, github: GitHubReleases, now: dt.datetime) -> None:
        self.runtime, self.store, self.watch, self.github, self.now = runtime, runtime.store, watch, github, now
        self.repo: Repository = watch.repository
        self.installation = watch.installation_id or 0

    def one(self, looked: Looked) -> bool:
        """Look into one release and commit what follows from it."""
        try:
            found = self.github.release(self.repo, self.installation, looked.release_id)
            if found is None or found.get("draft") is True:
                return self._give_up(looked, "it is gone, or a draft again", problem=False)
            looked = replace(looked, published_at=read.when(found.get("published_at")) or looked.published_at)
            earlier = self.store.releases.earlier(self.repo.id, looked.release_id) or self._learn(looked)
            seen = self._look(found, looked, earlier)
            return self._conclude(found, looked, earlier, seen)
        except (Unavailable, ConflictError) as error:
            return self._later(looked, str(error), getattr(error, "retry_at", self.now))
        except Refused as error:
            return self._give_up(looked, str(error), problem=True)

    def _conclude(self, found: dict[str, Any], looked: Looked, earlier: Sequence[Looked], seen: _Seen) -> bool:
        """Compare its proofs with the last release's and commit; a release that may not be complete yet waits."""
        told = release_proofs.compared(replace(looked, line=_line(found)), earlier, seen.proofs, seen.sources)
        if told is not None:
            if (told.lost or told.uncovered) and self.now - looked.published_at < COMPLETE:
                with self.store.begin() as conn:
                    wait = "some of its proofs are not there yet"
                    self.store.releases.later(conn, looked, self.now + AGAIN, wait, failed=False)
                return False
            seen.facts.append(replace(told, **self._common(found)))
        self._finish(looked, found, seen)
        return True

    def _finish(self, looked: Looked, found: dict[str, Any], seen: _Seen) -> None:
        known = replace(
            looked, line=_line(found), note="; ".join(seen.notes)[:500], archives=seen.archives,
            marks=frozenset(seen.marks), proofs=tuple(seen.proofs),
        )  # fmt: skip

        def also(connection: Connection) -> None:
            self.store.releases.done(connection, known, self.now)
            self.store.problems.clear(connection, self._problem(looked))

        judge_facts(self.runtime, f"repo:{self.repo.id}", seen.facts, self.now, installation_id=self.installation, also=also)
        log.info("looked into a release", extra={"repository": self.repo.full_name, "tag": looked.tag, "note": known.note})

    def _learn(self, looked: Looked) -> list[Looked]:
        """Look at the releases before this one, for what is usual here; nothing in them is told."""
        learned: list[Looked] = []
        listed = [r for r in self.github.releases(self.repo, self.installation) if r.get("draft") is not True]
        older = [r for r in listed if (at := read.when(r.get("published_at"))) is not None and at < looked.published_at]
        for found in sorted(older, key=lambda r: str(r.get("published_at")), reverse=True)[:_LEARNED]:
            number, tag = read.number(found.get("id")), read.text(found.get("tag_name"))
            at = read.when(found.get("published_at")) or self.now
            if not number or not tag:
                continue
            files = standing_for(tag, read_assets(found.get("assets")))
            bare = Looked(repository_id=self.repo.id, release_id=number, tag=tag, published_at=at, files=files)
            seen = self._look(found, bare, ())
            known = replace(
                bare, line=_line(found), note="learned", archives=seen.archives, marks=frozenset(seen.marks),
                proofs=tuple(seen.proofs),
            )  # fmt: skip
            with self.store.begin() as conn:
                self.store.releases.done(conn, known, self.now)
            learned.append(known)
        return learned

    def _look(self, found: dict[str, Any], looked: Looked, earlier: Sequence[Looked]) -> _Seen:
        seen = _Seen()
        files = read_assets(found.get("assets"))
        archives = [a for a in files if names.is_source(a.name)][:_MOST_ARCHIVES]
        seen.sources = bool(archives)
        if archives:
            self._archives(archives, found, looked, earlier, seen)
        asking = release_proofs.Asking(self.github, self.repo, self.installation)
        before = release_proofs.before(replace(looked, line=_line(found)), earlier)
        seen.proofs, notes = asking.collect(files, looked.tag, before.proofs if before is not None else ())
        seen.notes += notes
        return seen

    def _archives(
        self, archives: Sequence[Asset], found: dict[str, Any], looked: Looked, earlier: Sequence[Looked], seen: _Seen
    ) -> None:
        commit = self.github.commit(self.repo, self.installation, looked.tag)
        if not commit:
            seen.notes.append(f"there is no tag {looked.tag}")
            return
        listed, whole = self.github.tree(self.repo, self.installation, commit)
        if not whole:
            seen.notes.append("GitHub lists only a part of the tagged tree, so archives were not compared")
            return
        tree = Tree.of(listed, content=_Blobs(self.github, self.repo, self.installation))
        marks = [e.marks for e in earlier if e.archives]
        for asset in archives:
            told = self._compare(asset, tree, marks, seen)
            if told is not None:
                seen.facts.append(replace(told, tag=looked.tag, **self._common(found)))

    def _compare(self, asset: Asset, tree: Tree, earlier: Sequence[frozenset[str]], seen: _Seen) -> ArchiveCompared | None:
        limits = Limits()
        if asset.size > limits.packed:
            seen.notes.append(f"{asset.name}: too large to be compared")
            return None
        blank = ArchiveCompared(at=self.now, source=Source.API, tag="", asset=asset.name, digest=asset.digest)
        try:
            with tempfile.TemporaryFile() as file:
                self.github.download(self.repo, self.installation, asset.id, file, limits.packed)
                self._check_digest(asset, file)
                result = self._read(file, limits, tree, earlier)
        except TooLarge:
            seen.notes.append(f"{asset.name}: too large to be compared")
            return None
        except Unfit as unfit:
            seen.notes.append(f"{asset.name}: {unfit.sentence}")
            return replace(blank, refused=unfit.sentence) if unfit.why is Why.HOSTILE else None
        if not result.related:
            seen.notes.append(f"{asset.name}: not this tag's sources")
            return None
        seen.archives += 1
        seen.marks |= result.marks
        seen.notes.append(f"{asset.name}: {result.same} of {result.files} files as tagged, {len(result.fresh)} to look at")
        if not result.fresh:
            return None
        return replace(blank, files=result.files, fresh=result.fresh, earlier=len(earlier))

    def _check_digest(self, asset: Asset, file: BinaryIO) -> None:
        file.seek(0)
        made = hashlib.sha256()
        while piece := file.read(1 << 20):
            made.update(piece)
        if asset.digest and f"sha256:{made.hexdigest()}" != asset.digest:
            raise Unavailable(f"{asset.name} is not the file that GitHub's digest is of", self.now + AGAIN)

    @staticmethod
    def _read(file: BinaryIO, limits: Limits, tree: Tree, earlier: Sequence[frozenset[str]]) -> compare.Comparison:
        file.seek(0)
        return compare.compare(contents.read(file, limits, tree), tree, earlier)

    def _common(self, found: dict[str, Any]) -> dict[str, Any]:
        return {
            "at": self.now,
            "source": Source.API,
            "repository": self.repo,
            "author": read.person(found.get("author")) or Person(),
            "url": read.link(found.get("html_url")),
        }

    def _later(self, looked: Looked, why: str, at: dt.datetime) -> bool:
        if looked.attempts + 1 >= MOST_ATTEMPTS:
            return self._give_up(looked, why, problem=True)
        pause = min(AGAIN * (looked.attempts + 1), LONGEST_PAUSE)
        with self.store.begin() as conn:
            self.store.releases.later(conn, looked, max(at, self.now + pause), why[:500])
        return False

    def _give_up(self, looked: Looked, why: str, *, problem: bool) -> bool:
        with self.store.begin() as conn:
            self.store.releases.give_up(conn, looked, why[:500])
            if problem:
                sentence = f"The release {looked.tag} of {self.repo.full_name} could not be looked into: {why}"
                self.store.problems.report(conn, self._problem(looked), sentence, self.now)
        return False

    def _problem(self, looked: Looked) -> str:
        return f"release:{self.repo.id}:{looked.release_id}"


class _Blobs:
    """Asks for the contents of tagged files that seem to be altered, a few of them."""

    def __init__(self, github: GitHubReleases, repo: Repository, installation: int) -> None:
        self._github, self._repo, self._installation, self._left = github, repo, installation, _MOST_BLOBS

    def __call__(self, name: str) -> bytes | None:
        if self._left <= 0:
            return None
        self._left -= 1
        return self._github.blob(self._repo, self._installation, name)


def _line(found: dict[str, Any]) -> str:
    return provenance.line_of(read.text(found.get("tag_name")), prerelease=found.get("prerelease") is True)
