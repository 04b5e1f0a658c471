"""What proves where a release comes from is read as a claim, and never crashes the reader."""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from github_app.proofs import Proof
from tests.releases.conftest import World
from workers import provenance
from workers.tarball.names import is_source

SLSA = "https://slsa.dev/provenance/v1"
WORKFLOW = "https://github.com/acme/widget/.github/workflows/release.yml"


def bundle(workflow: str = f"{WORKFLOW}@refs/tags/v1.0", *, build_signer: str = "", chain: bool = False) -> dict[str, Any]:
    """Return a Sigstore bundle as GitHub shows it, with a certificate of Fulcio's shape."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "sigstore.test")])
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(dt.datetime(2024, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2024, 1, 1, 0, 10, tzinfo=dt.UTC))
        .add_extension(x509.SubjectAlternativeName([x509.UniformResourceIdentifier(workflow)]), critical=True)
    )
    if build_signer:
        raw = build_signer.encode()
        der = b"\x0c" + (bytes([len(raw)]) if len(raw) < 128 else b"\x81" + bytes([len(raw)])) + raw
        oid = x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.9")
        made = made.add_extension(x509.UnrecognizedExtension(oid, der), critical=False)
    raw = base64.b64encode(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)).decode()
    material = (
        {"x509CertificateChain": {"certificates": [{"rawBytes": raw}]}} if chain else {"certificate": {"rawBytes": raw}}
    )
    payload = base64.b64encode(json.dumps({"predicateType": SLSA, "subject": []}).encode()).decode()
    return {
        "verificationMaterial": material,
        "dsseEnvelope": {"payload": payload, "payloadType": "application/vnd.in-toto+json"},
    }


@pytest.mark.parametrize("chain", [False, True])
def test_an_attestation_names_its_workflow_without_the_ref(chain: bool) -> None:
    """Each release runs on another tag; the workflow is the same."""
    assert provenance.attestations([bundle(chain=chain)]) == [Proof(name=f"attestation {SLSA}", signer=WORKFLOW[8:])]


def test_the_workflow_that_signed_counts_not_the_one_that_called_it() -> None:
    """With a reusable workflow the two differ; Fulcio names both."""
    shared = "https://github.com/acme/shared/.github/workflows/build-and-sign-everything-that-we-release-to-the-public.yml"
    (proof,) = provenance.attestations([bundle(build_signer=f"{shared}@refs/heads/main")])
    assert proof.signer == shared[8:]


@given(st.recursive(st.none() | st.text() | st.integers(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_no_bundle_makes_it_crash(value: object) -> None:
    """Whatever somebody uploaded, there is a proof with or without a signer."""
    found = provenance.attestations([
        {"verificationMaterial": value, "dsseEnvelope": value},
        {"verificationMaterial": {"certificate": {"rawBytes": value}}, "dsseEnvelope": {"payload": value}},
    ])  # fmt: skip
    assert all(proof.name.startswith("attestation ") for proof in found)


@pytest.mark.parametrize(
    ("asset", "name"),
    [
        ("widget-1.0.tar.gz.asc", "signature .asc"),
        ("widget-1.0.tar.gz.minisig", "signature .minisig"),
        ("widget.sigstore.json", "signature .sigstore.json"),
        ("multiple.intoto.jsonl", "signature .intoto.jsonl"),
        ("SHA256SUMS.asc", "signed checksums .asc"),
        ("checksums.txt.sig", "signed checksums .sig"),
        ("SHA256SUMS", "checksums"),
        ("widget_1.2_checksums.txt", "checksums"),
        ("widget.tar.gz.publish.attestation", "signature .attestation"),
        ("widget-1.0.tar.gz", ""),
    ],
)
def test_signature_files_are_known_by_their_names(asset: str, name: str) -> None:
    """Without versions, so that the next release's is the same proof."""
    assert provenance.signature_name(asset) == name


def test_a_minisign_signature_names_its_key() -> None:
    """The key's number is in the second line, least significant byte first."""
    raw = base64.b64encode(b"ED" + bytes(range(1, 9)) + bytes(64)).decode()
    (proof,) = provenance.signature("w.minisig", f"untrusted comment: x\n{raw}\ntrusted comment: y\n".encode())
    assert proof.signer == "minisign:0807060504030201"


@given(st.binary(max_size=300))
def test_no_signature_makes_it_crash(data: bytes) -> None:
    """What cannot be read names nobody."""
    for start in (b"", b"{", b"untrusted comment: x\n", b"-----BEGIN PGP SIGNATURE-----\n"):
        assert {proof.name for proof in provenance.signature("w.asc", start + data)} == {"signature .asc"}


@pytest.mark.parametrize(
    ("tag", "prerelease", "line"),
    [
        ("v1.2.3", False, "1"),
        ("1.9", False, "1"),
        ("widget-2.0", False, "widget-2"),
        ("v2.0.0-rc1", True, "2 pre-releases"),
        ("nightly", False, "nightly"),
    ],
)
def test_releases_of_one_line_share_its_first_number(tag: str, prerelease: bool, line: str) -> None:
    """What an old series carries says nothing about the new one."""
    assert provenance.line_of(tag, prerelease=prerelease) == line


@pytest.mark.parametrize("name", ["widget-1.0.tar.gz", "v1.0.zip", "xz-5.6.0.tar.xz", "w.tgz", "w-src.tar.bz2"])
def test_source_archives_are_known_by_their_names(name: str) -> None:
    """What they really are is seen when they are read."""
    assert is_source(name)


@pytest.mark.parametrize(
    "name",
    ["widget-linux-amd64.tar.gz", "w_darwin_arm64.zip", "w-x86_64-pc-windows-msvc.zip", "w.exe", "w.tar.gz.asc", "docs.zip"],
)
def test_builds_for_a_platform_are_not(name: str) -> None:
    """Comparing them with sources says nothing."""
    assert not is_source(name)


def test_an_attestation_by_another_workflow_is_told(world: World) -> None:
    """From GitHub's answer to the alert."""
    for number, workflow in ((1, WORKFLOW), (2, WORKFLOW.replace("release", "test"))):
        world.archive(number, f"v1.{number}")
        world.bundles[world.shown[number]["assets"][0]["digest"]] = [bundle(f"{workflow}@refs/tags/v1.{number}")]
        world.look(number)
    (alert,) = world.alerts()
    assert alert.finding.detector == "provenance-moved"
    assert alert.finding.before == "github.com/acme/widget/.github/workflows/release.yml"
    assert "github.com/acme/widget/.github/workflows/test.yml" in alert.finding.after
