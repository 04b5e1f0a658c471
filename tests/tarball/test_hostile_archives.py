"""Archives made to do harm: each is refused with a sentence or compared, never obeyed, within bounded time and memory."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tarball.archives import TAGGED, compared, member, packed, release, told, tree
from workers.tarball import contents
from workers.tarball.limits import Limits, Unfit, Why

ROOT = Path(__file__).parents[2]
FILES = [member(f"w/{path}", data) for path, data in TAGGED.items()]


def refused(archive: bytes, limits: Limits | None = None) -> Unfit:
    """Return why an archive is refused."""
    with pytest.raises(Unfit) as caught:
        contents.read(io.BytesIO(archive), limits or Limits(), tree())
    assert caught.value.sentence.startswith("refused: ")
    return caught.value


def listed(archive: bytes) -> list[bytes]:
    """Return the paths of an archive, none when it is refused; any other error fails the test."""
    try:
        return list(contents.read(io.BytesIO(archive), Limits(), tree()).items)
    except Unfit:
        return []


def zipped(entries: dict[str, bytes], **about: object) -> bytes:
    """Return a zip archive; `about` sets fields of each entry."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            info = zipfile.ZipInfo(name)
            for key, value in about.items():
                setattr(info, key, value)
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    return made.getvalue()


@pytest.mark.parametrize("name", ["../x", "w/../../x", "/etc/passwd", "w/a/../b", "C:\\x", "w\\..\\x"])
def test_paths_that_lead_out_are_refused(name: str) -> None:
    """Whoever unpacks it carelessly would write somewhere else."""
    for archive in (packed([*FILES, member(name, b"x")]), zipped({"w/README": b"x", name: b"x"})):
        found = refused(archive)
        assert (found.why, "a path that leads out of it" in found.sentence) == (Why.HOSTILE, True)


@pytest.mark.parametrize("target", ["/etc/passwd", "../../x", "..", ""])
def test_links_that_lead_out_are_refused(target: str) -> None:
    """Neither followed nor written; unless the tag itself holds this very link."""
    archive = packed([*FILES, member("w/link", type=b"2", linkname=target)])
    assert refused(archive).why is Why.HOSTILE
    if target:
        assert told(compared(archive, tree(links={"link": target.encode()}))) == []
    assert refused(zipped({"w/link": target.encode()}, external_attr=0o120777 << 16)).why is Why.HOSTILE


def test_writing_through_a_link_is_refused() -> None:
    """A link, and then a file below it, lands where the link points."""
    found = refused(packed([*FILES, member("w/l", type=b"2", linkname="m4"), member("w/l/x.m4", b"x")]))
    assert found.sentence == "refused: it writes through a symbolic link: w/l/x.m4"


@pytest.mark.parametrize("kind", [b"3", b"4", b"6", b"Q"])
def test_devices_and_unknown_kinds_are_refused(kind: bytes) -> None:
    """No source needs them."""
    assert "a device or another special file" in refused(packed([*FILES, member("w/dev", type=kind)])).sentence


def test_a_hard_link_to_something_outside_is_refused() -> None:
    """It can only point to what came before it in the archive."""
    assert refused(packed([member("w/x", type=b"1", linkname="/etc/shadow")])).why is Why.HOSTILE
    assert refused(packed([member("w/x", type=b"1", linkname="w/later"), member("w/later", b"x")])).why is Why.HOSTILE


def test_a_sparse_file_is_told() -> None:
    """What it holds once unpacked is not what is in the archive."""
    about = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "w/src/main.c", "GNU.sparse.realsize": "9"}
    entry = member("w/GNUSparseFile.0/main.c", b"0\n" + bytes(510), pax_headers=about)
    assert told(compared(packed([FILES[0], FILES[1], FILES[4], entry]))) == ["altered src/main.c"]


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        (Limits(unpacked=1 << 20), "it unpacks to more than 1 MiB"),
        (Limits(free=1 << 20), "it unpacks to more than 200 times its size"),
        (Limits(packed=1 << 10), "it is larger than 1 KiB"),
        (Limits(seconds=0), "reading it took longer than 0 seconds"),
    ],
)
def test_size_and_time_are_bounded(limits: Limits, sentence: str) -> None:
    """Which bound was passed is said."""
    archive = packed([*FILES, member("w/zeros", bytes(4 << 20))])
    found = refused(archive, limits)
    assert (found.sentence, found.why) == (f"refused: {sentence}", Why.LARGE)


