"""Ask GitHub what git cannot tell of a past: whose account an address is, and who merged what was squashed.

Two kinds of question, a few requests for each repository, through GraphQL because REST would take one for each commit.
https://docs.github.com/en/graphql/reference/objects#gitactor, #pullrequest
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from github_app.fact import PullMerged
from github_app.model import Person, Repository, Source
from workers.github import GitHubApp, Refused
from workers.github_graphql import ask

_AT_ONCE = 50
_MOST_PULLS = 500
_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", re.ASCII)
_WHAT = "the accounts behind the history"
_ACTOR = "{email name user{databaseId login}}"
_COMMITS = (
    "query($owner:String!,$name:String!%s){repository(owner:$owner,name:$name){%s}}",
    "o%d:object(oid:$o%d){...on Commit{author" + _ACTOR + "committer" + _ACTOR + "}...on Tag{tagger" + _ACTOR + "}}",
)
_WHO = "{__typename login ...on User{databaseId}...on Bot{databaseId}}"
_PULLS = (
    "query($owner:String!,$name:String!,$branch:String!,$after:String){repository(owner:$owner,name:$name){"
    "pullRequests(states:MERGED,baseRefName:$branch,first:100,after:$after,orderBy:{field:CREATED_AT,direction:DESC}){"
    "pageInfo{hasNextPage endCursor}"
    f"nodes{{number title mergedAt mergeCommit{{oid}} headRefOid mergedBy{_WHO} author{_WHO}}}"
    "}}}"
)


def accounts(app: GitHubApp, installation_id: int, repository: Repository, shas: Iterable[str]) -> Iterator[Person]:
    """Yield people with account and address together, as GitHub vouches for them: it knows only verified addresses.

    Args:
        app: how to ask.
        installation_id: whose token.
        repository: where the objects are.
        shas: commits and tag objects whose people are asked for; unknown ones are passed over.

    Raises:
        Unavailable: ask again later.
        Refused: GitHub does not answer such questions here.
    """
    wanted = iter([sha for sha in dict.fromkeys(shas) if _SHA.fullmatch(sha)])
    while chunk := list(islice(wanted, _AT_ONCE)):
        names = "".join(f",$o{number}:GitObjectID!" for number in range(len(chunk)))
        parts = "".join(_COMMITS[1] % (number, number) for number in range(len(chunk)))
        variables = {f"o{number}": sha for number, sha in enumerate(chunk)}
        found = _ask(app, installation_id, repository, _COMMITS[0] % (names, parts), variables)
        for value in found.values():
            for role in ("author", "committer", "tagger"):
                person = _actor(_table(value).get(role))
                if person is not None:
                    yield person


def merges(app: GitHubApp, installation_id: int, repository: Repository) -> list[PullMerged]:
    """Return the latest merges into the default branch (500 at most), oldest first.

    Raises:
        Unavailable: ask again later.
        Refused: GitHub does not answer such questions here.
    """
    found: list[PullMerged] = []
    after: str | None = None
    while len(found) < _MOST_PULLS:
        variables = {"branch": repository.default_branch, "after": after}
        page = _table(_ask(app, installation_id, repository, _PULLS, variables).get("pullRequests"))
        nodes = page.get("nodes")
        found.extend(m for node in (nodes if isinstance(nodes, list) else []) if (m := _merge(repository, _table(node))))
        info = _table(page.get("pageInfo"))
        after = info.get("endCursor") if isinstance(info.get("endCursor"), str) else None
        if info.get("hasNextPage") is not True or after is None:
            break
    return sorted(found, key=lambda fact: fact.at)


def _ask(
    app: GitHubApp, installation_id: int, repository: Repository, query: str, variables: Mapping[str, object]
) -> Mapping[str, Any]:
    owner, _, name = repository.full_name.partition("/")
    told = ask(app, installation_id, query, {"owner": owner, "name": name, **variables}, _WHAT)
    # Half an answer would make maintainers new for ever.
    found = told.whole(_WHAT).get("repository")
    if not isinstance(found, dict):
        raise Refused("GitHub does not tell the accounts behind the history")
    return found


def _in(pause: dt.timedelta) -> dt.datetime:
    return dt.datetime.now(dt.UTC) + pause


def _actor(value: object) -> Person | None:
    said = _table(value)
    user, email = _table(said.get("user")), said.get("email")
    number, login = user.get("databaseId"), user.get("login")
    if type(number) is not int or not isinstance(login, str) or not isinstance(email, str) or "@" not in email:
        return None
    name = said.get("name")
    return Person(id=number, login=login, name=name[:200] if isinstance(name, str) else "", email=email[:320])


def _merge(repository: Repository, node: Mapping[str, Any]) -> PullMerged | None:
    who, author, number = _account(node.get("mergedBy")), _account(node.get("author")), node.get("number")
    at = node.get("mergedAt")
    if who is None or type(number) is not int or not isinstance(at, str):
        return None
    title = node.get("title")
    return PullMerged(
        at=dt.datetime.fromisoformat(at).astimezone(dt.UTC),
        source=Source.API,
        repository=repository,
        actor=who,
        number=number,
        title=title[:500] if isinstance(title, str) else "",
        author=author or Person(),
        merge_sha=str(_table(node.get("mergeCommit")).get("oid") or ""),
        head_sha=str(node.get("headRefOid") or ""),
        base_ref=repository.default_branch,
        guarded=True,
    )


def _account(value: object) -> Person | None:
    said = _table(value)
    number, login, bot = said.get("databaseId"), said.get("login"), said.get("__typename") == "Bot"
    if type(number) is not int or not isinstance(login, str) or not login:
        return None
    # GraphQL leaves out the suffix that webhooks and REST give to an app's login.
    return Person(id=number, login=f"{login}[bot]" if bot and not login.endswith("[bot]") else login, bot=bot)


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
