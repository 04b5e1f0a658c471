"""Who made a signature: the key that a PGP, SSH or X.509 (gitsign) signature names.

A signature only *claims* its key; whether the claim holds is GitHub's verdict (`verification.verified`), never ours. What
is read here comes from anybody, so sizes are bounded and every wrong shape ends in a reason.
"""

from __future__ import annotations

import base64
import binascii
import re

from github_app.model import SigningKey
from workers.facts import _pgp, _sshsig
from workers.facts._bytes import Malformed


def _certified(data: bytes) -> list[SigningKey]:
    from workers.facts import _x509  # noqa: PLC0415  # a tenth of a second that most histories never need

    return _x509.signing_keys(data)


_LARGEST = 100_000  # characters; a gitsign signature with its log entry has about 6,000
_READERS = {
    "PGP SIGNATURE": _pgp.signing_keys,
    "PGP MESSAGE": _pgp.signing_keys,
    "SSH SIGNATURE": _sshsig.signing_keys,
    "SIGNED MESSAGE": _certified,
}
_BEGIN = re.compile(r"^-----BEGIN (" + "|".join(_READERS) + r")-----[ \t\r]*$", re.MULTILINE)


def signature_in(text: str) -> str:
    """Return the armored signature at the end of a tag's text, or ""; as git does, the last one counts.

    The same four kinds of armor are known to git (gpg-interface.c).
    """
    starts = [found.start() for found in _BEGIN.finditer(text)]
    return text[starts[-1] :] if starts else ""


def signing_keys(signature: str) -> tuple[tuple[SigningKey, ...], str]:
    """Return the keys that an armored signature names, without repeats, or none and the reason why.

    More than one key is rare: a tag that two people signed. Callers that need one take the least trusted.
    """
    if len(signature) > _LARGEST:
        return (), "the signature is too large"
    begin = _BEGIN.search(signature)
    if begin is None:
        return (), "no kind of signature that is known here"
    try:
        keys = _READERS[begin[1]](_dearmor(signature[begin.end() :], begin[1]))
    except Malformed as error:
        return (), str(error)
    return tuple({key.name: key for key in keys}.values()), ""


def _dearmor(text: str, kind: str) -> bytes:
    """Undo the armor: headers up to a blank line (PGP only), base64, PGP's checksum (RFC 9580, 6.2)."""
    body, end, _ = text.partition(f"-----END {kind}-----")
    if not end:
        raise Malformed("the signature is cut off")
    lines = [line.strip() for line in body.strip("\r\n").splitlines()]
    if any(":" in line for line in lines):
        blank = lines.index("") if "" in lines else len(lines)
        lines = lines[blank + 1 :]
    try:
        return base64.b64decode("".join(line for line in lines if not line.startswith("=")), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed("the signature is not base64") from error
