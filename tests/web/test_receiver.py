"""The receiver as a WSGI callable over a real store: what is accepted, what is refused and why."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from github_app import create_app
from github_app.settings import Settings
from github_app.store import Store
from github_app.wake import partition_of
from github_app.web import concern, receiver
from github_app.web.signature import sign_github
from tests.web.sending import PREVIOUS, SECRET, body_of, call, deliver, environ_of, headers_of

NAMES = st.sampled_from(["X-GitHub-Event", "X-GitHub-Delivery", "X-Hub-Signature-256", "Content-Type"])
LATIN = st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=60)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
KEYS = st.sampled_from(["repository", "organization", "installation", "account", "owner", "id"])
SHAPES = st.recursive(JSON, lambda inner: st.dictionaries(KEYS, inner, max_size=4), max_leaves=20)

AT = dt.datetime(2024, 3, 29, 12, tzinfo=dt.UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings with both secrets."""
    return Settings(github_webhook_secret=SECRET, github_webhook_secret_previous=PREVIOUS, data_dir=tmp_path)


@pytest.fixture
def app(settings: Settings, sqlite_store: Store) -> WSGIApplication:
    """Return the whole application over a real store, with a clock that stands still."""
    return create_app(settings, store=sqlite_store, received_at=lambda _: AT)


def stored(store: Store) -> list[str]:
    """Return the GUIDs in the inbox, oldest first."""
    return [received.guid for received in store.inbox.recent(1000)][::-1]


def test_a_delivery_is_stored_as_it_came(app: WSGIApplication, sqlite_store: Store) -> None:
    """The inbox has the very bytes, the time of receipt, and whom it concerns."""
    body = b'{ "repository" : {"id": 4711, "owner": {"id": 99}},  "z": "\\u00e9" }'
    assert call(app, environ_of(body, headers_of(body, guid="one"))).status == 202
    [pending] = sqlite_store.inbox.pending(partition_of(4711, 99), 10, AT)
    assert (pending.guid, pending.event, pending.body) == ("one", "issues", body)
    assert (pending.received_at, pending.repository_id, pending.owner_id) == (AT, 4711, 99)


def test_a_repeated_guid_is_accepted_and_changes_nothing(app: WSGIApplication, sqlite_store: Store) -> None:
    """GitHub may send a delivery again; the first one counts."""
    assert deliver(app, guid="same").status == 202
    assert deliver(app, {"other": True}, guid="same").status == 202
    [pending] = sqlite_store.inbox.pending(partition_of(4711, 99), 10, AT)
    assert pending.body == body_of()


@pytest.mark.parametrize("secret", [SECRET, PREVIOUS])
def test_both_secrets_are_good_while_one_is_changed(app: WSGIApplication, secret: str) -> None:
    """Deliveries under way during a change of the secret are not lost."""
    body = body_of()
    assert call(app, environ_of(body, headers_of(body, secret=secret))).status == 202


