"""A cheap HTTP/1.1 client for loopback: prebuilt bytes, keep-alive, a bounded number of requests, then it stops."""

from __future__ import annotations

import collections
import itertools
import selectors
import socket
import time
from collections.abc import Iterable


class _Lane:
    """One keep-alive connection with one request in flight."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def answer(self) -> bytes | None:
        """Return the status code once a whole answer is there, else None."""
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the server closed a keep-alive connection")
        self.buffer += data
        head, split, rest = self.buffer.partition(b"\r\n\r\n")
        if not split:
            return None
        length = next((int(x[15:]) for x in head.lower().split(b"\r\n") if x.startswith(b"content-length:")), 0)
        if len(rest) < length:
            return None
        self.buffer = rest[length:]
        return head.split(b" ", 2)[1]


def send_all(address: tuple[str, int], wires: Iterable[bytes], *, lanes: int = 16) -> tuple[float, collections.Counter[str]]:
    """Send every request once and return the seconds it took and the answers by status.

    Only loopback addresses are allowed: this is a load test.

    Raises:
        ValueError: the address is not loopback.
    """
    if not address[0].startswith("127."):
        raise ValueError("load tests go to 127.0.0.0/8 only")
    statuses: collections.Counter[str] = collections.Counter()
    waiting = iter(wires)
    started = time.perf_counter()
    with selectors.DefaultSelector() as selector:
        open_lanes = 0
        for wire in itertools.islice(waiting, lanes):
            lane = _Lane(address)
            lane.socket.sendall(wire)
            selector.register(lane.socket, selectors.EVENT_READ, lane)
            open_lanes += 1
        while open_lanes:
            for key, _ in selector.select(timeout=30):
                lane = key.data
                status = lane.answer()
                if status is None:
                    continue
                statuses[status.decode()] += 1
                following = next(waiting, None)
                if following is not None:
                    lane.socket.sendall(following)
                    continue
                selector.unregister(lane.socket)
                lane.socket.close()
                open_lanes -= 1
    return time.perf_counter() - started, statuses
