"""Work was landed under an app's name that no app made, or under a maintainer's name by a stranger's push."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.fact import Commit, CommitsLanded, Landing
from github_app.identity import is_web_flow, keys, wears_bot_name
from github_app.ledger import LedgerView
from github_app.model import Evidence, Finding, Person, Power, Severity, Source, Stage, Step, Subject
from workers.detectors import Change, Detector, _standing, _words

_MOST = 5


def detect(change: Change) -> Iterable[Finding]:
    """Report a never-seen author with an app's name, and a first push by somebody that names a maintainer as author."""
    fact: CommitsLanded = change.fact
    if not fact.guarded:
        return ()
    ledger, who = change.ledger, fact.actor
    masked = [c for c in fact.commits if _masked(c.author) and _standing.stranger(ledger, c.author)]
    found = [_app(change, masked)] if masked else []
    forged = [c for c in fact.commits if _forged(c, fact, who)] if who is not None else []
    if who is not None and forged:
        found.append(_pushed_as_app(change, who, forged))
    if who is not None and keys(who) and not who.bot and fact.via is Landing.PUSH and not _standing.expected(ledger, who):
        borrowed = [c for c in fact.commits if _borrowed(ledger, c, who, change)]
        if borrowed and _standing.landing_since(ledger, who) is None:
            found.append(_maintainer(change, who, borrowed))
    return found


def _masked(author: Person) -> bool:
    return bool(keys(author)) and wears_bot_name(author) and not author.bot


def _forged(commit: Commit, fact: CommitsLanded, who: Person | None) -> bool:
    """An app commits through GitHub, which then is the committer; a person's push brings none that the app committed."""
    by_app = commit.author.bot and commit.committer.bot and not is_web_flow(commit.committer)
    return by_app and who is not None and not who.bot and fact.via is Landing.PUSH and fact.source is not Source.GIT


def _borrowed(ledger: LedgerView, commit: Commit, who: Person, change: Change) -> bool:
    since = _standing.landing_since(ledger, commit.author)
    long = since is not None and change.fact.at - since >= _standing.A_YEAR
    one_name = commit.author.name.strip().lower() == who.name.strip().lower() != ""
    return long and not ledger.same(commit.author, who) and not one_name


def _app(change: Change, commits: list[Commit]) -> Finding:
    author = commits[0].author
    by = f" It was landed by {change.fact.actor.label}." if change.fact.actor else ""
    return Finding(
        severity=Severity.MEDIUM,
        subject=Subject(person=author),
        title=f"Work landed under the name {author.label}, which is an app's, but no app made it",
        why=f"Apps of GitHub have accounts or addresses of their own; this author has neither and was never seen here.{by} "
        "Reviewers read an app's routine work less carefully.",
        before="never seen",
        after="wears an app's name",
        evidence=tuple(Evidence(kind="commit", value=commit.sha) for commit in commits[:_MOST]),
        powers=(Power.MERGER, Power.COMMITTER),
        pull=change.fact.pull,
    )


def _pushed_as_app(change: Change, who: Person, commits: list[Commit]) -> Finding:
    name = commits[0].author.label
    return Finding(
        severity=Severity.MEDIUM,
        subject=Subject(person=who),
        title=f"{_words.named(who)} pushed a commit that says {name} made and committed it",
        why=f"What {name} makes through GitHub has GitHub as its committer; this was committed elsewhere under the app's "
        f"address, which anybody can write. {_words.path(change.ledger, who, change.fact.at)} "
        "Reviewers read an app's routine work less carefully.",
        before="apps commit through GitHub",
        after=f"pushed as {name}",
        evidence=tuple(Evidence(kind="commit", value=commit.sha) for commit in commits[:_MOST]),
        powers=(Power.MERGER, Power.COMMITTER),
        pull=change.fact.pull,
    )


def _maintainer(change: Change, who: Person, commits: list[Commit]) -> Finding:
    name = commits[0].author.label
    return Finding(
        severity=Severity.LOW,
        subject=Subject(person=who),
        title=f"{_words.named(who)} pushed work that names {name} as its author",
        why=f"Anybody can write any author into a commit. {name} has landed work here for more than a year; "
        f"of who pushed it: {_words.path(change.ledger, who, change.fact.at)} "
        f"{_words.clock(change.ledger, commits, commits[0].author)}".rstrip(),
        before="own work only",
        after=f"names {name}",
        evidence=tuple(Evidence(kind="commit", value=commit.sha) for commit in commits[:_MOST]),
        powers=(Power.MERGER, Power.COMMITTER),
        pull=change.fact.pull,
    )


DETECTOR = Detector(
    watches=(CommitsLanded,), stage=Stage.STABLE, step=Step.NAME, severities=(Severity.LOW, Severity.MEDIUM), detect=detect
)
