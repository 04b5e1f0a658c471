"""Whether a signed statement fits: signature and certificate, certificate and Sigstore, statement and file.

That much needs no network. Not looked at: the transparency log, timestamps, whether the certificate was valid when it
signed, and revocation; `gh attestation verify` and `cosign verify-blob` do that. DSSE:
https://github.com/secure-systems-lab/dsse/blob/master/protocol.md; in-toto statements: https://in-toto.io/Statement/v1.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

from github_app.proofs import FITS, OTHER_FILES
from workers.provenance.bundle import Statement

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "SHA2_256": hashes.SHA256(), "SHA2_384": hashes.SHA384(), "SHA2_512": hashes.SHA512(),
}  # fmt: skip
_HEX_OF_SHA256 = 64
_Key = ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey
_Way = hashes.HashAlgorithm | utils.Prehashed


@dataclass(frozen=True, slots=True)
class Fit:
    """`standing` is `FITS`, "" where something could not be looked at, or the reason why it does not fit.

    `files` are those of the given digests that the statement is about.
    """

    standing: str
    files: frozenset[str] = frozenset()


def fit(statement: Statement, digests: Collection[str], *, complete: bool = True) -> Fit:
    """Say whether a statement fits its certificate and the files of a release.

    Args:
        statement: what was read.
        digests: the SHA-256 of the files, in hex.
        complete: whether these are all files the statement could be about.
    """
    about = _about(statement)
    files = frozenset(digests) & about
    signed = _signed(statement)
    if signed is False:
        return Fit("its signature is not by the key in its certificate", files)
    if about and not files and complete:
        return Fit(OTHER_FILES)
    if signed and files and statement.certificate is not None and _issued(statement.certificate):
        return Fit(FITS, files)
    return Fit("", files)


def _about(statement: Statement) -> frozenset[str]:
    """Return the SHA-256 of what a statement is about; none where it names them in another way."""
    if statement.digest:
        return frozenset({statement.digest.hex()}) if statement.algorithm == "SHA2_256" else frozenset()
    subjects = statement.told.get("subject")
    return frozenset(_sha256(subjects)) if isinstance(subjects, list) else frozenset()


def _sha256(subjects: list[object]) -> Iterator[str]:
    for subject in subjects:
        named = subject.get("digest") if isinstance(subject, dict) else None
        found = named.get("sha256") if isinstance(named, dict) else None
        if isinstance(found, str) and len(found) == _HEX_OF_SHA256:
            yield found.lower()


def _signed(statement: Statement) -> bool | None:
    """Say whether one of the signatures is by the certificate's key; None where that cannot be told."""
    if statement.certificate is None or not any(statement.signatures):
        return None
    key = statement.certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey | ed25519.Ed25519PublicKey):
        return None
    if statement.payload is not None:
        kind = statement.payload_type.encode("utf-8", "replace")
        data = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(statement.payload), statement.payload)
        ways: Sequence[_Way] = tuple(_HASHES.values())
    else:
        way = _HASHES.get(statement.algorithm)
        if way is None or len(statement.digest) != way.digest_size or isinstance(key, ed25519.Ed25519PublicKey):
            return None
        data, ways = statement.digest, (utils.Prehashed(way),)
    return any(_holds(key, signature, data, way) for way in ways for signature in statement.signatures)


def _holds(key: _Key, signature: bytes, data: bytes, way: _Way) -> bool:
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(way))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), way)
        else:
            key.verify(signature, data)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


@cache
def _authorities() -> tuple[x509.Certificate, ...]:
    text = resources.files("workers.provenance").joinpath("authorities.pem").read_bytes()
    return tuple(x509.load_pem_x509_certificates(text))


def _issued(certificate: x509.Certificate) -> bool:
    """Say whether Sigstore's authority issued a certificate. The intermediate is part of what is shipped, as is its root."""
    for authority in _authorities():
        try:
            certificate.verify_directly_issued_by(authority)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
            continue
        return True
    return False
