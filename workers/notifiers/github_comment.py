"""The sticky comment on a pull request: edited in place, and a new one only when the severity rises."""

from __future__ import annotations

import datetime as dt

from github_app.model import Severity
from workers.github_writer import Comment, GitHubWriter, Writer
from workers.notifiers import GaveUp, Links, Message, Setup, from_github
from workers.notifiers._pulls import Place, place_of
from workers.render import github_comment as render

_CLOCKS_DIFFER = dt.timedelta(hours=1)


class GitHubComment:
    """`external_id` is `COMMENT-ID:SEVERITY`, the severity being the highest the comment has shown."""

    channel = "github-comment"
    pace = 0.0

    def __init__(self, writer: Writer, links: Links) -> None:
        self._writer = writer
        self._links = links

    def send(self, message: Message, previous_external_id: str | None, uncertain: bool) -> str:
        """See `Notifier.send`.

        Before a comment is created our own are always looked through, not only when uncertain: somebody may have
        restored the database, and one request more is cheaper than a second comment.
        """
        del uncertain
        place = place_of(message)
        with from_github():
            body = render.render(message, self._links, merged=self._writer.pull(*place).merged)
            known = _parse(previous_external_id)
            if known is not None and known[1].at_least(message.severity) and self._edit(place, known[0], body):
                return f"{known[0]}:{known[1]}"
            ours = self._ours(message, place)
            shown = self._shown(ours, message, place, body)
            for comment, severity in ours:
                if comment.id != shown[0].id and severity is not Severity.INFO:
                    self._edit(place, comment.id, render.superseded(message, shown[0].url))
            return f"{shown[0].id}:{shown[1]}"

    def _shown(
        self, ours: list[tuple[Comment, Severity]], message: Message, place: Place, body: str
    ) -> tuple[Comment, Severity]:
        """Edit the newest of our comments that is severe enough, or write a new one."""
        for comment, severity in reversed(ours):
            if severity.at_least(message.severity) and self._edit(place, comment.id, body):
                return comment, severity
        return self._writer.create_comment(*place, body), message.severity

    def _edit(self, place: Place, comment_id: int, body: str) -> bool:
        return self._writer.edit_comment(place.repository, place.installation_id, comment_id, body)

    def _ours(self, message: Message, place: Place) -> list[tuple[Comment, Severity]]:
        since = min(a.raised_at for a in message.alerts) - _CLOCKS_DIFFER
        marked = (
            (comment, render.severity_in(comment.body, message.target))
            for comment in self._writer.own_comments(*place, since)
        )
        return [(comment, severity) for comment, severity in marked if severity is not None]


def _parse(external_id: str | None) -> tuple[int, Severity] | None:
    number, _, severity = (external_id or "").partition(":")
    if not number:
        return None
    if not number.isdecimal() or severity not in set(Severity):
        raise GaveUp(f"the stored name of the comment cannot be read: {external_id!r}")
    return int(number), Severity(severity)


def build(setup: Setup) -> GitHubComment | None:
    """Return the channel when a GitHub App is configured."""
    return GitHubComment(GitHubWriter(setup.app), setup.links) if setup.app else None
