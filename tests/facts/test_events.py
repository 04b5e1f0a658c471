"""What every other kind of payload says."""

from __future__ import annotations

import datetime as dt
from typing import Any

import orjson
import pytest

from github_app import fact as f
from github_app.model import Person
from tests.facts.payloads import (
    BOT,
    JIA,
    LASSE,
    NEW,
    OBJECT,
    ORGANIZATION,
    PUSHED,
    RECEIVED,
    comment,
    issue,
    only,
    payload,
    pull,
    push,
    read,
    repository,
    user,
)  # fmt: skip
from workers.facts.webhook import Unreadable, decode

JIA_TAN, LASSE_COLLIN = Person(id=69423178, login="JiaT75"), Person(id=217815, login="Larhzu")


def at(text: str) -> dt.datetime:
    """Return a time from its text."""
    return dt.datetime.fromisoformat(text)


def test_create_and_delete_of_a_tag_name_it() -> None:
    """The push of the same tag says more, but deliveries get lost."""
    made = only("create", payload(ref="v1", ref_type="tag", master_branch="master"))
    gone = only("delete", payload(ref="v1", ref_type="tag"))
    assert isinstance(made, f.TagCreated)
    assert isinstance(gone, f.TagDeleted)
    assert (made.name, made.target, made.annotated, gone.name, gone.before) == ("v1", "", None, "v1", "")
    assert made.gap
    assert made.at == gone.at == PUSHED


def test_a_full_ref_is_the_same_tag() -> None:
    """Some servers write the whole ref."""
    assert only("create", payload(ref="refs/tags/v1", ref_type="tag")).name == "v1"


@pytest.mark.parametrize("action", ["opened", "reopened", "ready_for_review", "synchronize"])
def test_a_changed_pull_request_names_author_and_head(action: str) -> None:
    """Nothing has landed yet; the author and whoever acts may be two people."""
    fact = only("pull_request", payload(LASSE, action=action, number=7, pull_request=pull()))
    assert isinstance(fact, f.PullChanged)
    assert (fact.number, fact.action, fact.head_sha, fact.base_ref) == (7, action, OBJECT, "master")
    assert (fact.author, fact.actor, fact.from_fork) == (JIA_TAN, LASSE_COLLIN, True)
    assert fact.at == at("2023-01-10T08:00:00Z" if action == "opened" else "2023-01-11T08:00:00Z")


def test_a_branch_of_the_same_repository_is_no_fork() -> None:
    """And a head repository that is gone was one."""
    own = pull(head={"sha": OBJECT, "repo": {"id": 553665726}}, draft=True)
    assert only("pull_request", payload(action="opened", pull_request=own)).from_fork is False
    assert only("pull_request", payload(action="opened", pull_request=own)).draft is True
    gone = pull(head={"sha": OBJECT, "repo": None})
    assert only("pull_request", payload(action="opened", pull_request=gone)).from_fork is True


def test_a_merge_is_done_by_whoever_merged() -> None:
    """Not by the author, and not by the sender where GitHub names somebody."""
    shown = pull(merged=True, merged_by=JIA, merged_at="2023-01-11T15:00:00Z", user=user("somebody", 7))
    fact = only("pull_request", payload(LASSE, action="closed", pull_request=shown))
    assert isinstance(fact, f.PullMerged)
    assert (fact.actor, fact.author.login, fact.merge_sha, fact.guarded) == (JIA_TAN, "somebody", NEW, True)
    assert fact.at == at("2023-01-11T15:00:00Z")
    without = only("pull_request", payload(LASSE, action="closed", pull_request=shown | {"merged_by": None}))
    assert without.actor == LASSE_COLLIN


def test_a_merge_into_another_branch_is_not_guarded() -> None:
    """Only the default branch is what others build on."""
    shown = pull(merged=True, merged_by=JIA, base={"ref": "next"})
    assert only("pull_request", payload(action="closed", pull_request=shown)).guarded is False


def test_a_pull_request_closed_without_merging() -> None:
    """Nothing has landed."""
    fact = only("pull_request", payload(action="closed", pull_request=pull(closed_at="2023-02-01T00:00:00Z")))
    assert isinstance(fact, f.PullClosed)
    assert fact.at == at("2023-02-01T00:00:00Z")


@pytest.mark.parametrize("state", ["approved", "changes_requested", "commented"])
def test_a_review_is_given_by_its_writer(state: str) -> None:
    """The verdict is theirs, on one commit."""
    review = {"id": 1, "user": LASSE, "state": state, "commit_id": OBJECT, "submitted_at": "2023-01-12T00:00:00Z"}
    fact = only("pull_request_review", payload(LASSE, action="submitted", review=review, pull_request=pull()))
    assert isinstance(fact, f.ReviewGiven)
    assert (fact.actor, fact.author, fact.verdict, fact.commit) == (LASSE_COLLIN, JIA_TAN, state, OBJECT)
    assert fact.at == at("2023-01-12T00:00:00Z")