REFUSED: dict[str, tuple[int, dict[str, str], bytes]] = {
    "no signature": (401, {"X_Hub_Signature_256": ""}, body_of()),
    "another's signature": (401, {"X_Hub_Signature_256": sign_github("guessed", body_of())}, body_of()),
    "a signature beyond ASCII": (401, {"X_Hub_Signature_256": "sha256=\xff"}, body_of()),
    "no event": (400, {"X_GitHub_Event": ""}, body_of()),
    "an event that is none": (400, {"X_GitHub_Event": "push\tforged"}, body_of()),
    "no delivery": (400, {"X_GitHub_Delivery": ""}, body_of()),
    "a delivery that is none": (400, {"X_GitHub_Delivery": "../../etc"}, body_of()),
    "a delivery beyond ASCII": (400, {"X_GitHub_Delivery": "\xe9"}, body_of()),
    "a very long delivery": (400, {"X_GitHub_Delivery": "a" * 5000}, body_of()),
    "nothing": (400, {}, b""),
    "no JSON": (400, {}, b"{'a': 1}"),
    "no UTF-8": (400, {}, b'{"a": "\xff"}'),
    "not a number": (400, {}, b'{"a": NaN}'),
    "a list": (400, {}, b"[1]"),
    "half of it": (400, {}, body_of()[:-5]),
    "a form": (415, {"Content_Type": "application/x-www-form-urlencoded"}, b"payload=%7B%7D"),
    "a nest of lists": (400, {}, b"[" * 100_000 + b"]" * 100_000),
    "a nest of objects": (400, {}, b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused(app: WSGIApplication, sqlite_store: Store, what: str) -> None:
    """Each refusal has its status and a sentence, and nothing is stored."""
    status, change, body = REFUSED[what]
    reply = call(app, environ_of(body, headers_of(body, **change)))
    assert (reply.status, stored(sqlite_store)) == (status, [])
    assert reply.message.endswith((".", "?"))


def test_a_form_is_told_what_to_choose(app: WSGIApplication) -> None:
    """Whoever set up the webhook with the other content type learns how to put it right."""
    body = b"payload=%7B%7D"
    reply = call(app, environ_of(body, headers_of(body, Content_Type="application/x-www-form-urlencoded")))
    assert "application/json" in reply.message


@pytest.mark.parametrize(
    ("payload", "repository_id", "owner_id"),
    [
        ({"repository": {"id": 5, "owner": {"id": 6}}, "organization": {"id": 7}}, 5, 6),
        ({"organization": {"id": 7}}, 0, 7),
        ({"installation": {"id": 1, "account": {"id": 8}}}, 0, 8),
        ({"zen": "Keep it logically awesome.", "hook_id": 1}, 0, 0),
        ({"repository": None, "organization": [], "installation": "x"}, 0, 0),
        ({"repository": {"id": 10**30, "owner": {"id": True}}}, 0, 0),
        ({"repository": {"id": -5, "owner": {"id": "6"}}}, 0, 0),
        ({"repository": {"id": 5.5}}, 0, 0),
        ({"repository": {"id": 5, "owner": None}, "organization": {"id": 7}}, 5, 7),
        ({"repository": {"id": 5, "owner": {"id": 6}}, "organization": "odd"}, 5, 6),
    ],
)
def test_whom_a_delivery_concerns(
    app: WSGIApplication, sqlite_store: Store, payload: object, repository_id: int, owner_id: int
) -> None:
    """The partition follows the repository, else the organisation or account; odd ids are none."""
    assert deliver(app, payload).status == 202
    [pending] = sqlite_store.inbox.pending(partition_of(repository_id, owner_id), 10, AT)
    assert (pending.repository_id, pending.owner_id) == (repository_id, owner_id)


@pytest.mark.parametrize("where", ['{"a": %s}', '{"repository": {"id": %s}}'])
def test_a_number_without_end_breaks_nothing(app: WSGIApplication, sqlite_store: Store, where: str) -> None:
    """JSON sets no limit to a number; as an id it is none."""
    body = (where % ("9" * 100_000)).encode()
    assert call(app, environ_of(body, headers_of(body))).status in {202, 400}
    assert [p.repository_id for p in sqlite_store.inbox.pending(partition_of(0, 0), 9, AT)] in ([], [0])


@given(SHAPES)
def test_the_fast_and_the_lenient_reading_agree(value: object) -> None:
    """Whatever the payload looks like, both ways find the same ids."""
    body = json.dumps(value).encode()
    assert concern.concerns(body) == concern._concerns_slowly(body)


def test_half_a_surrogate_pair_is_not_lost(app: WSGIApplication, sqlite_store: Store) -> None:
    """A title cut in the middle of an emoji is still GitHub's delivery."""
    body = b'{"repository": {"id": 5}, "title": "\\ud83d"}'
    assert call(app, environ_of(body, headers_of(body, guid="cut"))).status == 202
    assert stored(sqlite_store) == ["cut"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "BREW"])
def test_only_post_is_taken(app: WSGIApplication, method: str) -> None:
    """Other methods are refused, and told which one is right."""
    body = body_of()
    reply = call(app, environ_of(body, headers_of(body), REQUEST_METHOD=method))
    assert (reply.status, reply.headers["allow"]) == (405, "POST")


def test_without_a_secret_nothing_is_accepted(sqlite_store: Store, tmp_path: Path) -> None:
    """An unconfigured server says what is missing instead of believing everybody."""
    app = create_app(Settings(data_dir=tmp_path), store=sqlite_store)
    for secret in ("", SECRET):
        body = body_of()
        reply = call(app, environ_of(body, headers_of(body, secret=secret)))
        assert reply.status == 503
        assert "GITHUB_WEBHOOK_SECRET" in reply.message
    assert stored(sqlite_store) == []


class Endless(io.RawIOBase):
    """A body that never ends; remembers how much of it was read."""

    taken = 0

    def read(self, size: int = -1) -> bytes:
        """Return as much as was asked for."""
        assert size > 0, "an unbounded read"
        self.taken += size
        return b" " * size


@pytest.mark.parametrize("announced", ["", "26214401", "99999999999999999999999"])
def test_a_body_is_read_up_to_the_limit_only(app: WSGIApplication, announced: str) -> None:
    """Neither a false nor a missing length makes us read more than 25 MB."""
    body = Endless()
    headers = headers_of(b"", X_Hub_Signature_256="sha256=" + "0" * 64)
    reply = call(app, environ_of(b"", headers, CONTENT_LENGTH=announced, **{"wsgi.input": body}))
    assert reply.status == 413
    assert body.taken <= receiver.LARGEST + receiver.PIECE


def test_the_largest_body_is_accepted(app: WSGIApplication, sqlite_store: Store) -> None:
    """Exactly 25 MB is what GitHub may send."""
    start = b'{"repository": {"id": 5}, "pad": "'
    body = start + b"x" * (receiver.LARGEST - len(start) - 2) + b'"}'
    assert call(app, environ_of(body, headers_of(body, guid="large"))).status == 202
    [pending] = sqlite_store.inbox.pending(partition_of(5, 0), 1, AT)
    assert len(pending.body) == receiver.LARGEST


def test_too_many_large_bodies_at_once_are_put_off(app: WSGIApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    """Senders without a key cannot fill the memory, and what was held is given back."""
    body = b'{"pad": "' + b"x" * (3 * receiver.PIECE) + b'"}'
    with monkeypatch.context() as patch:
        patch.setattr(receiver, "IN_FLIGHT", receiver.PIECE)
        reply = call(app, environ_of(body, headers_of(body)))
        assert (reply.status, reply.headers["retry-after"]) == (503, "60")
    assert call(app, environ_of(body, headers_of(body))).status == 202


def test_a_body_shorter_than_announced_is_refused(app: WSGIApplication) -> None:
    """A sender that goes away in the middle leaves nothing behind."""
    body = body_of()
    reply = call(app, environ_of(body, headers_of(body), CONTENT_LENGTH=str(len(body) + 1)))
    assert reply.status == 400


@given(
    body=st.binary(max_size=300) | SHAPES.map(lambda value: json.dumps(value).encode()),
    headers=st.dictionaries(NAMES, LATIN, max_size=4),
    signed=st.booleans(),
    length=st.none() | st.sampled_from(["", "0", "-1", "1e3", "٣", "abc"]),
)
@hypothesis_settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_hostile_breaks_it(
    app: WSGIApplication, sqlite_store: Store, body: bytes, headers: dict[str, str], signed: bool, length: str | None
) -> None:
    """Whatever comes, there is an answer of the vocabulary, and 202 means that it is in the inbox."""
    sent = headers_of(body) | headers | ({"X-Hub-Signature-256": sign_github(SECRET, body)} if signed else {})
    more: dict[str, Any] = {} if length is None else {"CONTENT_LENGTH": length}
    guid = sent["X-GitHub-Delivery"]
    known = sqlite_store.inbox.outcome(guid) is not None  # an earlier example may have had the same id
    reply = call(app, environ_of(body, sent, **more))
    assert reply.status in {202, 400, 401, 415}
    assert reply.message
    assert (sqlite_store.inbox.outcome(guid) is not None) == (known or reply.status == 202)


def test_the_clock_may_look_at_the_request(settings: Settings, sqlite_store: Store) -> None:
    """Whoever plays the past back gives each delivery its own time of receipt."""

    def played_at(environ: Mapping[str, Any]) -> dt.datetime:
        return dt.datetime.fromisoformat(environ["HTTP_X_PLAYED_AT"])

    app = create_app(settings, store=sqlite_store, received_at=played_at)
    assert deliver(app, X_Played_At="2022-10-25T00:00:00+00:00").status == 202
    assert sqlite_store.inbox.recent(1)[0].received_at == dt.datetime(2022, 10, 25, tzinfo=dt.UTC)
