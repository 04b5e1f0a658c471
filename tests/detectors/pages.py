"""What is generated in the detectors' pages: a metadata line in each, and the table in docs/detectors.md.

`python -m tests.detectors.pages` writes both; the tests compare.
"""

from __future__ import annotations

import re
from pathlib import Path

from workers.detectors import Detector, load

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "detectors"
INDEX = ROOT / "docs" / "detectors.md"
HEADINGS = (
    "What it watches",
    "Why it matters",
    "Fires on",
    "Stays silent on",
    "Known false alarms",
    "What to do",
)
_TABLE = "| detector | stage | says |\n|---|---|---|\n"
_METADATA = re.compile(r"^Severity:.*$", re.MULTILINE)


def page(detector: Detector) -> Path:
    """Return where a detector's page is."""
    return PAGES / f"{detector.id}.md"


def metadata(detector: Detector) -> str:
    """Return the line under a page's title."""
    severities = ", ".join(severity.value for severity in detector.severities)
    facts = ", ".join(kind.kind for kind in detector.watches)
    return f"Severity: {severities} · Stage: {detector.stage.value} · Facts: {facts}"


def table(detectors: tuple[Detector, ...]) -> str:
    """Return the table of all detectors."""
    rows = (f"| [`{d.id}`](detectors/{d.id}.md) | {d.stage.value} | {d.sentence} |\n" for d in detectors)
    return _TABLE + "".join(rows)


def write() -> None:
    """Bring the generated parts up to date."""
    for detector in load():
        text = page(detector).read_text(encoding="utf-8")
        page(detector).write_text(_METADATA.sub(lambda _, d=detector: metadata(d), text, count=1), encoding="utf-8")
    before, _, after = INDEX.read_text(encoding="utf-8").partition(_TABLE)
    rest = after.partition("\n\n")[2] if "\n\n" in after else ""
    INDEX.write_text(before + table(load()) + (f"\n{rest}" if rest else ""), encoding="utf-8")


if __name__ == "__main__":
    write()
