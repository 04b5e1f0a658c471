"""What is generated in the pages: a line in each detector's, their table, and the words of stories in the guide.

`python -m tests.detectors.pages` writes them; the tests compare.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.stories import WORDS
from workers.detectors import Detector, load

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "detectors"
INDEX = ROOT / "docs" / "detectors.md"
GUIDE = ROOT / "docs" / "add-a-detector.md"
HEADINGS = (
    "What it watches",
    "Why it matters",
    "Fires on",
    "Stays silent on",
    "Known false alarms",
    "What to do",
)
_TABLE = "| detector | stage | says |\n|---|---|---|\n"
_WORDS = "| word | says that | fields (**must be given**) |\n|---|---|---|\n"
_METADATA = re.compile(r"^Severity:.*$", re.MULTILINE)


def page(detector: Detector) -> Path:
    """Return where a detector's page is."""
    return PAGES / f"{detector.id}.md"


def missing(detector: Detector) -> str:
    """Return what to tell somebody who has not written the page yet, or under another name."""
    return f"{detector.id} has no page: write {page(detector).relative_to(ROOT)}"


def metadata(detector: Detector) -> str:
    """Return the line under a page's title."""
    severities = ", ".join(severity.value for severity in detector.severities)
    facts = ", ".join(kind.kind for kind in detector.watches)
    return f"Severity: {severities} · Stage: {detector.stage.value} · Facts: {facts}"


def table(detectors: tuple[Detector, ...]) -> str:
    """Return the table of all detectors."""
    rows = (f"| [`{d.id}`](detectors/{d.id}.md) | {d.stage.value} | {d.sentence} |\n" for d in detectors)
    return _TABLE + "".join(rows)


def words() -> str:
    """Return the table of the words that stories are made of."""
    rows = []
    for name, word in WORDS.items():
        fields = ", ".join(f"**{field}**" if default is ... else field for field, default in word.fields.items())
        rows.append(f"| `{name}` | {word.says} | {fields} |\n")
    return _WORDS + "".join(rows)


def write() -> None:
    """Bring the generated parts up to date."""
    for detector in load():
        if not page(detector).is_file():
            raise SystemExit(f"{missing(detector)}; {GUIDE.relative_to(ROOT)} shows one")
        text = page(detector).read_text(encoding="utf-8")
        page(detector).write_text(_METADATA.sub(lambda _, d=detector: metadata(d), text, count=1), encoding="utf-8")
    _replace(INDEX, _TABLE, table(load()))
    _replace(GUIDE, _WORDS, words())


def _replace(path: Path, head: str, new: str) -> None:
    """Put a table in the place of the one with the same head."""
    before, found, after = path.read_text(encoding="utf-8").partition(head)
    if not found:
        raise SystemExit(f"{path}: there is no table with the head {head.splitlines()[0]}")
    rest = after.splitlines(keepends=True)
    while rest and rest[0].startswith("|"):
        del rest[0]
    path.write_text(before + new + "".join(rest), encoding="utf-8")


if __name__ == "__main__":
    write()
