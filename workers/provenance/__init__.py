"""What a release carries to say where its files come from: signature files and attestations, and whom they name.

A proof is what somebody claims; what counts is whether the next release claims the same. Statements with a certificate of
Sigstore's are also held against themselves and the files (`fitting`), so that another project's cannot be copied.
minisign: https://jedisct1.github.io/minisign/.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from github_app.proofs import Proof
from workers.facts.signatures import signing_keys
from workers.provenance import bundle
from workers.provenance.bundle import MOST_BYTES, Statement
from workers.provenance.certificate import identity
from workers.provenance.fitting import fit

__all__ = ["MOST_BYTES", "Release", "attestations", "line_of", "signature", "signature_name"]
_SUFFIX = re.compile(
    r"\.(?:asc|sig|sign|minisig|sigstore(?:\.json)?|intoto\.jsonl?|sha(?:256|512)\.asc|p7s|bundle|att|attestation|provenance|prov"
    r"|slsa)$",
    re.IGNORECASE,
)
_SUMS = re.compile(r"(?:sha(?:256|512)?sums?|checksums?)(?:\.txt)?(?=\.)", re.IGNORECASE)
_BARE_SUMS = re.compile(
    r"(?:^|[-_.])(?:sha(?:256|512)sums?|checksums?)(?:[-_.](?:sha)?(?:256|512))?(?:\.txt)?$", re.IGNORECASE
)
_LONGEST = 500
_FIRST_NUMBER = re.compile(r"^(\D*?)[vV]?(\d+)")
_IN_THE_MIDDLE = re.compile(r"\.(?:publish|build|slsa|intoto)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What the proofs of a release are held against.

    `digests` are the SHA-256 of its files in hex, `sources` those of them that are archives of its sources; `complete` says
    that no file's is missing.
    """

    digests: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    source_names: frozenset[str] = frozenset()
    complete: bool = False


def signature_name(asset: str) -> str:
    """Return the name of the proof that a file of a release is, like `signature .asc`; "" when it is none."""
    suffix = _SUFFIX.search(asset)
    if suffix is None:
        return "checksums" if _BARE_SUMS.search(asset) else ""
    what = "signed checksums" if _SUMS.search(asset) else "signature"
    return f"{what} {suffix[0].lower()}"


def signature(asset: str, data: bytes | None, release: Release | None = None) -> list[Proof]:
    """Return the proofs in a signature file, at least one; `data` is None where it was not fetched."""
    name, release = signature_name(asset), release or Release()
    bare = _IN_THE_MIDDLE.sub("", _SUFFIX.sub("", asset))
    if data and data.lstrip()[:1] == b"{":
        read = bundle.in_file(data[:MOST_BYTES])
        if read:
            return list(dict.fromkeys(_proof(name, one, release) for one in read))
    signer = _signer(data[:MOST_BYTES]) if data and name != "checksums" else ""
    return [Proof(name=name, signer=signer, sources=bare in release.source_names)]


def attestations(bundles: Iterable[Mapping[str, Any]], release: Release | None = None) -> list[Proof]:
    """Return the proofs in GitHub's answer about a file, each once; `release` should hold that file's digest alone."""
    found: dict[Proof, None] = {}
    for told in bundles:
        one = bundle.of(told) or Statement()
        found[_proof(f"attestation {_predicate(one)}", one, release or Release())] = None
    return list(found)


def line_of(tag: str, *, prerelease: bool) -> str:
    """Return the line a release belongs to: what stands before the first number of its tag, and that number.

    `v1.2.3` and `1.9` are the line `1`, `widget-2.0` is `widget-2`; a pre-release is in a line of its own.
    """
    found = _FIRST_NUMBER.match(tag)
    base = f"{found[1]}{found[2]}" if found else tag
    return f"{base} pre-releases" if prerelease else base


def _proof(name: str, statement: Statement, release: Release) -> Proof:
    told = fit(statement, release.digests, complete=release.complete)
    signer, repository, commit = f"key {statement.key}" if statement.key.isprintable() and statement.key else "", "", ""
    if statement.certificate is not None:
        who = identity(statement.certificate)
        signer, repository, commit = who.name, who.repository, who.commit
    return Proof(
        name=name, signer=signer[:_LONGEST], fit=told.standing, repository=repository, commit=commit,
        sources=not told.files.isdisjoint(release.sources),
    )  # fmt: skip


def _signer(data: bytes) -> str:
    """Return the key that a signature names; "" when that cannot be read."""
    text = data.decode("utf-8", "replace")
    if text.startswith("untrusted comment:"):
        return _minisign(text)
    keys, _ = signing_keys(text)
    return ", ".join(sorted(key.name for key in keys))[:_LONGEST]


def _minisign(text: str) -> str:
    lines = text.splitlines()
    try:
        raw = base64.b64decode(lines[1], validate=True) if len(lines) > 1 else b""
    except (binascii.Error, ValueError):
        return ""
    return f"minisign:{raw[2:10][::-1].hex().upper()}" if len(raw) == 74 else ""


def _predicate(statement: Statement) -> str:
    kind = statement.told.get("predicateType")
    if kind is None and statement.digest:
        return "of a file"
    return kind[:_LONGEST] if isinstance(kind, str) and kind.isprintable() else "of an unknown kind"
