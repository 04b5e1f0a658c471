"""How much of an archive is read before it is given up, and what giving up means."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

MIB = 1 << 20


class Why(StrEnum):
    """Why an archive was not compared. Only `HOSTILE` says something about the archive's makers."""

    LARGE = "large"
    DAMAGED = "damaged"
    UNKNOWN = "unknown"
    HOSTILE = "hostile"


class Unfit(Exception):  # noqa: N818 - it says what the archive is
    """An archive is not compared; `sentence` begins with "refused:" and is plain text, not escaped."""

    def __init__(self, why: Why, reason: str) -> None:
        super().__init__(f"refused: {reason}")
        self.why = why
        self.sentence = f"refused: {reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on one archive. Sizes in bytes, `seconds` of the wall clock.

    `ratio` bounds how many times its size an archive may unpack to, once more than `free` bytes were unpacked: sources
    shrink to a third or a twentieth, bombs to a thousandth.
    """

    packed: int = 512 * MIB
    unpacked: int = 2048 * MIB
    free: int = 64 * MIB
    ratio: int = 200
    entries: int = 100_000
    names: int = 32 * MIB
    header: int = MIB
    kept: int = 16 * MIB
    seconds: float = 300.0


class Meter:
    """Counts what was read of one archive and raises `Unfit` at the first bound that is passed."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self._clock, self._until = clock, clock() + limits.seconds
        self.packed = self.unpacked = self.entries = self.names = 0
        self.hidden = ""
        """What the archive holds beside its entries, in a phrase: programs that unpack it leave that where it is."""

    def took(self, size: int) -> None:
        """Count bytes of the archive itself."""
        self.packed += size
        if self.packed > self.limits.packed:
            raise Unfit(Why.LARGE, f"it is larger than {sized(self.limits.packed)}")

    def gave(self, size: int) -> None:
        """Count unpacked bytes."""
        self.unpacked += size
        if self.unpacked > self.limits.unpacked:
            raise Unfit(Why.LARGE, f"it unpacks to more than {sized(self.limits.unpacked)}")
        if self.unpacked > self.limits.free and self.unpacked > self.packed * self.limits.ratio:
            raise Unfit(Why.LARGE, f"it unpacks to more than {self.limits.ratio} times its size")
        if self._clock() > self._until:
            raise Unfit(Why.LARGE, f"reading it took longer than {self.limits.seconds:.0f} seconds")

    def entry(self, name: bytes) -> None:
        """Count one entry and the length of its name."""
        self.entries += 1
        self.names += len(name)
        if self.entries > self.limits.entries:
            raise Unfit(Why.LARGE, f"it holds more than {self.limits.entries:,} entries")
        if self.names > self.limits.names:
            raise Unfit(Why.LARGE, f"its names alone take more than {sized(self.limits.names)}")


def sized(size: int) -> str:
    """Return a size for people: `512 MiB`."""
    for unit, name in ((1 << 30, "GiB"), (MIB, "MiB"), (1 << 10, "KiB")):
        if size >= unit and size % unit == 0:
            return f"{size // unit} {name}"
    return f"{size:,} bytes"
