"""Build macros as gettext, gnulib, libtool, pkgconf and the Autoconf Archive publish them, by name, serial and blob.

Autotools copy such files into archives without their being in git, so a copy that nobody published is what counts. The
list was read from the sources of these projects, as far as Debian has them, and from some fifty projects' archives.
https://www.gnu.org/software/automake/manual/html_node/Serials.html explains the serial.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib import resources

_DIGITS = 20
_AHEAD = 10
MADE_ANEW = frozenset({"gnulib-comp.m4", "gnulib-cache.m4"})
"""gnulib-tool writes these for each project and each import, with a serial that is its own."""
_PATCHED = frozenset({"libtool.m4", "ltversion.m4", "pkg.m4"}) | MADE_ANEW
"""Distributions change these, or gnulib makes them anew for each project, so an unknown copy is no sign by itself."""


class Standing(StrEnum):
    """Whether a copy of a macro file is one that somebody published.

    `COPY`: the name is known, the contents are not; `UNKNOWN`: not even the name.
    """

    PUBLISHED = "published"
    PLAUSIBLE = "plausible"
    COPY = "copy"
    UNKNOWN = "unknown"
    ODD = "odd"


@dataclass(slots=True)
class Known:
    """What is known of one macro file: blobs by serial (-1: none stated)."""

    blobs: dict[int, set[str]] = field(default_factory=dict)

    @property
    def newest(self) -> int:
        """The highest serial that was published when the list was made."""
        return max(self.blobs)


@cache
def _known() -> Mapping[str, Known]:
    found: dict[str, Known] = {}
    text = resources.files("workers.tarball").joinpath("known_macros.txt").read_text(encoding="ascii")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, serial, *blobs = line.split(" ")
            found.setdefault(name, Known()).blobs[int(serial)] = set(blobs)
    return found


def standing(name: str, serial: int | None, blob: str) -> tuple[Standing, str]:
    """Return what can be said of a macro file that is not in the tag, with a phrase that says why.

    Args:
        name: the file's name without folders.
        serial: what it says its serial is, None when it states none.
        blob: its SHA-1 blob name.
    """
    known = _known().get(name)
    if known is None:
        return Standing.UNKNOWN, "no known build tool installs a macro of this name"
    if blob[:_DIGITS] in {b for blobs in known.blobs.values() for b in blobs}:
        return Standing.PUBLISHED, ""
    return _unpublished(name, -1 if serial is None else serial, known)


def _unpublished(name: str, stated: int, known: Known) -> tuple[Standing, str]:
    if stated > known.newest + _AHEAD:
        return Standing.ODD, f"it says serial {stated}, and the newest that was published is {known.newest}"
    if name in _PATCHED:
        return Standing.PLAUSIBLE, "it is no copy that is known here, which is usual for this one"
    if stated in known.blobs:
        which = f"serial {stated}" if stated >= 0 else "no serial"
        return Standing.COPY, f"it is not the published file with {which}"
    if stated < 0:
        return Standing.COPY, "it states no serial, and the published file does"
    return Standing.PLAUSIBLE, f"serial {stated} is not among those known here"
