"""Whom a payload concerns: the ids of its repository and owner, without building the rest of it.

Building ten kilobytes of objects to throw them away would be the largest part of a request's work here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import msgspec


class _Account(msgspec.Struct, gc=False):
    id: int | None = None


class _Repository(msgspec.Struct, gc=False):
    id: int | None = None
    owner: _Account | None = None


class _Installation(msgspec.Struct, gc=False):
    account: _Account | None = None


class _Payload(msgspec.Struct, gc=False):
    repository: _Repository | None = None
    organization: _Account | None = None
    installation: _Installation | None = None


_DECODER = msgspec.json.Decoder(_Payload)


def concerns(body: bytes) -> tuple[int, int] | None:
    """Return the ids of the repository and of its owner (repository's owner, organisation or account); 0: none is named.

    None means that the body is not a JSON object.
    """
    try:
        if not body.isascii():
            body.decode()  # the decoder does not look into the texts that it passes over
        found = _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _concerns_slowly(body)
    repository = found.repository or _Repository()
    installation = found.installation or _Installation()
    owners = (repository.owner, found.organization, installation.account)
    return _real(repository.id), _first(owner.id for owner in owners if owner is not None)


def _concerns_slowly(body: bytes) -> tuple[int, int] | None:
    """Do the same with the standard library, which is more lenient.

    It takes half of a surrogate pair, as GitHub's own encoder sends it, and lets us pass over what has an odd shape:
    nothing that GitHub signed may get lost.
    """
    try:
        payload = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None
    if not isinstance(payload, dict):
        return None
    repository = _dict(payload.get("repository"))
    owners = (repository.get("owner"), payload.get("organization"), _dict(payload.get("installation")).get("account"))
    return _real(repository.get("id")), _first(_dict(owner).get("id") for owner in owners)


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _first(ids: Iterable[object]) -> int:
    return next((real for real in map(_real, ids) if real), 0)


def _real(number: object) -> int:
    """Return an id that can be one: 64 bits, above zero. `True` is an int to Python."""
    return number if type(number) is int and 0 < number < 2**63 else 0
