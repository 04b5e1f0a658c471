"""Short cuts for the detectors' tests: a story in, its last finding by one detector out."""

from __future__ import annotations

from github_app.model import Finding
from tests import stories
from workers.detectors import Detector, load

DETECTORS = {detector.id: detector for detector in load()}


def findings(detector: str, story: str) -> list[Finding]:
    """Return what one detector says about the last step of a story."""
    return [alert.finding for alert in stories.play(stories.read(story), [DETECTORS[detector]]).last]


def finding(detector: str, story: str) -> Finding:
    """Return the one finding about the last step of a story."""
    (only,) = findings(detector, story)
    return only


def keeps_the_promises(detector: Detector, found: Finding) -> None:
    """Assert what holds for every finding: it can be read, has evidence, differs from others, is as bad as its page says."""
    assert found.severity in detector.severities, "a finding's severity must be one of the detector's severities="
    assert found.title
    assert found.why
    assert found.before != found.after, "before and after must differ"
    assert found.evidence, "a finding needs evidence that a reader can look at"


def fingerprints(detector: str, story: str) -> list[str]:
    """Return the fingerprints of all alerts of a story, in order."""
    told = stories.play(stories.read(story), [DETECTORS[detector]])
    return [alert.fingerprint for step in told.alerts for alert in step]
