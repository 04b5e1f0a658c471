"""What the channels on a pull request share: which pull request a message is for."""

from __future__ import annotations

from typing import NamedTuple

from github_app.model import Repository
from workers.notifiers import GaveUp, Message


class Place(NamedTuple):
    """A pull request, as the writer wants it."""

    repository: Repository
    installation_id: int
    number: int


def place_of(message: Message) -> Place:
    """Return the pull request of a message.

    Raises:
        GaveUp: the app is not installed there, or the target names no pull request of this repository.
    """
    repository_id, _, number = message.target.partition("/")
    if not number.isdecimal() or repository_id != str(message.repository.id):
        raise GaveUp(f"{message.target!r} is not a pull request of {message.repository.full_name}")
    if message.installation_id is None:
        raise GaveUp(f"the app is not installed on {message.repository.full_name}: install it there to get comments")
    return Place(message.repository, message.installation_id, int(number))
