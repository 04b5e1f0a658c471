"""What says where a release's files come from, and how it differs from what earlier releases had to say it with."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import ClassVar

from github_app.fact import Fact
from github_app.model import Person

FITS = "fits"
OTHER_FILES = "it is about other files than those of the release"
_VERSION = re.compile(r"/v?\d+(?:\.\d+)*$")
_SAME_THING = {".sigstore.json": ".sigstore", ".bundle": ".sigstore", ".intoto.json": ".intoto.jsonl"}
_OWN_PATH = re.compile(r"^[^/ ]+/[^/ ]+/[^/ ]+/(\S+)$")
CHECKSUMS = "checksums"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Something that says where a release's files come from.

    `name` is what it is, without the file's name: `signature .asc`, `attestation https://slsa.dev/provenance/v1`. `signer`
    is the key, identity or workflow that it names, without the ref it ran on; "" where that is not known.

    `fit` is `FITS` when it fits the files, its signature the certificate, and that is Sigstore's; "" when something of it
    could not be looked at; else the reason why it does not fit. `repository` is the host's number of the repository that a
    workflow worked for, `commit` what it ran on, `built` whether that is the commit of the tag (`tag`) or another one
    (`elsewhere`), each "" where that is not known. `sources` says that a source archive of the release is covered.
    """

    name: str
    signer: str = ""
    fit: str = ""
    repository: str = ""
    commit: str = ""
    built: str = ""
    sources: bool = False

    @property
    def family(self) -> str:
        """The name without what a new version of a tool changes: the version of a format, a longer suffix."""
        bare = _VERSION.sub("", self.name)
        return next((bare.removesuffix(old) + new for old, new in _SAME_THING.items() if bare.endswith(old)), bare)

    @property
    def unfit(self) -> bool:
        """Whether it was seen not to fit."""
        return self.fit not in {"", FITS}

    def placed(self, tagged: str) -> Proof:
        """Return the proof with what it says of the commit that the tag is on, "" where that is not known."""
        if not self.commit or not tagged:
            return self
        return replace(self, built="tag" if self.commit == tagged else "elsewhere")

    def by_same(self, other: Proof) -> bool:
        """Say whether two proofs name the same signer; a repository that was renamed or moved is the same one."""
        if self.signer == other.signer or self.signer.startswith(f"{other.signer} for "):
            return True
        mine, theirs = _OWN_PATH.match(self.signer), _OWN_PATH.match(other.signer)
        known = self.repository and self.repository == other.repository and self.fit == other.fit == FITS
        return bool(known and mine and theirs and mine[1] == theirs[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenanceCompared(Fact):
    """What proves where a release comes from, beside what the last release of the same line had.

    A line is what shares a tag's name before its first number, and that number; pre-releases are a line of their own.
    `known` are the proofs of all earlier releases that are remembered, of any line; `sources` says that the release has a
    source archive.
    """

    kind: ClassVar[str] = "provenance_compared"
    release_id: int
    tag: str
    author: Person
    tag_before: str
    before: tuple[Proof, ...]
    after: tuple[Proof, ...]
    known: tuple[Proof, ...] = ()
    sources: bool = False

    @property
    def lost(self) -> tuple[Proof, ...]:
        """Proofs of the last release that are not there in any form, or are there and do not fit; each kind once."""
        families = {proof.family for proof in self.after if not proof.unfit}
        gone = {proof.family: proof for proof in self.before if not proof.unfit and proof.family not in families}
        return tuple(gone.values())

    @property
    def unfit(self) -> tuple[Proof, ...]:
        """Proofs that do not fit, where the last release's did; one about other files may stand beside one that fits."""
        never = {proof.family for proof in self.before if proof.unfit}
        had = {proof.family for proof in self.before} - {proof.family for proof in self.after if not proof.unfit}
        return tuple(
            proof
            for proof in self.after
            if proof.unfit and proof.family not in never and (proof.family in had or proof.fit != OTHER_FILES)
        )

    @property
    def uncovered(self) -> tuple[Proof, ...]:
        """Proofs that are there, and no longer for a source archive of the release."""
        if not self.sources:
            return ()
        gone = {proof.family for proof in self.lost}
        covered = {proof.family for proof in self.after if proof.sources and not proof.unfit}
        had = {proof.family: proof for proof in self.before if proof.sources and proof.family not in covered | gone}
        return tuple(had.values())

    @property
    def moved(self) -> tuple[tuple[Proof, Proof], ...]:
        """Proofs by a signer that no earlier release had, or that were Sigstore's and are not, as (before, after)."""
        old = {proof.family: proof for proof in self.before if proof.signer}
        fitting = {proof.family for proof in self.after if proof.fit == FITS}
        found = {
            (proof.family, proof.signer): (old[proof.family], proof)
            for proof in self.after
            if proof.family in old
            and not proof.unfit
            and (self._unheard(proof) if proof.signer else old[proof.family].fit == FITS and proof.family not in fitting)
        }
        return tuple(found.values())

    def _unheard(self, proof: Proof) -> bool:
        same = [known for known in (*self.before, *self.known) if proof.by_same(known)]
        return not same or (not proof.fit and any(known.fit == FITS for known in same))

    @property
    def elsewhere(self) -> tuple[Proof, ...]:
        """Proofs that say the files were built from another commit than the tag's; those of the last release were not."""
        tagged = {proof.family for proof in self.before if proof.built == "tag"}
        untagged = {proof.family for proof in self.before if proof.built == "elsewhere"}
        found = {
            proof.family: proof for proof in self.after if proof.built == "elsewhere" and proof.family in tagged - untagged
        }
        return tuple(found.values())
