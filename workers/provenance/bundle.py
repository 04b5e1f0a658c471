"""A signed statement in the forms it is uploaded in, read into one.

Sigstore bundles of 0.1 to 0.3 (https://docs.sigstore.dev/about/bundle/), PyPI's attestations (PEP 740), and DSSE envelopes
that carry their certificate with the signature, as slsa-github-generator writes them.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography import x509

from workers.provenance.certificate import parsed

MOST_BYTES = 1_000_000
"""How much of a file with such statements is looked at."""
_MOST_STATEMENTS = 50
_MOST_PAYLOAD = 20_000_000
_MOST_SIGNATURES = 10
_IN_TOTO = "application/vnd.in-toto+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Something signed: either an envelope with a `payload`, or the `digest` of a file.

    `certificate` is the signer's, None for a bare key, which `key` then names.
    """

    payload_type: str = ""
    payload: bytes | None = None
    digest: bytes = b""
    algorithm: str = ""
    signatures: tuple[bytes, ...] = ()
    certificate: x509.Certificate | None = None
    key: str = ""

    @property
    def told(self) -> Mapping[str, Any]:
        """The in-toto statement in the envelope, empty when there is none."""
        try:
            told = json.loads(self.payload or b"{}")
        except (ValueError, RecursionError):
            return {}
        return told if isinstance(told, dict) else {}


def in_file(data: bytes) -> list[Statement]:
    """Read a file with one or more of these: JSON, or JSON line by line. What cannot be read is not in the answer."""
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return []
    whole = _json(text)
    read = [whole] if whole is not None else [_json(line) for line in text.splitlines()[:_MOST_STATEMENTS]]
    found = (of(part) for one in read for part in _parts(one))
    return [one for one in found if one is not None][:_MOST_STATEMENTS]


def of(told: Mapping[str, Any]) -> Statement | None:
    """Read one bundle, attestation or envelope; None when it is none of them."""
    material = told.get("verificationMaterial") or told.get("verification_material")
    if isinstance(material, dict):
        return _bundle(told, material)
    if isinstance(told.get("payload"), str) and isinstance(told.get("signatures"), list):
        return _envelope(told, None, "")
    return None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _parts(read: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the statements in what was read: itself, or those in PyPI's `attestation_bundles`."""
    if not isinstance(read, dict):
        return
    groups = read.get("attestation_bundles")
    if not isinstance(groups, list):
        yield read
        return
    for group in groups:
        several = group.get("attestations") if isinstance(group, dict) else None
        yield from (one for one in several if isinstance(one, dict)) if isinstance(several, list) else ()


def _bundle(told: Mapping[str, Any], material: Mapping[str, Any]) -> Statement | None:
    certificate, key = _certificate(material), _key(material)
    envelope, message = told.get("dsseEnvelope"), told.get("messageSignature")
    if isinstance(envelope, dict):
        return _envelope(envelope, certificate, key)
    if isinstance(message, dict):
        about = message.get("messageDigest")
        about = about if isinstance(about, dict) else {}
        return Statement(
            digest=_decoded(about.get("digest")), algorithm=str(about.get("algorithm")),
            signatures=(_decoded(message.get("signature")),), certificate=certificate, key=key,
        )  # fmt: skip
    envelope = told.get("envelope")
    if isinstance(envelope, dict):
        return Statement(
            payload_type=_IN_TOTO, payload=_decoded(envelope.get("statement")),
            signatures=(_decoded(envelope.get("signature")),), certificate=certificate, key=key,
        )  # fmt: skip
    return Statement(certificate=certificate, key=key)


def _envelope(told: Mapping[str, Any], certificate: x509.Certificate | None, key: str) -> Statement:
    listed = told.get("signatures")
    several = [x for x in listed if isinstance(x, dict)][:_MOST_SIGNATURES] if isinstance(listed, list) else []
    pem = next((x["cert"] for x in several if isinstance(x.get("cert"), str)), "")
    return Statement(
        payload_type=str(told.get("payloadType")), payload=_decoded(told.get("payload")),
        signatures=tuple(_decoded(x.get("sig")) for x in several), certificate=certificate or _pem(pem), key=key,
    )  # fmt: skip


def _certificate(material: Mapping[str, Any]) -> x509.Certificate | None:
    chain = material.get("x509CertificateChain")
    several = chain.get("certificates") if isinstance(chain, dict) else None
    one = material.get("certificate") or (several[0] if isinstance(several, list) and several else None)
    return parsed(_decoded(one.get("rawBytes") if isinstance(one, dict) else one))


def _pem(text: str) -> x509.Certificate | None:
    if "-----BEGIN CERTIFICATE-----" not in text:
        return None
    body = text.partition("-----BEGIN CERTIFICATE-----")[2].partition("-----END")[0]
    return parsed(_decoded("".join(body.split())))


def _key(material: Mapping[str, Any]) -> str:
    about = material.get("publicKey")
    hint = about.get("hint") if isinstance(about, dict) else None
    return hint if isinstance(hint, str) else ""


def _decoded(value: Any) -> bytes:
    """Decode base64; nothing when it is none. Some writers leave out what fills up the last group."""
    if not isinstance(value, str) or len(value) > _MOST_PAYLOAD:
        return b""
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4))
    except (binascii.Error, ValueError):
        return b""
