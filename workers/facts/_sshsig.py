"""The key of an SSH signature (openssh-portable, PROTOCOL.sshsig), with its fingerprint as `ssh-keygen -l` prints it."""

from __future__ import annotations

import base64
import hashlib

from github_app.model import SigningKey
from workers.facts._bytes import Cursor, Malformed

_CERTIFICATE = "-cert-v01@openssh.com"
_PARTS = {
    "ssh-ed25519": 1,
    "ssh-rsa": 2,
    "ecdsa-sha2-nistp256": 2,
    "ecdsa-sha2-nistp384": 2,
    "ecdsa-sha2-nistp521": 2,
    "sk-ssh-ed25519@openssh.com": 2,
    "sk-ecdsa-sha2-nistp256@openssh.com": 3,
}
"""How many fields of a public key follow its type (RFC 4253, RFC 5656, RFC 8709, PROTOCOL.u2f)."""


def signing_keys(data: bytes) -> list[SigningKey]:
    """Return the one key an SSH signature names.

    Raises:
        Malformed: it is no such signature, or was not made for git.
    """
    blob = Cursor(data)
    if blob.take(6) != b"SSHSIG" or blob.number(4) != 1:
        raise Malformed("not an SSH signature")
    public_key, namespace = blob.sized(4), blob.sized(4)
    if namespace != b"git":
        raise Malformed("an SSH signature that was not made for git")
    for _ in ("reserved", "hash algorithm", "signature"):
        blob.sized(4)
    return [SigningKey(scheme="ssh", id=fingerprint(public_key))]


def fingerprint(public_key: bytes) -> str:
    """Return the fingerprint of a public key in SSH's wire format; a certificate has that of the key in it.

    Raises:
        Malformed: it is not a public key of a known type.
    """
    key = Cursor(public_key)
    name = key.sized(4).decode("ascii", "replace")
    plain = name
    if name.endswith(_CERTIFICATE):
        base = name.removesuffix(_CERTIFICATE)
        plain = f"{base}@openssh.com" if base.startswith("sk-") else base
        key.sized(4)  # the nonce
    if plain not in _PARTS:
        raise Malformed("an SSH key of unknown type")
    fields = [plain.encode("ascii"), *(key.sized(4) for _ in range(_PARTS[plain]))]
    if plain == name and key:
        raise Malformed("an SSH key with something behind it")
    wire = b"".join(len(f).to_bytes(4, "big") + f for f in fields)
    return "SHA256:" + base64.b64encode(hashlib.sha256(wire).digest()).decode("ascii").rstrip("=")
