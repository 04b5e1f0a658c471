"""Read a zip archive entry by entry; its list of contents is measured before Python's `zipfile` takes it into memory.

APPNOTE.TXT 6.3.10 (pkware.com): the end record is within the last 65,557 bytes and names the size of the central directory.
"""

from __future__ import annotations

import contextlib
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import IO, BinaryIO

from workers.tarball.limits import MIB, Meter, Unfit, Why
from workers.tarball.stream import PIECE
from workers.tarball.tar import Entry, Kind

_END, _END_SIZE, _LONGEST_COMMENT = b"PK\x05\x06", 22, 65535
_MOST_DIRECTORY = 12 * MIB
_READABLE = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 0x1
_LOCAL, _LOCAL_LENGTHS, _DESCRIPTOR = 30, 26, 24
"""Length of a local header, where it states the lengths of name and extra field, and of the longest data descriptor."""


def is_zip(start: bytes) -> bool:
    """Say whether a file that begins like this is a zip archive."""
    return start[:4] in {b"PK\x03\x04", b"PK\x05\x06"}


def entries(file: BinaryIO, meter: Meter) -> Iterator[Entry]:
    """Yield what the archive holds, in the order of its central directory.

    Raises:
        Unfit: it is damaged, encrypted or compressed in a rare way, or passes a bound.
    """
    size = file.seek(0, os.SEEK_END)
    meter.took(size)
    _measure(file, size)
    with _read_by_zipfile(), zipfile.ZipFile(file) as archive:
        listed = archive.infolist()
        meter.hidden = _between(file, listed)
        for info in listed:
            yield from _entry(archive, info, meter)


@contextlib.contextmanager
def _read_by_zipfile() -> Iterator[None]:
    try:
        yield
    except zipfile.BadZipFile as error:
        if "differ" in str(error):  # "File name in directory ... and header ... differ."
            raise Unfit(Why.HOSTILE, "its two lists of contents name a file differently") from None
        raise Unfit(Why.DAMAGED, "the zip archive is damaged") from None
    except (NotImplementedError, RuntimeError, EOFError, ValueError, OSError, zlib.error):
        raise Unfit(Why.DAMAGED, "the zip archive is damaged") from None


def _between(file: BinaryIO, listed: list[zipfile.ZipInfo]) -> str:
    """Say that there is more between entries than a data descriptor: programs that read from the front would unpack it."""
    ordered = sorted(listed, key=lambda info: info.header_offset)
    for info, after in pairwise(ordered):
        file.seek(info.header_offset + _LOCAL_LENGTHS)
        lengths = file.read(4)
        own = _LOCAL + int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little") + info.compress_size
        if after.header_offset - info.header_offset > own + _DESCRIPTOR:
            return "data between the files of the zip archive"
    return ""


def _measure(file: BinaryIO, size: int) -> None:
    start = max(0, size - _END_SIZE - _LONGEST_COMMENT)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise Unfit(Why.DAMAGED, "the zip archive is cut off: it has no list of contents")
    directory = int.from_bytes(tail[at + 12 : at + 16], "little")
    if directory > _MOST_DIRECTORY:  # also what a zip64 archive writes here
        raise Unfit(Why.LARGE, f"its list of contents takes more than {_MOST_DIRECTORY // MIB} MiB")
    file.seek(0)


def _entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, meter: Meter) -> Iterator[Entry]:
    name = info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437", "surrogateescape")
    name = name.replace(b"\\", b"/") if b"/" not in name else name
    meter.entry(name)
    mode = info.external_attr >> 16
    kind = Kind.LINK if stat.S_ISLNK(mode) else Kind.FOLDER if name.endswith(b"/") else Kind.FILE
    if info.flag_bits & _ENCRYPTED:
        raise Unfit(Why.UNKNOWN, "it is encrypted")
    if info.compress_type not in _READABLE:
        raise Unfit(Why.UNKNOWN, "it is compressed in a way that is not read here")
    with archive.open(info) as opened:
        pieces = _pieces(opened, meter)
        executable = bool(mode & 0o111)
        if kind is not Kind.LINK:
            yield Entry(name=name, kind=kind, size=info.file_size, executable=executable, contents=pieces)
            for _ in pieces:  # so that a wrong checksum is found
                pass
            return
        link = b""
        for piece in pieces:
            link += piece
            if len(link) > PIECE:
                raise Unfit(Why.HOSTILE, "a symbolic link in it leads nowhere")
        yield Entry(name=name, kind=kind, link=link)


def _pieces(opened: IO[bytes], meter: Meter) -> Iterator[bytes]:
    while True:
        with _read_by_zipfile():
            piece = opened.read(PIECE)
        if not piece:
            return
        meter.gave(len(piece))
        yield piece