def test_a_review_is_dismissed_by_the_sender() -> None:
    """The payload still names the reviewer as its user."""
    review = {"id": 1, "user": LASSE, "state": "dismissed", "submitted_at": "2023-01-12T00:00:00Z"}
    fact = only("pull_request_review", payload(JIA, action="dismissed", review=review, pull_request=pull()))
    assert (fact.actor, fact.verdict, fact.at) == (JIA_TAN, "dismissed", RECEIVED)


@pytest.mark.parametrize(
    ("action", "changes", "before", "after"),
    [
        ("added", {"permission": {"to": "write"}, "role_name": {"to": "maintain"}}, "none", "maintain"),
        ("added", {"permission": {"to": "read"}, "role_name": {"to": "triage"}}, "none", "triage"),
        ("added", {"permission": {"to": "write"}, "role_name": {"to": "release-team"}}, "none", "write"),
        ("added", {"permission": {"to": "admin"}}, "none", "admin"),
        ("added", None, "none", ""),
        ("edited", {"permission": {"from": "write", "to": "admin"}}, "write", "admin"),
        ("edited", {"role_name": {"from": "maintain", "to": "read"}, "permission": {"from": "write"}}, "maintain", "read"),
        ("edited", {"old_permission": {"from": "push"}}, "write", ""),
        ("removed", None, "", "none"),
    ],
)
def test_a_role_in_a_repository(action: str, changes: Any, before: str, after: str) -> None:
    """`role_name` is the truth where it is told: `permission` calls maintain write and triage read."""
    fact = only("member", payload(LASSE, action=action, member=JIA, changes=changes))
    assert isinstance(fact, f.AccessChanged)
    assert (fact.subject, fact.actor, fact.scope) == (JIA_TAN, LASSE_COLLIN, "repository")
    assert (fact.before, fact.after) == (before, after)


def test_a_personal_repository_has_one_role_to_give() -> None:
    """A collaborator there can write, so nobody has to be asked."""
    own = repository(owner=LASSE)
    assert only("member", payload(LASSE, action="added", member=JIA, repository=own)).after == "write"


@pytest.mark.parametrize(
    ("action", "role", "before", "after"),
    [
        ("member_added", "admin", "none", "owner"),
        ("member_added", "member", "none", "member"),
        ("member_removed", "admin", "owner", "none"),
        ("member_removed", "unaffiliated", "", "none"),
    ],
)
def test_a_role_in_an_organisation(action: str, role: str, before: str, after: str) -> None:
    """It belongs to no repository; GitHub's admin is our owner."""
    membership = {"state": "active", "role": role, "user": JIA}
    parsed = read(
        "organization", {"action": action, "membership": membership, "organization": ORGANIZATION, "sender": LASSE}
    )
    (fact,) = parsed.facts
    assert isinstance(fact, f.AccessChanged)
    assert parsed.repository is fact.repository is None
    assert (fact.organization, fact.organization_id, fact.scope) == ("tukaani-project", 49617154, "organization")
    assert (fact.subject, fact.before, fact.after) == (JIA_TAN, before, after)


def test_a_release_names_who_did_it_and_whom_github_shows() -> None:
    """Only the time of publishing is the release's own; `created_at` is that of the commit."""
    release = {"tag_name": "v5.6.0", "author": LASSE, "draft": False, "created_at": "2019-01-01T00:00:00Z"}
    release["published_at"] = "2024-02-24T08:43:55Z"
    fact = only("release", payload(JIA, action="published", release=release))
    assert isinstance(fact, f.ReleaseChanged)
    assert (fact.tag, fact.actor, fact.author, fact.draft) == ("v5.6.0", JIA_TAN, LASSE_COLLIN, False)
    assert fact.at == at("2024-02-24T08:43:55Z")
    assert only("release", payload(JIA, action="edited", release=release)).at == RECEIVED


def test_an_issue_is_written_by_its_author() -> None:
    """Title and text are one text; there is no comment number."""
    fact = only("issues", payload(issue()["user"], action="opened", issue=issue()))
    assert isinstance(fact, f.CommentWritten)
    assert (fact.thread, fact.comment_id, fact.association, fact.on_pull) == (42, 0, "NONE", False)
    assert fact.text == "Is XZ for Java still maintained?\n\nI asked a question a week ago."
    assert fact.actor == fact.thread_author == Person(id=1001, login="nobody-in-particular")
    assert fact.at == at("2022-05-19T12:26:03Z")


def test_a_comment_knows_its_thread() -> None:
    """Who opened the thread, whether it is a pull request, and no date of the account: the payload has none."""
    on_pull = issue(pull_request={"url": "https://api.github.com/x"})
    fact = only("issue_comment", payload(comment()["user"], action="created", issue=on_pull, comment=comment()))
    assert (fact.thread, fact.comment_id, fact.on_pull, fact.actor_created_at) == (42, 900, True, None)
    assert (fact.actor.login, fact.thread_author.login) == ("somebody-else", "nobody-in-particular")
    assert fact.text == "Patches spend years here."


