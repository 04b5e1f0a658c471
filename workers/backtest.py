"""`trust-alerts backtest`: what would have been alerted in a git history, and when; judged by the code that runs live."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from github_app.fact import CommitsLanded, Fact, TagCreated
from github_app.ledger import Ledger
from github_app.model import Alert, Repository, Stage
from workers import cases, detectors, hindsight
from workers.detectors import Detector
from workers.facts.git_history import History, HistoryError
from workers.history import clone
from workers.history.report import Report, within
from workers.judge import DetectorFailure, judge
from workers.render import backtest_html, backtest_json, backtest_text

_PROGRESS_SECONDS = 2.0
_SHOW = {"text": backtest_text.show, "json": backtest_json.show, "html": backtest_html.show}


def run(
    repo: str,
    *,
    ref: str | None = None,
    since: str | None = None,
    until: str | None = None,
    format: str = "text",  # noqa: A002  # named as the option is
    trial: bool = False,
    stdout: TextIO,
    stderr: TextIO,
) -> int:
    """Do what the command does and return its exit status: 0 also with alerts, 2 with one line about what to change."""
    speak = _speaker(stderr)
    try:
        report, failures = backtest(repo, ref=ref, since=_day(since), until=_day(until), trial=trial, progress=speak)
    except HistoryError as error:
        print(f"trust-alerts: {error}", file=stderr)
        return 2
    for failure in failures:
        print(f"trust-alerts: the detector {failure.detector} failed: {failure.error}", file=stderr)
    stdout.write(_SHOW[format](report))
    return 0


def backtest(
    path_or_url: str,
    *,
    ref: str | None = None,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    trial: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Report, list[DetectorFailure]]:
    """Judge a whole history; alerts outside of [since, until) are left out, but everything is learned from.

    Args:
        path_or_url: a git repository, with or without file contents; a URL is cloned and forgotten again.
        ref: the branch to follow; the default branch by default.
        since: report from this time on (UTC).
        until: report up to this time (UTC).
        trial: ask the detectors on trial, too.
        progress: is told a short sentence now and then.

    Raises:
        HistoryError: the history cannot be read; one sentence.
    """
    asked = [d for d in detectors.load() if trial or d.stage is Stage.STABLE]
    with _local(path_or_url, progress) as path:
        history = History.open(path, ref=ref)
        repository = Repository(id=0, full_name=_name(path_or_url))
        progress(f"{history.commit_count:,} commits on {history.ref}")
        run_ = _Run(repository=repository, detectors=asked, since=since, until=until)
        for fact in history.facts(repository, until=until):
            run_.tell(fact)
            progress(f"{run_.landed:,} landings and {run_.tags:,} tags judged, up to {fact.at.date()}")
    return run_.report(history), run_.failures


class _Run:
    """One pass over a history."""

    def __init__(
        self,
        *,
        repository: Repository,
        detectors: Sequence[Detector],
        since: dt.datetime | None,
        until: dt.datetime | None,
    ) -> None:
        self.repository = repository
        self.detectors = detectors
        self.since, self.until = since, until
        self.ledger = Ledger()
        self.alerts: dict[str, Alert] = {}
        self.failures: list[DetectorFailure] = []
        self.landed = self.tags = self.commits = 0
        self.tag_names: set[str] = set()
        self.begun: dt.datetime | None = None
        self.first: dt.datetime | None = None
        self.last: dt.datetime | None = None

    def tell(self, fact: Fact) -> None:
        self.begun = self.begun or fact.at
        if self.ledger.settled_at is None and hindsight.learned(fact.at - self.begun, self.landed):
            self.ledger.settle(fact.at, f"learned {self.landed} landings")
        if isinstance(fact, CommitsLanded):
            self.landed += 1
        inside = within(fact.at, self.since, self.until)
        if inside:
            self._count(fact)
        judgement = judge([fact], self.ledger, self.detectors)
        self.failures.extend(judgement.failures)
        for alert in judgement.alerts if inside else ():
            self.alerts.setdefault(alert.fingerprint, alert)
        # Written nowhere: without this a long history would be kept in memory entry by entry.
        self.ledger.entries.clear()

    def _count(self, fact: Fact) -> None:
        self.first = self.first or fact.at
        self.last = fact.at
        if isinstance(fact, CommitsLanded):
            self.commits += len(fact.commits)
        elif isinstance(fact, TagCreated) and fact.name not in self.tag_names:
            self.tag_names.add(fact.name)
            self.tags += 1

    def report(self, history: History) -> Report:
        alerts = tuple(self.alerts.values())
        return Report(
            repository=self.repository.full_name,
            ref=history.ref,
            commits=self.commits,
            tags=self.tags,
            first_at=self.first,
            last_at=self.last,
            settled_at=self.ledger.settled_at,
            alerts=alerts,
            cases=cases.join(alerts),
            gaps=tuple(history.gaps),
        )


@contextmanager
def _local(path_or_url: str, progress: Callable[[str], None]) -> Iterator[Path]:
    if not clone.is_url(path_or_url):
        yield Path(path_or_url)
        return
    origin = clone.Origin.parse(path_or_url)
    with tempfile.TemporaryDirectory(prefix="trust-alerts-") as folder:
        progress(f"fetching {origin.name} without file contents")
        yield clone.update(origin, Path(folder) / "clone.git", progress=progress).git_dir


def _name(path_or_url: str) -> str:
    """Return owner/name where the URL has them, else the directory's name; a `.git` at the end is dropped."""
    if clone.is_url(path_or_url):
        parts = re.split(r"[/:]", clone.Origin.parse(path_or_url).name.rstrip("/"))
        return "/".join(parts[-2:]).removesuffix(".git")
    path = Path(path_or_url).resolve()
    named = path.parent if path.name == ".git" else path
    return named.name.removesuffix(".git").replace("+", "/", 1)


def _day(text: str | None) -> dt.datetime | None:
    """Read a day or a time; without an offset it is UTC.

    Raises:
        HistoryError: it is neither.
    """
    if not text:
        return None
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise HistoryError(f"{text[:40]!r} is not a date: write it like 2024-03-29") from error
    return at.replace(tzinfo=dt.UTC) if at.tzinfo is None else at.astimezone(dt.UTC)


def _speaker(stderr: TextIO) -> Callable[[str], None]:
    """Return a progress reporter that speaks every two seconds at most."""
    spoken = time.monotonic()

    def speak(sentence: str) -> None:
        nonlocal spoken
        if time.monotonic() - spoken >= _PROGRESS_SECONDS:
            spoken = time.monotonic()
            print(sentence, file=stderr, flush=True)

    return speak
