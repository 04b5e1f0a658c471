"""What a release carries to say where its files come from: signature files and attestations, and whom they name.

Nothing is verified here: a proof is what somebody claims. What counts is whether the next release claims the same.
Fulcio's certificates: https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md; bundles:
https://docs.sigstore.dev/about/bundle/; minisign: https://jedisct1.github.io/minisign/.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import warnings
from collections.abc import Iterable, Mapping
from typing import Any

from cryptography import x509

from github_app.releases import Proof
from workers.facts.signatures import signing_keys

MOST_BYTES = 200_000
"""How much of a signature file is looked at."""
_SUFFIX = re.compile(
    r"\.(?:asc|sig|minisig|sigstore(?:\.json)?|intoto\.jsonl|sha(?:256|512)\.asc|p7s|bundle|att|slsa)$", re.IGNORECASE
)
_SUMS = re.compile(r"(?:sha(?:256|512)?sums?|checksums?)(?:\.txt)?(?=\.)", re.IGNORECASE)
_BUILD_SIGNER = x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.9")
_REF = re.compile(r"@[^@/]*(?:/[^@]*)?$")
_LONGEST = 500
_FIRST_NUMBER = re.compile(r"^(\D*?)[vV]?(\d+)")


def signature_name(asset: str) -> str:
    """Return the name of the proof that a file of a release is, like `signature .asc`; "" when it is none."""
    suffix = _SUFFIX.search(asset)
    if suffix is None:
        return ""
    what = "signed checksums" if _SUMS.search(asset) else "signature"
    return f"{what} {suffix[0].lower()}"


def signature(asset: str, data: bytes | None) -> Proof:
    """Return the proof that a signature file is; `data` is None where it was not fetched."""
    return Proof(name=signature_name(asset), signer=_signer(data[:MOST_BYTES]) if data else "")


def attestations(bundles: Iterable[Mapping[str, Any]]) -> list[Proof]:
    """Return the proofs in GitHub's answer about a file, each once."""
    found: dict[Proof, None] = {}
    for bundle in bundles:
        found[Proof(name=f"attestation {_predicate(bundle)}", signer=_identity(bundle))] = None
    return list(found)


def line_of(tag: str, *, prerelease: bool) -> str:
    """Return the line a release belongs to: what stands before the first number of its tag, and that number.

    `v1.2.3` and `1.9` are the line `1`, `widget-2.0` is `widget-2`; a pre-release is in a line of its own.
    """
    found = _FIRST_NUMBER.match(tag)
    base = f"{found[1]}{found[2]}" if found else tag
    return f"{base} pre-releases" if prerelease else base


def _signer(data: bytes) -> str:
    """Return whom a signature names: a key's name, a certificate's identity; "" when that cannot be read."""
    if data.lstrip().startswith(b"{"):
        try:
            told = json.loads(data.splitlines()[0] if b"\n{" in data else data)
        except (ValueError, RecursionError):
            return ""
        return _identity(told) if isinstance(told, dict) else ""
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


def _predicate(bundle: Mapping[str, Any]) -> str:
    envelope = bundle.get("dsseEnvelope")
    payload = envelope.get("payload") if isinstance(envelope, dict) else None
    try:
        statement = json.loads(base64.b64decode(payload)) if isinstance(payload, str) and len(payload) < 20_000_000 else {}
    except (ValueError, RecursionError):
        return "of an unknown kind"
    kind = statement.get("predicateType") if isinstance(statement, dict) else None
    return kind[:_LONGEST] if isinstance(kind, str) and kind.isprintable() else "of an unknown kind"


def _identity(bundle: Mapping[str, Any]) -> str:
    """Return the workflow or person in a bundle's certificate, without the ref a workflow ran on."""
    material = bundle.get("verificationMaterial")
    der = _certificate(material) if isinstance(material, dict) else None
    if der is None:
        return ""
    try:
        with warnings.catch_warnings():
            # cryptography warns of certificates that break a rule; whose they are is all that counts here.
            warnings.simplefilter("ignore")
            certificate = x509.load_der_x509_certificate(der)
            named = _build_signer(certificate) or _alternative(certificate)
    except Exception:  # cryptography has a dozen kinds of its own for a damaged one, without a common base
        return ""
    named = _REF.sub("", named) if named.startswith("https://") else named
    return named.removeprefix("https://")[:_LONGEST] if named.isprintable() else ""


def _certificate(material: Mapping[str, Any]) -> bytes | None:
    chain = material.get("x509CertificateChain")
    several = chain.get("certificates") if isinstance(chain, dict) else None
    one = material.get("certificate") or (several[0] if isinstance(several, list) and several else None)
    raw = one.get("rawBytes") if isinstance(one, dict) else None
    try:
        return base64.b64decode(raw) if isinstance(raw, str) else None
    except (binascii.Error, ValueError):
        return None


def _build_signer(certificate: x509.Certificate) -> str:
    """Return the workflow that signed: a DER UTF8String in an extension of Fulcio's."""
    try:
        found = certificate.extensions.get_extension_for_oid(_BUILD_SIGNER).value
    except x509.ExtensionNotFound:
        return ""
    raw = found.value if isinstance(found, x509.UnrecognizedExtension) else b""
    if raw[:1] != b"\x0c" or len(raw) < 2:
        return ""
    start = 2 + (raw[1] & 0x7F if raw[1] & 0x80 else 0)
    return raw[start:].decode("utf-8", "replace")


def _alternative(certificate: x509.Certificate) -> str:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ""
    found = [*names.get_values_for_type(x509.UniformResourceIdentifier), *names.get_values_for_type(x509.RFC822Name)]
    return str(found[0]) if found else ""
