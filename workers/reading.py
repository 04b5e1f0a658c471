"""Give facts the contents that detectors wish for, before anybody judges them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from github_app.fact import CommitsLanded, Fact
from github_app.ledger import Ledger
from workers.detectors import Detector
from workers.facts import contents
from workers.github_files import Files
from workers.judge import DetectorFailure, wishes


class Asked(Protocol):
    """What is needed of a runtime."""

    @property
    def detectors(self) -> Sequence[Detector]:
        """Those that will be asked."""

    @property
    def files(self) -> Files | None:
        """Whom to ask for files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NobodyToAsk:
    """Detectors, and nobody who has files."""

    detectors: Sequence[Detector]
    files: None = None


def with_contents(
    facts: Iterable[Fact],
    ledger: Ledger,
    asked: Asked,
    installation_id: int | None = None,
) -> tuple[tuple[Fact, ...], tuple[DetectorFailure, ...]]:
    """Return the facts with contents, and the detectors that could not say what they need.

    Args:
        facts: in landing order.
        ledger: what was known before them.
        asked: which detectors will be asked, and who has files; nobody has in a replay, and then every wish leaves a gap.
        installation_id: whose token to use.

    Raises:
        workers.github.Unavailable: GitHub cannot be asked now.
    """
    told: list[Fact] = []
    failures: list[DetectorFailure] = []
    for fact in facts:
        if not isinstance(fact, CommitsLanded):
            told.append(fact)
            continue
        wished, failed = wishes(fact, ledger, asked.detectors)
        failures.extend(failed)
        told.append(contents.filled(fact, wished, asked.files, installation_id))
    return tuple(told), tuple(failures)