def test_a_zip_bomb_is_refused() -> None:
    """Unpacking stops where the bound is, whatever the header says."""
    assert refused(zipped({"w/x": bytes(4 << 20)}), Limits(unpacked=1 << 20)).why is Why.LARGE


def test_many_entries_are_refused() -> None:
    """Their number and their names' length are counted while reading."""
    many = [member(f"w/{n}") for n in range(50)]
    assert refused(packed(many), Limits(entries=40)).sentence == "refused: it holds more than 40 entries"
    assert "names alone" in refused(packed([member("w/" + "x" * 3000)]), Limits(names=1 << 10)).sentence


def test_a_header_bomb_is_refused() -> None:
    """An extended header is not taken into memory before its size is known to be sane."""
    found = refused(packed([member("w/x", b"x", pax_headers={"comment": "x" * (2 << 20)})]))
    assert found.sentence == "refused: one of its headers is larger than 1 MiB"


def test_a_chain_of_headers_ends() -> None:
    """A million headers without an entry count as entries."""
    name = packed([member("w/" + "x" * 200)], "w", tarfile.GNU_FORMAT)[:1024]
    assert "more than 1,000 entries" in refused(name * 2000, Limits(entries=1000)).sentence


@pytest.mark.parametrize("mode", ["w:gz", "w:xz", "w:bz2", "w"])
def test_what_is_cut_off_is_said_to_be(mode: str) -> None:
    """Half an archive is not half compared."""
    whole = release({"src/big.c": os.urandom(5000)}, mode=mode)
    found = refused(whole[: len(whole) // 2])
    assert (found.why, "cut off" in found.sentence) == (Why.DAMAGED, True)


def test_an_archive_that_lies_about_sizes_is_refused() -> None:
    """A size that cannot be is no size."""
    whole = bytearray(packed(FILES, "w"))
    whole[124:136] = b"\x80" + bytes(3) + b"\xff" * 8
    whole[148:156] = b" " * 8
    whole[148:156] = b"%06o\0 " % sum(whole[:512])
    assert refused(bytes(whole)).why is Why.DAMAGED


@pytest.mark.parametrize(
    "data",
    [b"", b"\0" * 10240, b"hello", b"PK\x05\x06", b"\x1f\x8b", b"\xfd7zXZ\0", b"BZh9", b"\x1f\x8b\x08" + b"\xff" * 99],
)
def test_what_is_no_archive_is_said_to_be_none(data: bytes) -> None:
    """Anything can be uploaded under any name."""
    assert refused(data).why in {Why.DAMAGED, Why.UNKNOWN}


def test_an_xz_header_cannot_ask_for_gigabytes() -> None:
    """A dictionary of 1.5 GiB is refused before it is made."""
    found = refused(packed(FILES, "w:xz")[:12] + _block_header() + bytes(40))
    assert found.sentence in {"refused: unpacking it needs too much memory", "refused: its compressed data are damaged"}
    assert found.sentence == "refused: unpacking it needs too much memory"


def _block_header() -> bytes:
    """Return an xz block header with the LZMA2 filter and the largest dictionary (xz-file-format.txt, 3.1 and 5.3.1)."""
    body = bytes([2, 0, 0x21, 1, 40]) + bytes(3)
    return body + struct.pack("<I", zlib.crc32(body))


def test_an_encrypted_zip_is_refused() -> None:
    """What cannot be read is not called equal."""
    whole = bytearray(zipped({"w/README": b"x"}))
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        whole[whole.find(magic) + at] |= 1
    assert refused(bytes(whole)).sentence == "refused: it is encrypted"


def test_a_zip_is_compared_like_a_tar() -> None:
    """The same files are the same in either."""
    files = {f"w/{path}": data for path, data in {**TAGGED, "m4/extra.m4": b"x"}.items()}
    found = compared(zipped(files))
    assert (found.same, told(found)) == (5, ["added m4/extra.m4"])


MUTATIONS = st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 255)), min_size=1, max_size=30)


