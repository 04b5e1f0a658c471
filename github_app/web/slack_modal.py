"""The form that asks for the reason of a decision in Slack.

Slack opens it for three seconds after a press (docs.slack.dev/interactivity/handling-user-interaction), so it is asked
for while the press is being answered, with a time limit below that and without a second try.
Limits: 24 characters to a title and a button, 3,000 to a text, 75 to an option (docs.slack.dev/reference/views).
"""

from __future__ import annotations

import http.client
import logging
from collections.abc import Sequence

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.models.blocks import (
    Block,
    ContextBlock,
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.views import View

from github_app.model import Alert, Severity
from github_app.review import MOST_REASON, REASON_INPUT, SNOOZE, Action
from github_app.settings import Settings
from github_app.web.slack_payload import CALLBACK, UNTIL_INPUT, Press, note_of

log = logging.getLogger(__name__)

SECONDS = 2
"""How long Slack may take to open a form; the person's click has to be answered within three."""

ASKED = frozenset({Action.EXPECTED, Action.HARMLESS, Action.INCIDENT, Action.SNOOZE, Action.REOPEN})
"""What a reason is asked for. To acknowledge says only that somebody looks, which is its own reason."""

_TITLES = {
    Action.EXPECTED: "Mark as expected",
    Action.HARMLESS: "Mark as harmless",
    Action.INCIDENT: "Mark as incident",
    Action.SNOOZE: "Snooze",
    Action.REOPEN: "Reopen",
}
_MEANS = {
    Action.EXPECTED: "The change was meant. The app remembers that, and the same step of the same person stays quiet.",
    Action.HARMLESS: "Nobody planned it, but no harm came of it.",
    Action.INCIDENT: "Somebody must act. The app takes no access away: do that first, on GitHub. The check on GitHub fails.",
    Action.SNOOZE: "It comes back by itself. Nobody is told that it is fine.",
    Action.REOPEN: "Earlier verdicts no longer count.",
}
_HINTS = {
    Action.INCIDENT: "What happened, what was done already, who else knows?",
    Action.SNOOZE: "What are you waiting for?",
    Action.REOPEN: "What is new?",
}
_DAYS = (1, 3, SNOOZE.days, 14, 30)


def form(alert: Alert, press: Press) -> View:
    """Return the form for one decision about one alert. Text from outside stands in `plain_text` only."""
    critical = alert.finding.severity is Severity.CRITICAL and press.action.verdict is not None
    blocks: list[Block] = [
        SectionBlock(text=_plain(alert.finding.title, 600)),
        ContextBlock(elements=[_plain(f"Alert {alert.id}, {alert.finding.severity}, {alert.repository.full_name}", 300)]),
        SectionBlock(text=_plain(_MEANS[press.action], 600)),
    ]
    if critical:
        blocks.append(SectionBlock(text=_plain("It is critical: a second person has to say the same.", 200)))
    if press.action is Action.SNOOZE:
        blocks.append(_until())
    blocks.append(_reason(press.action))
    return View(
        type="modal",
        callback_id=CALLBACK,
        private_metadata=note_of(press),
        title=PlainTextObject(text=_TITLES[press.action]),
        submit=PlainTextObject(text=_TITLES[press.action]),
        close=PlainTextObject(text="Not now"),
        blocks=blocks,
    )


def opener(settings: Settings) -> WebClient | None:
    """Return what opens forms; None while Slack is not configured."""
    if not settings.slack_bot_token:
        return None
    quiet = logging.getLogger("trust_alerts.slack_sdk")  # the SDK logs whole answers, ours among them
    quiet.setLevel(logging.CRITICAL)
    return WebClient(
        settings.slack_bot_token, base_url=settings.slack_api_url, timeout=SECONDS, retry_handlers=[], logger=quiet
    )


def ask(client: WebClient, alert: Alert, press: Press) -> bool:
    """Open the form; False when Slack did not, which is logged."""
    try:
        client.views_open(trigger_id=press.trigger, view=form(alert, press))
    except SlackApiError as error:
        data = error.response.data
        word = str(data.get("error", ""))[:60] if isinstance(data, dict) else str(error.response.status_code)
        log.warning("Slack did not open a form: %s", word)
        return False
    except (SlackRequestError, OSError, http.client.HTTPException) as error:
        log.warning("Slack could not be reached to open a form: %s", type(error).__name__)
        return False
    return True


def errors(sentence: str, *, block: str = REASON_INPUT) -> dict[str, object]:
    """Return the answer that keeps the form open and shows a sentence below an input."""
    return {"response_action": "errors", "errors": {block: sentence[:1].upper() + sentence[1:]}}


def _until() -> InputBlock:
    options: Sequence[Option] = [
        Option(text=_plain(f"{days} day{'' if days == 1 else 's'}", 75), value=str(days)) for days in _DAYS
    ]
    usual = options[_DAYS.index(SNOOZE.days)]
    element = StaticSelectElement(action_id=UNTIL_INPUT, options=options, initial_option=usual)
    return InputBlock(block_id=UNTIL_INPUT, label=PlainTextObject(text="For how long"), element=element)


def _reason(action: Action) -> InputBlock:
    return InputBlock(
        block_id=REASON_INPUT,
        label=PlainTextObject(text="Reason, for the record"),
        hint=PlainTextObject(text="It is kept with your name and can never be edited."),
        element=PlainTextInputElement(
            action_id=REASON_INPUT,
            multiline=True,
            min_length=1,
            max_length=MOST_REASON,
            focus_on_load=True,
            placeholder=PlainTextObject(text=_HINTS.get(action, "Whom did you ask, and what did they say?")),
        ),
    )


def _plain(text: str, limit: int) -> PlainTextObject:
    seen = " ".join("".join(c if c.isprintable() else " " for c in text).split()) or "-"
    return PlainTextObject(text=seen if len(seen) <= limit else f"{seen[: limit - 1]}…", emoji=False)
