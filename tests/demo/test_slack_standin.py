"""The Slack stand-in keeps the channel, refuses what Slack refuses, and sends signed clicks."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier

from demo import world
from demo.standin.slack import Slack

Json = dict[str, Any]
BUTTON: Json = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}, "value": "7"}
ASK: Json = {
    "type": "input", "block_id": "why", "label": {"type": "plain_text", "text": "Why"},
    "element": {"type": "plain_text_input", "action_id": "reason"},
}  # fmt: skip


def _section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


class App:
    """An app that keeps what it is sent."""

    def __init__(self) -> None:
        app = self
        self.requests: list[tuple[str, Json, bool]] = []
        self.answer = b""

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                good = SignatureVerifier("shh").is_valid_request(body, dict(self.headers))
                form = {k: v[0] for k, v in parse_qs(body).items()}
                app.requests.append((self.path, json.loads(form["payload"]) if "payload" in form else form, good))
                self.send_response(200)
                self.send_header("Content-Length", str(len(app.answer)))
                self.end_headers()
                self.wfile.write(app.answer)

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def stop(self) -> None:
        """Stop the server."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def app(slack: Slack) -> Iterator[App]:
    """Return an app that Slack sends clicks to."""
    made = App()
    slack.clicks.app_url = made.url
    yield made
    made.stop()


@pytest.fixture
def client(slack: Slack) -> WebClient:
    """Return Slack's own client."""
    return WebClient("xoxb-demo", base_url=slack.api_url)


