"""Detector pages for `trust-alerts explain`: the same text as docs/detectors, also in an installed package."""

from __future__ import annotations

from pathlib import Path

from workers import detectors

_HERE = Path(__file__).resolve().parent
_PLACES = (_HERE.parent / "docs" / "detectors", _HERE / "pages")


def page(detector_id: str) -> str | None:
    """Return the page of a detector, or None when there is no such detector.

    Raises:
        FileNotFoundError: the detector has no page; the tests do not let that happen.
    """
    if detector_id not in {d.id for d in detectors.load()}:
        return None
    for place in _PLACES:
        if (place / f"{detector_id}.md").is_file():
            return (place / f"{detector_id}.md").read_text(encoding="utf-8").rstrip()
    raise FileNotFoundError(f"no page for {detector_id} in {', '.join(str(p) for p in _PLACES)}")
