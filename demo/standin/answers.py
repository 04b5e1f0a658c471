"""How the GitHub stand-in says no."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):  # noqa: N818  # it is an answer, not a failure of the stand-in
    """An answer other than success, in GitHub's shape: a message, a link to the documentation, perhaps `errors`."""

    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status, self.body = status, {"message": message, "documentation_url": "https://docs.github.com/rest", **more}
