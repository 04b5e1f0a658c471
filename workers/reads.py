"""Deliveries on their way from the inbox to the judge: what each says, and whom it is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from github_app import fact as f
from github_app.identity import keys
from github_app.model import Person, Repository
from github_app.store.inbox import Pending
from workers.facts.webhook import Parsed, Unreadable, decode
from workers.pressure.hearing import mentioned


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A row of the inbox after reading it: its facts, or why there are none."""

    row: Pending
    parsed: Parsed | None
    error: str = ""

    @property
    def facts(self) -> tuple[f.Fact, ...]:
        """The facts of this delivery."""
        return self.parsed.facts if self.parsed else ()

    @property
    def repository(self) -> Repository | None:
        """The repository the payload names."""
        return self.parsed.repository if self.parsed else None

    @property
    def installation_id(self) -> int | None:
        """The installation the payload names."""
        return self.parsed.installation_id if self.parsed else None

    @property
    def about_the_watcher(self) -> bool:
        """Say whether this is about the app's own installation."""
        return any(isinstance(x, f.InstallationChanged) for x in self.facts)

    @property
    def needs_history(self) -> bool:
        """Say whether judging it needs the repository's past."""
        return any(x.repository is not None for x in self.facts)


def read(row: Pending) -> Read:
    """Turn a stored delivery into facts, or say why there are none."""
    try:
        return Read(row=row, parsed=decode(row.event, row.body, received_at=row.received_at, delivery=row.guid))
    except Unreadable as error:
        return Read(row=row, parsed=None, error=str(error))


def scope_of(fact: f.Fact) -> str:
    """Return whose ledger a fact belongs to: `repo:ID`, or `org:ID` where it names no repository."""
    return f"repo:{fact.repository.id}" if fact.repository is not None else f"org:{fact.organization_id}"


def subject_keys(facts: Iterable[f.Fact]) -> dict[str, set[str]]:
    """Return whom each scope's ledger will be asked about."""
    named_in: dict[str, set[Person]] = defaultdict(set)
    for fact in facts:
        people = named_in[scope_of(fact)]
        named = (fact.actor, *(getattr(fact, name, None) for name in ("subject", "author", "tagger", "thread_author")))
        people.update(p for p in named if isinstance(p, Person))
        if isinstance(fact, f.CommentWritten):
            people.update(Person(login=login) for login in mentioned(fact.text))
        if isinstance(fact, f.CommitsLanded):
            people.update(p for c in fact.commits for p in (c.author, c.committer))
    return {scope: {key for person in people for key in keys(person)} for scope, people in named_in.items()}
