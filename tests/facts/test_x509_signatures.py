"""Whose certificate made an X.509 signature, as gitsign and smimesign leave them on tags."""

from __future__ import annotations

import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.facts import signing as make
from workers.facts.signatures import signing_keys

NOW = dt.datetime(2024, 3, 29, tzinfo=dt.UTC)
KEY = ec.derive_private_key(12345, ec.SECP256R1())


def certificate(*names: x509.GeneralName, authority: bool = False) -> x509.Certificate:
    """Return a certificate that lives for ten minutes, with these subjectAltNames."""
    subject = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "sigstore.dev")])
    builder = x509.CertificateBuilder(subject, subject, KEY.public_key(), 1, NOW, NOW + dt.timedelta(minutes=10))
    builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=True)
    return builder.sign(KEY, hashes.SHA256())


def signed(*certificates: x509.Certificate) -> bytes:
    """Return a detached CMS signature by the first certificate, with the others beside it."""
    builder = pkcs7.PKCS7SignatureBuilder().set_data(b"object").add_signer(certificates[0], KEY, hashes.SHA256())
    for other in certificates[1:]:
        builder = builder.add_certificate(other)
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary])


def name(data: bytes) -> str:
    """Return the name of the one key."""
    (key,), why = signing_keys(make.armor("SIGNED MESSAGE", data))
    assert why == ""
    return key.name


def test_the_identity_is_the_signers_address() -> None:
    """Gitsign puts the address of the account that signed in into the certificate."""
    assert name(signed(certificate(x509.RFC822Name("billy@example.dev")))) == "x509:billy@example.dev"


def test_a_workflow_signs_under_its_url() -> None:
    """In CI the identity is the workflow's."""
    url = "https://github.com/sigstore/gitsign/.github/workflows/release.yml@refs/heads/main"
    assert name(signed(certificate(x509.UniformResourceIdentifier(url)))) == f"x509:{url}"


def test_a_certificate_without_a_name_has_a_fingerprint() -> None:
    """Then every certificate is a key of its own."""
    made = certificate()
    assert name(signed(made)) == f"x509:SHA256:{made.fingerprint(hashes.SHA256()).hex()}"


def test_authorities_beside_the_signer_do_not_count() -> None:
    """Smimesign adds the chain."""
    chain = certificate(x509.DNSName("ca.example.org"), authority=True)
    assert name(signed(certificate(x509.RFC822Name("l@example.org")), chain)) == "x509:l@example.org"


def test_a_second_certificate_could_be_anybodys() -> None:
    """Certificates of the past are public: one of a maintainer put beside the signer's must not count as theirs."""
    pair = [certificate(x509.RFC822Name("mallory@example.org")), certificate(x509.RFC822Name("l@example.org"))]
    keys, why = signing_keys(make.armor("SIGNED MESSAGE", signed(*pair)))
    assert keys == ()
    assert "not one certificate" in why


@pytest.mark.parametrize("address", ["a" * 600 + "@example.org", "l@example.org\x00"])
def test_an_identity_that_cannot_be_shown_is_not_used(address: str) -> None:
    """Too long or not printable: the certificate's fingerprint stands for it."""
    assert name(signed(certificate(x509.RFC822Name(address)))).startswith("x509:SHA256:")


def test_a_certificate_of_a_version_that_does_not_exist() -> None:
    """Found by damaging certificates at random: one changed byte, and an error of another family."""
    damaged = DETACHED.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07", 1)
    assert damaged != DETACHED
    assert signing_keys(make.armor("SIGNED MESSAGE", damaged)) == ((), "not an X.509 signature")


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damaged_certificates_never_crash(data: st.DataObject) -> None:
    """Bytes changed anywhere; the answer is keys or a reason."""
    damaged = bytearray(DETACHED)
    for place in data.draw(st.lists(st.integers(0, len(damaged) - 1), min_size=1, max_size=4)):
        damaged[place] = data.draw(st.integers(0, 255))
    keys, why = signing_keys(make.armor("SIGNED MESSAGE", bytes(damaged)))
    assert bool(keys) != bool(why)


DETACHED = signed(certificate(x509.RFC822Name("billy@example.dev")))
