"""Which key a signature names: real signatures of the real programs, and shapes that only an attacker makes."""

from __future__ import annotations

import base64
import re
import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given, settings
from hypothesis import strategies as st

from github_app.model import SigningKey
from tests.facts import signing as make
from tests.facts.payloads import only, payload
from workers.facts._sshsig import fingerprint
from workers.facts.signatures import signature_in, signing_keys

JIA = "22D465F2B4C173803B20C6DE59FCF207FEA7F445"
LASSE = "3690C240CE51B4670D30AD1C38EE757D69184620"
NOTE = bytes(300)
needs_git = pytest.mark.skipif(not shutil.which("git") or not shutil.which("ssh-keygen"), reason="git and ssh-keygen needed")
needs_gpg = pytest.mark.skipif(not shutil.which("gpg"), reason="gpg is not installed")


def names(text: str) -> list[str]:
    """Return the names of the keys, and hold that a reason is given exactly when there are none."""
    keys, why = signing_keys(text)
    assert bool(keys) != bool(why)
    return [key.name for key in keys]


def ssh_key(folder: Path, kind: str, *options: str) -> Path:
    """Make a key pair with ssh-keygen."""
    path = folder / f"id_{kind}"
    make.run("ssh-keygen", "-q", "-t", kind, *options, "-N", "", "-C", "test", "-f", path, cwd=folder)
    return path


def shown(path: Path) -> str:
    """Return a key's fingerprint as `ssh-keygen -l` prints it."""
    return make.run("ssh-keygen", "-l", "-f", path, cwd=path.parent).split()[1]


@needs_git
@pytest.mark.parametrize(("kind", "options"), [("ed25519", ()), ("ecdsa", ("-b", "384")), ("rsa", ("-b", "2048"))])
def test_a_tag_signed_by_git_with_an_ssh_key(tmp_path: Path, kind: str, options: tuple[str, ...]) -> None:
    """The name is the fingerprint that ssh-keygen prints, for every kind of key."""
    key = ssh_key(tmp_path, kind, *options)
    settings_ = ["user.name=Lasse", "user.email=l@example.org", "gpg.format=ssh", f"user.signingKey={key}"]
    git = ["git", *(word for setting in settings_ for word in ("-c", setting))]
    make.run("git", "init", "-q", cwd=tmp_path)
    make.run(*git, "commit", "-q", "--allow-empty", "-m", "first", cwd=tmp_path)
    make.run(*git, "tag", "-s", "-m", "a release", "v1", cwd=tmp_path)
    raw = make.run("git", "cat-file", "tag", "v1", cwd=tmp_path)
    assert names(signature_in(raw)) == [f"ssh:{shown(key)}"]


@needs_git
def test_a_deploy_keys_fingerprint_is_the_one_people_see(tmp_path: Path) -> None:
    """What an alert shows can be compared with what `ssh-keygen -l` prints."""
    public = ssh_key(tmp_path, "ed25519").with_suffix(".pub")
    key = {"id": 100, "key": public.read_text(), "title": "ci", "read_only": True, "created_at": "2024-01-01T00:00:00Z"}
    fact = only("deploy_key", payload(action="created", key=key))
    assert (fact.key_id, fact.title, fact.read_only, fact.added) == (100, "ci", True, True)
    assert fact.fingerprint == shown(public)
    gone = only("deploy_key", payload(action="deleted", key={"id": 100, "key": "ssh-ed25519 AAAA cut off", "title": "ci"}))
    assert (gone.fingerprint, gone.read_only, gone.added) == ("", False, False)


@needs_git
def test_a_certificates_fingerprint_is_that_of_its_key(tmp_path: Path) -> None:
    """A certificate changes with every renewal, the key in it does not."""
    key, authority = ssh_key(tmp_path, "ed25519"), ssh_key(tmp_path, "ecdsa")
    make.run("ssh-keygen", "-q", "-s", authority, "-I", "lasse", key.with_suffix(".pub"), cwd=tmp_path)
    certificate = tmp_path / "id_ed25519-cert.pub"
    blob = base64.b64decode(certificate.read_text().split()[1])
    assert fingerprint(blob) == shown(key)


