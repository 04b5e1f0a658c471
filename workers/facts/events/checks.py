"""`check_run`: somebody pressed a button of our own check run.

GitHub sends `requested_action` only to the app that made the check run, and the other actions to whoever may write checks.
https://docs.github.com/en/rest/guides/using-the-rest-api-to-interact-with-checks#check-runs-and-requested-actions
"""

from __future__ import annotations

import re

from github_app.fact import Fact
from github_app.order import OrderGiven
from workers.facts.events import Handler, Ignored, Unreadable
from workers.facts.events import _fields as read
from workers.facts.events._envelope import Envelope

_OURS = re.compile(r"trust-change-alerts:(\d{1,15})/(\d{1,10})", re.ASCII)


def _pressed(envelope: Envelope) -> tuple[Fact, ...] | Ignored:
    if envelope.repository is None:
        raise Unreadable("check_run: it names no repository")
    run = read.table(envelope.payload.get("check_run"))
    ours = _OURS.fullmatch(read.text(run.get("external_id"), 60))
    if ours is None or int(ours[1]) != envelope.repository.id:
        return Ignored("check_run: a button of somebody else's check")
    button = read.text(read.table(envelope.payload.get("requested_action")).get("identifier"), 20)
    return (OrderGiven(thread=int(ours[2]), button=button, on_pull=True, **envelope.common(url=run.get("html_url"))),)


HANDLERS = (Handler(event="check_run", permission=("checks", "write"), reads={"requested_action": _pressed}),)
