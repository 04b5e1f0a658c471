"""Review requests: people who held the power before the subject did are asked, on GitHub, to look."""

from __future__ import annotations

from github_app import identity
from github_app.model import Person
from workers.github_writer import GitHubWriter, PullState, Writer
from workers.notifiers import Message, Setup, from_github
from workers.notifiers._pulls import Place, place_of

MOST = 3
"""How many people are asked at most on one pull request."""


class GitHubReview:
    """`external_id` is `asked:LOGIN,LOGIN`. Nobody is asked twice, also not after taking the request away."""

    channel = "github-review"
    pace = 0.0

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def send(self, message: Message, previous_external_id: str | None, uncertain: bool) -> str:
        """See `Notifier.send`.

        Nobody is asked about a draft before it is ready, nor once it is merged or closed: the comment says who should look.
        """
        del uncertain
        place = place_of(message)
        asked = [login for login in (previous_external_id or "").removeprefix("asked:").split(",") if login]
        if not message.unresolved:
            return _asked(asked)
        with from_github():
            pull = self._writer.pull(*place)
            if not pull.open or pull.draft:
                return _asked(asked)
            self._ask(message, place, pull, asked)
        return _asked(asked)

    def _ask(self, message: Message, place: Place, pull: PullState, asked: list[str]) -> None:
        looked = self._writer.reviewed(*place) | {login.lower() for login in (*pull.requested, *asked)}
        wanted = candidates(message, pull.author)
        done = sum(login.lower() in looked for login in wanted)
        for login in wanted:
            if done >= MOST:
                return
            if login.lower() not in looked and self._writer.request_review(*place, login):
                asked.append(login)
                done += 1


def candidates(message: Message, author: Person) -> list[str]:
    """Return the logins that can be asked, for the worst alert first: nobody who takes part, and no bots."""
    part = set(identity.keys(author))
    for alert in message.alerts:
        part.update(alert.subject_keys, alert.grantor_keys, identity.keys(alert.finding.subject.person))
        part.update(identity.keys(alert.finding.grantor) if alert.finding.grantor else ())
    found: dict[str, str] = {}
    for alert in sorted(message.unresolved, key=lambda a: -a.finding.severity.rank):
        for person in (r.person for r in alert.reviewers):
            if person.login and not person.bot and part.isdisjoint(identity.keys(person)):
                found.setdefault(person.login.lower(), person.login)
    return list(found.values())


def _asked(logins: list[str]) -> str:
    return f"asked:{','.join(logins)}"


def build(setup: Setup) -> GitHubReview | None:
    """Return the channel when a GitHub App is configured."""
    return GitHubReview(GitHubWriter(setup.app)) if setup.app else None
