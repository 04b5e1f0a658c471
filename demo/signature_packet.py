"""Stand-ins for OpenPGP signatures: the real key's id in the right place, and nothing that could be verified.

The demo must show *which key* made a tag without shipping anybody's signature. So it builds a version 4 signature
packet (RFC 4880, 5.2.3; RFC 9580 keeps the format) whose hashed subpackets name the issuer (33: fingerprint,
16: key id) and whose signature value is one bit. No check can accept it, and the demo never claims one did.
"""

from __future__ import annotations

import base64
import re
import textwrap

_BEGIN, _END = "-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----"


def armored(key_id: str, fingerprint: str = "", *, created: int = 0) -> str:
    """Return an armored signature packet that names an issuer.

    Args:
        key_id: the key's 16 hex digits.
        fingerprint: its 40 hex digits, or "" for old signatures that carry the id alone.
        created: seconds since 1970, for the creation time subpacket.
    """
    hashed = _subpacket(2, created.to_bytes(4, "big"))
    if fingerprint:
        hashed += _subpacket(33, b"\x04" + bytes.fromhex(fingerprint))
    unhashed = _subpacket(16, bytes.fromhex(key_id))
    body = b"\x04\x00\x01\x0a"  # version 4, binary document, RSA, SHA-512
    body += len(hashed).to_bytes(2, "big") + hashed + len(unhashed).to_bytes(2, "big") + unhashed
    body += b"\0\0" + b"\0\x01\x01"  # left 16 bits of the hash; an RSA value of one bit
    packet = b"\xc2" + bytes([len(body)]) + body  # new format, tag 2 (RFC 4880, 4.2.2.1)
    text = "\n".join(textwrap.wrap(base64.b64encode(packet).decode(), 64))
    return f"{_BEGIN}\n\n{text}\n={base64.b64encode(_crc24(packet)).decode()}\n{_END}\n"


def issuer_of(text: str) -> tuple[str, str]:
    """Return key id and fingerprint named by the first armored version 4 signature in a text, "" for what is not there."""
    found = re.search(f"{_BEGIN}\r?\n(.*?){_END}", text, re.DOTALL)
    if not found:
        return "", ""
    data = re.sub(r"^[\w-]+:.*$|^=.{4}$", "", found[1], flags=re.MULTILINE)
    packet = base64.b64decode(re.sub(r"\s", "", data))
    body = packet[_header(packet) :]
    areas, at = b"", 4
    for _ in range(2):
        size = int.from_bytes(body[at : at + 2], "big")
        areas += body[at + 2 : at + 2 + size]
        at += 2 + size
    named = dict(_subpackets(areas))
    return named.get(16, b"").hex().upper(), named.get(33, b"\x04")[1:].hex().upper()


def _subpacket(kind: int, data: bytes) -> bytes:
    return bytes([len(data) + 1, kind]) + data


def _subpackets(area: bytes) -> list[tuple[int, bytes]]:
    found, at = [], 0
    while at < len(area):
        size = area[at]
        found.append((area[at + 1] & 0x7F, area[at + 2 : at + 1 + size]))
        at += 1 + size
    return found


def _header(packet: bytes) -> int:
    """Length of the packet header, old or new format (RFC 4880, 4.2)."""
    if packet[0] & 0x40:
        return 2 if packet[1] < 192 else 3
    return 1 + (1, 2, 4)[packet[0] & 3]


def _crc24(data: bytes) -> bytes:
    """RFC 4880, 6.1."""
    crc = 0xB704CE
    for byte in data:
        crc ^= byte << 16
        for _ in range(8):
            crc = (crc << 1) ^ (0x1864CFB if crc & 0x800000 else 0)
    return crc.to_bytes(3, "big")
