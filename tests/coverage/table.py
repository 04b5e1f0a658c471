"""The table of events in `docs/events.md`, made from the handlers and the cases: `python -m tests.coverage.table`."""

from __future__ import annotations

from pathlib import Path

from tests.coverage.corpus import Case, cases
from workers import detectors
from workers.facts import events

PAGE = Path(__file__).parents[2] / "docs" / "events.md"
HEAD = "| event | when | severity | permission | detector |\n|---|---|---|---|---|\n"


def _row(case: Case) -> str:
    handler = events.load().get(case.line.event)
    permission = (
        "not read yet" if handler is None else "none" if handler.permission is None else ": ".join(handler.permission)
    )
    stages = {d.id: d.stage.value for d in detectors.load()}
    trial = " (trial)" if stages.get(case.detector) == "trial" and case.detector != "noted" else ""
    event = f"`{case.line.event}`" + (f" {case.line.action}" if case.line.action else "")
    link = f"[{case.detector}](detectors/{case.detector}.md){trial}"
    return f"| {event} | {case.when or 'always'} | {case.severity.value} | {permission} | {link} |\n"


def table() -> str:
    """Return the table, by event."""
    known = {d.id for d in detectors.load()}
    rows = [case for case in cases() if case.detector in known]
    return HEAD + "".join(_row(case) for case in sorted(rows, key=lambda c: c.line.event))


def write() -> None:
    """Bring the page up to date."""
    before, found, after = PAGE.read_text(encoding="utf-8").partition(HEAD)
    if not found:
        raise SystemExit(f"{PAGE}: there is no table with the head {HEAD.splitlines()[0]}")
    rest = after.splitlines(keepends=True)
    while rest and rest[0].startswith("|"):
        del rest[0]
    PAGE.write_text(before + table() + "".join(rest), encoding="utf-8")


if __name__ == "__main__":
    write()