def test_an_ssh_signature_made_by_hand() -> None:
    """Byte by byte as PROTOCOL.sshsig has it; one made for another purpose says nothing about a tag."""
    key = ed25519.Ed25519PrivateKey.generate()
    blob = make.ssh_signature(key, b"a tag")
    assert names(make.armor("SSH SIGNATURE", blob)) == [f"ssh:{fingerprint(make.ssh_public(key))}"]
    keys, why = signing_keys(make.armor("SSH SIGNATURE", make.ssh_signature(key, b"a tag", b"file")))
    assert keys == ()
    assert "not made for git" in why


@needs_gpg
def test_a_signature_by_gpg_names_the_subkey(tmp_path: Path) -> None:
    """Gpg signs with the subkey; its fingerprint is in the signature, the primary key's is not."""
    home = tmp_path / "gnupg"
    home.mkdir(mode=0o700)
    gpg = ["gpg", "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]
    make.run(*gpg, "--quick-generate-key", "Lasse <l@example.org>", "ed25519", "cert", "never", cwd=tmp_path, home=home)
    listed = make.run("gpg", "--list-keys", "--with-colons", cwd=tmp_path, home=home)
    primary = re.findall(r"^fpr:+([0-9A-F]{40}):", listed, re.MULTILINE)[0]
    make.run(*gpg, "--quick-add-key", primary, "ed25519", "sign", "never", cwd=tmp_path, home=home)
    listed = make.run("gpg", "--list-keys", "--with-colons", cwd=tmp_path, home=home)
    subkey = re.findall(r"^fpr:+([0-9A-F]{40}):", listed, re.MULTILINE)[1]
    signed = make.run(*gpg, "--armor", "--detach-sign", cwd=tmp_path, home=home, text="object")
    make.run("gpgconf", "--kill", "all", cwd=tmp_path, home=home)
    (key,), _ = signing_keys(signed)
    assert key == SigningKey(scheme="pgp", id=subkey)
    assert key.name == f"pgp:{subkey[-16:]}"


@pytest.mark.parametrize(
    "packet",
    [
        make.new_packet(make.signature(make.fingerprint(JIA), make.key_id(JIA[-16:]))),
        make.new_packet(make.signature(make.fingerprint(JIA)), length_size=5),
        make.new_packet(
            make.signature(make.fingerprint(JIA) + make.subpacket(20, bytes(200), length_size=5)), length_size=2
        ),
        make.old_packet(make.signature(unhashed=make.key_id(JIA[-16:]))),
        make.old_packet(make.signature(unhashed=make.key_id(JIA[-16:])), length_type=0),
        make.old_packet(make.signature(unhashed=make.key_id(JIA[-16:])), length_type=2),
        make.old_packet(make.signature(unhashed=make.key_id(JIA[-16:])), length_type=3),
        make.old_packet(
            make.signature(make.subpacket(20, bytes(300), length_size=2) + make.fingerprint(JIA)), length_type=1
        ),
        make.new_packet(make.signature(make.subpacket(33, b"\x04" + bytes.fromhex(JIA), critical=True))),
        make.new_packet(bytes([3, 5, 0, *bytes(4)]) + bytes.fromhex(JIA[-16:]) + bytes([1, 2, 0, 0])),
    ],
    ids=[
        "both",
        "long-length",
        "long-subpacket",
        "old",
        "old-1",
        "old-4",
        "old-rest",
        "two-octets",
        "critical",
        "version-3",
    ],
)
def test_one_key_has_one_name_in_every_framing(packet: bytes) -> None:
    """Old and new packets, lengths of every size, fingerprint or long id, versions 3 and 4."""
    assert names(make.pgp_armor(packet)) == ["pgp:59FCF207FEA7F445"]


@pytest.mark.parametrize("hashed", [True, False])
def test_a_version_6_signature_names_a_longer_fingerprint(hashed: bool) -> None:
    """RFC 9580 has fingerprints of 32 octets, and areas whose length takes four."""
    named = make.fingerprint("AB" * 32, 6)
    body = make.signature(named if hashed else b"", b"" if hashed else named, version=6)
    (key,), _ = signing_keys(make.pgp_armor(make.new_packet(body)))
    assert key.id == "AB" * 32


def test_what_is_signed_wins_over_what_anybody_can_add() -> None:
    """The unhashed area can be rewritten without breaking the signature."""
    body = make.signature(make.fingerprint(JIA), make.fingerprint(LASSE) + make.key_id(LASSE[-16:]))
    assert names(make.pgp_armor(make.new_packet(body))) == ["pgp:59FCF207FEA7F445"]
    body = make.signature(make.key_id(JIA[-16:]), make.fingerprint(LASSE))
    assert names(make.pgp_armor(make.new_packet(body))) == ["pgp:59FCF207FEA7F445"]


def test_a_tag_that_two_keys_signed_names_both() -> None:
    """A known key must not hide one beside it; the same key twice is one."""
    packets = [make.new_packet(make.signature(make.fingerprint(f))) for f in (LASSE, JIA, JIA)]
    assert names(make.pgp_armor(*packets)) == ["pgp:38EE757D69184620", "pgp:59FCF207FEA7F445"]


def test_the_last_signature_in_a_tags_text_counts() -> None:
    """As for git; a signature quoted in the message is text."""
    quoted = make.pgp_armor(make.new_packet(make.signature(make.fingerprint(LASSE))))
    real = make.pgp_armor(make.new_packet(make.signature(make.fingerprint(JIA))))
    raw = f"object {'1' * 40}\ntype commit\ntag v1\ntagger J <j@x> 1 +0000\n\nLook at this:\n{quoted}\nbye\n{real}"
    assert signature_in(raw) == real
    assert signature_in("no signature here\n  -----BEGIN PGP SIGNATURE----- in a sentence\n") == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no kind of signature"),
        ("-----BEGIN RSA PRIVATE KEY-----\n", "no kind of signature"),
        ("-----BEGIN PGP SIGNATURE-----\n\nAAAA\n", "cut off"),
        ("-----BEGIN PGP SIGNATURE-----\n\n!!!!\n-----END PGP SIGNATURE-----", "not base64"),
        ("x" * 200_000, "too large"),
        (make.pgp_armor(b"plain text"), "not a sequence of PGP packets"),
        (make.pgp_armor(), "no signature packet"),
        (make.pgp_armor(make.new_packet(b"x", tag=11) * 20), "not a sequence of PGP packets"),
        (make.pgp_armor(make.new_packet(make.signature())), "names no key"),
        (make.pgp_armor(make.new_packet(make.signature(make.subpacket(33, b"\x04short")))), "names no key"),
        (make.pgp_armor(make.new_packet(make.signature(version=9))), "version 9"),
        (make.pgp_armor(make.new_packet(make.signature(make.key_id(JIA[-16:])))[:20]), "cut off"),
        (make.pgp_armor(bytes([0xC2, 230]) + bytes(99)), "unknown length"),
        (make.armor("SSH SIGNATURE", b"SSHSIG"), "cut off"),
        (make.armor("SSH SIGNATURE", b"SSHSIG" + bytes(4)), "not an SSH signature"),
        (make.armor("SIGNED MESSAGE", b"\x30\x80"), "not an X.509 signature"),
    ],
)
def test_what_names_no_key_has_a_reason(text: str, reason: str) -> None:
    """A phrase for people, and no key."""
    keys, why = signing_keys(text)
    assert keys == ()
    assert reason in why


