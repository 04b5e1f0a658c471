"""Ask GitHub in GraphQL: one question, its answer with what is missing of it, or why there is none.

What a question is about goes into its variables, never into its text. What the app asks is checked against GitHub's own
schema where requests leave, in every test.
https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workers.github import GitHubApp
from workers.github_ask import asked
from workers.github_http import Refused, Unavailable, retry_after_limit, translated

OVER_LIMIT = {"RATE_LIMITED", "RATE_LIMIT"}
"""Documented is the first; the second was seen in answers of 2026 (githubkit issue 271)."""
_MAY_PASS = {"", "INTERNAL", "SERVICE_UNAVAILABLE", "TIMEOUT", *OVER_LIMIT}
_TROUBLE = dt.timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What is missing of an answer: where, of which of GitHub's types ("" where it names none), and what GitHub says."""

    path: tuple[str | int, ...]
    kind: str
    message: str

    @property
    def may_pass(self) -> bool:
        """Whether asking again can help."""
        return self.kind in _MAY_PASS


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """GitHub's answer: `data` as asked, with null where there is a gap, and the gaps."""

    data: Mapping[str, Any]
    gaps: tuple[Gap, ...] = ()

    def whole(self, what: str) -> Mapping[str, Any]:
        """Return the data, of which nothing is missing but what will be missing again.

        Raises:
            Unavailable: GitHub could not find out a part of it this time.
        """
        for gap in self.gaps:
            if gap.may_pass:
                raise _away(what, gap.message)
        return self.data


def ask(app: GitHubApp, installation_id: int, query: str, variables: Mapping[str, object], what: str) -> Answer:
    """Ask one question.

    Args:
        app: how to ask.
        installation_id: whose token.
        query: the question; it has no text from outside.
        variables: what it is about.
        what: the same in words, for the sentence of an error.

    Raises:
        Unavailable: ask again later.
        Refused: GitHub does not answer this.
    """
    url = app.client(installation_id, asks=True).requester.graphql_url
    with translated(what):
        body = {"query": query, "variables": dict(variables)}
        headers, said = asked(app, installation_id, "POST", url, body=body, asks=True)
    answer = said if isinstance(said, dict) else {}
    errors = answer.get("errors")
    gaps = tuple(_gap(e) for e in (errors if isinstance(errors, list) else []) if isinstance(e, dict))
    if any(gap.kind in OVER_LIMIT for gap in gaps):
        raise Unavailable(f"GitHub's rate limit held back the question for {what}", retry_after_limit(headers))
    data = answer.get("data")
    if isinstance(data, dict):
        return Answer(data=data, gaps=gaps)
    lasting = [gap for gap in gaps if not gap.may_pass]
    if lasting and len(lasting) == len(gaps):
        raise Refused(f"GitHub does not answer the question for {what}: {lasting[0].message}")
    raise _away(what, gaps[0].message if gaps else "the answer holds neither data nor an error")


def _gap(error: Mapping[str, Any]) -> Gap:
    path, message = error.get("path"), error.get("message")
    kind, extensions = error.get("type"), error.get("extensions")
    # A question that GitHub's schema does not know has a code instead of a type.
    code = extensions.get("code") if isinstance(extensions, dict) else None
    return Gap(
        path=tuple(p for p in path if isinstance(p, str | int)) if isinstance(path, list) else (),
        kind=next((k for k in (kind, code) if isinstance(k, str) and k), ""),
        message=re.sub(r"\s+", " ", message)[:200] if isinstance(message, str) and message else "no reason given",
    )


def _away(what: str, message: str) -> Unavailable:
    return Unavailable(f"GitHub could not find out {what}: {message}", dt.datetime.now(dt.UTC) + _TROUBLE)
