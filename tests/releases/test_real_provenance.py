"""Statements that were really signed: what they name, whether they fit, and what is said when one follows another."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from github_app.proofs import FITS, OTHER_FILES, Proof
from tests.releases.conftest import World
from tests.standin.github import Answer
from workers import provenance
from workers.provenance import bundle, fitting
from workers.provenance.certificate import identity

REAL = Path(__file__).parent / "real"
MODELS, RENAMED = "pypi_attestation_models-0.0.4a2.tar.gz.sigstore", "pypi_attestations-0.0.19.tar.gz.slsa.attestation"
STAGING, CHAIN = "rfc8785-0.1.2-py3-none-any.whl.sigstore", "sigstore-js-1.3.0.sigstore.json"
DIGESTS = {
    MODELS: "c9709ce6fd5b67b59b4a28758cf14d3f411803c4b89b6068b1f1a8e4ee94c8ef",
    RENAMED: "9bb1add04b1b4e182be6b0b80931593f7a291eb49d69b4fd728a5d4cbcdc4bd3",
    STAGING: "c4e92e9ecc828bef2aa7dba1de8ac983511f7532a0df11c770d39099a25cf201",
}
"""SHA-256 of the file that each is about."""
TRAIL = "github.com/trailofbits"


def read(name: str, digest: str = "", data: bytes = b"") -> Proof:
    """Return the proof that a file is, beside one file with this digest."""
    release = provenance.Release(digests=frozenset({digest or DIGESTS.get(name, "0" * 64)}), complete=True)
    (proof,) = provenance.signature(name, data or (REAL / name).read_bytes(), release)
    return proof


@pytest.mark.parametrize(
    ("name", "signer", "repository", "fit"),
    [
        (MODELS, f"{TRAIL}/pypi-attestation-models/.github/workflows/release.yml", "772247423", FITS),
        (RENAMED, f"{TRAIL}/pypi-attestations/.github/workflows/release.yml", "772247423", FITS),
        # Sigstore's staging authority calls itself the same and has another key.
        (STAGING, "william@yossarian.net", "", ""),
        # npm names files by SHA-512 alone, which GitHub does not state.
        (CHAIN, "github.com/sigstore/sigstore-js/.github/workflows/release.yml", "495574555", ""),
    ],
)
def test_each_form_names_its_signer(name: str, signer: str, repository: str, fit: str) -> None:
    """Bundles with a certificate or a chain, and PyPI's form."""
    proof = read(name)
    assert (proof.signer, proof.repository, proof.fit) == (signer, repository, fit)


def test_all_of_them_are_signed_by_their_certificates() -> None:
    """Four signatures of other people's programs, over DSSE's encoding."""
    for name in (MODELS, RENAMED, STAGING, CHAIN):
        (statement,) = bundle.in_file((REAL / name).read_bytes())
        assert fitting._signed(statement) is True, name


def test_a_shared_workflow_is_named_with_the_repository_it_worked_for() -> None:
    """Otherwise everybody who uses it would be the same signer. Its envelope carries the certificate itself."""
    pem = (REAL / "slsa-generator-1.2.2.pem").read_text(encoding="ascii")
    envelope = {"payloadType": "x", "payload": "e30=", "signatures": [{"keyid": "", "sig": "AA==", "cert": pem}]}
    (proof,) = provenance.signature("multiple.intoto.jsonl", json.dumps(envelope).encode())
    generator = "github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml"
    assert proof.signer == f"{generator} for github.com/asraa/slsa-on-github-test"
    assert fitting._issued(x509.load_pem_x509_certificate(pem.encode()))


@pytest.mark.parametrize("name", [MODELS, RENAMED])
def test_the_proof_of_another_file_does_not_fit(name: str) -> None:
    """Whoever copies a bundle copies what it is about."""
    assert read(name, digest="ab" * 32).fit == OTHER_FILES


