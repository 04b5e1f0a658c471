"""What the detectors find of labelled incidents, what they miss and why, and how often they speak in healthy repositories.

Histories and labels are files outside of this repository. A history is a bare git repository `owner+name.git`, or
the same packed as `owner+name.tar`; contents of files are not needed.

    python -m bench.detection --incidents FILE --histories DIR --controls a/b,c/d [--months 36] [--write bench/DETECTION.md]
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import detection_page
from bench.labels import Event, Incident, read
from github_app.model import Alert, Severity
from workers.backtest import backtest
from workers.facts.git_history import HistoryError
from workers.history.report import Report

_DAYS_A_MONTH = 365.25 / 12
_CONTENTS = frozenset({"guard_removed", "sensitive_path", "binary_blob"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one incident was seen: the alerts of medium severity or above that match a label, or the reason why none does."""

    incident: Incident
    events_seen: int
    alerts: tuple[Alert, ...]
    case: Severity | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """How often a healthy repository was alerted about in its last months; `seconds` is for its whole history."""

    repository: str
    months: float
    alerts: tuple[Alert, ...]
    seconds: float

    def count(self, floor: Severity) -> int:
        """Return how many alerts of this severity or above there were."""
        return sum(alert.finding.severity.at_least(floor) for alert in self.alerts)


def unpack(packed: Path, folder: Path) -> None:
    """Unpack plain files and folders that stay below the folder; Python before 3.11.4 has no filter of its own for that."""
    with tarfile.open(packed) as archive:
        inside = [m for m in archive if (m.isfile() or m.isdir()) and not {"..", "/"} & set(Path(m.name).parts)]
        if hasattr(tarfile, "data_filter"):
            archive.extractall(folder, inside, filter="data")
        else:
            archive.extractall(folder, inside)  # noqa: S202  # looked at just above


class Histories:
    """Where histories are; packed ones are unpacked into a folder that is gone in the end."""

    def __init__(self, folder: Path, unpacked: Path) -> None:
        self._folder, self._unpacked = folder, unpacked

    def find(self, repository: str) -> Path | None:
        """Return the git directory of a repository, or None."""
        name = repository.replace("/", "+", 1)
        for path in (self._folder / f"{name}.git", self._unpacked / f"{name}.git"):
            if (path / "HEAD").is_file():
                return path
        packed = self._folder / f"{name}.tar"
        if not packed.is_file():
            return None
        unpack(packed, self._unpacked)
        return self._unpacked / f"{name}.git"


def judge_incident(incident: Incident, path: Path) -> Outcome:
    """Play an incident's history and match its alerts with its labels."""
    reports = [backtest(str(path), ref=ref)[0] for ref in incident.refs]
    alerts = [alert for report in reports for alert in report.alerts]
    loud = [a for a in alerts if a.finding.severity.at_least(Severity.MEDIUM)]
    matching = tuple(a for a in loud if any(event.seen_by(a) for event in incident.events))
    return Outcome(
        incident=incident,
        events_seen=sum(any(event.seen_by(a) for a in loud) for event in incident.events),
        alerts=matching,
        case=_case(reports, matching),
        reason="" if matching else why_missed(incident.events, alerts),
    )


def _case(reports: Iterable[Report], matching: Sequence[Alert]) -> Severity | None:
    """Return how severe the worst case is that a matching alert belongs to."""
    found = [c.severity for r in reports for c in r.cases for i in c.alerts if r.alerts[i] in matching]
    return max(found, key=lambda severity: severity.rank, default=None)


def why_missed(events: Sequence[Event], alerts: Sequence[Alert]) -> str:
    """Say why no alert was loud enough: what the labels are about, and what was said more quietly."""
    quiet = sorted({a.finding.detector for a in alerts for event in events if event.seen_by(a)})
    if quiet:
        return f"seen only below medium, by {', '.join(quiet)}"
    paths = sorted({path for event in events for path in event.paths})
    if paths and all(event.kind in _CONTENTS for event in events):
        return f"nobody gained a power, and no path says by its name what was changed inside of it ({', '.join(paths)})"
    return f"nothing changed hands that the ledger knows of ({', '.join(sorted({event.kind for event in events}))})"


def judge_control(repository: str, path: Path, months: int) -> Control:
    """Play a healthy history and keep the alerts of its last months."""
    begun = time.monotonic()
    report, failures = backtest(str(path))
    seconds = time.monotonic() - begun
    if failures:
        raise RuntimeError(f"{repository}: the detector {failures[0].detector} failed: {failures[0].error}")
    if report.last_at is None or report.first_at is None:
        return Control(repository=repository, months=0, alerts=(), seconds=seconds)
    since = report.last_at - dt.timedelta(days=months * _DAYS_A_MONTH)
    alerts = tuple(a for a in report.alerts if a.at >= since)
    return Control(repository=repository, months=min(report.months, months), alerts=alerts, seconds=seconds)


def by_detector(outcomes: Iterable[Outcome], controls: Iterable[Control]) -> dict[str, tuple[int, int, int]]:
    """Return for each detector: incidents it saw, incidents only it saw, alerts (medium or above) about healthy ones."""
    saw, alone, spoke = Counter[str](), Counter[str](), Counter[str]()
    for outcome in outcomes:
        names = {a.finding.detector for a in outcome.alerts}
        saw.update(names)
        if len(names) == 1:
            alone.update(names)
    for control in controls:
        spoke.update(a.finding.detector for a in control.alerts if a.finding.severity.at_least(Severity.MEDIUM))
    return {name: (saw[name], alone[name], spoke[name]) for name in sorted({*saw, *spoke})}


def main(argv: Sequence[str]) -> int:
    """Measure, print the page, and write it where asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--incidents", type=Path, required=True)
    parser.add_argument("--histories", type=Path, required=True)
    parser.add_argument("--controls", default="", help="owner/name, separated by commas")
    parser.add_argument("--months", type=int, default=36, help="how much of each control's end is counted")
    parser.add_argument("--write", type=Path, help="the page to write")
    asked = parser.parse_args(argv)
    outcomes, controls, absent = list[Outcome](), list[Control](), list[str]()
    with tempfile.TemporaryDirectory(prefix="bench-detection-") as folder:
        histories = Histories(asked.histories, Path(folder))
        try:
            for incident in read(asked.incidents):
                path = histories.find(incident.repository)
                if path is None:
                    absent.append(incident.repository)
                else:
                    outcomes.append(judge_incident(incident, path))
            for repository in filter(None, asked.controls.split(",")):
                path = histories.find(repository)
                if path is None:
                    absent.append(repository)
                else:
                    controls.append(judge_control(repository, path, asked.months))
        except HistoryError as error:
            print(f"bench.detection: {error}", file=sys.stderr)
            return 2
    page = detection_page.show(outcomes, controls, absent, by_detector(outcomes, controls), asked.months)
    print(page, end="")
    if asked.write:
        asked.write.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
