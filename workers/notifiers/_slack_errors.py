"""What Slack's refusals mean: a word, whether to try again, and what an operator has to change.

https://docs.slack.dev/apis/web-api/rate-limits and the errors of each method under docs.slack.dev/reference/methods.
"""

from __future__ import annotations

import datetime as dt
import http.client
import re
from collections.abc import Iterator
from contextlib import contextmanager

from slack_sdk.errors import SlackApiError, SlackRequestError

from workers.notifiers import GaveUp, Later

GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found"})
_BUSY = frozenset({"ratelimited", "rate_limited", "service_unavailable", "internal_error", "fatal_error", "request_timeout"})
_ADVICE = {
    "channel_not_found": "check SLACK_CHANNEL or the policy's routes (best by id) and invite the app to the channel",
    "not_in_channel": "invite the app to the channel",
    "is_archived": "the channel is archived: choose another in SLACK_CHANNEL or in the routes of the policy",
    "invalid_auth": "check SLACK_BOT_TOKEN",
    "not_authed": "check SLACK_BOT_TOKEN",
    "account_inactive": "the app was removed from the workspace: install it again",
    "token_revoked": "the token was revoked: install the app again and set SLACK_BOT_TOKEN",
    "missing_scope": "give the app the scopes chat:write, channels:history and groups:history",
}


def word(error: SlackApiError) -> str:
    """Return Slack's word for what is wrong, "" where it gave none."""
    data = error.response.data
    return str(data.get("error", "")) if isinstance(data, dict) else ""


@contextmanager
def translated() -> Iterator[None]:
    """Turn every error of a call to Slack into one of a notifier's two kinds."""
    try:
        yield
    except SlackApiError as error:
        status, said = error.response.status_code, word(error)
        if status == 429 or said in _BUSY or status >= 500:
            raise Later(
                f"Slack answered {status} {said[:60]}".rstrip(), _retry_at(error), nothing_sent=status == 429
            ) from error
        if not re.fullmatch(r"[a-z_]{1,60}", said):
            raise Later(f"Slack answered {status} with something that is not Slack's") from error
        raise GaveUp(
            f"Slack refused the message ({said}): {_ADVICE.get(said, 'see docs.slack.dev for this word')}"
        ) from error
    except SlackRequestError as error:
        raise GaveUp("Slack cannot be asked: check SLACK_API_URL") from error
    except (OSError, http.client.HTTPException) as error:
        raise Later(f"Slack could not be reached ({type(error).__name__})") from error


def _retry_at(error: SlackApiError) -> dt.datetime | None:
    headers = {str(k).lower(): v for k, v in (error.response.headers or {}).items()}
    wait = headers.get("retry-after", "")
    text = str(wait[0] if isinstance(wait, list) and wait else wait)
    return dt.datetime.now(dt.UTC) + dt.timedelta(seconds=min(int(text), 7_200)) if text.isdecimal() else None
