"""How facts change the ledger."""

from __future__ import annotations

import datetime as dt

import pytest

from github_app import fact as f
from github_app.ledger import Ledger
from github_app.model import Person, Power, Repository, Signature, SigningKey, Source
from github_app.remember import (
    LANDINGS,
    MERGES,
    PUSHES,
    SIGNED_TAGS,
    UNSIGNED_TAGS,
    deploy_key_subject,
    introduce,
    remember,
)

REPOSITORY = Repository(id=1, full_name="acme/widget")
AT = dt.datetime(2024, 5, 1, tzinfo=dt.UTC)
ALICE = Person(id=1, login="alice")
BOB = Person(id=2, login="bob")
COMMON = {"at": AT, "source": Source.WEBHOOK, "repository": REPOSITORY}


def landed(
    *, committer: Person = BOB, author: Person = BOB, source: Source = Source.WEBHOOK, **fields: object
) -> f.CommitsLanded:
    """Return a landing by Alice of one commit on the guarded branch."""
    commit = f.Commit(
        sha="c" * 40, author=author, committer=committer, paths=(f.PathChange(status="M", path=".github/workflows/ci.yml"),)
    )
    given = {**COMMON, "ref": "refs/heads/main", "before": "", "after": "c" * 40, "guarded": True, "actor": ALICE}
    return f.CommitsLanded(**{**given, "source": source, "commits": (commit,), **fields})


def powers(ledger: Ledger, who: Person | str) -> set[Power]:
    """Return what somebody holds."""
    return {h.power for h in ledger.powers_of(who) if h.revoked_at is None}


@pytest.mark.parametrize(
    ("via", "power"),
    [(f.Landing.PUSH, Power.COMMITTER), (f.Landing.WEB, Power.COMMITTER), (f.Landing.MERGE, Power.MERGER)],
)
def test_who_acted_uses_the_power_and_who_wrote_is_an_author(via: f.Landing, power: Power) -> None:
    """The raw committer field gives nothing to anybody."""
    ledger = Ledger()
    remember(ledger, landed(via=via, committer=Person(email="eve@example.org")))
    assert powers(ledger, ALICE) == {power, Power.WORKFLOW_EDITOR}
    assert powers(ledger, BOB) == {Power.AUTHOR}
    assert powers(ledger, Person(email="eve@example.org")) == set()


def test_other_branches_give_no_power() -> None:
    """Anybody who can push at all can push a branch of their own."""
    ledger = Ledger()
    remember(ledger, landed(guarded=False))
    assert ledger.powers_of(ALICE) == ledger.powers_of(BOB) == ()


def test_a_landing_without_actor_still_has_authors() -> None:
    """Git does not say who squashed."""
    ledger = Ledger()
    remember(ledger, landed(actor=None))
    assert powers(ledger, BOB) == {Power.AUTHOR}


def test_people_are_introduced_before_powers_move() -> None:
    """GitHub vouches for a login and an address together, so a maintainer known from git is known at the first push."""
    ledger = Ledger()
    mail = Person(name="Alice", email="alice@example.org")
    ledger.use(Power.COMMITTER, mail, AT)
    introduce(ledger, landed(committer=Person(login="alice", email="alice@example.org")))
    assert ledger.holding(Power.COMMITTER, ALICE) is not None
    assert {entry.kind for entry in ledger.entries} == {"first_use", "alias"}


def test_an_author_is_known_again_as_an_account() -> None:
    """Whoever authored under an address and pushes later from the account has one ladder."""
    ledger = Ledger()
    remember(ledger, landed(author=Person(login="bob", email="bob@example.org")))
    introduce(ledger, landed(actor=BOB))
    assert powers(ledger, BOB) == {Power.AUTHOR}


@pytest.mark.parametrize(
    ("committer", "source"),
    [
        (Person(login="alice", email="victim@example.org"), Source.GIT),
        (Person(login="web-flow", email="noreply@github.com"), Source.WEBHOOK),
        (Person(name="alice", email="victim@example.org"), Source.WEBHOOK),
    ],
    ids=["git", "web-flow", "no account"],
)
def test_nobody_is_introduced_by_what_a_commit_claims(committer: Person, source: Source) -> None:
    """Only GitHub can say that an address is an account's."""
    ledger = Ledger()
    introduce(ledger, landed(committer=committer, source=source, actor=None))
    assert (ledger.entries, ledger.new_aliases) == ([], {})


def test_a_merged_pull_request_makes_a_merger_and_an_author() -> None:
    """Only on a guarded branch."""
    fact = {**COMMON, "number": 7, "title": "", "author": BOB, "merge_sha": "", "head_sha": "", "base_ref": "main"}
    ledger = Ledger()
    remember(ledger, f.PullMerged(**fact, actor=ALICE))
    assert ledger.powers_of(ALICE) == ()
    remember(ledger, f.PullMerged(**fact, actor=ALICE, guarded=True))
    assert (powers(ledger, ALICE), powers(ledger, BOB)) == ({Power.MERGER}, {Power.AUTHOR})


