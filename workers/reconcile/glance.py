"""Glance at many repositories at once, and have read in full what is not as it was.

A glance that fails concludes nothing: every source is read in its turn as well, only later. It has GraphQL's own limit,
which counts points (https://docs.github.com/en/graphql/overview/rate-limits-and-node-limits-for-the-graphql-api).
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import github
import requests

from github_app.store import Check, Store
from github_app.store.checks import GLANCE
from workers.github import GitHubApp, InstallationGone, Refused, translated
from workers.github_ask import exception, sent
from workers.reconcile import sources
from workers.reconcile.asking import HalfAnswerError, Meter, parsed
from workers.reconcile.glance_answer import PointsSpentError, Seen, TooMuchError, read
from workers.reconcile.glance_query import FIELDS, QUERY, SOURCES, NotWholeError

log = logging.getLogger(__name__)

MOST, LEAST = 100, 5
"""How many repositories are asked for at once. GitHub ends a question after ten seconds; then it is asked for fewer."""
TOGETHER = 10
"""Repositories that are due within a tenth of the interval are asked for with those that are due now."""
FAILED_AGAIN = dt.timedelta(minutes=2)
REFUSED_AGAIN = dt.timedelta(hours=1)
_FEW_FAILURES = 3


def fields(permissions: Mapping[str, str]) -> frozenset[str]:
    """Return what an installation with these permissions can be asked about."""
    origins = sources.load()
    return frozenset(name for name, (source, _) in FIELDS.items() if not origins[source].missing(permissions))


@dataclass(slots=True)
class Glances:
    """The glances of one run for one installation.

    `size` is how many repositories are asked for at once, `fields` what is asked about each.
    """

    app: GitHubApp
    store: Store
    installation_id: int
    account: str
    every: dt.timedelta
    size: int
    fields: frozenset[str]
    done: int = 0

    def look(self, now: dt.datetime, meter: Meter, check: Check) -> None:
        """Glance at the repositories that are due, of which `check` is or was one.

        Raises:
            Unavailable: GitHub cannot be asked now at all.
            OutOfBudgetError: what may be spent for now is spent.
        """
        batch = self.store.checks.glances(self.installation_id, now, now + self.every / TOGETHER, self.size)
        if not batch:
            if not check.hint:
                self._unnamed(check, now)
            return
        try:
            seen = self._seen(batch, meter)
        except TooMuchError as error:
            self._failed(batch, now, f"GitHub does not answer for {len(batch)} repositories at once: {error}")
        except (NotWholeError, HalfAnswerError) as error:
            self._failed(batch, now, f"GitHub's answer about {len(batch)} repositories is not whole: {error}")
        except PointsSpentError as error:
            with self.store.begin() as conn:
                self.store.checks.no_glances(conn, self.installation_id, max(error.resets_at, now + FAILED_AGAIN))
        except Refused as error:
            self._refused(batch, now, str(error))
        else:
            self._keep(batch, seen, now)

    def _seen(self, batch: Sequence[Check], meter: Meter) -> Seen:
        """Ask, and ask again without what took a repository with it: for all of them, or for those it is refused for."""
        seen = read(self._asked([check.hint for check in batch], meter), batch, self.fields)
        refused = frozenset[str]().union(*seen.hidden.values())
        if refused and len(seen.hidden) == len(batch):
            self.fields -= refused
            return self._seen(batch, meter)
        if refused:
            few = replace(self, fields=self.fields - refused)
            seen.add(few._seen([check for check in batch if check.scope in seen.hidden], meter))
        return seen

    def _asked(self, nodes: Sequence[str], meter: Meter) -> Mapping[str, Any]:
        meter.ready()
        with translated("many repositories at once"):
            about = {name: name in self.fields for name in FIELDS}
            status, headers, text = self._post({"query": QUERY, "variables": {"ids": list(nodes), **about}}, meter)
            if status in {502, 504}:
                raise TooMuchError(f"it answered {status}")
            if status >= 400:
                raise exception(status, headers, text)
        answer = parsed(text, "many repositories")
        if not isinstance(answer, dict):
            raise NotWholeError("it is not an object")
        return answer

    def _post(self, body: Mapping[str, Any], meter: Meter, *, again: bool = True) -> tuple[int, Mapping[str, Any], str]:
        """Send it once; with a new token when GitHub has revoked the one we had."""
        requester = self.app.client(self.installation_id, asks=True).requester
        try:
            status, headers, text = sent(requester, "POST", requester.graphql_url, body=dict(body))
        except requests.ReadTimeout as error:
            meter.made(0, {})
            raise TooMuchError("it took too long") from error
        except github.GithubException as error:
            if not isinstance(error, InstallationGone):
                meter.made(error.status or 0, {})
            if error.status in {502, 504}:
                raise TooMuchError(f"it answered {error.status}") from error
            raise
        meter.made(status, {})  # its headers tell of points
        if status == 401 and again:
            self.app.forget_token(self.installation_id)
            return self._post(body, meter, again=False)
        return status, headers, text

    # -- what follows ------------------------------------------------------------------------------------------

    def _keep(self, batch: Sequence[Check], seen: Seen, now: dt.datetime) -> None:
        due = max(now + self.every, seen.spare_until or now)
        moved = 0
        with self.store.begin() as conn:
            for source, marks in sorted(seen.marks.items()):
                moved += self.store.checks.hinted(conn, source, marks, now)
            for source, scopes in sorted(seen.unsure.items()):
                # What was not told this time is not left to the glance: it is read in its turn.
                self.store.checks.unsure(conn, source, scopes)
                self.store.checks.sooner(conn, scopes, [source], now + self.every)
            self.store.checks.glanced(conn, batch, due_at=due, checked_at=now)
            self.store.problems.clear(conn, self._problem)
        self.done += len(batch)
        self.size = max(len(batch) // 2, LEAST) if seen.too_much else min(self.size + 1, MOST)
        if moved:
            log.info("a glance saw changes", extra={"installation": self.installation_id, "sources": moved})

    def _failed(self, batch: Sequence[Check], now: dt.datetime, said: str) -> None:
        """Ask for fewer the next time, soon; after some failures say so, and read everything in its turn."""
        log.warning("%s", said, extra={"installation": self.installation_id})
        self.size = max(min(self.size, len(batch)) // 2, LEAST)
        failures = max(check.failures for check in batch) + 1
        due = now + min(FAILED_AGAIN * failures, REFUSED_AGAIN)
        with self.store.begin() as conn:
            self.store.checks.glanced(conn, batch, due_at=due, checked_at=None, failures=failures)
            if failures >= _FEW_FAILURES:
                self._without(batch, now, f"{said}, {failures} times in a row", conn)

    def _refused(self, batch: Sequence[Check], now: dt.datetime, said: str) -> None:
        with self.store.begin() as conn:
            self.store.checks.glanced(conn, batch, due_at=now + REFUSED_AGAIN, checked_at=None, blind=said)
            self._without(batch, now, said, conn)

    def _unnamed(self, check: Check, now: dt.datetime) -> None:
        with self.store.begin() as conn:
            why = "GitHub did not say yet what GraphQL calls it"
            self.store.checks.unnamed(conn, check.scope, why, now + self.every)

    def _without(self, batch: Sequence[Check], now: dt.datetime, said: str, conn: Any) -> None:
        """Nothing is glanced at: what was left to that is read in its turn, from now on."""
        scopes = [check.scope for check in batch]
        self.store.checks.sooner(conn, scopes, SOURCES, now + self.every)
        sentence = f"{self.account}: changes in repositories may be seen late. {said.rstrip('.')}."
        self.store.problems.report(conn, self._problem, sentence, now)

    @property
    def _problem(self) -> str:
        return f"{GLANCE}:{self.installation_id}"