@settings(max_examples=150, deadline=None)
@given(form=st.sampled_from(["w", "w:gz", "zip"]), changes=MUTATIONS, cut=st.integers(0, 1 << 14))
def test_no_damage_makes_it_crash(form: str, changes: list[tuple[int, int]], cut: int) -> None:
    """Whatever the bytes are, there is a listing or a stated reason."""
    whole = bytearray(zipped({f"w/{p}": d for p, d in TAGGED.items()}) if form == "zip" else release(mode=form))
    for at, value in changes:
        whole[at % len(whole)] = value
    assert listed(bytes(whole[cut % len(whole) if cut < 64 else 0 :])) is not None


NAMES = st.one_of(st.sampled_from([".", "..", "", "w", "a/b", "/", "w/..", "\udcff", "w/l"]), st.text(max_size=20))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(NAMES, st.sampled_from([b"0", b"1", b"2", b"5", b"S", b"L", b"x"]), NAMES, st.binary(max_size=40)),
        max_size=8,
    )
)
def test_no_mixture_of_entries_makes_it_crash(entries: list[tuple[str, bytes, str, bytes]]) -> None:
    """Links onto links, headers for nothing, names of nothing: a listing within the tree, or a reason."""
    made = []
    for name, kind, link, data in entries:
        try:
            made.append(
                packed([member(name, data, type=kind, linkname=link)], "w", tarfile.GNU_FORMAT)[: 512 + 512 * bool(data)]
            )
        except (UnicodeError, ValueError):
            continue
    paths = listed(b"".join(made) + bytes(1024))
    assert not any(path.startswith(b"/") or b".." in path.split(b"/") for path in paths)


_MEASURE = """
import gzip, io, resource, sys, tarfile, zlib
from workers.tarball import contents
from workers.tarball.limits import Limits, Unfit
from workers.tarball.tree import Tree

class Bomb(io.RawIOBase):
    "A gzip of one file of 10 GiB zeros, or of a million entries, made while it is read."
    def __init__(self, which):
        self.rest, self.parts, self.at = b"", self.made(which), 0
    def made(self, which):
        z = zlib.compressobj(9 if which == 'large' else 1, zlib.DEFLATED, 31)
        if which == "large":
            info = tarfile.TarInfo("w/zeros"); info.size = 10 << 30
            yield z.compress(info.tobuf())
            zeros = bytes(1 << 20)
            for _ in range(10 << 10):
                yield z.compress(zeros)
        blank = tarfile.TarInfo("w/" + "0" * 90).tobuf(tarfile.GNU_FORMAT)
        total = sum(blank[:148]) + 256 + sum(blank[156:])
        for n in range(1_000_000 if which == "many" else 0):
            digits = b"%090d" % n
            yield z.compress(b"w/%b%b%06o\\0 %b" % (digits, blank[92:148], total + sum(digits) - 90 * 48, blank[156:]))
        yield z.flush()
    def read(self, size=-1):
        while len(self.rest) < size:
            part = next(self.parts, None)
            if part is None: break
            self.rest += part
        given, self.rest = self.rest[:size], self.rest[size:]
        return given
    def seek(self, at, whence=0):
        self.__init__(sys.argv[1]); return 0

def peak():
    "Linux counts for ru_maxrss what the parent had before the program began; VmHWM is this program's alone."
    try:
        return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

try:
    contents.read(Bomb(sys.argv[1]), Limits(), Tree(blobs={}))
except Unfit as error:
    print(error.sentence, "|", peak() // 1024)
"""


@pytest.mark.parametrize(
    ("which", "sentence"),
    [
        ("large", "refused: it unpacks to more than 200 times its size"),
        ("many", "refused: it holds more than 100,000 entries"),
    ],
)
def test_bombs_are_refused_in_little_memory(which: str, sentence: str) -> None:
    """Ten gigabytes of zeros and a million entries cost less than 200 MB, measured in a process of their own."""
    ran = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", _MEASURE, which], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    said, _, megabytes = ran.stdout.strip().partition(" | ")
    assert said == sentence
    assert int(megabytes) < 200
