"""What a tired maintainer reads: what happened, why it matters, the evidence, who should look, what to do."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from github_app.links import Links
from github_app.model import Alert, Evidence, Person, Severity
from github_app.review import Action, Decided, DecisionRecord, decide
from tests.notify.material import AT, LASSE, MARY, OTHER, REPOSITORY, SHA, alert
from tests.render.test_hostile_alerts import nodes
from workers.render import console, github_check, github_comment, github_push, reply, slack_alert, slack_digest, slack_group
from workers.render.message import Message

LINKS = Links(public_url="https://trust.example.org")
LATER = AT + dt.timedelta(days=1)


def step(on: Alert, action: Action, by: Person = LASSE, previous: tuple[DecisionRecord, ...] = ()) -> Decided:
    """Return an accepted step."""
    outcome = decide(on, action, by, (), "we agreed on it last week", LATER, previous)
    assert isinstance(outcome, Decided)
    return outcome


def message(*alerts: Alert, records: tuple[DecisionRecord, ...] = (), target: str = "7/12") -> Message:
    """Return a message with decisions about its first alert."""
    return Message(channel="any", target=target, alerts=alerts, decisions={alerts[0].id: records}, repository=REPOSITORY)


def words(blocks: list[dict[str, Any]]) -> str:
    """Return what a Slack message says, block by block."""
    return "\n".join("".join(n["text"] for n in nodes(b) if isinstance(n.get("text"), str)) for b in blocks)


def buttons(blocks: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the buttons of a Slack message by their `action_id`."""
    return {n["action_id"]: n for n in nodes(blocks) if n.get("type") == "button"}


def test_slack_says_all_that_is_needed_to_judge() -> None:
    """An open alert has title, place, reason, change, evidence, steps, people and five buttons."""
    shown = slack_alert.render(message(alert(5, pull=12)), LINKS)
    said = words(shown.blocks)
    for part in (
        "Open \u00b7 high trust change",
        "New Comer (@newcomer) merged a pull request for the first time",
        "acme/tool, pull request 12, 2026-03-01 10:30 UTC",
        "424 days earlier",
        "never used \u2192 merged pull request 12",
        "commit 8ace358d65",
        "merger 2026-03-01, 424 days later",
        "@lasse: has merged here since 2015-03-19",
    ):
        assert part in said
    assert list(buttons(shown.blocks)) == [
        "trust:acknowledge", "trust:expected", "trust:harmless", "trust:incident", "trust:snooze"
    ]  # fmt: skip
    assert shown.text.startswith("High trust change in acme/tool: New Comer (@newcomer) merged")


def test_slack_buttons_can_be_used_without_seeing_them() -> None:
    """Each button says what it does and to which alert."""
    found = buttons(slack_alert.render(message(alert(5)), LINKS).blocks)
    for button in found.values():
        assert "alert 5" in button["accessibility_label"]
        assert button["value"] == "5"


def test_slack_replaces_buttons_by_the_decision() -> None:
    """A resolved alert shows who decided what and why, and can only be reopened."""
    done = step(alert(5), Action.EXPECTED)
    shown = slack_alert.render(message(done.alert, records=(done.record,)), LINKS)
    assert list(buttons(shown.blocks)) == ["trust:reopen"]
    assert "Expected: marked by @lasse on 2026-03-02" in words(shown.blocks)
    assert "@lasse says it was expected (2026-03-02): we agreed on it last week" in words(shown.blocks)
    assert not [b for b in shown.blocks if b["type"] == "input"]


def test_slack_offers_what_can_be_done_next() -> None:
    """An acknowledged alert is not acknowledged again, and a snoozed one can be woken."""
    seen = step(alert(5), Action.ACKNOWLEDGE)
    assert "trust:acknowledge" not in buttons(slack_alert.render(message(seen.alert, records=(seen.record,)), LINKS).blocks)
    later = step(alert(5), Action.SNOOZE)
    shown = slack_alert.render(message(later.alert, records=(later.record,)), LINKS)
    assert "trust:snooze" not in buttons(shown.blocks)
    assert buttons(shown.blocks)["trust:reopen"]["text"]["text"] == "Wake"
    assert "Snoozed by @lasse until 2026-03-09" in words(shown.blocks)


def test_a_critical_alert_says_who_is_missing() -> None:
    """After the first verdict of a critical alert everybody reads that it is not enough."""
    half = step(alert(5, severity=Severity.CRITICAL), Action.EXPECTED)
    shown = words(slack_alert.render(message(half.alert, records=(half.record,)), LINKS).blocks)
    assert "Needs a second person: @lasse says expected" in shown


