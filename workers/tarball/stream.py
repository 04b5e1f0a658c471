"""Unpack gzip, xz, bzip2 and zstd piece by piece, with a bound on everything.

What an archive is, its first bytes say, not its name. Formats: RFC 1952 (gzip), tukaani.org/xz/xz-file-format.txt,
sourceware.org/bzip2, RFC 8878 (zstd, where this Python has it: 3.14).
"""

from __future__ import annotations

import bz2
import importlib
import lzma
import zlib
from collections.abc import Callable, Generator, Iterator
from typing import Any, BinaryIO, Protocol

from workers.tarball.limits import MIB, Meter, Unfit, Why

PIECE = 1 << 18
_MOST_MEMORY = 80 * MIB  # xz -9 needs 65 MiB to unpack; a header can ask for 4 GiB
_DAMAGE = (zlib.error, lzma.LZMAError, EOFError, OSError, ValueError)


class _Codec(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    @property
    def needs_input(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Gzip:
    """`zlib.decompressobj` with the interface of the other decompressors."""

    def __init__(self) -> None:
        self._z = zlib.decompressobj(wbits=31)
        self._full = False

    @property
    def eof(self) -> bool:
        return self._z.eof

    @property
    def unused_data(self) -> bytes:
        return self._z.unused_data

    @property
    def needs_input(self) -> bool:
        # After a full answer zlib may hold more, even with nothing left to read.
        return not self._z.unconsumed_tail and not self._full

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        given = self._z.decompress(self._z.unconsumed_tail + data, max_length)
        self._full = len(given) == max_length
        return given


def _zstd() -> _Codec:
    try:
        module: Any = importlib.import_module("compression.zstd")
    except ImportError:
        raise Unfit(Why.UNKNOWN, "this Python cannot read zstd (3.14 can)") from None
    codec: _Codec = module.ZstdDecompressor(options={module.DecompressionParameter.window_log_max: 26})
    return codec


_MAGIC: tuple[tuple[bytes, Callable[[], _Codec]], ...] = (
    (b"\x1f\x8b", _Gzip),
    (b"\xfd7zXZ\x00", lambda: lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_MOST_MEMORY)),
    (b"BZh", bz2.BZ2Decompressor),
    (b"\x28\xb5\x2f\xfd", _zstd),
)


class Stream:
    """The unpacked bytes of a file, from its first to its last, each once.

    Every method raises `Unfit` when a bound is passed or the data are damaged.
    """

    def __init__(self, file: BinaryIO, meter: Meter) -> None:
        self._file, self.meter = file, meter
        self._pieces = self._unpacked()
        self._piece, self._at = b"", 0

    def read(self, size: int) -> bytes:
        """Return that many bytes; fewer only at the end. To be called with sizes that fit in memory."""
        return b"".join(self.pieces(size))

    def pieces(self, size: int) -> Iterator[bytes]:
        """Yield the next so many bytes in pieces; less only at the end."""
        while size > 0:
            if self._at >= len(self._piece):
                self._piece, self._at = next(self._pieces, b""), 0
                if not self._piece:
                    return
            part = self._piece[self._at : self._at + size]
            self._at += len(part)
            size -= len(part)
            yield part

    def _take(self) -> bytes:
        data = self._file.read(PIECE)
        self.meter.took(len(data))
        return data

    def _unpacked(self) -> Iterator[bytes]:
        data = self._take()
        make = next((make for magic, make in _MAGIC if data.startswith(magic)), None)
        if make is None:
            while data:
                self.meter.gave(len(data))
                yield data
                data = self._take()
            return
        magic = next(magic for magic, _ in _MAGIC if data.startswith(magic))
        while data:
            data = yield from self._member(make(), data)
            # xz may be padded with zeros; gzip and others are often followed by rubbish that every tool ignores.
            while data and not data.strip(b"\0"):
                data = self._take()
            data = self._enough(data, len(magic))
            if not data.startswith(magic):
                if data:
                    self.meter.hidden = "data behind the compressed ones"
                return

    def _enough(self, data: bytes, size: int) -> bytes:
        return data + self._take() if data and len(data) < size else data

    def _member(self, codec: _Codec, data: bytes) -> Generator[bytes, None, bytes]:
        """Yield what one compressed member unpacks to, and return what follows it."""
        while True:
            try:
                given = codec.decompress(data, PIECE)
            except MemoryError:
                raise Unfit(Why.LARGE, "unpacking it needs too much memory") from None
            except _DAMAGE as error:
                if "emory usage limit" in str(error):
                    raise Unfit(Why.LARGE, "unpacking it needs too much memory") from None
                raise Unfit(Why.DAMAGED, "its compressed data are damaged") from None
            data = b""
            if given:
                self.meter.gave(len(given))
                yield given
            if codec.eof:
                return codec.unused_data
            if codec.needs_input and not (data := self._take()):
                raise Unfit(Why.DAMAGED, "it is cut off: the compressed data end too early")
