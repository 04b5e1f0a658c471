"""The identity in an X.509 signature, as gitsign and smimesign make them: CMS (RFC 5652) with the signer's certificate.

gitsign's certificates live ten minutes, so the key says nothing; who signed is in the subjectAltName
(https://docs.sigstore.dev/certificate_authority/oidc-in-fulcio/).
"""

from __future__ import annotations

import warnings

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import pkcs7

from github_app.model import SigningKey
from workers.facts._bytes import Malformed

_LONGEST = 500


def signing_keys(data: bytes) -> list[SigningKey]:
    """Return the identity of the signer's certificate.

    Raises:
        Malformed: there is no certificate, or more than one that could be the signer's.
    """
    try:
        with warnings.catch_warnings():
            # cryptography warns of certificates that break a rule; whose they are is all that counts here.
            warnings.simplefilter("ignore")
            identities = [_identity(c) for c in pkcs7.load_der_pkcs7_certificates(data) if not _is_authority(c)]
    except Exception as error:  # cryptography has a dozen kinds of its own for a damaged certificate, without a common base
        raise Malformed("not an X.509 signature") from error
    if len(identities) != 1:
        raise Malformed("not one certificate that could be the signer's")
    return [SigningKey(scheme="x509", id=identities[0])]


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except x509.ExtensionNotFound:
        return False


def _identity(certificate: x509.Certificate) -> str:
    """Return an e-mail address, a URL (a workflow's), or else the certificate's own fingerprint."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        found = [*names.get_values_for_type(x509.RFC822Name), *names.get_values_for_type(x509.UniformResourceIdentifier)]
    except x509.ExtensionNotFound:
        found = []
    for name in found:
        if 0 < len(name) <= _LONGEST and name.isprintable():
            return name
    return f"SHA256:{certificate.fingerprint(hashes.SHA256()).hex()}"