def test_private_alerts_are_worded_as_a_pattern() -> None:
    """What is private says that it is, and stays out of every public text."""
    private = alert(5, private=True)
    shown = words(slack_alert.render(message(private), LINKS).blocks)
    assert "(private)" in shown
    assert "a pattern in what happened, not about what anybody is like" in shown
    for render in (github_comment.render, github_check.render):
        with pytest.raises(ValueError, match="must not be shown on GitHub"):
            render(message(alert(4), private), LINKS)


def test_a_comment_is_short_and_complete() -> None:
    """Before the fold there are at most twelve lines: what, since when, evidence, who should look, what to do."""
    shown = github_comment.render(message(alert(5), alert(6, title="Another change"), alert(7), alert(8)), LINKS)
    top = shown.partition("<details>")[0].strip().split("\n")
    assert len(top) <= 12
    said = "\n".join(top)
    for part in (
        "### 4 trust changes to confirm",
        "**New Comer \\(`@newcomer`\\) merged a pull request for the first time**",
        "Also: **Another change** *Open since 2026-03-01.*",
        f"[`8ace358d65`](https://github.com/acme/tool/commit/{SHA})",
        "[`lasse`](https://github.com/lasse), who has merged here since 2015-03-19",
        "**What to do:**",
    ):
        assert part in said
    assert "@lasse" not in shown.replace("`@lasse`", "")


def test_a_comment_does_not_repeat_private_reasons() -> None:
    """Why somebody decided was written for a private channel; the pull request shows who, what and when."""
    done = step(alert(5), Action.EXPECTED)
    shown = github_comment.render(message(done.alert, records=(done.record,)), LINKS)
    assert "### Trust changes reviewed" in shown
    assert "*Expected: marked by `@lasse` on 2026-03-02.*" in shown
    assert "last week" not in shown


def test_a_comment_says_when_the_change_was_elsewhere() -> None:
    """An alert attached because of a pull request's author does not look like the pull request's own."""
    assert "did not happen in this pull request" in github_comment.render(message(alert(5)), LINKS)
    assert "did not happen in this pull request" not in github_comment.render(message(alert(5, pull=12)), LINKS)


def test_the_marker_tells_pull_request_and_severity() -> None:
    """Our own comment is known by its first line, and nobody else's text can pass for it."""
    body = github_comment.render(message(alert(5, severity=Severity.MEDIUM), alert(6)), LINKS)
    assert github_comment.severity_in(body, "7/12") is Severity.HIGH
    assert github_comment.severity_in(body, "7/13") is None
    assert github_comment.severity_in(f"quoted: {body}", "7/12") is None
    assert github_comment.severity_in("<!-- trust-change-alerts:7/12 severity=loud -->", "7/12") is None


@pytest.mark.parametrize(
    ("actions", "conclusion", "title"),
    [
        ((), "neutral", "New Comer (@newcomer) merged a pull request for the first time"),
        ((Action.ACKNOWLEDGE,), "neutral", "New Comer (@newcomer) merged a pull request for the first time"),
        ((Action.EXPECTED,), "success", "The trust changes were reviewed"),
        ((Action.HARMLESS,), "success", "The trust changes were reviewed"),
        ((Action.INCIDENT,), "failure", "A trust change was marked an incident"),
    ],
)
def test_a_check_blocks_only_an_incident(actions: tuple[Action, ...], conclusion: str, title: str) -> None:
    """An open alert leaves the check neutral; people decide, then it says so."""
    current, records = alert(5), ()
    for action in actions:
        done = step(current, action)
        current, records = done.alert, (done.record,)
    check = github_check.render(message(current, records=records), LINKS)
    assert (check.conclusion, check.title) == (conclusion, title)


def test_nobody_to_ask_is_said() -> None:
    """Where nobody held the power before, the message says so instead of leaving a hole."""
    alone = alert(5, reviewers=())
    said = "Nobody is known who held this power before @newcomer. Any other maintainer can decide."
    assert said in words(slack_alert.render(message(alone), LINKS).blocks)
    assert "before `@newcomer`" in github_comment.render(message(alone), LINKS)


