"""What objects of GitHub's GraphQL API have in common in the stand-in: ids, pages, people, and refusals.

An object is a table of fields as the schema names them; a field that takes arguments or costs something to make is a
function of its arguments.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from graphql import GraphQLError

Json = dict[str, Any]
Args = Mapping[str, Any]


class Refused(GraphQLError):  # noqa: N818 - it says what the question was
    """An error beside the data, of a type that GitHub names."""

    def __init__(self, message: str, kind: str) -> None:
        super().__init__(message)
        self.kind = kind


def forbidden() -> Refused:
    """Return what GitHub says where an installation lacks a permission."""
    return Refused("Resource not accessible by integration", "FORBIDDEN")


@lru_cache(maxsize=100_000)
def node_id(kind: str, *numbers: int) -> str:
    """Return an id in GitHub's form since 2021: what it is, then MessagePack of a zero and the numbers, as base64."""
    packed = bytes([0x90 + len(numbers) + 1, 0]) + b"".join(b"\xce" + (n % 2**32).to_bytes(4, "big") for n in numbers)
    return f"{kind}_{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"


def number_of(value: Mapping[str, Any], *names: str) -> int:
    """Return the number of something of the REST API; one is made up from its name where a test left it out."""
    if type(value.get("id")) is int:
        return int(value["id"])
    return zlib.crc32("/".join(str(value.get(n, "")) for n in names).encode()) % 10**8


def page(items: Sequence[Any], make: Callable[[Any], Json | Refused], args: Args, **edge: Callable[[Any], Any]) -> Json:
    """Return one page of a list.

    Args:
        items: all there are.
        make: from one of them to its object.
        args: `first` with `after` or `last` with `before`.
        edge: what else an edge has, from the item.
    """
    begin = int(_opened(args["after"])) if args.get("after") else 0
    end = int(_opened(args["before"])) - 1 if args.get("before") else len(items)
    if args.get("first") is not None:
        end = min(end, begin + args["first"])
    elif args.get("last") is not None:
        begin = max(begin, end - args["last"])
    here = items[begin:end]
    return {
        "totalCount": len(items),
        "nodes": lambda _: [make(item) for item in here],
        "edges": lambda _: [
            {"cursor": _sealed(begin + n + 1), "node": make(item), **{name: of(item) for name, of in edge.items()}}
            for n, item in enumerate(here)
        ],
        "pageInfo": {
            "hasNextPage": begin + len(here) < len(items), "hasPreviousPage": begin > 0,
            "startCursor": _sealed(begin + 1) if here else None,
            "endCursor": _sealed(begin + len(here)) if here else None,
        },
    }  # fmt: skip


def _sealed(place: int) -> str:
    return base64.b64encode(f"cursor:v2:{place}".encode()).decode()


def _opened(cursor: str) -> str:
    try:
        return base64.b64decode(cursor).decode().removeprefix("cursor:v2:")
    except ValueError:
        raise Refused(f"`{cursor}` does not appear to be a valid cursor.", "INVALID_CURSOR_ARGUMENTS") from None


def ordered(items: Iterable[Any], order: Args | None, keys: Mapping[str, Callable[[Any], Any]]) -> list[Any]:
    """Return items as `orderBy` wants them, as they are without."""
    if not order:
        return list(items)
    return sorted(items, key=keys[order["field"]], reverse=order["direction"] == "DESC")


def user(account: Mapping[str, Any]) -> Json:
    """Return a person, or whatever else stands where GraphQL knows only people."""
    number = number_of(account, "login")
    return {
        "__typename": "User", "id": node_id("U", number), "databaseId": number, "login": account.get("login", ""),
        "name": account.get("name"),
    }  # fmt: skip


def actor(account: Mapping[str, Any] | None) -> Json | None:
    """Return who did something; an app's login lacks the suffix that REST gives it."""
    if account is None:
        return None
    if account.get("type") != "Bot":
        return user(account)
    number = number_of(account, "login")
    login = str(account["login"]).removesuffix("[bot]")
    return {"__typename": "Bot", "id": node_id("BOT", number), "databaseId": number, "login": login}


def team(value: Mapping[str, Any]) -> Json:
    """Return a team."""
    number = number_of(value, "slug")
    slug = value.get("slug", f"team-{number}")
    return {"__typename": "Team", "id": node_id("T", number), "databaseId": number, "slug": slug, "name": slug}


def app(value: Mapping[str, Any]) -> Json:
    """Return an app."""
    number = number_of(value, "slug")
    slug = value.get("slug", f"app-{number}")
    return {"__typename": "App", "id": node_id("A", number), "databaseId": number, "slug": slug, "name": slug}