def test_a_tag_is_its_pushers_and_its_keys() -> None:
    """The tagger is a claim; the key is filed under its own name with the tagger as owner."""
    ledger = Ledger()
    key = SigningKey(scheme="pgp", id="38EE757D69184620")
    remember(ledger, f.TagCreated(**COMMON, name="v1", target="", actor=ALICE, tagger=BOB, signature=Signature(key=key)))
    assert powers(ledger, ALICE) == {Power.RELEASER}
    assert powers(ledger, BOB) == set()
    assert powers(ledger, key.name) == {Power.SIGNER}


def test_approving_ones_own_work_is_no_approval() -> None:
    """Nor is a comment."""
    ledger = Ledger()
    for author, verdict in ((ALICE, "approved"), (BOB, "commented")):
        remember(ledger, f.ReviewGiven(**COMMON, number=7, author=author, verdict=verdict, actor=ALICE))
    assert powers(ledger, ALICE) == set()
    remember(ledger, f.ReviewGiven(**COMMON, number=7, author=BOB, verdict="approved", actor=ALICE))
    assert powers(ledger, ALICE) == {Power.APPROVER}


@pytest.mark.parametrize(
    ("steps", "held"),
    [
        (["write"], {Power.COMMITTER}),
        (["maintain"], {Power.COMMITTER}),
        (["admin"], {Power.COMMITTER, Power.ADMIN}),
        (["admin", "write"], {Power.COMMITTER}),
        (["admin", "none"], set()),
        (["admin", ""], {Power.COMMITTER, Power.ADMIN}),
        (["read"], set()),
    ],
)
def test_roles_give_and_take(steps: list[str], held: set[Power]) -> None:
    """A role that nobody told us neither gives nor takes."""
    ledger = Ledger()
    for role in steps:
        remember(ledger, f.AccessChanged(**COMMON, actor=ALICE, subject=BOB, scope="repository", before="", after=role))
    assert powers(ledger, BOB) == held


def test_owners_of_an_organisation() -> None:
    """A member is not an owner."""
    ledger = Ledger()
    for role in ("member", "owner"):
        remember(ledger, f.AccessChanged(**COMMON, subject=BOB, scope="organization", before="", after=role))
    assert powers(ledger, BOB) == {Power.OWNER}


def test_deploy_keys_come_and_go() -> None:
    """Under a name of their own."""
    ledger = Ledger()
    key = {**COMMON, "key_id": 9, "title": "ci", "fingerprint": "", "read_only": False, "actor": ALICE}
    remember(ledger, f.DeployKeyChanged(**key, added=True))
    assert powers(ledger, deploy_key_subject(9)) == {Power.KEY_HOLDER}
    remember(ledger, f.DeployKeyChanged(**key, added=False))
    assert powers(ledger, deploy_key_subject(9)) == set()


@pytest.mark.parametrize(("action", "held"), [("published", {Power.RELEASER}), ("edited", set()), ("deleted", set())])
def test_publishing_is_releasing(action: str, held: set[Power]) -> None:
    """Editing a release's text is not."""
    ledger = Ledger()
    remember(ledger, f.ReleaseChanged(**COMMON, action=action, tag="v1", author=BOB, actor=ALICE))
    assert powers(ledger, ALICE) == held


@pytest.mark.parametrize(
    ("fact", "customs"),
    [
        (landed(via=f.Landing.PUSH), {LANDINGS, PUSHES}),
        (landed(via=f.Landing.MERGE, actor=None), {LANDINGS, MERGES}),
        (landed(via=f.Landing.WEB), {LANDINGS}),
        (landed(guarded=False), set()),
        (f.TagCreated(name="v1", target="c", annotated=False, **COMMON), {UNSIGNED_TAGS}),
        (f.TagCreated(name="v1", target="c", annotated=True, gap="the signature is not readable", **COMMON), set()),
        (f.TagCreated(name="v1", target="c", **COMMON), set()),
        (
            f.TagCreated(name="v1", target="c", signature=Signature(key=SigningKey(scheme="pgp", id="A" * 16)), **COMMON),
            {SIGNED_TAGS},
        ),
    ],
    ids=["push", "merge by nobody known", "web edit", "other branch", "lightweight", "gap", "not looked at", "signed"],
)
def test_the_customs_of_a_repository_are_kept(fact: f.Fact, customs: set[str]) -> None:
    """How commits land and whether tags are signed is the repository's own; what is not known is not counted."""
    ledger = Ledger()
    remember(ledger, fact)
    held = ledger.holders(Power.CUSTOM)
    assert {h.subject for h in held} == customs
    assert {h.last_used for h in held} <= {AT}
