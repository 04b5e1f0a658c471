"""`trust-alerts backtest`: what would have been alerted in a git history, and when; judged by the code that runs live."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TextIO

from github_app.fact import CommitsLanded, Fact, TagCreated
from github_app.ledger import Ledger
from github_app.model import Alert, Repository, Stage
from workers import cases, detectors, hindsight
from workers.detectors import Detector
from workers.facts.git_history import History, HistoryError
from workers.history import clone, contents, powers
from workers.history.blobs import Blobs, Fetch
from workers.history.report import Report, within
from workers.judge import DetectorFailure, judge, wishes
from workers.render import backtest_html, backtest_json, backtest_text

_AHEAD = 200
"""Facts looked at together when contents have to be fetched, so that it takes few requests."""

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
    with _local(path_or_url, progress) as (path, fetch):
        history = History.open(path, ref=ref)
        repository = Repository(id=0, full_name=_name(path_or_url))
        progress(f"{history.commit_count:,} commits on {history.ref}")
        with Blobs(history.git, fetch) as blobs:
            run_ = _Run(repository=repository, detectors=asked, since=since, until=until, blobs=blobs)
            for chunk in _chunks(history.facts(repository, until=until), _AHEAD if fetch else 1):
                if fetch:
                    run_.look_ahead(chunk)
                for fact in chunk:
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
        blobs: Blobs,
    ) -> None:
        self.blobs = blobs
        self.unread: Counter[str] = Counter()
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
        if isinstance(fact, CommitsLanded):
            fact = self._with_contents(fact)
        judgement = judge([fact], self.ledger, self.detectors)
        self.failures.extend(judgement.failures)
        for alert in judgement.alerts if inside else ():
            self.alerts.setdefault(alert.fingerprint, alert)
        # Written nowhere: without this a long history would be kept in memory entry by entry.
        self.ledger.entries.clear()

    def look_ahead(self, facts: Iterable[Fact]) -> None:
        """Fetch in one go what will probably be asked for about these facts."""
        names: list[str] = []
        landings = [fact for fact in facts if isinstance(fact, CommitsLanded)]
        for number, fact in enumerate(landings):
            settled = hindsight.learned(fact.at - (self.begun or landings[0].at), self.landed + number)
            wished, _ = wishes(fact, self.ledger, self.detectors, settled=settled)
            if wished:
                names += contents.objects(fact, wished[: contents.MOST_PATHS])
        self.blobs.prepare(names)

    def _with_contents(self, fact: CommitsLanded) -> CommitsLanded:
        wished, failures = wishes(fact, self.ledger, self.detectors)
        self.failures.extend(failures)
        if not wished:
            return fact
        fact = contents.filled(fact, wished, self.blobs)
        self.unread.update(read.gap for commit in fact.commits for read in commit.contents if read.gap)
        return fact

    def _count(self, fact: Fact) -> None:
        self.first = self.first or fact.at
        self.last = fact.at
        if isinstance(fact, CommitsLanded):
            self.commits += len(fact.commits)
        elif isinstance(fact, TagCreated) and fact.name not in self.tag_names:
            self.tag_names.add(fact.name)
            self.tags += 1

    def _gaps(self) -> Iterator[str]:
        for gap, count in self.unread.items():
            files = "one file that a detector asked for" if count == 1 else f"{count:,} files that detectors asked for, each"
            yield f"the contents of {files} because {gap}"
        if self.blobs.trouble:
            yield f"file contents could not be fetched: {self.blobs.trouble}"

    def report(self, history: History) -> Report:
        alerts = tuple(self.alerts.values())
        drawn, more = powers.lanes(self.ledger, alerts)
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
            gaps=(*history.gaps, *self._gaps()),
            lanes=drawn,
            more_people=more,
        )


def _chunks(facts: Iterable[Fact], size: int) -> Iterator[list[Fact]]:
    facts = iter(facts)
    while chunk := list(islice(facts, size)):
        yield chunk


@contextmanager
def _local(path_or_url: str, progress: Callable[[str], None]) -> Iterator[tuple[Path, Fetch | None]]:
    """Yield where the repository is, and what brings contents into it if it is our own copy."""
    if not clone.is_url(path_or_url):
        yield Path(path_or_url), None
        return
    origin = clone.Origin.parse(path_or_url)
    with tempfile.TemporaryDirectory(prefix="trust-alerts-") as folder:
        progress(f"fetching {origin.name} without file contents")
        path = clone.update(origin, Path(folder) / "clone.git", progress=progress).git_dir
        yield path, partial(clone.fetch_objects, origin, path)


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
