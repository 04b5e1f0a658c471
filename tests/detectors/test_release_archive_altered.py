"""release-archive-altered: archives that hold what the tag does not."""

from __future__ import annotations

import pytest

from github_app.model import Severity
from tests.detectors.telling import finding, fingerprints

STORY = """
then:
  - 2024-02-24: {archive: {by: jia, tag: v5.6.0, earlier: %d, differs: [%s]}}
"""


def test_names_the_file_and_what_is_known_of_earlier_releases() -> None:
    """The reader learns which file of which archive it is, and what it was compared with."""
    found = finding("release-archive-altered", STORY % (4, '"added m4/build-to-host.m4, a build macro"'))
    assert found.severity is Severity.HIGH
    assert found.title == "The archive widget-v5.6.0.tar.gz of v5.6.0 has m4/build-to-host.m4 not in the tag"
    assert "The 4 earlier archives looked at had nothing of this kind." in found.why
    assert [(e.kind, e.value) for e in found.evidence] == [("tag", "v5.6.0"), ("path", "m4/build-to-host.m4")]
    assert found.private


@pytest.mark.parametrize(
    ("differs", "severity", "said"),
    [
        ("altered src/a.c, a source code", Severity.HIGH, "has src/a.c with other contents than the tag"),
        ("added run.sh, a script", Severity.HIGH, "has run.sh not in the tag"),
        ("repeated README, a document", Severity.HIGH, "has README twice"),
        ("added src/b.c, a source code", Severity.MEDIUM, "has src/b.c not in the tag"),
    ],
)
def test_what_runs_and_what_was_tagged_is_high(differs: str, severity: Severity, said: str) -> None:
    """More code beside the tag may have been generated; other code than tagged was not."""
    found = finding("release-archive-altered", STORY % (0, f'"{differs}"'))
    assert (found.severity, said in found.title) == (severity, True)
    assert "It is the first archive looked at here" in found.why


def test_one_release_packed_in_two_ways_is_one_alert() -> None:
    """The differences make the alert, not the name of the archive; another difference is another alert."""
    one, other = (f'"added m4/{name}.m4, a build macro"' for name in ("one", "other"))
    assert fingerprints("release-archive-altered", STORY % (1, one)) == fingerprints(
        "release-archive-altered", STORY % (2, one)
    )
    assert fingerprints("release-archive-altered", STORY % (1, one)) != fingerprints(
        "release-archive-altered", STORY % (1, other)
    )


def test_an_archive_made_to_do_harm_is_told() -> None:
    """That it was refused, and why."""
    story = (
        'then: [2024-02-24: {archive: {by: eve, tag: v1.0, refused: "refused: a symbolic link leads out of it: x -> /"}}]'
    )
    found = finding("release-archive-altered", story)
    assert found.severity is Severity.HIGH
    assert found.title.endswith("cannot be compared with its tag: refused: a symbolic link leads out of it: x -> /")
