"""Counts of answers, shared by all web processes of one machine through small files, for `/metrics`.

A counter that only lived in the process that happens to answer the scrape would jump up and down. Every process writes
its own file and reads everybody's; the supervisor empties the folder when it starts.
"""

from __future__ import annotations

import mmap
import os
import struct
import threading
from collections import Counter
from pathlib import Path

REPEATED = "repeated"
NAMES = ("202", "400", "401", "405", "413", "415", "503", REPEATED)
_LAYOUT = struct.Struct(f"<{len(NAMES)}Q")
_NUMBER = struct.Struct("<Q")
_PLACES = {name: index * _NUMBER.size for index, name in enumerate(NAMES)}


class Counters:
    """Counters by name, safe for threads; the file is made with the first count.

    Where the folder cannot be written to, the counts are those of this process alone.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._file: mmap.mmap | None = None

    def add(self, name: str, number: int = 1) -> None:
        """Count; `name` is one of `NAMES`."""
        with self._lock:
            self._counts[name] += number
            if self._file is None:
                self._file = self._open()
            _NUMBER.pack_into(self._file, _PLACES[name], self._counts[name])

    def total(self) -> dict[str, int]:
        """Return the counts of all processes since the supervisor started."""
        total = Counter(dict.fromkeys(NAMES, 0))
        for path in self._folder.glob("*.counts"):
            if path.name != self._name:
                data = path.read_bytes()
                if len(data) == _LAYOUT.size:
                    total.update(dict(zip(NAMES, _LAYOUT.unpack(data), strict=True)))
        with self._lock:
            total.update(self._counts)
        return dict(total)

    @property
    def _name(self) -> str:
        return f"{os.getpid()}.counts"

    def _open(self) -> mmap.mmap:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._folder / self._name
            if path.exists():  # of a process that had our number and is gone; its counts stay in the sum
                path.replace(path.with_name(f"before-{os.getpid()}-{path.stat().st_mtime_ns}.counts"))
            path.write_bytes(b"\0" * _LAYOUT.size)
            with path.open("r+b") as file:
                return mmap.mmap(file.fileno(), _LAYOUT.size)
        except OSError:
            return mmap.mmap(-1, _LAYOUT.size)


def forget(folder: Path) -> None:
    """Remove the counts of an earlier run."""
    for path in folder.glob("*.counts"):
        path.unlink(missing_ok=True)
