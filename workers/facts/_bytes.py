"""Reading binary formats piece by piece, without ever reading past the end."""

from __future__ import annotations


class Malformed(ValueError):  # noqa: N818 - it says what the bytes are
    """Bytes that are not what they should be; the message is a short plain phrase."""


class Cursor:
    """A position in bytes that only moves forward."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def __bool__(self) -> bool:
        return self._at < len(self._data)

    def take(self, size: int) -> bytes:
        """Return the next bytes.

        Raises:
            Malformed: there are not that many.
        """
        end = self._at + size
        if end > len(self._data):
            raise Malformed("the signature is cut off")
        taken, self._at = self._data[self._at : end], end
        return taken

    def number(self, size: int) -> int:
        """Return the next bytes as an unsigned big-endian number."""
        return int.from_bytes(self.take(size), "big")

    def sized(self, size_of_length: int) -> bytes:
        """Return a piece that has its length in front."""
        return self.take(self.number(size_of_length))

    def rest(self) -> bytes:
        """Return everything that is left."""
        return self.take(len(self._data) - self._at)
