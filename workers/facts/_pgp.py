"""The issuer of an OpenPGP signature (RFC 9580), versions 3 to 6, in old and new packet framing.

The hashed area is covered by the signature, the unhashed one anybody can rewrite: what the hashed area says wins.
"""

from __future__ import annotations

from collections.abc import Iterator

from github_app.model import SigningKey
from workers.facts._bytes import Cursor, Malformed

_SIGNATURE_PACKET = 2
_ISSUER_KEY_ID, _ISSUER_FINGERPRINT = 16, 33
_FINGERPRINT_SIZES = {4: 20, 5: 32, 6: 32}
_MOST_PACKETS = 16


def signing_keys(data: bytes) -> list[SigningKey]:
    """Return the key each signature packet names, in order.

    Raises:
        Malformed: no signature is there, or one of them names no key.
    """
    keys = [SigningKey(scheme="pgp", id=_issuer(body)) for tag, body in _packets(Cursor(data)) if tag == _SIGNATURE_PACKET]
    if not keys:
        raise Malformed("no signature packet")
    return keys


def _packets(data: Cursor) -> Iterator[tuple[int, bytes]]:
    """Yield (type, body) of each packet (RFC 9580, 4.2)."""
    count = 0
    while data:
        count += 1
        first = data.number(1)
        if not first & 0x80 or count > _MOST_PACKETS:
            raise Malformed("not a sequence of PGP packets")
        if first & 0x40:
            yield first & 0x3F, data.take(_length(data, partial_from=224))
        elif first & 0x03 == 3:
            yield (first >> 2) & 0x0F, data.rest()
        else:
            yield (first >> 2) & 0x0F, data.sized(1 << (first & 0x03))


def _length(data: Cursor, *, partial_from: int) -> int:
    """Read a length of one, two or five octets; partial lengths are for data, never for signatures."""
    first = data.number(1)
    if first < 192:
        return first
    if first < partial_from:
        return ((first - 192) << 8) + data.number(1) + 192
    if first == 255:
        return data.number(4)
    raise Malformed("a PGP packet of unknown length")


def _issuer(body: bytes) -> str:
    """Return the fingerprint, or else the long key id, in capital hex digits."""
    data = Cursor(body)
    version = data.number(1)
    if version == 3:
        data.take(6)  # length of what is hashed, type, time (RFC 9580, 5.2.2)
        return data.take(8).hex().upper()
    if version not in _FINGERPRINT_SIZES:
        raise Malformed(f"a PGP signature of version {version}")
    data.take(3)  # type, public key algorithm, hash algorithm
    size = 4 if version == 6 else 2
    for area in (data.sized(size), data.sized(size)):
        named = dict(_issuers(Cursor(area)))
        found = named.get(_ISSUER_FINGERPRINT) or named.get(_ISSUER_KEY_ID)
        if found:
            return found
    raise Malformed("the signature names no key")


def _issuers(area: Cursor) -> Iterator[tuple[int, str]]:
    """Yield (subpacket type, key) of the subpackets that name the issuer (RFC 9580, 5.2.3.12 and 5.2.3.35)."""
    while area:
        subpacket = Cursor(area.take(_length(area, partial_from=255)))
        kind = subpacket.number(1) & 0x7F
        content = subpacket.rest()
        if kind == _ISSUER_KEY_ID and len(content) == 8:
            yield kind, content.hex().upper()
        if kind == _ISSUER_FINGERPRINT and content and len(content) - 1 == _FINGERPRINT_SIZES.get(content[0]):
            yield kind, content[1:].hex().upper()
