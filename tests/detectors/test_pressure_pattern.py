"""pressure-pattern: what several comments come to over threads, accounts and weeks."""

from __future__ import annotations

import pytest

from github_app.model import Severity
from tests import stories
from tests.detectors.telling import DETECTORS, finding, findings, fingerprints

PAST = "past: [2020-01-01: {push: {by: alice}}, 2024-03-01: {push: {by: alice, author: jia}}]"
BLAME = "You do not care about your users at all."
DEMAND = "You should step down as maintainer."
ILL = "I have been ill for months, sorry."


def said(*comments: str, past: str = PAST) -> str:
    """Return a story of comments, each given as `date who thread text`, with `who` as in a story or `alice:OWNER`."""
    lines = []
    for number, comment in enumerate(comments, 1):
        date, who, thread, text = comment.split(" ", 3)
        by, _, role = who.partition(":")
        about = f"by: {by}, thread: {thread}, id: {number}, as: {role or 'NONE'}, text: '{text}'"
        lines.append(f"  - {date}: {{comment: {{{about}}}}}")
    return "\n".join([past, "then:", *lines])


GROWING = (f"2024-05-01 eve 1 {BLAME}", f"2024-05-20 eve 2 {DEMAND}", f"2024-06-03 eve 1 {BLAME}")


def test_it_speaks_of_a_pattern_and_keeps_no_words() -> None:
    """Private, with the sentence about sincere people, the comments as links and the signs by name."""
    found = finding("pressure-pattern", said(*GROWING))
    assert found.title == "A pattern of pressure on the maintainers: 3 comments by 1 account since 2024-05-01"
    assert (found.severity, found.private) == (Severity.MEDIUM, True)
    assert "Nearly all such comments come from sincere people" in found.why
    assert "attack" not in found.why
    assert BLAME not in f"{found}"
    assert [e.url.rpartition("-")[2] for e in found.evidence if e.kind == "comment"] == ["1", "2", "3"]
    assert {e.value for e in found.evidence if e.kind == "event"} >= {"escalation", "returns", "first-act", "one-maintainer"}


@pytest.mark.parametrize(
    ("comments", "sign"),
    [
        (GROWING, "returns"),
        (GROWING, "escalation"),
        (
            (f"2024-05-01 alice:OWNER 1 {ILL}", f"2024-05-05 eve 1 {DEMAND}", f"2024-05-09 bob 1 {BLAME}"),
            "after-disclosure",
        ),
        ((f"2024-05-01 alice:OWNER 1 {ILL}", f"2024-05-05 eve 1 {DEMAND}", f"2024-05-09 bob 2 {BLAME}"), "several-accounts"),
        (
            (f"2024-05-01 bob 1 {BLAME} Thank @jia instead.", "2024-05-05 eve 2 Let @jia merge. You should step down."),
            "one-beneficiary",
        ),
    ],
)  # fmt: skip
def test_each_sign_is_seen(comments: tuple[str, ...], sign: str) -> None:
    """Every sign that makes a pattern, in a pattern that has it."""
    assert sign in {e.value for e in finding("pressure-pattern", said(*comments)).evidence}


@pytest.mark.parametrize(
    "comments",
    [
        GROWING[:2],
        (GROWING[0], GROWING[2]),
        (f"2024-05-01 eve 1 {DEMAND}", f"2024-05-01 eve 1 {DEMAND}", f"2024-05-02 eve 1 {DEMAND}"),
        (f"2024-05-01 alice:OWNER 1 {ILL}", f"2024-05-05 eve 1 {DEMAND}"),
        (f"2024-03-02 alice:OWNER 1 {ILL}", f"2024-05-05 eve 1 {DEMAND}", f"2024-09-01 bob 1 {BLAME}"),
        tuple(c.replace("eve", "eve:CONTRIBUTOR") for c in GROWING),
        tuple(c.replace("eve", "eve:MEMBER") for c in GROWING),
        tuple(c.replace("eve", "alice") for c in GROWING),
    ],
    ids=["one sign", "no demand", "one sitting", "one demand", "long after", "contributor", "member", "maintainer"],
)
def test_less_than_a_pattern_is_quiet(comments: tuple[str, ...]) -> None:
    """One sign, blame without a demand, one long quarrel, and people who have standing here."""
    told = stories.play(stories.read(said(*comments)), [DETECTORS["pressure-pattern"]])
    assert [alert for step in told.alerts for alert in step] == []


def test_whom_it_would_help_is_known_and_makes_it_high() -> None:
    """Named by a first name or an account; the maintainer who is addressed gains nothing."""
    named = f"{GROWING[2]} Let Jia merge the own patches, @alice."
    people = "people: {jia: {login: JiaT75, name: Jia Tan}}\n"
    found = finding("pressure-pattern", people + said(*GROWING[:2], named))
    assert found.severity is Severity.HIGH
    assert [p.login for p in found.beneficiaries] == ["JiaT75"]
    assert "near-power" in {e.value for e in found.evidence}


def test_a_campaign_is_one_alert_and_one_more_when_it_grows() -> None:
    """Later comments of the same campaign have the fingerprint of the first alert, until it becomes strong."""
    more = (f"2024-06-10 eve 1 {BLAME}", f"2024-06-12 bob 1 {DEMAND}", f"2024-06-14 bob 1 {DEMAND}")
    found = fingerprints("pressure-pattern", said(*GROWING, *more))
    assert len(found) == 4
    assert len(set(found)) == 2


def test_a_deleted_or_edited_comment_is_out_of_it() -> None:
    """What is gone on GitHub, or no longer says it, makes no pattern with what comes later."""
    gone = said(*GROWING).replace(
        "  - 2024-06-03",
        '  - 2024-05-21: {comment: {by: eve, thread: 2, id: 2, text: "Sorry.", edited: true}}\n  - 2024-06-03',
    )
    assert findings("pressure-pattern", gone) == []


def test_an_account_made_for_it_is_seen() -> None:
    """Where the source tells when the account was made."""
    young = said(*GROWING).replace("by: eve", "joined: '2024-04-20', by: eve")
    assert "new-account" in {e.value for e in finding("pressure-pattern", young).evidence}
