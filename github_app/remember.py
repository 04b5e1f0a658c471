"""How each kind of fact changes the ledger: the one place that says which act is the use of which power.

Sources of the rules: the first-parent chain and the acting account count, never the raw committer field; a merge
made with a button is the use of the merger's power, a push or a web edit that of the committer's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from github_app import fact as f
from github_app import happenings, lately
from github_app.estate import InventoryChanged, Thing, value_of
from github_app.identity import is_web_flow, keys
from github_app.ledger import Ledger, LedgerView
from github_app.model import Person, Power, Source

WRITING_ROLES = frozenset({"write", "maintain", "admin"})
WORKFLOWS = ".github/workflows/"
_WRITES = frozenset({Power.COMMITTER, Power.MERGER, Power.ADMIN, Power.OWNER})

LANDINGS, PUSHES, MERGES = "custom:landings", "custom:pushes", "custom:merges"
SIGNED_TAGS, UNSIGNED_TAGS = "custom:signed-tags", "custom:unsigned-tags"
REVIEWED_MERGES, OWN_MERGES = "custom:reviewed-merges", "custom:own-merges"
"""What a repository is used to: subjects of `Power.CUSTOM`, with first and last time and how often."""


RUNNERS, PACKAGES = "custom:runners", "custom:packages"
"""Whether machines of its own run jobs here, and whether packages are published from here."""


def introduce(ledger: Ledger, fact: f.Fact) -> None:
    """Tell the ledger which names GitHub vouches for as one person; no power moves. Before judging, or nobody is known.

    GitHub fills the login of a commit's author or committer only for an address that the account has verified, whoever
    wrote the commit: address and account are one person, which says nothing about who made this commit.
    https://docs.github.com/en/account-and-profile/setting-up-and-managing-your-personal-account-on-github/managing-email-preferences/setting-your-commit-email-address
    """
    if isinstance(fact, f.CommitsLanded) and fact.source is not Source.GIT:
        for named in (p for commit in fact.commits for p in (commit.committer, commit.author)):
            if named.login and named.email and not is_web_flow(named):
                ledger.link(named, fact.at)
    for person in (fact.actor, getattr(fact, "subject", None), getattr(fact, "author", None)):
        if isinstance(person, Person) and person.id is not None:
            ledger.link(person, fact.at)


def remember(ledger: Ledger, fact: f.Fact) -> None:
    """Tell the ledger a fact. Kinds that move no power change nothing."""
    introduce(ledger, fact)
    rule = _RULES.get(type(fact))
    if rule is not None:
        rule(ledger, fact)


def looked_at(ledger: LedgerView, fact: f.PullMerged) -> bool:
    """Say whether somebody beside its author is known to have looked at a merged pull request.

    Whoever merges somebody else's work has; an approval counts when the approver has landed work here or may write.
    """
    if fact.actor is None or not ledger.same(fact.actor, fact.author):
        return True
    found = lately.approval(ledger, fact.number)
    if found is None:
        return False
    can_write = (h.power in _WRITES and h.revoked_at is None for h in ledger.powers_of(found.person))
    return not ledger.same(found.person, fact.author) and any(can_write)


def deploy_key_subject(key_id: int) -> str:
    """Return the ledger's name for a deploy key."""
    return f"deploy-key:{key_id}"


def team_writes(team: str) -> str:
    """Return the ledger's name for the custom that a team (`team:5`) can write to some repository."""
    return f"custom:{team}:writes"


def runner(family: str) -> str:
    """Return the ledger's name for the custom of running jobs on machines of one kind."""
    return f"custom:runner:{family}"


def publisher(key: str) -> str:
    """Return the ledger's name for the custom that somebody publishes packages here."""
    return f"custom:publisher:{key}"


def app_subject(key: str) -> str:
    """Return the ledger's name for an app that is installed."""
    return f"app:{key}"


def _commits_landed(ledger: Ledger, fact: f.CommitsLanded) -> None:
    if fact.actor is not None and fact.rules is not None and fact.rules.passed:
        ledger.use(Power.BYPASSER, fact.actor, fact.at)
    if not fact.guarded:
        return
    ledger.use(Power.CUSTOM, LANDINGS, fact.at)
    if fact.via is not f.Landing.WEB:  # git cannot always tell an edit on the website from a merge
        ledger.use(Power.CUSTOM, MERGES if fact.via is f.Landing.MERGE else PUSHES, fact.at)
    if fact.actor is not None:
        _use(ledger, Power.MERGER if fact.via is f.Landing.MERGE else Power.COMMITTER, fact.actor, fact)
        if any(p.path.startswith(WORKFLOWS) for c in fact.commits for p in c.paths):
            _use(ledger, Power.WORKFLOW_EDITOR, fact.actor, fact)
        own = next((c for c in reversed(fact.commits) if c.zone is not None and ledger.same(c.author, fact.actor)), None)
        if own is not None and own.zone is not None:
            lately.see_clock(ledger, fact.actor, own.zone, fact.at)
    for commit in fact.commits:
        ledger.use(Power.AUTHOR, commit.author, fact.at)


