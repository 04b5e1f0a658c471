"""What a change of a branch was up against: the rules stored for it, and whether it came by a pull request.

GitHub tells nobody without write access to administration who passed a rule. But it tells whoever may read how each change
of a branch came about (a push, or the merge of a pull request or of a merge queue), and which rules hold for it now. It is
asked only where a stored rule makes the answer matter, and what it does not confirm is taken back: nobody is said to have
passed a rule on a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from github_app.estate import APPLIES, Guard, value_of
from github_app.fact import CommitsLanded, Fact
from github_app.happenings import BranchDeleted
from github_app.model import Person, Repository
from github_app.rules import Rule, Rules
from workers.facts import rules as known
from workers.github import Refused
from workers.github_branches import MERGES, PUSHES, Activity, Branches
from workers.recall import Recall

_HEADS = "refs/heads/"


def with_rules(
    facts: Iterable[Fact], scope: str, recall: Recall, branches: Branches | None, installation_id: int | None
) -> tuple[Fact, ...]:
    """Return the facts, those about branches with the rules that they met.

    Args:
        facts: of one repository or organisation.
        scope: whose.
        recall: what is stored.
        branches: whom to ask; with nobody, as in a replay, it is not known how a change came about.
        installation_id: whose token to use.

    Raises:
        workers.github.Unavailable: GitHub cannot be asked now.
    """
    told: list[Fact] = []
    for fact in facts:
        if isinstance(fact, CommitsLanded | BranchDeleted) and fact.repository is not None:
            rules = _stored(fact, fact.repository, scope, recall)
            told.append(_ruled(fact, fact.repository, rules, branches, installation_id))
        else:
            told.append(fact)
    return tuple(told)


def _stored(fact: CommitsLanded | BranchDeleted, repository: Repository, scope: str, recall: Recall) -> tuple[Rule, ...]:
    """Return the rules that were stored for a branch before it was changed."""
    branch = _branch(fact)
    if not branch:
        return ()
    here = recall.everything(scope, Guard.RULESET)
    covering = {k.removeprefix(APPLIES) for k in here if k.startswith(APPLIES)}
    above = recall.everything(f"org:{repository.owner_id}", Guard.RULESET) if covering else {}
    rulesets = {k: s for k, s in here.items() if k.startswith("ruleset:")}
    rulesets |= {k: s for k, s in above.items() if k.startswith("ruleset:") and k.removeprefix("ruleset:") in covering}
    found = [
        known.of_ruleset(s.name, int(number), s.settings, branch, repository.default_branch)
        for key, s in sorted(rulesets.items())
        if s.seen_at <= fact.at and (number := key.removeprefix("ruleset:")).isdigit()
    ]
    return tuple(r for r in (*found, _protection(branch, fact, scope, recall)) if r is not None)


def _protection(branch: str, fact: Fact, scope: str, recall: Recall) -> Rule | None:
    switch = recall.everything(scope, Guard.BRANCH_PROTECTION_CONFIGURATION).values()
    if any(value_of(s.settings, "protection") == "disabled" for s in switch):
        return None
    stored = [s for s in recall.everything(scope, Guard.BRANCH_PROTECTION).values() if s.seen_at <= fact.at]
    rule = known.of_protection(branch, [(s.name, s.settings) for s in stored])
    polled = recall.everything(scope, Guard.PROTECTED_BRANCH).get(f"branch:{branch}")
    if rule is None and not stored and polled is not None and polled.seen_at <= fact.at:
        rule = known.of_protected_branch(branch, polled.settings)
    return rule


def _ruled(
    fact: CommitsLanded | BranchDeleted,
    repository: Repository,
    rules: tuple[Rule, ...],
    branches: Branches | None,
    installation_id: int | None,
) -> Fact:
    met = Rules(rules=rules)
    deleted, forced = isinstance(fact, BranchDeleted), isinstance(fact, CommitsLanded) and fact.forced
    broken = met.against_deletion if deleted else met.for_pulls + (met.against_force if forced else ())
    if not broken:
        return fact
    if branches is None or installation_id is None:
        return replace(fact, rules=met)
    try:
        if isinstance(fact, CommitsLanded) and met.for_pulls:
            listed = branches.activity(repository, installation_id, fact.ref)
            met = replace(met, straight=_straight(fact, listed), before=_before(fact, listed))
        if met.straight or deleted or (forced and met.against_force):
            met = _confirmed(met, repository, _branch(fact), branches, installation_id)
    except Refused:
        # Nobody says how it came about or what holds; that is no ground to say that somebody passed a rule.
        return replace(fact, rules=None)
    return replace(fact, rules=met)


def _confirmed(met: Rules, repository: Repository, branch: str, branches: Branches, installation_id: int) -> Rules:
    """Return what holds still: an event about a ruleset of the organisation may come later than the push."""
    if not any(r.ruleset for r in met.rules):
        return met
    active = branches.rules(repository, installation_id, branch)
    return replace(met, rules=tuple(known.current(r, active) if r.ruleset else r for r in met.rules))


def _straight(fact: CommitsLanded, listed: Sequence[Activity]) -> bool | None:
    how = next((a.how for a in listed if a.after == fact.after), "")
    return True if how in PUSHES else False if how in MERGES else None


def _before(fact: CommitsLanded, listed: Sequence[Activity]) -> int:
    """Count the other pushes of the same account."""
    who = fact.actor.id if isinstance(fact.actor, Person) else None
    earlier = (a for a in listed if a.after != fact.after and (a.at is None or a.at <= fact.at))
    return sum(who is not None and a.actor == who and a.how in PUSHES for a in earlier)


def _branch(fact: CommitsLanded | BranchDeleted) -> str:
    if isinstance(fact, BranchDeleted):
        return fact.name
    return fact.ref.removeprefix(_HEADS) if fact.ref.startswith(_HEADS) else ""
