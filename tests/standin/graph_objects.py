"""Commits, tags and files of the stand-in as GraphQL shows them.

https://docs.github.com/en/graphql/reference/interfaces#gitobject
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tests.standin.contents import FOLDER, SUBMODULE
from tests.standin.graph_nodes import Json, node_id, user

if TYPE_CHECKING:
    from tests.standin.estate import Estate
    from tests.standin.repo import Repo

_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", re.ASCII)
_MOST_TEXT = 512_000
"""GitHub cuts the text of a longer file and says so; bytes, as seen in answers of api.github.com."""


def named(make: Callable[[Json], Json], found: Sequence[Json], key: str, value: object) -> Json | None:
    """Return the one of a list that a field names, or None."""
    return next((make(f) for f in found if f[key] == value), None)


def git_object(estate: Estate, repo: Repo, expression: str) -> Json | None:
    """Return what git has under an object's name, a ref or `commit:path`; None where there is nothing."""
    commit, colon, path = expression.partition(":")
    commit = {**repo.branches(), **repo.tags}.get(commit, commit)
    if colon:
        content = repo.files.get((commit, path))
        if content is not None:
            return _blob(repo, content)
        inside = f"{path}/" if path else ""
        folder = any(c == commit and p.startswith(inside) for c, p in repo.files)
        return (
            _common("Tree", repo, hashlib.sha1(expression.encode(), usedforsecurity=False).hexdigest()) if folder else None
        )
    if not _OID.fullmatch(commit):
        return None
    held = repo.objects.get(commit)
    if held is None and commit in repo.commits():
        held = {"type": "commit"}
    if held is None:
        return None
    return _tag(estate, repo, commit, held) if held.get("type") == "tag" else _commit(estate, repo, commit, held)


def _common(kind: str, repo: Repo, oid: str) -> Json:
    prefix = {"Commit": "C", "Tag": "TA", "Blob": "B", "Tree": "T"}[kind]
    identity = node_id(prefix, repo.id, zlib.crc32(oid.encode()))
    return {"__typename": kind, "id": identity, "oid": oid, "abbreviatedOid": oid[:7]}


def _commit(estate: Estate, repo: Repo, oid: str, rest: Mapping[str, Any]) -> Json:
    at = rest.get("date", "2024-01-01T00:00:00Z")
    return {
        **_common("Commit", repo, oid), "author": _person(estate, rest.get("author")),
        "committer": _person(estate, rest.get("committer")), "authoredDate": at, "committedDate": at,
        "messageHeadline": str(rest.get("message", "")).partition("\n")[0],
        "file": lambda args: _entry(estate, repo, oid, args["path"]),
    }  # fmt: skip


def _tag(estate: Estate, repo: Repo, oid: str, rest: Mapping[str, Any]) -> Json:
    return {
        **_common("Tag", repo, oid), "name": rest.get("tag", ""), "message": rest.get("message"),
        "tagger": _person(estate, rest.get("tagger")),
        "target": lambda _: git_object(estate, repo, rest["object"]["sha"]),
    }  # fmt: skip


def _person(estate: Estate, rest: Mapping[str, Any] | None) -> Json | None:
    """Return who git says it was, with the account that has the address."""
    if rest is None:
        return None
    account = estate.accounts.get(rest.get("email", ""))
    return {
        "name": rest.get("name"), "email": rest.get("email"), "date": rest.get("date"),
        "user": user(account) if account else None,
    }  # fmt: skip


def _entry(estate: Estate, repo: Repo, commit: str, path: str) -> Json | None:
    found = git_object(estate, repo, f"{commit}:{path}")
    if found is None:
        return None
    mode = repo.modes.get((commit, path), FOLDER if found["__typename"] == "Tree" else 0o100644)
    return {
        "mode": mode, "name": path.rpartition("/")[2], "path": path, "oid": found["oid"], "size": found.get("byteSize", 0),
        "type": {FOLDER: "tree", SUBMODULE: "commit"}.get(mode, "blob"), "object": None if mode == SUBMODULE else found,
    }  # fmt: skip


def _blob(repo: Repo, content: bytes) -> Json:
    oid = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
    binary = b"\0" in content
    cut = content[:_MOST_TEXT]
    return {
        **_common("Blob", repo, oid), "byteSize": len(content), "isBinary": binary, "isTruncated": len(content) > _MOST_TEXT,
        "text": None if binary else _text(cut),
    }  # fmt: skip


def _text(content: bytes) -> str:
    """Return what GitHub makes of a text that is no UTF-8: it guesses the encoding and shows it in another."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1")