def _tag_created(ledger: Ledger, fact: f.TagCreated) -> None:
    who = fact.actor or fact.tagger
    if who is not None:
        _use(ledger, Power.RELEASER, who, fact)
    if fact.signature is not None or (fact.annotated is not None and not fact.gap):
        ledger.use(Power.CUSTOM, UNSIGNED_TAGS if fact.signature is None else SIGNED_TAGS, fact.at)
    if fact.signature is not None:
        ledger.use(Power.SIGNER, fact.signature.key.name, fact.at, person=fact.tagger or who)


def _pull_merged(ledger: Ledger, fact: f.PullMerged) -> None:
    if fact.guarded and fact.actor is not None:
        ledger.use(Power.CUSTOM, REVIEWED_MERGES if looked_at(ledger, fact) else OWN_MERGES, fact.at)
        _use(ledger, Power.MERGER, fact.actor, fact)
        ledger.use(Power.AUTHOR, fact.author, fact.at)
    lately.forget_approval(ledger, fact.number, fact.at)


def _pull_closed(ledger: Ledger, fact: f.PullClosed) -> None:
    lately.forget_approval(ledger, fact.number, fact.at)


def _review_given(ledger: Ledger, fact: f.ReviewGiven) -> None:
    if fact.verdict == "approved" and fact.actor is not None and not ledger.same(fact.actor, fact.author):
        ledger.use(Power.APPROVER, fact.actor, fact.at)
        if fact.number:
            lately.approve(ledger, fact.number, fact.actor, fact.at)
    elif fact.verdict == "dismissed":
        lately.forget_approval(ledger, fact.number, fact.at)


def _access_changed(ledger: Ledger, fact: f.AccessChanged) -> None:
    if not fact.after:
        return  # a role that nobody told us neither gives nor takes
    given = (
        {Power.OWNER: fact.after == "owner"}
        if fact.scope == "organization"
        else {
            Power.COMMITTER: fact.after in WRITING_ROLES,
            Power.ADMIN: fact.after == "admin",
        }
    )
    for power, has in given.items():
        if has:
            ledger.grant(power, fact.subject, fact.at, fact.actor, {"role": fact.after})
        else:
            ledger.revoke(power, fact.subject, fact.at, fact.actor)


def _deploy_key_changed(ledger: Ledger, fact: f.DeployKeyChanged) -> None:
    subject = deploy_key_subject(fact.key_id)
    if fact.added:
        detail = {"title": fact.title, "access": "read" if fact.read_only else "write"}
        ledger.grant(Power.KEY_HOLDER, subject, fact.at, fact.actor, detail)
    else:
        ledger.revoke(Power.KEY_HOLDER, subject, fact.at, fact.actor)


def _release_changed(ledger: Ledger, fact: f.ReleaseChanged) -> None:
    if fact.action in {"published", "released", "prereleased"} and fact.actor is not None:
        _use(ledger, Power.RELEASER, fact.actor, fact)


def _use(ledger: Ledger, power: Power, who: Person, fact: f.Fact) -> None:
    lately.climb(ledger, power, who, fact.at)
    ledger.use(power, who, fact.at)


def _comment_written(ledger: Ledger, fact: f.CommentWritten) -> None:
    if fact.mark is not None:
        ledger.comments.note(fact.mark)


def _comment_deleted(ledger: Ledger, fact: f.CommentDeleted) -> None:
    if fact.comment_id:
        ledger.comments.forget(fact.thread, fact.comment_id)
    else:
        ledger.comments.forget_thread(fact.thread)


def _inventory_changed(ledger: Ledger, fact: InventoryChanged) -> None:
    if fact.thing == Thing.TEAM_REPOSITORY and value_of(fact.after, "role") in WRITING_ROLES:
        ledger.use(Power.CUSTOM, team_writes(fact.key.partition("/")[0]), fact.at)
    elif fact.thing == Thing.APP and fact.action == "added":
        ledger.grant(Power.APP, app_subject(fact.key), fact.at, fact.actor, {"name": fact.name})
    elif fact.thing == Thing.APP and fact.action == "removed":
        ledger.revoke(Power.APP, app_subject(fact.key), fact.at, fact.actor)


def _runner_used(ledger: Ledger, fact: happenings.RunnerUsed) -> None:
    # Jobs come in thousands: only the first on machines of a kind is written down.
    for name in (RUNNERS, runner(fact.family)):
        if ledger.holding(Power.CUSTOM, name) is None:
            ledger.use(Power.CUSTOM, name, fact.at)


def _package_published(ledger: Ledger, fact: happenings.PackagePublished) -> None:
    ledger.use(Power.CUSTOM, PACKAGES, fact.at)
    if fact.actor is not None and keys(fact.actor):
        ledger.use(Power.CUSTOM, publisher(keys(fact.actor)[0]), fact.at)


_RULES: dict[type[f.Fact], Callable[[Ledger, Any], None]] = {
    f.CommitsLanded: _commits_landed,
    f.TagCreated: _tag_created,
    f.PullMerged: _pull_merged,
    f.PullClosed: _pull_closed,
    f.ReviewGiven: _review_given,
    f.AccessChanged: _access_changed,
    f.DeployKeyChanged: _deploy_key_changed,
    f.ReleaseChanged: _release_changed,
    f.CommentWritten: _comment_written,
    f.CommentDeleted: _comment_deleted,
    InventoryChanged: _inventory_changed,
    happenings.RunnerUsed: _runner_used,
    happenings.PackagePublished: _package_published,
}
