"""The edge of the store: what every text, time and number looks like before it reaches SQL.

Names come from outside and can hold anything. PostgreSQL takes neither NUL nor lone surrogates in text, SQLite no
integer over 64 bits, and an index no key of a megabyte; all of it is dealt with here and nowhere else.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import ARRAY, BigInteger, ColumnElement, Dialect, Text, TypeDecorator, any_, bindparam, func, select
from sqlalchemy.sql.elements import KeyedColumnElement
from sqlalchemy.types import TypeEngine

from github_app.model import Person

KEY = 500
"""Most characters of an identity key; four bytes each stay below PostgreSQL's 2704 for an index entry."""
LINE = 2_000
"""Most characters of a name, title or reason."""
PAGE = 20_000
"""Most characters of any other text."""

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_MARK = 17


def clean(text: str, limit: int) -> str:
    """Return the text without NUL and lone surrogates (U+FFFD instead), at most `limit` characters long.

    A text that is too long ends in a piece of its hash, so that two long keys stay two keys.
    """
    if not text.isascii() or "\x00" in text:
        text = _UNSTORABLE.sub("\ufffd", text)
    if len(text) > limit:
        text = f"{text[: limit - _MARK]}…{hashlib.sha256(text.encode()).hexdigest()[: _MARK - 1]}"
    return text


def whole(number: int) -> int:
    """Return a number that both databases can hold; 0 for one that cannot be a real id."""
    return number if -(2**63) <= number < 2**63 else 0


def micros(at: dt.datetime) -> int:
    """Return microseconds since 1970 in UTC.

    Raises:
        ValueError: the time has no zone.
    """
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be stored")
    return (at - EPOCH) // _MICROSECOND


def moment(number: int) -> dt.datetime:
    """Return the UTC time of `micros`."""
    return EPOCH + dt.timedelta(microseconds=number)


def utcnow() -> dt.datetime:
    """Return the time now in UTC."""
    return dt.datetime.now(dt.UTC)


class Time(TypeDecorator[dt.datetime]):
    """A UTC time as microseconds since 1970: the same number in both databases and in the hash chain."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 (SQLAlchemy's signature)
        """See `micros`."""
        return None if value is None else micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002 (SQLAlchemy's signature)
        """See `moment`."""
        return None if value is None else moment(value)


class Words(TypeDecorator[str]):
    """A text of at most `limit` characters, cleaned on its way in."""

    impl = Text
    cache_ok = True

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 (SQLAlchemy's signature)
        """See `clean`."""
        return None if value is None else clean(value, self.limit)


class _JsonList(TypeDecorator[Sequence[Any]]):
    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> str:  # noqa: ARG002 (SQLAlchemy's signature)
        return orjson.dumps(list(value or ())).decode()


def among(
    column: KeyedColumnElement[Any], name: str, dialect: str, of: TypeEngine[Any] | None = None
) -> ColumnElement[bool]:
    """Return `column IN (the list bound as name)`, with one parameter whatever the length of the list.

    One text means one prepared statement, and no list is too long for SQLite's limit on variables.
    """
    if dialect == "sqlite":
        each = func.json_each(bindparam(name, type_=_JsonList())).table_valued("value")
        return column.in_(select(each.c.value))
    return column == any_(bindparam(name, type_=ARRAY(of or Text())))


def canonical(value: object) -> bytes:
    """Return JSON in one fixed form (keys sorted, no spaces, UTF-8), after RFC 8785; texts must be clean."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # an integer over 64 bits
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@lru_cache(maxsize=8192)
def person_text(person: Person) -> str:
    """Return a person as stored: canonical JSON without the empty fields."""
    fields: dict[str, object] = {
        "id": person.id,
        "login": clean(person.login, KEY),
        "name": clean(person.name, LINE),
        "email": clean(person.email, KEY),
        "bot": person.bot,
    }
    return canonical({k: v for k, v in fields.items() if v or (k == "id" and v is not None)}).decode()


@lru_cache(maxsize=8192)
def person_of(text: str) -> Person:
    """Return the person of `person_text`."""
    return Person(**json.loads(text))


def detail_text(detail: Mapping[str, str]) -> str:
    """Return an entry's details as stored."""
    cleaned = {clean(name, KEY): clean(value, KEY if name == "key" else PAGE) for name, value in detail.items()}
    return canonical(cleaned).decode()