@pytest.mark.parametrize(
    "blocks",
    [
        [_section("x")] * 51,
        [_section("")],
        [_section("x" * 3001)],
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
        [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
        [{"type": "carousel"}],
        [{"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}] * 11}],
        [{"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2001}]}],
        [{"type": "actions", "elements": [BUTTON, BUTTON]}],
        [{"type": "actions", "elements": [{**BUTTON, "text": {"type": "plain_text", "text": "x" * 76}}]}],
        [{"type": "actions", "elements": [{**BUTTON, "value": "x" * 2001}]}],
        [{"type": "actions", "elements": [{**BUTTON, "style": "blue"}]}],
        [{"type": "actions", "elements": [{"type": "plain_text_input", "action_id": "a"}]}],
        [{"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11}],
        [{**_section("x"), "block_id": "same"}, {**_section("y"), "block_id": "same"}],
        [{**ASK, "label": {"type": "mrkdwn", "text": "Why"}}],
        [{"type": "image", "image_url": "https://example.invalid/x.png"}],
    ],
)
def test_bad_blocks_are_refused(client: WebClient, blocks: list[Json]) -> None:
    """Whatever breaks a limit of Block Kit is answered with invalid_blocks and says where."""
    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(channel="trust-alerts", text="x", blocks=blocks)
    assert refused.value.response["error"] == "invalid_blocks"
    assert "json-pointer:/blocks" in refused.value.response["response_metadata"]["messages"][0]


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("chat.postMessage", {"channel": "elsewhere", "text": "x"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "trust-alerts"}, "no_text"),
        ("chat.postMessage", {"channel": "trust-alerts", "text": "x" * 40_001}, "msg_too_long"),
        ("chat.postMessage", {"channel": "trust-alerts", "text": "x", "thread_ts": "1.2"}, "thread_not_found"),
        ("chat.postMessage", {"channel": "trust-alerts", "text": "x", "metadata": {"a": 1}}, "invalid_metadata_format"),
        ("chat.update", {"channel": "C0TRUST", "text": "x", "ts": "1.2"}, "message_not_found"),
        ("chat.update", {"channel": "trust-alerts", "text": "x", "ts": "1.2"}, "channel_not_found"),
        ("conversations.history", {"channel": "#trust-alerts"}, "channel_not_found"),
        ("chat.postEphemeral", {"channel": "trust-alerts", "text": "x", "user": "U0NOBODY"}, "user_not_in_channel"),
        ("views.open", {"trigger_id": "made up", "view": {}}, "invalid_trigger_id"),
        ("files.list", {}, "unknown_method"),
    ],
)
def test_bad_calls_are_refused(client: WebClient, method: str, arguments: Json, error: str) -> None:
    """Each wrong call gets Slack's own error word."""
    with pytest.raises(SlackApiError) as refused:
        client.api_call(method, json=arguments)
    assert refused.value.response["error"] == error


def test_tokens_are_checked(slack: Slack) -> None:
    """No token and a wrong token are told apart."""
    for token, error in (("", "not_authed"), ("xoxb-other", "invalid_auth")):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        assert requests.post(f"{slack.api_url}auth.test", headers=headers, timeout=5).json()["error"] == error


def test_the_pace_is_limited() -> None:
    """After a burst, posting faster than once a second is answered with 429 and Retry-After."""
    slow = Slack(bot_token="t", signing_secret="s", members=world.MEMBERS, burst=1)
    slow.start()
    headers, body = {"Authorization": "Bearer t"}, {"channel": "trust-alerts", "text": "x"}
    first, second = (requests.post(f"{slow.api_url}chat.postMessage", json=body, headers=headers, timeout=5) for _ in "12")
    slow.stop()
    assert (first.status_code, second.status_code, second.headers["Retry-After"]) == (200, 429, "1")


def test_history_has_roots_newest_first_and_metadata_on_request(client: WebClient) -> None:
    """Replies stay in their thread unless broadcast; metadata comes when asked for."""
    meta = {"event_type": "alert", "event_payload": {"id": 4}}
    root = client.chat_postMessage(channel="trust-alerts", text="root", metadata=meta)["ts"]
    client.chat_postMessage(channel="trust-alerts", text="reply", thread_ts=root)
    client.chat_postMessage(channel="trust-alerts", text="loud", thread_ts=root, reply_broadcast=True)
    client.chat_update(channel="C0TRUST", ts=root, text="root, edited")
    plain = client.conversations_history(channel="C0TRUST")["messages"]
    assert [m["text"] for m in plain] == ["loud", "root, edited"]
    assert "metadata" not in plain[1]
    full = client.conversations_history(channel="C0TRUST", include_all_metadata=True)["messages"]
    assert full[1]["metadata"] == meta
    thread = client.conversations_replies(channel="C0TRUST", ts=root)["messages"]
    assert {m["text"] for m in thread} == {"root, edited", "reply", "loud"}


def test_a_click_is_signed_and_carries_the_inputs(slack: Slack, client: WebClient, app: App) -> None:
    """The app gets a block_actions payload with who, what, and the text typed in beside the button."""
    blocks = [ASK, {"type": "actions", "block_id": "acts", "elements": [BUTTON]}]
    ts = client.chat_postMessage(channel="trust-alerts", text="x", blocks=blocks)["ts"]
    values = {"why": {"reason": {"type": "plain_text_input", "value": "we knew"}}}
    assert slack.clicks.press(world.LASSE, ts, "acts", "go", values) == 200
    path, payload, good = app.requests[0]
    assert (path, good, payload["type"]) == ("/slack/interactions", True, "block_actions")
    assert (payload["user"]["id"], payload["container"]["message_ts"]) == (world.LASSE, ts)
    assert (payload["actions"][0]["action_id"], payload["actions"][0]["value"]) == ("go", "7")
    assert payload["state"]["values"] == values
    answer = {"text": "Thank you", "response_type": "ephemeral"}
    for _ in range(5):
        assert requests.post(payload["response_url"], json=answer, timeout=5).status_code == 200
    assert requests.post(payload["response_url"], json=answer, timeout=5).status_code == 404
    assert {m["to"] for m in slack.channel.ephemeral} == {world.LASSE}


def test_a_trigger_opens_one_modal(slack: Slack, client: WebClient, app: App) -> None:
    """The trigger of a click opens a valid modal once; submitting it sends what was typed."""
    ts = client.chat_postMessage(channel="trust-alerts", text="x", blocks=[{"type": "actions", "elements": [BUTTON]}])["ts"]
    slack.clicks.press(world.SECURITY, ts, "b0", "go")
    trigger = app.requests[0][1]["trigger_id"]
    view: Json = {"type": "modal", "title": {"type": "plain_text", "text": "Decide"}, "blocks": [ASK]}
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        client.views_open(trigger_id=trigger, view=view)
    slack.clicks.press(world.SECURITY, ts, "b0", "go")
    trigger = app.requests[1][1]["trigger_id"]
    view["submit"] = {"type": "plain_text", "text": "Save"}
    opened = client.views_open(trigger_id=trigger, view=view)["view"]["id"]
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        client.views_open(trigger_id=trigger, view=view)
    assert "Decide" in requests.get(slack.url, timeout=5).text
    slack.clicks.submit(world.SECURITY, opened, {"why": {"reason": {"type": "plain_text_input", "value": "ok"}}})
    assert app.requests[2][1]["view"]["state"]["values"]["why"]["reason"]["value"] == "ok"
    assert slack.views == {}


def test_a_slash_command_is_answered_to_its_author(slack: Slack, app: App) -> None:
    """The answer of a slash command is shown to who typed it."""
    app.answer = b'{"text": "usage: ..."}'
    assert slack.clicks.command(world.VISITOR, "/trust", "help") == 200
    assert app.requests[0][1]["text"] == "help"
    assert (slack.channel.ephemeral[0]["to"], slack.channel.ephemeral[0]["text"]) == (world.VISITOR, "usage: ...")


def test_the_page_draws_messages_and_presses_buttons(slack: Slack, client: WebClient, app: App) -> None:
    """The page escapes what the app wrote, shows who would be notified, and its buttons work."""
    blocks = [
        _section("*bold* &lt;b&gt; <@U0LASSE> `*no*`"),
        ASK,
        {"type": "actions", "block_id": "acts", "elements": [BUTTON]},
    ]
    ts = client.chat_postMessage(channel="trust-alerts", text="x", blocks=blocks)["ts"]
    page = requests.get(slack.url, timeout=5).text
    assert "<strong>bold</strong> &lt;b&gt;" in page
    assert 'class="ping">@Lasse Collin' in page
    assert "<code>*no*</code>" in page
    form = {"user": world.LASSE, "press": f"{ts} acts go", "why reason": "seen"}
    requests.post(f"{slack.url}/press", data=form, timeout=5)
    assert app.requests[0][1]["state"]["values"]["why"]["reason"]["value"] == "seen"
