"""Whom a Sigstore certificate names: the workflow or person, the repository it worked for, and the commit it ran on.

Fulcio's extensions: https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md. Those up to `.6` hold bare text, those
from `.8` on a DER UTF8String; older certificates have only the former.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass

from cryptography import x509

_FULCIO = "1.3.6.1.4.1.57264.1."
_OLD_COMMIT, _OLD_REPOSITORY = "3", "5"
_OTHER_NAME, _BUILD_SIGNER, _REPOSITORY, _COMMIT, _REPOSITORY_NUMBER, _CALLER = "7", "9", "12", "13", "15", "18"
_REF = re.compile(r"@[^@/]*(?:/[^@]*)?$")
_LONGEST = 300
_UTF8_STRING, _LONG_FORM = 0x0C, 0x80


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a certificate names.

    `name` is the workflow or person without the ref a workflow ran on; where a workflow of one repository worked for
    another, both are in it. `repository` is the number that the host gives the repository, which no renaming changes;
    `commit` what the workflow ran on. Each is "" where it is not stated.
    """

    name: str = ""
    repository: str = ""
    commit: str = ""


def parsed(der: bytes) -> x509.Certificate | None:
    """Read a certificate; None when it is none."""
    try:
        with warnings.catch_warnings():
            # cryptography warns of certificates that break a rule; whose they are is all that counts here.
            warnings.simplefilter("ignore")
            certificate = x509.load_der_x509_certificate(der)
            certificate.public_key()  # a key of an unknown kind is an error only now
            list(certificate.extensions)
    except Exception:  # cryptography has a dozen kinds of its own for a damaged one, without a common base
        return None
    return certificate


def identity(certificate: x509.Certificate) -> Identity:
    """Return whom a certificate that was read by `parsed` names."""
    told = {
        e.oid.dotted_string.removeprefix(_FULCIO): e.value.value
        for e in certificate.extensions
        if e.oid.dotted_string.startswith(_FULCIO) and isinstance(e.value, x509.UnrecognizedExtension)
    }
    signer = _short(_text(told.get(_BUILD_SIGNER, b"")) or _alternative(certificate))
    repository = _short(_text(told.get(_REPOSITORY, b"")))
    if not repository and (old := _plain(told.get(_OLD_REPOSITORY, b""))):
        repository = f"github.com/{old}"
    return Identity(
        name=_shown(_joined(signer, repository, _short(_text(told.get(_CALLER, b""))))),
        repository=_shown(_text(told.get(_REPOSITORY_NUMBER, b""))),
        commit=_shown(_text(told.get(_COMMIT, b"")) or _plain(told.get(_OLD_COMMIT, b""))),
    )


def _joined(signer: str, repository: str, caller: str) -> str:
    """Name the repository beside a workflow that is not its own: half the world is signed by the same shared workflow."""
    if not repository or "/" not in signer or signer.lower().startswith(f"{repository.lower()}/"):
        return signer
    return f"{signer} for {caller if caller.startswith(f'{repository}/') else repository}"


def _short(uri: str) -> str:
    if not uri.startswith("https://"):
        return uri
    return _REF.sub("", uri).removeprefix("https://")


def _shown(text: str) -> str:
    return text[: 2 * _LONGEST] if text.isprintable() else ""


def _plain(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _text(raw: bytes) -> str:
    """Read a DER UTF8String; "" when it is none."""
    if len(raw) < 2 or raw[0] != _UTF8_STRING:
        return ""
    start = 2 + (raw[1] & 0x7F if raw[1] & _LONG_FORM else 0)
    return raw[start:].decode("utf-8", "replace")


def _alternative(certificate: x509.Certificate) -> str:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ""
    others = [
        _text(n.value) for n in names.get_values_for_type(x509.OtherName) if n.type_id.dotted_string == _FULCIO + _OTHER_NAME
    ]
    found = [
        *names.get_values_for_type(x509.UniformResourceIdentifier),
        *names.get_values_for_type(x509.RFC822Name),
        *others,
    ]
    return str(found[0]) if found else ""