VALID = [
    ("PGP SIGNATURE", make.new_packet(make.signature(make.fingerprint(JIA), make.key_id(JIA[-16:])))),
    ("PGP SIGNATURE", make.old_packet(make.signature(unhashed=make.key_id(JIA[-16:])))),
    ("SSH SIGNATURE", make.ssh_signature(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)), b"a tag")),
]


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_damaged_signatures_never_crash(data: st.DataObject) -> None:
    """Bytes changed, taken out and put in anywhere; the answer is keys or a reason."""
    kind, blob = data.draw(st.sampled_from([*VALID, ("SIGNED MESSAGE", VALID[0][1])]))
    damaged = bytearray(blob)
    for place in data.draw(st.lists(st.integers(0, len(blob) - 1), min_size=1, max_size=6)):
        damaged[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    names(make.armor(kind, bytes(damaged), "\n"))


@settings(max_examples=200, deadline=None)
@given(
    kind=st.sampled_from(["PGP SIGNATURE", "SSH SIGNATURE", "SIGNED MESSAGE"]), blob=st.binary(max_size=400), text=st.text()
)
def test_made_up_signatures_never_crash(kind: str, blob: bytes, text: str) -> None:
    """Random bytes in armor, random text in armor, random text."""
    names(make.armor(kind, blob))
    names(f"-----BEGIN {kind}-----\n{text}\n-----END {kind}-----")
    names(text)