def test_a_changed_statement_does_not_fit() -> None:
    """Whoever writes another digest into it has no key to sign that with."""
    told: dict[str, Any] = json.loads((REAL / MODELS).read_text())
    payload = base64.b64decode(told["dsseEnvelope"]["payload"])
    changed = payload.replace(DIGESTS[MODELS].encode(), b"ab" * 32)
    assert changed != payload
    told["dsseEnvelope"]["payload"] = base64.b64encode(changed).decode()
    proof = read(MODELS, digest="ab" * 32, data=json.dumps(told).encode())
    assert proof.fit == "its signature is not by the key in its certificate"


def test_an_old_certificate_tells_repository_and_commit_as_bare_text() -> None:
    """Fulcio's first six extensions are no DER."""
    pem = (REAL / "slsa-generator-1.2.2.pem").read_bytes()
    who = identity(x509.load_pem_x509_certificate(pem))
    assert (who.commit, who.repository) == ("f24af35a7c714f1b4eeb53afefb57fa11bd5c95c", "")


def test_a_repository_that_was_renamed_is_the_same_signer() -> None:
    """pypi-attestation-models became pypi-attestations; its number stayed, and so did its workflow."""
    before, after = (replace(read(name), name="attestation x") for name in (MODELS, RENAMED))
    assert before.signer != after.signer
    assert after.by_same(before)
    assert not replace(after, repository="1").by_same(before)
    assert not replace(after, fit="").by_same(before)


def publish(world: World, number: int, tag: str, *names: str, digest: str = "") -> None:
    """Publish a release of a wheel with these statements on GitHub about it."""
    world.publish(number, tag, {"widget.whl": b"x"})
    (asset,) = world.shown[number]["assets"]
    asset["digest"] = f"sha256:{digest or DIGESTS[names[0]]}"
    world.bundles[asset["digest"]] = [json.loads((REAL / name).read_text()) for name in names]


def test_a_renamed_repository_is_quiet_from_end_to_end(world: World) -> None:
    """The same workflow of the same repository, whatever that is called."""
    publish(world, 1, "v1.1", MODELS)
    world.look(1)
    publish(world, 2, "v1.2", RENAMED)
    titles = [alert.finding.title for alert in world.look(2)]
    assert not [title for title in titles if "another signer" in title]


def test_a_copied_attestation_is_told_as_one_that_does_not_fit(world: World) -> None:
    """As an upload beside the file; on GitHub's own list it could not be."""
    world.publish(1, "v1.1", {"widget.whl": b"x", "widget.whl.sigstore": (REAL / MODELS).read_bytes()})
    world.shown[1]["assets"][0]["digest"] = f"sha256:{DIGESTS[MODELS]}"
    assert world.look(1) == []
    world.publish(2, "v1.2", {"widget.whl": b"y", "widget.whl.sigstore": (REAL / MODELS).read_bytes()})
    world.work(hours=3)
    (alert,) = world.look(2)
    assert (alert.finding.detector, alert.finding.severity) == ("provenance-lost", "high")
    assert alert.finding.title == "The signature .sigstore of v1.2 does not fit"
    assert OTHER_FILES in alert.finding.why


def test_what_is_no_longer_by_sigstore_is_told(world: World) -> None:
    """A certificate that anybody can make names whomever they like."""
    publish(world, 1, "v1.1", MODELS)
    world.look(1)
    publish(world, 2, "v1.2", STAGING)
    (alert,) = (a for a in world.look(2) if a.finding.detector == "provenance-moved")
    assert alert.finding.severity == "high"
    assert "The last one's certificate was Sigstore's, and this one's is not." in alert.finding.why


def test_permission_lost_between_two_releases_is_no_loss(world: World) -> None:
    """What may not be seen is not missing."""
    publish(world, 1, "v1.1", MODELS)
    world.look(1)
    publish(world, 2, "v1.2", RENAMED)

    refused = Answer(status=403, body={"message": "Resource not accessible by integration"})
    world.github.fail("GET", r"/repos/acme/widget/attestations/.*", refused)
    assert world.look(2) == []
