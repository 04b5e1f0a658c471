"""Fetch what proves where a release comes from, and lay it beside what earlier releases had."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence

from github_app.model import Asset, Person, Repository, Source
from github_app.proofs import CHECKSUMS, Proof, ProvenanceCompared
from github_app.store import Looked
from workers import provenance
from workers.github import Refused
from workers.github_releases import GitHubReleases, TooLarge
from workers.tarball import names
from workers.tarball.roles import pattern

_MOST_ATTESTED = 5
_MOST_ATTESTED_IF_LOST = 30
_MOST_SIGNATURES = 5
_MOST_KNOWN = 200


class Asking:
    """Asks GitHub for the proofs of a release: a few requests, more only before something would count as lost."""

    def __init__(self, github: GitHubReleases, repo: Repository, installation: int) -> None:
        self._github, self._repo, self._installation = github, repo, installation

    def collect(self, files: Sequence[Asset], tag: str, before: Sequence[Proof]) -> tuple[list[Proof], list[str]]:
        """Return the proofs of a release with these files, each once, and notes on what could not be seen.

        Args:
            files: all files of the release.
            tag: its tag; which commit that is on is asked only where a proof names one.
            before: the last release's proofs; while some of them are missing, more files are asked about.

        Raises:
            Unavailable: GitHub cannot answer now.
        """
        whole = self._whole(files)
        found: dict[Proof, None] = {}
        signatures = sorted((a for a in files if provenance.signature_name(a.name)), key=_sources_first)
        wanted = [a for a in signatures if provenance.signature_name(a.name) != CHECKSUMS][:_MOST_SIGNATURES]
        for asset in signatures:
            data = self._small(asset) if asset in wanted else None
            found |= dict.fromkeys(provenance.signature(asset.name, data, whole))
        plain = (a for a in files if a.digest and provenance.signature_name(a.name) in {"", CHECKSUMS})
        attested = sorted(plain, key=_sources_first)
        notes: list[str] = []
        try:
            found |= dict.fromkeys(self._attested(attested[:_MOST_ATTESTED], whole))
            families = {proof.family for proof in found}
            if any(proof.name.startswith("attestation") and proof.family not in families for proof in before):
                found |= dict.fromkeys(self._attested(attested[_MOST_ATTESTED:_MOST_ATTESTED_IF_LOST], whole))
        except Refused as error:
            notes.append(f"attestations were not seen: {error}")
            found |= dict.fromkeys(
                proof for proof in before if proof.name.startswith("attestation")
            )  # nothing is known of them
        return self._placed(list(found), tag), notes

    def _attested(self, files: Sequence[Asset], whole: provenance.Release) -> list[Proof]:
        proofs: list[Proof] = []
        for asset in files:
            bundles = self._github.attestations(self._repo, self._installation, asset.digest)
            digest = frozenset({_hex(asset)})
            this = provenance.Release(digests=digest, sources=digest & whole.sources, complete=True)
            proofs += provenance.attestations(bundles, this)
        return proofs

    def _placed(self, proofs: Sequence[Proof], tag: str) -> list[Proof]:
        """Say which proofs were made on the commit of the tag."""
        if not any(proof.commit for proof in proofs):
            return list(proofs)
        commit = self._github.commit(self._repo, self._installation, tag)
        return list(dict.fromkeys(proof.placed(commit) for proof in proofs))

    @staticmethod
    def _whole(files: Sequence[Asset]) -> provenance.Release:
        plain = [a for a in files if not provenance.signature_name(a.name)]
        sources = [a for a in plain if names.is_source(a.name)]
        return provenance.Release(
            digests=frozenset(_hex(a) for a in files if a.digest),
            sources=frozenset(_hex(a) for a in sources if a.digest),
            source_names=frozenset(a.name for a in sources),
            complete=bool(plain) and all(a.digest.startswith("sha256:") for a in files),
        )

    def _small(self, asset: Asset) -> bytes | None:
        with tempfile.TemporaryFile() as file:
            try:
                self._github.download(self._repo, self._installation, asset.id, file, provenance.MOST_BYTES)
            except (TooLarge, Refused):
                return None
            file.seek(0)
            return file.read()


def before(looked: Looked, earlier: Sequence[Looked]) -> Looked | None:
    """Return the last release of the same line before this one; `earlier` is newest first."""
    return next((e for e in earlier if e.line == looked.line and e.published_at <= looked.published_at), None)


def compared(looked: Looked, earlier: Sequence[Looked], proofs: Sequence[Proof], sources: bool) -> ProvenanceCompared | None:
    """Lay a release's proofs beside the last one's of its line; None when there is none, or nothing to say of it.

    Args:
        looked: the release, with its line.
        earlier: the releases known, newest first.
        proofs: its proofs.
        sources: whether it has a source archive.
    """
    last = before(looked, earlier)
    if last is None or not (last.proofs or any(proof.unfit for proof in proofs)):
        return None
    known = dict.fromkeys(proof for e in earlier if e.published_at <= looked.published_at for proof in e.proofs)
    return ProvenanceCompared(
        at=looked.published_at, source=Source.API, release_id=looked.release_id, tag=looked.tag, author=Person(),
        tag_before=last.tag, before=last.proofs, after=tuple(proofs), known=tuple(known)[:_MOST_KNOWN], sources=sources,
    )  # fmt: skip


def _hex(asset: Asset) -> str:
    return asset.digest.removeprefix("sha256:")


def _sources_first(asset: Asset) -> tuple[bool, str]:
    """Order files so that each release's first ones are the same ones: versions in names do not count."""
    bare = asset.name
    while bare and not names.is_source(bare) and "." in bare:
        bare = bare.rpartition(".")[0]
    return (not names.is_source(bare), pattern(asset.name))
