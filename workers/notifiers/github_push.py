"""Alerts about a push without a pull request, as one issue in the repository that the policy names: edited, and closed."""

from __future__ import annotations

import datetime as dt
import re

from github_app.model import Repository
from workers.github_issues import GitHubIssues, IssueWriter
from workers.notifiers import GaveUp, Links, Message, Setup, from_github
from workers.render import github_push as render

_CLOCKS_DIFFER = dt.timedelta(hours=1)
_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}", re.ASCII)


class GitHubPush:
    """`external_id` is the issue's number."""

    channel = "github-push"
    pace = 0.0

    def __init__(self, issues: IssueWriter, links: Links) -> None:
        self._issues = issues
        self._links = links

    def send(self, message: Message, previous_external_id: str | None, uncertain: bool) -> str:
        """See `Notifier.send`; before an issue is opened our own are always looked through."""
        del uncertain
        where, installation_id = _place(message)
        fields = {"title": render.title(message), "body": render.render(message, self._links)}
        state = {"state": "open"} if message.unresolved else {"state": "closed", "state_reason": "completed"}
        try:
            with from_github():
                known = previous_external_id or ""
                if known.isdecimal() and self._issues.edit(where, installation_id, int(known), {**fields, **state}):
                    return known
                since = min(a.raised_at for a in message.alerts) - _CLOCKS_DIFFER
                for issue in self._issues.own(where, installation_id, since):
                    ours = render.key_in(issue.body) == render.key_of(message.target)
                    if ours and self._issues.edit(where, installation_id, issue.number, {**fields, **state}):
                        return str(issue.number)
                return str(self._issues.create(where, installation_id, fields))
        except GaveUp as refused:
            advice = (
                f"install the app on {where.full_name}, give it the permission Issues: write, and switch issues on there"
            )
            raise GaveUp(f"{refused.sentence} (push_feedback: {advice})") from refused


def _place(message: Message) -> tuple[Repository, int]:
    name = message.target.partition("@")[2]
    if not _REPOSITORY.fullmatch(name) or name.partition("/")[0].lower() != message.repository.owner.lower():
        raise GaveUp(f"push_feedback names {name!r}, which is no repository of {message.repository.owner}")
    if message.installation_id is None:
        raise GaveUp(f"the app is not installed on {message.repository.full_name}: install it there to get issues")
    return Repository(id=0, full_name=name), message.installation_id


def build(setup: Setup) -> GitHubPush | None:
    """Return the channel when a GitHub App is configured."""
    return GitHubPush(GitHubIssues(setup.app), setup.links) if setup.app else None