def test_a_correction_by_somebody_else_says_nothing_about_the_writer() -> None:
    """A maintainer who mends a typo has not written the words, and the writer has not written again."""
    by_other = payload(LASSE, action="edited", issue=issue(), comment=comment())
    assert "somebody else" in read("issue_comment", by_other).ignored
    by_writer = payload(comment()["user"], action="edited", issue=issue(), comment=comment())
    assert only("issue_comment", by_writer).at == at("2022-06-07T10:00:00Z")


def test_what_is_deleted_is_named() -> None:
    """A comment by its number, a whole issue by 0."""
    assert only("issue_comment", payload(action="deleted", issue=issue(), comment=comment())).comment_id == 900
    gone = only("issues", payload(action="deleted", issue=issue()))
    assert isinstance(gone, f.CommentDeleted)
    assert (gone.thread, gone.comment_id) == (42, 0)


def installed(event: str, action: str, **fields: Any) -> f.InstallationChanged:
    """Return the fact of an installation's payload."""
    installation = {"id": 99, "account": ORGANIZATION, "repository_selection": "selected"}
    fact, *permissions = read(event, {"action": action, "installation": installation, "sender": LASSE, **fields}).facts
    assert len(permissions) == (1 if action == "created" else 0)
    assert isinstance(fact, f.InstallationChanged)
    return fact


def test_the_app_comes_and_goes() -> None:
    """The short form of a repository has no owner: it is the account of the installation."""
    short = [{"id": 553665726, "full_name": "tukaani-project/xz", "private": False}, {"id": None}, 5]
    for event, action, key in (
        ("installation", "created", "repositories"),
        ("installation_repositories", "added", "repositories_added"),
    ):
        fact = installed(event, action, **{key: short})
        assert [(r.id, r.full_name, r.owner_id) for r in fact.added] == [(553665726, "tukaani-project/xz", 49617154)]
        assert fact.removed == ()
    assert installed("installation_repositories", "removed", repositories_removed=short).removed[0].id == 553665726
    assert installed("installation", "deleted", repositories=short).removed[0].id == 553665726
    suspended = installed("installation", "suspend")
    assert (suspended.installation_id, suspended.organization_id, suspended.repository) == (99, 49617154, None)


def test_every_payload_names_its_repository_and_installation() -> None:
    """Also one that leads to no fact: the routing needs both."""
    parsed = read("star", payload(BOT, action="created"))
    assert parsed.ignored == "star: says nothing about trust"
    assert parsed.repository is not None
    assert (parsed.repository.id, parsed.repository.default_branch, parsed.installation_id) == (553665726, "master", 99)


@pytest.mark.parametrize(
    ("event", "action", "reason"),
    [
        ("pull_request", "labeled", "pull_request.labeled: says nothing about trust"),
        ("custom_property", "promoted_to_enterprise", "custom_property.promoted_to_enterprise: says nothing about trust"),
        ("deployment_review", "rejected", "deployment_review.rejected: not watched yet"),
        ("repository_import", "", "repository_import: not watched yet"),
        ("ping", "", "ping: says nothing about trust"),
        ("brand_new\n<b>", "x", "brand_newb: not an event this version knows"),
    ],
)
def test_a_reason_is_stated_for_what_is_ignored(event: str, action: str, reason: str) -> None:
    """What carries trust but is not watched yet reads differently from what says nothing."""
    assert read(event, payload(action=action)).ignored == reason


@pytest.mark.parametrize(
    ("event", "body"),
    [
        ("create", {"ref": "v1", "ref_type": "thing"}),
        ("pull_request", {"action": "opened"}),
        ("pull_request", {}),
        ("pull_request_review", {"action": "submitted", "pull_request": {"number": 1}, "review": {"state": "odd"}}),
        ("member", {"action": "added"}),
        ("deploy_key", {"action": "created", "key": {"title": "x"}}),
        ("release", {"action": "published"}),
        ("issues", {"action": "opened", "issue": {"number": True}}),
        ("issue_comment", {"action": "created", "issue": {"number": 1}}),
        ("installation", {"action": "created", "installation": {"id": -1}}),
    ],
)
def test_what_names_nothing_is_unreadable(event: str, body: dict[str, Any]) -> None:
    """One sentence says what is missing, with the event in front."""
    with pytest.raises(Unreadable, match=f"^{event}: it "):
        read(event, payload(**body))


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"5", b"\xff", b'{"a":' * 2000])
def test_a_body_that_is_no_object_is_unreadable(body: bytes) -> None:
    """Also one that is nested too deep to be anything."""
    with pytest.raises(Unreadable):
        decode("push", body, received_at=RECEIVED, delivery="guid-1")


def test_a_body_is_decoded_and_parsed() -> None:
    """The way deliveries take from the inbox."""
    parsed = decode("push", orjson.dumps(push()), received_at=RECEIVED, delivery="guid-1")
    assert parsed.facts == read("push", push()).facts
