"""The Slack stand-in's page: the channel as people would see it, with buttons that work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, redirect, render_template, request
from markupsafe import Markup

from demo.standin import slack_rich
from demo.standin.markup import mrkdwn, plain

if TYPE_CHECKING:
    from demo.standin.slack import Slack

Json = dict[str, Any]


def routes(slack: Slack) -> None:
    """Register the pages."""
    pages = Pages(slack)
    rule = slack.app.add_url_rule
    rule("/", view_func=pages.channel)
    rule("/version", view_func=pages.version)
    rule("/press", view_func=pages.press, methods=["POST"])
    rule("/submit", view_func=pages.submit, methods=["POST"])
    rule("/command", view_func=pages.command, methods=["POST"])
    rule("/dismiss", view_func=pages.dismiss, methods=["POST"])


class Pages:
    """Draws the channel and takes clicks. Who clicks is chosen on the page and kept in a cookie."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._note = ""

    def channel(self) -> Response:
        """GET /: the channel."""
        chosen = request.args.get("as")
        me = chosen or request.cookies.get("as", "")
        if me not in self._slack.members:
            me = next(iter(self._slack.members))
        with self._slack.lock:
            html = render_template(
                "slack.html",
                channel=self._slack.channel,
                members=self._slack.members,
                me=me,
                roots=self._roots(me),
                views=[v for v in self._slack.views.values() if v["shown_to"] == me],
                draw=self._draw,
                rich=self._rich,
                when=self._when,
                note=self._note,
                version=self._number(),
            )
        self._note = ""
        response = Response(html)
        if chosen:
            response = redirect("/")  # type: ignore[assignment]  # werkzeug's Response, which Flask's is
            response.set_cookie("as", me, samesite="Lax")
        return response

    def version(self) -> Json:
        """GET /version: a number that changes when the page would."""
        with self._slack.lock:
            return {"version": self._number()}

    def press(self) -> Response:
        """POST /press: `press` is "ts block action"; what stands in the inputs goes along, as in Slack."""
        ts, block, action = request.form["press"].split(" ", 2)
        status = self._slack.clicks.press(
            self._me(), ts, block, action, self._values(self._slack.channel.messages[ts]["blocks"])
        )
        if status != 200:
            self._note = f"The app answered {status or 'nothing'}: Slack would show a warning sign."
        return self._back(f"m{ts}")

    def submit(self) -> Response:
        """POST /submit: a modal."""
        view = self._slack.views[request.form["view"]]
        if request.form.get("close"):
            self._slack.views.pop(view["id"])
            return self._back("")
        _, answer = self._slack.clicks.submit(self._me(), view["id"], self._values(view["blocks"]))
        self._note = "; ".join(map(str, answer.get("errors", {}).values()))
        return self._back("")

    def command(self) -> Response:
        """POST /command: a slash command."""
        command, _, text = request.form["text"].strip().partition(" ")
        if command.startswith("/"):
            status = self._slack.clicks.command(self._me(), command, text)
            self._note = "" if status == 200 else f"{command} failed with {status}"
        else:
            self._note = "This stand-in only takes slash commands, such as /trust help."
        return self._back("end")

    def dismiss(self) -> Response:
        """POST /dismiss: hide an answer only one person sees."""
        ts = request.form["ts"]
        self._slack.channel.ephemeral[:] = [m for m in self._slack.channel.ephemeral if m["ts"] != ts]
        return self._back("")

    # -- inside ------------------------------------------------------------------------------------------------

    def _me(self) -> str:
        asked = request.form.get("user", "")
        return asked if asked in self._slack.members else next(iter(self._slack.members))

    def _back(self, anchor: str) -> Response:
        return redirect(f"/#{anchor}", 303)  # type: ignore[return-value]

    def _number(self) -> str:
        channel = self._slack.channel
        edits = [str(m.get("edited", {}).get("ts", "")) for m in channel.messages.values()]
        return f"{len(channel.messages)}-{max(edits, default='')}-{len(channel.ephemeral)}-{len(self._slack.views)}"

    def _roots(self, me: str) -> list[Json]:
        channel = self._slack.channel
        mine = [m for m in channel.ephemeral if m["to"] in {me, ""}]
        roots = []
        for ts, message in channel.messages.items():
            if "thread_ts" not in message or message["thread_ts"] not in channel.messages:
                thread = [m for m in channel.messages.values() if m.get("thread_ts") == ts]
                roots.append({**message, "replies": thread, "whispers": [m for m in mine if m.get("thread_ts") == ts]})
            elif message.get("broadcast"):
                roots.append({**message, "answers": message["thread_ts"]})
        loose = [m for m in mine if m.get("thread_ts") not in channel.messages]
        return sorted([*roots, *({**m, "whisper": True} for m in loose)], key=lambda m: str(m["ts"]))

    def _values(self, blocks: list[Json]) -> Json:
        """Read the inputs of a form into Slack's `state.values` (docs.slack.dev/reference/interaction-payloads)."""
        values: Json = {}
        for block in blocks:
            for element in [*block.get("elements", []), block.get("element") or {}, block.get("accessory") or {}]:
                kind, action = element.get("type"), element.get("action_id")
                text = request.form.get(f"{block.get('block_id')} {action}")
                if text is None or kind in {"button", None}:
                    continue
                entry: Json = {"type": kind}
                if kind == "plain_text_input":
                    entry["value"] = text or None
                else:
                    option = next((o for o in element.get("options", []) if o["value"] == text), None)
                    entry["selected_option"] = option
                values.setdefault(block["block_id"], {})[action] = entry
        return values

    def _draw(self, text: Json | None) -> Markup:
        """Draw a text object."""
        if not text:
            return Markup("")
        return plain(text["text"]) if text.get("type") == "plain_text" else mrkdwn(text["text"], self._names())

    def _rich(self, block: Json) -> Markup:
        """Draw a rich text block."""
        return slack_rich.draw(block, self._names())

    def _when(self, ts: str) -> str:
        """Say when a message was written, in the time of the story."""
        return f"{self._slack.days[ts]:%Y-%m-%d %H:%M}"

    def _names(self) -> dict[str, str]:
        return {member.id: member.name for member in self._slack.members.values()}
