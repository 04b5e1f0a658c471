"""Signatures of GitHub and Slack."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from github_app.web.signature import SLACK_WINDOW, from_github, from_slack, sign_github, sign_slack

BODY = b'{"action":"opened"}'
NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
STAMP = str(int(NOW.timestamp()))


def test_githubs_own_example_is_accepted() -> None:
    """The example in GitHub's documentation of webhook validation verifies."""
    signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert from_github(["It's a Secret to Everybody"], b"Hello, World!", signature)


def test_the_previous_secret_is_accepted_too() -> None:
    """While a secret is being changed, deliveries signed with either are GitHub's."""
    for secret in ("new", "old"):
        assert from_github(["new", "old"], BODY, sign_github(secret, BODY))
    assert not from_github(["new", "old"], BODY, sign_github("older", BODY))


def test_an_empty_secret_proves_nothing() -> None:
    """A missing secret must not be something that anybody can sign with."""
    assert not from_github([""], BODY, sign_github("", BODY))
    assert not from_github([], BODY, sign_github("", BODY))
    assert not from_slack("", BODY, timestamp=STAMP, signature=sign_slack("", BODY, STAMP), now=NOW)


@pytest.mark.parametrize("header", ["", "sha256=", "sha1=" + "0" * 40, "sha256=é", "sha256=\udcff", "x" * 100_000])
def test_an_odd_header_is_no_signature(header: str) -> None:
    """Whatever stands in the header, the answer is no and not a crash."""
    assert not from_github(["secret"], BODY, header)
    assert not from_slack("secret", BODY, timestamp=STAMP, signature=header, now=NOW)


def test_sha1_is_never_accepted() -> None:
    """The digest of the older header does not pass, with either prefix."""
    import hmac  # noqa: PLC0415 (only this test makes one)

    digest = hmac.digest(b"secret", BODY, "sha1").hex()
    assert not from_github(["secret"], BODY, f"sha1={digest}")
    assert not from_github(["secret"], BODY, f"sha256={digest}")


@given(body=st.binary(max_size=200), at=st.integers(0, 199), flip=st.integers(1, 255))
def test_any_changed_byte_is_noticed(body: bytes, at: int, flip: int) -> None:
    """A signature fits one body only."""
    signature = sign_github("secret", body)
    assert from_github(["secret"], body, signature)
    if body:
        at %= len(body)
        changed = body[:at] + bytes([body[at] ^ flip]) + body[at + 1 :]
        assert not from_github(["secret"], changed, signature)


def test_slacks_own_example_is_accepted() -> None:
    """The example in Slack's documentation of request signing verifies."""
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar"
        b"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
        b"%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121"
        b".803a0bc887a14d10d2c447fce8b6703c"
    )
    signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    at = dt.datetime.fromtimestamp(1531420618, dt.UTC)
    secret = "8f742231b10e8888abcd99yyyzzz85a5"
    assert from_slack(secret, body, timestamp="1531420618", signature=signature, now=at)


@pytest.mark.parametrize("seconds", [-301, 301, 10**6])
def test_an_old_or_early_slack_request_is_refused(seconds: int) -> None:
    """A recorded request cannot be sent again later than five minutes."""
    signature = sign_slack("secret", BODY, STAMP)
    edge = SLACK_WINDOW if seconds > 0 else -SLACK_WINDOW
    assert from_slack("secret", BODY, timestamp=STAMP, signature=signature, now=NOW + edge)
    late = NOW + dt.timedelta(seconds=seconds)
    assert not from_slack("secret", BODY, timestamp=STAMP, signature=signature, now=late)


@pytest.mark.parametrize("timestamp", ["", "now", "-1", "1e9", "\uff19\uff19\uff19", "1" * 5000, f"{STAMP}.5"])
def test_an_odd_slack_timestamp_is_refused(timestamp: str) -> None:
    """Only plain seconds are a timestamp."""
    signature = sign_slack("secret", BODY, timestamp)
    assert not from_slack("secret", BODY, timestamp=timestamp, signature=signature, now=NOW)
