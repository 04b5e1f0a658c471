"""What happens to releases after they were made, as facts: archives unlike their tag, files replaced, proofs gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from github_app.fact import Fact
from github_app.model import Asset, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A file of an archive that is not as in the tag. `how` is added, altered, repeated, disguised or running.

    `role` says what it is for. A disguised one looks like another or is where nobody looks; a running one is as generated
    files are, but for lines that run what is written elsewhere.

    `note` says in a phrase what is odd or harmless about it; `blob` is the name git would give its contents.
    """

    how: str
    path: str
    role: str
    note: str = ""
    blob: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveCompared(Fact):
    """An uploaded source archive was compared with the tagged tree.

    `fresh` are differences of a kind that no earlier release had, worst first; `earlier` is how many earlier archives of the
    project were looked at. `refused` is why an archive was not compared, where that says something about the archive.
    """

    kind: ClassVar[str] = "archive_compared"
    tag: str
    asset: str
    digest: str = ""
    author: Person = Person()
    files: int = 0
    fresh: tuple[Difference, ...] = ()
    earlier: int = 0
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFilesChanged(Fact):
    """The files of a published release are not those it had when it was last looked at. GitHub sends no event for that."""

    kind: ClassVar[str] = "release_files_changed"
    release_id: int
    tag: str
    author: Person
    before: tuple[Asset, ...]
    after: tuple[Asset, ...]

    @property
    def replaced(self) -> tuple[tuple[Asset, Asset], ...]:
        """Files of the same name with other contents, as (before, after); without digests, another upload counts as such."""
        old = {asset.name: asset for asset in self.before}
        pairs = ((old[asset.name], asset) for asset in self.after if asset.name in old)
        return tuple(
            (a, b) for a, b in pairs if (a.digest != b.digest if a.digest and b.digest else (a.id, a.size) != (b.id, b.size))
        )

    @property
    def removed(self) -> tuple[Asset, ...]:
        """Files that are gone."""
        names = {asset.name for asset in self.after}
        return tuple(asset for asset in self.before if asset.name not in names)

    @property
    def added(self) -> tuple[Asset, ...]:
        """Files that were not there."""
        names = {asset.name for asset in self.before}
        return tuple(asset for asset in self.after if asset.name not in names)
