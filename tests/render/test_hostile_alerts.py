"""However the names, titles and branches of an alert are chosen, a message stays text in its limits and pings nobody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from demo.standin.slack_limits import problems
from github_app.links import Links
from github_app.model import Evidence, Person, Repository, Severity, State, Subject, Verdict
from github_app.review import Action, DecisionRecord
from tests.notify.material import AT, alert
from tests.render.hostile import LONG, TEXT, UNSEEN, unpaired_isolates
from tests.render.test_escape import LINKED, MARKDOWN
from workers.render import (
    console,
    github_check,
    github_comment,
    github_push,
    reply,
    slack_alert,
    slack_digest,
    slack_group,
)
from workers.render.message import Message

LINKS = Links(github_url="https://github.com", public_url="https://trust.example.org")
STATES = ((State.OPEN, None), (State.ACKNOWLEDGED, None), (State.SNOOZED, None), (State.RESOLVED, Verdict.INCIDENT))


def hostile(text: str, state: tuple[State, Verdict | None], *, private: bool = False) -> Message:
    """Return a message in which everything that comes from outside is `text`."""
    person = Person(id=2, login=text, name=text, email=text)
    kinds = ("commit", "tag", "ref", "path", "pull", "key", "person", "comment", text)
    made = alert(
        5,
        title=text,
        why=text,
        before=text,
        after=text,
        private=private,
        subject=Subject(person=person, key=text),
        evidence=tuple(Evidence(kind=kind, value=text, url=text) for kind in kinds),
        pull=None if private else 12,
        severity=Severity.CRITICAL,
        state=state[0],
        verdict=state[1],
        reason=text,
        decided_by=(text,),
        snoozed_until=AT if state[0] is State.SNOOZED else None,
        repository=Repository(id=7, full_name=text, owner_id=9),
    )
    made = replace(made, reviewers=tuple(replace(r, person=person) for r in made.reviewers))
    record = DecisionRecord(
        alert_id=5, at=AT, action=Action.EXPECTED, verdict=Verdict.EXPECTED, reason=text[:2000], by=person, via="slack"
    )
    return Message(channel="slack", target="7/12", alerts=(made,), decisions={5: (record,) * 3}, repository=made.repository)


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object in a JSON value."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(inner)


def strings(value: Any) -> Iterator[str]:
    """Yield every text in a JSON value."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from strings(inner)


@settings(max_examples=120, deadline=None)
@given(TEXT, st.sampled_from(STATES), st.booleans())
@example(LONG, STATES[0], False)
@example("", STATES[3], True)
def test_slack_messages_are_text_within_the_limits(text: str, state: tuple[State, Verdict | None], private: bool) -> None:
    """Slack takes the message, and it holds no mention, no foreign link and nothing unseen."""
    shown = slack_alert.render(hostile(text, state, private=private), LINKS)
    assert problems(shown.blocks) == []
    assert len(shown.blocks) <= 50
    for block in shown.blocks:
        assert sum(len(n["text"]) for n in nodes(block) if isinstance(n.get("text"), str)) <= 3_000
    for node in nodes(shown.blocks):
        assert node.get("type") not in {"user", "usergroup", "broadcast", "channel", "emoji", "team", "image"}
        if node.get("type") == "link":
            assert re.match(r"https://(github\.com|trust\.example\.org)/", node["url"])
        if node.get("type") == "mrkdwn":
            assert re.fullmatch(r"Alert 5 \u00b7 [\w-]+", node["text"])
    assert "<" not in shown.text
    assert not any(UNSEEN.search(s) or unpaired_isolates(s) for s in (*strings(shown.blocks), shown.text))
    json.dumps(shown.blocks).encode()


@settings(max_examples=120, deadline=None)
@given(TEXT, st.sampled_from(STATES))
@example(LONG, STATES[0])
@example("", STATES[3])
def test_comments_are_text_within_the_limits(text: str, state: tuple[State, Verdict | None]) -> None:
    """A comment has our own structure and links only, and mentions, refers to and closes nothing."""
    message = hostile(text, state)
    shown = github_comment.render(replace(message, alerts=message.alerts * 3), LINKS)
    assert len(shown) <= github_comment.MOST
    check_markdown(shown)
    check = github_check.render(message, LINKS)
    assert len(check.summary.encode()) <= 65_535
    assert not UNSEEN.search(check.title)
    check_markdown(check.summary)


