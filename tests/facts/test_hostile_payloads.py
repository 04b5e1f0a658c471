"""Whatever comes in, the answer is facts, a stated reason, or one sentence: never a crash."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.coverage.corpus import DROP, cases
from tests.facts import payloads as p
from workers.facts import events
from workers.facts.json import fact_to_json
from workers.facts.webhook import Parsed, Unreadable

RECORDED = Path(__file__).parents[2] / "../shared/data/webhooks_dev.jsonl.gz"
NONSENSE = [
    None, True, False, 0, -1, 2**63, 10**40, 1.5, float("nan"), "", "\0", "\ud800", "x" * 100_000, "refs/heads/", "0" * 40,
    [], {}, [[]], [None] * 3, {"id": {"id": {}}}, {"login": 5}, ["added", 7, {"path": []}], "9999-12-31T23:59:59-23:59",
]  # fmt: skip


def fixtures() -> list[tuple[str, dict[str, Any]]]:
    """Return one payload of our own for every event that is read."""
    review = {"id": 1, "user": p.LASSE, "state": "approved", "commit_id": p.NEW, "submitted_at": "2023-01-12T00:00:00Z"}
    membership = {"role": "admin", "user": p.JIA}
    roles = {"role_name": {"from": "read", "to": "admin"}}
    key = {"id": 3, "key": "ssh-ed25519 AAAA", "title": "ci", "read_only": False, "created_at": "2023-01-12T00:00:00Z"}
    release = {"tag_name": "v1", "author": p.LASSE, "published_at": "2023-01-12T00:00:00Z"}
    account = {"id": 99, "account": p.ORGANIZATION}
    short = [{"id": 1, "full_name": "a/b"}]
    check = {"id": 5, "external_id": f"trust-change-alerts:{p.repository()['id']}/7", "html_url": "https://github.com/x"}
    return [
        ("push", p.push()),
        ("push", p.push(ref="refs/tags/v1", before=p.ZERO)),
        ("push", p.push(ref="refs/tags/v1", after=p.ZERO)),
        ("create", p.payload(ref="v1", ref_type="tag")),
        ("delete", p.payload(ref="v1", ref_type="tag")),
        ("pull_request", p.payload(action="opened", number=7, pull_request=p.pull())),
        ("pull_request", p.payload(action="closed", number=7, pull_request=p.pull(merged=True, merged_by=p.LASSE))),
        ("pull_request_review", p.payload(action="submitted", review=review, pull_request=p.pull())),
        ("member", p.payload(action="edited", member=p.JIA, changes=roles)),
        ("organization", p.payload(action="member_added", membership=membership, organization=p.ORGANIZATION)),
        ("deploy_key", p.payload(action="created", key=key)),
        ("release", p.payload(action="published", release=release)),
        ("issues", p.payload(p.issue()["user"], action="opened", issue=p.issue())),
        ("issue_comment", p.payload(action="created", issue=p.issue(), comment=p.comment())),
        (
            "issue_comment",
            p.payload(action="created", issue=p.issue(), comment=p.comment() | {"body": "/trust expected 1 yes"}),
        ),
        ("check_run", p.payload(action="requested_action", check_run=check, requested_action={"identifier": "snooze"})),
        ("installation", {"action": "created", "installation": account, "repositories": short, "sender": p.LASSE}),
        ("installation_repositories", {"action": "added", "installation": account, "repositories_added": short}),
        *more_fixtures(),
    ]


def more_fixtures() -> list[tuple[str, dict[str, Any]]]:
    """Return the parts that matter of one payload for each reader of the other families."""
    found: dict[object, tuple[str, dict[str, Any]]] = {}
    for case in cases():
        line = case.line
        if line.event not in {"push", "member", "deploy_key", "release", "issues", "issue_comment", "pull_request_review"}:
            body = p.payload(p.JIA, action=line.action, organization=p.ORGANIZATION) | _small(dict(line.over))
            body["repository"] = p.repository() | _small(dict(line.over.get("repository") or {}))
            body.get("workflow_job", {})["id"] = 5
            reads = events.load()[line.event].reads
            found[line.event, reads.get("") or reads.get(line.action)] = line.event, body
    return list(found.values())


def _small(value: Any) -> Any:
    """Leave out the addresses that nobody reads, so that every value left can be mangled in turn."""
    if isinstance(value, dict):
        left = {k: v for k, v in value.items() if v is not DROP and not k.endswith(("_url", "node_id", "gravatar_id"))}
        account = {"login", "id", "type"} if {"login", "id"} <= set(left) else set(left)
        return {k: _small(v) for k, v in left.items() if k in account}
    return [_small(member) for member in value] if isinstance(value, list) else value


def recorded() -> list[tuple[str, dict[str, Any]]]:
    """Return real payloads, as far as they lie beside the project."""
    if not RECORDED.is_file():
        return []
    with gzip.open(RECORDED, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [(row["event"], row["payload"]) for row in rows]


def check(event: str, body: dict[str, Any]) -> Parsed | None:
    """Parse, and hold what every answer keeps to."""
    parsed: Parsed | None
    try:
        parsed = p.read(event, body)
    except Unreadable as error:
        parsed, sentence = None, str(error)
    if parsed is None:
        assert 10 < len(sentence) < 200
        return None
    assert bool(parsed.facts) != bool(parsed.ignored)
    assert len(parsed.ignored) < 200
    for fact in parsed.facts:
        assert fact.at.tzinfo is not None
        # Everything in a fact can be written to a database: no NUL, no lone surrogate, no number beyond 64 bits.
        text = json.dumps(fact_to_json(fact), ensure_ascii=False)
        assert "\\u0000" not in text
        text.encode("utf-8")
    return parsed


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value inside a payload."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield (*path, key)
        yield from places(inner, (*path, key))


def put(body: Any, path: tuple[Any, ...], value: Any) -> None:
    """Replace the value at a path that may be gone already."""
    for key in path[:-1]:
        try:
            body = body[key]
        except (KeyError, IndexError, TypeError):
            return
    last = path[-1]
    if isinstance(body, dict) or (isinstance(body, list) and isinstance(last, int) and last < len(body)):
        body[last] = value


def test_our_own_payloads_cover_every_event_that_is_read() -> None:
    """A new family without a payload here would not be mangled."""
    assert {event for event, _ in fixtures()} == set(events.load())
    assert all((parsed := check(event, body)) is not None and parsed.facts for event, body in fixtures())


@pytest.mark.skipif(not RECORDED.is_file(), reason="the recorded payloads are not beside the project")
def test_every_recorded_payload_gets_facts_or_a_reason() -> None:
    """Real payloads are never unreadable."""
    unread = [event for event, body in recorded() if check(event, body) is None]
    assert unread == []


@pytest.mark.skipif(not RECORDED.is_file(), reason="the recorded payloads are not beside the project")
def test_watched_events_of_real_payloads_lead_to_facts() -> None:
    """What a handler says it reads is there in real payloads too."""
    load = events.load()
    for event, body in recorded():
        if event in {"check_run", "workflow_job", "workflow_run"}:
            continue  # read on a condition that nothing recorded meets
        if event in load and (body.get("action", "") in load[event].reads or "" in load[event].reads):
            assert p.read(event, body).facts, event


def test_every_single_value_may_be_nonsense() -> None:
    """Each value of each payload is replaced by kinds of nonsense, and each kind stands in for many values."""
    for event, body in fixtures():
        for number, path in enumerate(places(body)):
            # A third of the kinds for each place; which third changes from place to place.
            for value in NONSENSE[number % 3 :: 3]:
                mangled = copy.deepcopy(body)
                put(mangled, path, value)
                check(event, mangled)


def test_every_single_value_may_be_missing() -> None:
    """Payloads lack sender, repository, organization, head_commit and more, depending on the day."""
    for event, body in fixtures():
        for path in list(places(body)):
            mangled = copy.deepcopy(body)
            inner = mangled
            for key in path[:-1]:
                inner = inner[key]
            if isinstance(inner, dict):
                del inner[path[-1]]
            check(event, mangled)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(NONSENSE),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_payloads_mangled_in_many_places_never_crash(data: st.DataObject) -> None:
    """Several values at once, of any shape, in our own and in real payloads."""
    event, body = data.draw(st.sampled_from([*fixtures(), *recorded()]))
    mangled = copy.deepcopy(body)
    all_places = list(places(body))
    for path in data.draw(st.lists(st.sampled_from(all_places), min_size=1, max_size=6)):
        put(mangled, path, data.draw(JSON))
    check(event, mangled)


@settings(max_examples=200, deadline=None)
@given(
    event=st.sampled_from([*events.load(), "star", "", "\0"]), body=st.dictionaries(st.text(max_size=8), JSON, max_size=5)
)
def test_made_up_payloads_never_crash(event: str, body: dict[str, Any]) -> None:
    """Objects that have nothing to do with GitHub."""
    check(event, body)


def test_depth_and_size_cost_nothing_unusual() -> None:
    """Lists of twenty thousand and objects a hundred thousand deep are read like any other."""
    deep: Any = {}
    for _ in range(100_000):
        deep = {"owner": deep}
    check("push", p.push(repository=p.repository(owner=deep), commits=[{"id": deep}], pusher=deep))
    check("push", p.push(commits=[{}] * 20_000))
    parsed = check("push", p.push(commits=[p.commit(modified=["a"] * 20_000)]))
    assert parsed is not None
