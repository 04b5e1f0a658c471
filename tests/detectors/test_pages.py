"""Every detector has a page that people can rely on: its examples are run here."""

from __future__ import annotations

import re

import pytest

from tests import stories
from tests.detectors import pages
from tests.detectors.telling import keeps_the_promises
from workers.detectors import Detector, load

DETECTORS = load()
EXAMPLES = [
    (d, expected, text)
    for d in DETECTORS
    if pages.page(d).is_file()  # test_contract.py says which page is missing
    for expected, text in stories.on_page(pages.page(d))
]


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda d: d.id)
def test_page_has_the_fixed_parts(detector: Detector) -> None:
    """Whoever gets an alert finds the same headings on every page, under the detector's id and its generated line."""
    text = pages.page(detector).read_text(encoding="utf-8")
    title, blank, line = text.split("\n")[:3]
    assert (title, blank) == (f"# {detector.id}", "")
    assert line == pages.metadata(detector), "run: python -m tests.detectors.pages"
    assert tuple(re.findall(r"^## (.+)$", text, re.MULTILINE)) == pages.HEADINGS


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda d: d.id)
def test_page_shows_when_it_fires_and_when_not(detector: Detector) -> None:
    """A page without both kinds of example would promise what nobody checks."""
    text = pages.page(detector).read_text(encoding="utf-8")
    fires, silent = text.index("## Fires on"), text.index("## Stays silent on")
    kinds = [(expected, text.index(story)) for expected, story in stories.on_page(pages.page(detector))]
    assert any(kind == "fires" and fires < at < silent for kind, at in kinds)
    assert any(kind == "silent" and at > silent for kind, at in kinds)
    assert len(kinds) == text.count("```yaml"), "a block must be ```yaml fires or ```yaml silent"


@pytest.mark.parametrize(("detector", "expected", "text"), EXAMPLES, ids=[f"{d.id}-{kind}" for d, kind, _ in EXAMPLES])
def test_examples_do_what_they_say(detector: Detector, expected: str, text: str) -> None:
    """The last step raises exactly this detector's alert, or nothing at all, by any detector; what is only noted aside."""
    told = stories.play(stories.read(text), DETECTORS)
    raised = [a for a in told.last if detector.id == "noted" or a.finding.detector != "noted"]
    assert [a.finding.detector for a in raised] == ([detector.id] if expected == "fires" else [])
    for alert in raised:  # made-up facts seldom meet a detector's conditions, its page always does
        keeps_the_promises(detector, alert.finding)


def test_the_index_lists_them_all() -> None:
    """The table of detectors is what is there."""
    assert pages.table(DETECTORS) in pages.INDEX.read_text(encoding="utf-8"), "run: python -m tests.detectors.pages"