def check_markdown(shown: str) -> None:
    """Fail when Markdown holds anything from outside that is more than text and code."""
    assert not UNSEEN.search(shown)
    assert not unpaired_isolates(shown)
    for token in MARKDOWN.parse(shown):
        if token.type == "html_block":
            assert re.fullmatch(
                r"<!-- trust-change-alerts:7/12 severity=\w+ -->|</?(details|summary)>.*", token.content.strip()
            )
        assert token.type not in {"fence", "code_block", "hr", "table_open", "blockquote_open"}
        outside = ""
        for child in token.children or []:
            assert child.type not in {"image", "html_inline", "s_open"}
            if child.type == "link_open":
                assert re.match(r"https://(github\.com|trust\.example\.org)/", str(child.attrs["href"]))
            outside += child.content if child.type in {"text", "text_special"} else "\x00"
        assert not LINKED.search(outside)


@settings(max_examples=80, deadline=None)
@given(TEXT, st.sampled_from(STATES))
@example(LONG, STATES[0])
def test_the_console_shows_lines_without_controls(text: str, state: tuple[State, Verdict | None]) -> None:
    """A terminal gets nothing that moves its cursor, and a bounded number of lines."""
    message = hostile(text, state)
    for shown in (console.render(message, LINKS), console.change(message)):
        assert not UNSEEN.search(shown)
        assert shown.count("\n") <= 20


@settings(max_examples=80, deadline=None)
@given(TEXT)
@example(LONG)
def test_answers_to_clicks_are_text(text: str) -> None:
    """What is told to a person in Slack holds no markup either."""
    shown = reply.render(text)
    assert 0 < len(shown) <= 40_000
    assert "<" not in shown
    assert not UNSEEN.search(shown)


def unsafe(shown: slack_alert.SlackMessage) -> list[str]:
    """Return what Slack would refuse or read as markup in a message about many alerts."""
    found = problems(shown.blocks)
    found += [str(n) for n in nodes(shown.blocks) if n.get("type") in {"user", "usergroup", "broadcast", "channel", "image"}]
    links = [n["url"] for n in nodes(shown.blocks) if n.get("type") == "link"]
    found += [url for url in links if not re.match(r"https://(github\.com|trust\.example\.org)/", url)]
    found += [s for s in (*strings(shown.blocks), shown.text) if UNSEEN.search(s) or unpaired_isolates(s)]
    sizes = [sum(len(n["text"]) for n in nodes(b) if isinstance(n.get("text"), str)) for b in shown.blocks]
    return [*found, *(["a block is too long"] if max(sizes) > 3_000 else []), *(["markup"] if "<" in shown.text else [])]


@settings(max_examples=80, deadline=None)
@given(TEXT, st.sampled_from(STATES))
@example(LONG, STATES[0])
@example("", STATES[3])
def test_messages_about_many_alerts_are_text_within_the_limits(text: str, state: tuple[State, Verdict | None]) -> None:
    """The same holds of a group, of each line of its thread, and of a digest, with two hundred alerts."""
    one = hostile(text, state)
    many = replace(one, alerts=tuple(replace(one.alert, id=n) for n in range(1, 201)), decisions=one.decisions)
    assert unsafe(slack_group.render(replace(many, target="group:1"), LINKS)) == []
    assert unsafe(slack_digest.render(replace(many, target="digest:2026-03-02T09:00Z"), LINKS)) == []
    records = one.decisions[5]
    lines = [slack_group.line(one.alert, records, LINKS), slack_group.step(one.alert, records[0])]
    for line in lines:
        assert "\n" not in line
        assert len(line) * slack_group.MOST_LINES <= 12 * 600
        assert re.fullmatch(r"(<https://trust\.example\.org/alerts/5\|Alert 5>)?[^<>]*", line)
        assert not UNSEEN.search(line)


@settings(max_examples=80, deadline=None)
@given(TEXT, st.sampled_from(STATES))
@example(LONG, STATES[0])
@example("", STATES[3])
def test_issues_are_text_within_the_limits(text: str, state: tuple[State, Verdict | None]) -> None:
    """The issue about a push holds our own structure and links only."""
    message = replace(hostile(text, state), target="push:7:8ace358d@acme/security")
    shown = github_push.render(replace(message, alerts=message.alerts * 50), LINKS)
    assert len(shown) <= github_push.MOST
    check_markdown(shown.replace("push:7:8ace358d", "7/12 severity=high"))
    assert len(github_push.title(message)) <= 256