def test_evidence_links_lead_to_github_only() -> None:
    """A link that came with evidence is kept when it leads to GitHub and dropped when it does not."""
    items = (
        Evidence(kind="comment", value="a", url="https://github.com/acme/tool/issues/1#issuecomment-2"),
        Evidence(kind="comment", value="b", url="https://github.com.evil.example/x"),
        Evidence(kind="tag", value="v1/../../../../other/tool"),
        Evidence(kind="tag", value="v1\"'>"),
    )
    shown = [LINKS.evidence(REPOSITORY, item) for item in items]
    assert shown[:2] == ["https://github.com/acme/tool/issues/1#issuecomment-2", ""]
    assert shown[2:] == ["", "https://github.com/acme/tool/releases/tag/v1%22%27%3E"]


def test_the_console_tells_it_in_lines() -> None:
    """The console shows a new alert in full and a change as one line."""
    shown = console.render(message(alert(5)), LINKS)
    assert shown.splitlines()[0] == "HIGH acme/tool: New Comer (@newcomer) merged a pull request for the first time"
    assert f"  evidence: commit 8ace358d65 https://github.com/acme/tool/commit/{SHA}" in shown.splitlines()
    done = step(alert(5), Action.HARMLESS, OTHER)
    said = console.change(message(done.alert, records=(done.record,)))
    assert said.endswith(
        "Harmless: marked by @other on 2026-03-02 (@other says it is harmless (2026-03-02): we agreed on it last week)"
    )


def test_answers_are_sentences() -> None:
    """An answer to a click begins with a capital and keeps its lines."""
    assert reply.render("already acknowledged by @a\nsecond line") == "Already acknowledged by @a\nsecond line"


def test_a_thread_tells_each_step() -> None:
    """What is said in the thread names person, step, reason and the state it led to."""
    half = step(alert(5, severity=Severity.CRITICAL), Action.EXPECTED)
    done = step(half.alert, Action.EXPECTED, MARY, (half.record,))
    said = slack_alert.thread_line(replace(done.alert), done.record)
    assert said == "@mary says it was expected (2026-03-02): we agreed on it last week. Now: expected."


def test_a_comment_puts_an_incident_before_what_is_open() -> None:
    """Who reads only the first lines must not merge on."""
    marked = step(alert(5, pull=12), Action.INCIDENT).alert
    lines = github_comment.render(message(alert(6, pull=12), marked), LINKS).splitlines()
    assert lines[3].startswith("**An incident: ")
    assert lines[3].endswith("Do not merge or release until whoever handles it says so.")


def test_a_message_about_many_says_what_why_and_what_to_do() -> None:
    """Counts, places, the reason for one message, the worst three with evidence and buttons, and how many more."""
    many = tuple(alert(n) for n in range(5, 25))
    shown = slack_group.render(Message(channel="slack", target="group:5", alerts=many, repository=REPOSITORY), LINKS)
    said = words(shown.blocks)
    for part in (
        "20 more trust changes in a short time", "20 alerts: 20 high. All are open.", "acme/tool (20)", "Why one message: ",
        "What to do: ", "Alert 5 \u00b7 New Comer", "commit 8ace358d65", "and 17 more in the thread. All alerts.",
    ):  # fmt: skip
        assert part in said
    assert sum(b["type"] == "actions" for b in shown.blocks) == 3
    assert said.count("\n") <= 14


def test_a_digest_says_that_nobody_has_to_decide() -> None:
    """By repository, with evidence, and how many more; eight lines of findings at most."""
    many = tuple(alert(n, severity=Severity.LOW) for n in range(5, 25))
    shown = slack_digest.render(Message(channel="slack", target="digest:x", alerts=many, repository=REPOSITORY), LINKS)
    said = words(shown.blocks)
    for part in (
        "20 small trust changes in 1 repository",
        "Nobody has to decide",
        "acme/tool (3 of 20)",
        "and 17 more: see the dashboard",
    ):
        assert part in said
    bare = slack_digest.render(Message(channel="slack", target="digest:x", alerts=many, repository=REPOSITORY), Links())
    assert "and 17 more" in words(bare.blocks)
    assert "dashboard" not in words(bare.blocks)


def test_an_issue_about_a_push_is_short_before_more() -> None:
    """At most twelve lines before what is folded away."""
    several = tuple(alert(n) for n in range(5, 15))
    body = github_push.render(message(*several, target="push:7:8ace358d@acme/security"), LINKS)
    head = [line for line in body.partition("<details>")[0].splitlines()[1:] if line]
    assert len(head) <= 12
    for part in ("without a pull request", "**Evidence:**", "**Who should look:**", "**What to do:**"):
        assert part in body
