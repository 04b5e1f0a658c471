"""Read a tar archive entry by entry, in one pass and bounded memory.

Python's `tarfile` is not used: it takes extended headers of any size into memory, follows chains of them by recursion and
keeps every entry. What is read here is POSIX.1-2017, pax "Interchange Format", with GNU's additions
(gnu.org/software/tar/manual/html_node/Standard.html). Names are bytes: nothing says how they are encoded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from workers.tarball.limits import Unfit, Why, sized
from workers.tarball.stream import PIECE, Stream

_BLOCK = 512
_LARGEST = 1 << 62


class Kind(StrEnum):
    """What an entry is."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "symbolic link"
    HARD = "hard link"
    DEVICE = "device"
    SPARSE = "sparse file"


_KINDS = {b"0": Kind.FILE, b"\0": Kind.FILE, b"7": Kind.FILE, b"1": Kind.HARD, b"2": Kind.LINK, b"5": Kind.FOLDER,
          b"3": Kind.DEVICE, b"4": Kind.DEVICE, b"6": Kind.DEVICE, b"S": Kind.SPARSE}  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Entry:
    """One entry. `contents` must be read before the next entry is asked for; what is left of it is skipped."""

    name: bytes
    kind: Kind
    link: bytes = b""
    size: int = 0
    executable: bool = False
    contents: Iterator[bytes] = field(default_factory=lambda: iter(()))


def entries(stream: Stream) -> Iterator[Entry]:
    """Yield what the archive holds, in its order.

    Raises:
        Unfit: it is no tar archive, is damaged or cut off, or passes a bound.
    """
    common: dict[bytes, bytes] = {}
    extra: dict[bytes, bytes] = {}
    first = True
    while block := stream.read(_BLOCK):
        if block.count(0) == _BLOCK:
            if first:
                raise Unfit(Why.DAMAGED, "it is empty")
            _look_behind(stream)
            return
        if len(block) < _BLOCK or not _checks(block):
            what = "it is no archive in a known format" if first else "it is damaged: an entry's header is not one"
            raise Unfit(Why.UNKNOWN if first else Why.DAMAGED, what)
        first = False
        flag, size = block[156:157], _number(block[124:136])
        if flag in b"LKxgX":
            _extended(stream, flag, size, common if flag == b"g" else extra)
            continue
        yield from _entry(stream, block, flag, size, {**common, **extra})
        extra = {}
    if first:
        raise Unfit(Why.DAMAGED, "it is empty")


def _look_behind(stream: Stream) -> None:
    """Look for what follows the end mark. Nearly nobody unpacks it, and whoever knows of it can read it from the archive."""
    while piece := stream.read(PIECE):
        if piece.count(0) != len(piece):
            stream.meter.hidden = "data behind the archive's end mark"


def _entry(stream: Stream, block: bytes, flag: bytes, size: int, extra: Mapping[bytes, bytes]) -> Iterator[Entry]:
    name = extra.get(b"path") or _named(block)
    size = _decimal(extra[b"size"]) if b"size" in extra else size
    kind = _KINDS.get(flag, Kind.DEVICE)
    if kind is Kind.FILE and name.endswith(b"/") and flag == b"\0":
        kind = Kind.FOLDER
    if any(key.startswith(b"GNU.sparse.") for key in extra):
        kind, name = Kind.SPARSE, extra.get(b"GNU.sparse.name", name)
    if flag == b"S":
        _skip_sparse_map(stream, block)
    if kind in {Kind.HARD, Kind.LINK, Kind.DEVICE} and flag in _KINDS:
        size = 0  # some writers state the size of what is linked to, which does not follow
    stream.meter.entry(name)
    link = extra.get(b"linkpath") or block[157:257].split(b"\0", 1)[0]
    stream.meter.names += len(link)
    body = _Body(stream, size)
    executable = bool(_number(block[100:108]) & 0o111)
    yield Entry(name=name, kind=kind, link=link, size=size, executable=executable, contents=body.pieces())
    body.finish()


class _Body:
    """The contents of an entry, and the padding behind them."""

    def __init__(self, stream: Stream, size: int) -> None:
        self._stream, self._left, self._padding = stream, size, -size % _BLOCK

    def pieces(self) -> Iterator[bytes]:
        for piece in self._stream.pieces(self._left):
            self._left -= len(piece)
            yield piece
        if self._left:
            raise Unfit(Why.DAMAGED, "it is cut off: an entry ends too early")

    def finish(self) -> None:
        for _ in self.pieces():
            pass
        if sum(map(len, self._stream.pieces(self._padding))) < self._padding:
            raise Unfit(Why.DAMAGED, "it is cut off: an entry ends too early")


def _extended(stream: Stream, flag: bytes, size: int, into: dict[bytes, bytes]) -> None:
    """Read a header that says more about the entry after it (or, `g`, about all after it)."""
    most = stream.meter.limits.header
    if size > most:
        raise Unfit(Why.HOSTILE, f"one of its headers is larger than {sized(most)}")
    stream.meter.entry(b"")
    body = _Body(stream, size)
    data = b"".join(body.pieces())
    body.finish()
    if flag in b"LK":
        into[b"path" if flag == b"L" else b"linkpath"] = data.split(b"\0", 1)[0]
        return
    at = 0
    while at < len(data) and data[at] != 0:
        length, space, _ = data[at : at + 20].partition(b" ")
        end = at + (_decimal(length) if space else 0)
        key, equals, value = data[at + len(length) + 1 : end].partition(b"=")
        if end <= at + len(length) + 1 or end > len(data) or not equals:
            raise Unfit(Why.DAMAGED, "it is damaged: an extended header is not one")
        if key in {b"path", b"linkpath", b"size"} or key.startswith(b"GNU.sparse."):
            into[key] = value.removesuffix(b"\n")
        at = end


def _skip_sparse_map(stream: Stream, block: bytes) -> None:
    more = block[482] != 0
    while more:
        following = stream.read(_BLOCK)
        if len(following) < _BLOCK:
            raise Unfit(Why.DAMAGED, "it is cut off: an entry ends too early")
        more = following[504] != 0


def _checks(block: bytes) -> bool:
    try:
        stated = int(block[148:156].split(b"\0")[0].strip() or b"0", 8)
    except ValueError:
        return False
    rest = block[:148] + b" " * 8 + block[156:]
    total = sum(rest)
    # Old writers summed signed characters.
    return stated == total or (stated < total and stated == total - 256 * sum(byte > 127 for byte in rest))


def _named(block: bytes) -> bytes:
    name, prefix = block[:100].split(b"\0", 1)[0], b""
    if block[257:263] == b"ustar\0":
        prefix = block[345:500].split(b"\0", 1)[0]
    return prefix + b"/" + name if prefix else name


def _number(text: bytes) -> int:
    """Read a number: octal, or GNU's base 256 where the highest bit is set."""
    if text[:1] and text[0] & 0x80:
        value = int.from_bytes(bytes([text[0] & 0x7F]) + text[1:], "big")
        if text[0] & 0x40 or value > _LARGEST:
            raise Unfit(Why.DAMAGED, "it is damaged: a size that cannot be")
        return value
    digits = text.split(b"\0", 1)[0].strip()
    try:
        value = int(digits or b"0", 8)
    except ValueError:
        raise Unfit(Why.DAMAGED, "it is damaged: a size that is no number") from None
    if value < 0:
        raise Unfit(Why.DAMAGED, "it is damaged: a size that cannot be")
    return value


def _decimal(text: bytes) -> int:
    if not text.isdigit() or len(text) > 18:
        raise Unfit(Why.DAMAGED, "it is damaged: a size that is no number")
    return int(text)
