"""The check run on a pull request's newest commit."""

from __future__ import annotations

from typing import Any

from workers.github_writer import GitHubWriter, Writer
from workers.notifiers import Links, Message, Setup, from_github
from workers.notifiers._pulls import place_of
from workers.render import github_check as render


class GitHubCheck:
    """`external_id` is `CHECK-RUN-ID@SHA`: after a push the newest commit needs a check run of its own."""

    channel = "github-check"
    pace = 0.0

    def __init__(self, writer: Writer, links: Links) -> None:
        self._writer = writer
        self._links = links

    def send(self, message: Message, previous_external_id: str | None, uncertain: bool) -> str:
        """See `Notifier.send`; before a check run is created the commit's are always looked through."""
        del uncertain
        check, place = render.render(message, self._links), place_of(message)
        repository, installation_id, number = place
        fields = _fields(check)
        with from_github():
            sha = self._writer.pull(repository, installation_id, number).head_sha
            known, _, known_sha = (previous_external_id or "").partition("@")
            current = int(known) if known.isdecimal() and known_sha == sha else None
            if current is not None and self._writer.edit_check(repository, installation_id, current, fields):
                return f"{current}@{sha}"
            found = self._writer.find_check(repository, installation_id, sha, render.NAME, check.external_id)
            if found is not None and self._writer.edit_check(repository, installation_id, found, fields):
                return f"{found}@{sha}"
            return f"{self._writer.create_check(repository, installation_id, sha, fields)}@{sha}"


def _fields(check: render.Check) -> dict[str, Any]:
    """As docs.github.com "Create a check run" has it; a conclusion makes the run completed."""
    fields: dict[str, Any] = {
        "name": render.NAME,
        "external_id": check.external_id,
        "status": "completed",
        "conclusion": check.conclusion,
        "output": {"title": check.title, "summary": check.summary},
        "actions": list(check.actions),
    }
    return {**fields, "details_url": check.details_url} if check.details_url else fields


def build(setup: Setup) -> GitHubCheck | None:
    """Return the channel when a GitHub App is configured."""
    return GitHubCheck(GitHubWriter(setup.app), setup.links) if setup.app else None
