"""The shape of a history: which commit came to the branch in which landing, and when.

A landing is one commit of the first-parent chain with everything it brought along: a merge lands its side branch.
"""

from __future__ import annotations

import bisect
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from workers.history.git import Git

_DAY = 86_400
_LATEST = 253_402_300_799  # the last second of the year 9999, the last that a datetime can hold


@dataclass(slots=True)
class Graph:
    """Every commit reachable from one commit, by index; index 0 is that commit."""

    shas: list[str] = field(default_factory=list)
    times: array[int] = field(default_factory=lambda: array("q"))
    parents: list[tuple[int, ...]] = field(default_factory=list)
    index: dict[str, int] = field(default_factory=dict)

    def chain(self) -> list[int]:
        """Return the first-parent chain, oldest first."""
        found = [0] if self.shas else []
        while found and self.parents[found[-1]]:
            found.append(self.parents[found[-1]][0])
        found.reverse()
        return found

    def place(self, sha: str) -> int:
        """Return the index of a commit, a new one at its first mention."""
        at = self.index.setdefault(sha, len(self.shas))
        if at == len(self.shas):
            self.shas.append(sha)
            self.times.append(0)
            self.parents.append(())
        return at


@dataclass(frozen=True, slots=True)
class Landed:
    """One landing: `head` is on the first-parent chain, `side` what it merged, oldest first; `at` is its Unix time."""

    head: int
    side: tuple[int, ...]
    at: int


def load(git: Git, commit: str) -> Graph:
    """Read the whole graph behind a commit; about 200 bytes of memory a commit.

    Raises:
        GitError: an object is missing or broken.
    """
    graph = Graph()
    graph.place(commit)
    for line in _lines(git.stream("rev-list", "--parents", "--timestamp", commit)):
        stamp, sha, *parents = line.split()
        at = graph.place(sha)
        graph.times[at] = min(int(stamp), _LATEST)
        graph.parents[at] = tuple(graph.place(parent) for parent in parents)
    return graph


def landings(graph: Graph, now: int) -> Iterator[Landed]:
    """Yield the landings in order. Each commit lands once: with the first chain commit it is reachable from."""
    chain = graph.chain()
    times = landing_times([graph.times[i] for i in chain], now)
    seen = bytearray(len(graph.shas))
    for head, at in zip(chain, times, strict=True):
        seen[head] = 1
        yield Landed(head, tuple(_side(graph, head, seen)), at)


def landing_times(stamps: list[int], now: int) -> list[int]:
    """Make the committer dates of a first-parent chain monotone; dates can be forged into any year.

    The longest run of dates that never falls is believed. A date outside of it is moved to the nearest believable
    time: not before what landed earlier, not after what landed later. Zero and the future are never believed.
    """
    honest = _longest_rising(stamps, now + _DAY)
    ceiling: list[int] = []
    latest = now
    for position in range(len(stamps) - 1, -1, -1):
        latest = min(stamps[position], now) if position in honest else latest
        ceiling.append(latest)
    ceiling.reverse()
    floor, result = 0, []
    for position, stamp in enumerate(stamps):
        believed = stamp if stamp > 0 else ceiling[position]
        floor = max(floor, min(believed, ceiling[position]))
        result.append(floor)
    return result


def _longest_rising(stamps: list[int], most: int) -> set[int]:
    """Return the positions of a longest subsequence that never falls (patience sorting, n log n)."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for position, stamp in enumerate(stamps):
        if not 0 < stamp <= most:
            before.append(-1)
            continue
        place = bisect.bisect_right(tails, stamp)
        before.append(ends[place - 1] if place else -1)
        if place == len(tails):
            tails.append(stamp)
            ends.append(position)
        else:
            tails[place], ends[place] = stamp, position
    found: set[int] = set()
    position = ends[-1] if ends else -1
    while position >= 0:
        found.add(position)
        position = before[position]
    return found


def _side(graph: Graph, head: int, seen: bytearray) -> list[int]:
    """Return what a chain commit brought along that was not there before, parents before children."""
    found: list[int] = []
    for parent in graph.parents[head][1:]:
        if seen[parent]:
            continue
        seen[parent] = 1
        stack = [(parent, iter(graph.parents[parent]))]
        while stack:
            commit, rest = stack[-1]
            for older in rest:
                if not seen[older]:
                    seen[older] = 1
                    stack.append((older, iter(graph.parents[older])))
                    break
            else:
                stack.pop()
                found.append(commit)
    return found


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    tail = b""
    for chunk in chunks:
        *whole, tail = (tail + chunk).split(b"\n")
        for line in whole:
            yield line.decode("ascii")
    if tail:
        yield tail.decode("ascii")
