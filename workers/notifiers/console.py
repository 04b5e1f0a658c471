"""The console: alerts as lines on standard output, for the operator and for trying things out."""

from __future__ import annotations

import sys
from typing import TextIO

from workers.notifiers import Links, Message, Setup
from workers.render import case_text, report_text
from workers.render import console as render
from workers.render.message import Announcement, Incident, Story


class Console:
    """Prints. A terminal cannot be looked through, so after a crash a line may come twice rather than not at all."""

    channel = "console"
    pace = 0.0

    def __init__(self, links: Links, stream: TextIO | None = None) -> None:
        self._links = links
        self._stream = stream

    def send(self, message: Message, previous_external_id: str | None, uncertain: bool) -> str:
        """See `Notifier.send`; a change of what was printed before is one line."""
        del uncertain
        known = f"printed:{message.alert.version}"
        if previous_external_id == known:
            return known
        self._print(render.change(message) if previous_external_id else render.render(message, self._links))
        return known

    def announce(self, what: Announcement, uncertain: bool) -> str:
        """See `Announcer.announce`."""
        del uncertain
        if isinstance(what.content, Story):
            self._print(case_text.text(what.content))
        elif not isinstance(what.content, Incident):  # which is for those who may see it, not for a log
            self._print(report_text.several(what.content))
        return "printed"

    def _print(self, text: str) -> None:
        stream = self._stream or sys.stdout
        stream.write(f"{text}\n")
        stream.flush()


def build(setup: Setup) -> Console:
    """Return the console, which is always there."""
    return Console(setup.links)
