"""Judge a past as if the app had been there, raise nothing, and remember what it would have said.

The backtest does this to a whole history; the learning of a repository does it to its last year, on the way. A project's
beginning is only learned: while everybody is new, nobody is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from github_app.fact import CommitsLanded, Fact
from github_app.ledger import Ledger
from github_app.model import Alert
from workers.detectors import Detector
from workers.judge import DetectorFailure, judge

LEARNING = dt.timedelta(days=90)
"""How long the past is only learned: nobody can be new at the beginning of a project."""

LEAST_LANDINGS = 20
"""A project that has not landed this often in that time is learned until it has, but not for longer than a year."""

LONGEST_LEARNING = dt.timedelta(days=365)


def learned(span: dt.timedelta, landings: int) -> bool:
    """Say whether so long a past with so many landings is enough to call somebody new."""
    return span >= LONGEST_LEARNING or (span >= LEARNING and landings >= LEAST_LANDINGS)


class Hindsight:
    """Tells a ledger its past, and from a time on asks detectors what they make of it.

    Args:
        ledger: what learns; nothing that is found out here is an entry of it.
        detectors: those to ask.
        since: from when on (UTC).
    """

    def __init__(self, ledger: Ledger, detectors: Sequence[Detector], since: dt.datetime) -> None:
        self._ledger, self._detectors, self._since = ledger, detectors, since
        self._settled_at = ledger.settled_at
        self._begun: dt.datetime | None = None
        self._landed = 0
        self._raised: dict[str, Alert] = {}
        self.failures: list[DetectorFailure] = []

    def tell(self, facts: Iterable[Fact]) -> None:
        """Let the ledger learn facts, in landing order; it is as unsettled afterwards as it was before."""
        for fact in facts:
            self._begun = self._begun or fact.at
            asked = fact.at >= self._since and learned(fact.at - self._begun, self._landed)
            self._landed += isinstance(fact, CommitsLanded)
            if asked and self._ledger.settled_at is None:
                self._ledger.settled_at = fact.at
            try:
                judgement = judge([fact], self._ledger, self._detectors if asked else ())
            finally:
                self._ledger.settled_at = self._settled_at
            self.failures.extend(judgement.failures)
            for alert in judgement.alerts:
                self._raised.setdefault(alert.fingerprint, alert)

    @property
    def raised(self) -> tuple[Alert, ...]:
        """What would have been raised, in order; the same finding once."""
        return tuple(self._raised.values())
