"""Making signatures: with the real programs where they are, and byte by byte where a program would not make them."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519


def run(*command: str | Path, cwd: Path, home: Path | None = None, text: str = "") -> str:
    """Run a program with nothing of this machine's configuration and return what it says."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home or cwd), "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"}
    if home is not None:
        environment["GNUPGHOME"] = str(home)
    done = subprocess.run(  # noqa: S603 - the commands are the tests' own
        [str(part) for part in command], cwd=cwd, env=environment, input=text, capture_output=True, text=True, check=True
    )
    return done.stdout


def armor(kind: str, data: bytes, headers: str = "") -> str:
    """Return bytes in armor, as git keeps them."""
    body = base64.b64encode(data).decode()
    lines = "\n".join(body[i : i + 64] for i in range(0, len(body), 64))
    return f"-----BEGIN {kind}-----\n{headers}{lines}\n-----END {kind}-----\n"


def pgp_armor(*packets: bytes) -> str:
    """Return packets in PGP's armor, with a header and a checksum."""
    text = armor("PGP SIGNATURE", b"".join(packets), "Version: GnuPG v2\n\n")
    return text.replace("\n-----END", "\n=twTO\n-----END")


def _length(size: int, octets: int) -> bytes:
    if octets == 5:
        return b"\xff" + size.to_bytes(4, "big")
    return bytes([size]) if octets == 1 else (size - 192 + (192 << 8)).to_bytes(2, "big")


def subpacket(kind: int, content: bytes, *, critical: bool = False, length_size: int = 1) -> bytes:
    """Return a signature subpacket (RFC 9580, 5.2.3.7)."""
    body = bytes([kind | (0x80 if critical else 0)]) + content
    return _length(len(body), length_size) + body


def key_id(name: str) -> bytes:
    """Return the subpacket that names the issuer by its long id."""
    return subpacket(16, bytes.fromhex(name))


def fingerprint(name: str, version: int = 4) -> bytes:
    """Return the subpacket that names the issuer by its fingerprint."""
    return subpacket(33, bytes([version]) + bytes.fromhex(name))


def signature(hashed: bytes = b"", unhashed: bytes = b"", *, version: int = 4) -> bytes:
    """Return the body of a signature of version 4, 5 or 6; the numbers in it are made up."""
    size = 4 if version == 6 else 2
    areas = b"".join(len(area).to_bytes(size, "big") + area for area in (hashed, unhashed))
    salt = b"\x10" + bytes(16) if version == 6 else b""
    return bytes([version, 0x00, 22, 8]) + areas + b"\xab\xcd" + salt + b"\x01\x00" + bytes(32)


def new_packet(body: bytes, *, tag: int = 2, length_size: int = 1) -> bytes:
    """Return a packet in new framing (RFC 9580, 4.2.1) with a length of one, two or five octets."""
    return bytes([0xC0 | tag]) + _length(len(body), length_size) + body


def old_packet(body: bytes, *, tag: int = 2, length_type: int = 1) -> bytes:
    """Return a packet in old framing (RFC 9580, 4.2.2); length type 3 goes on to the end."""
    length = b"" if length_type == 3 else len(body).to_bytes(1 << length_type, "big")
    return bytes([0x80 | tag << 2 | length_type]) + length + body


def wire(*fields: bytes) -> bytes:
    """Return fields with their lengths in front, as SSH writes them."""
    return b"".join(len(field).to_bytes(4, "big") + field for field in fields)


def ssh_public(key: ed25519.Ed25519PrivateKey) -> bytes:
    """Return a public key in SSH's wire format."""
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return wire(b"ssh-ed25519", raw)


def ssh_signature(key: ed25519.Ed25519PrivateKey, message: bytes, namespace: bytes = b"git") -> bytes:
    """Return a signature as PROTOCOL.sshsig describes it."""
    signed = b"SSHSIG" + wire(namespace, b"", b"sha512", hashlib.sha512(message).digest())
    made = wire(b"ssh-ed25519", key.sign(signed))
    return b"SSHSIG" + (1).to_bytes(4, "big") + wire(ssh_public(key), namespace, b"", b"sha512", made)
