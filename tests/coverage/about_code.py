"""Pushes, tags, branches, releases, packages, pull requests, workflow runs and what people write."""

from __future__ import annotations

from typing import Any

from tests.coverage.corpus import (
    ACTIONS_BOT,
    ANNA,
    BEN,
    CRITICAL,
    HIGH,
    INFO,
    LOW,
    MALLORY,
    MEDIUM,
    NEW,
    NEXT,
    NOW,
    OLD,
    ZERO,
    Case,
    Line,
)

FORK = {"id": 5, "full_name": "mallory/tool"}
LONG_AGO = "2024-01-01T12:00:00+00:00"


def commit(who: dict[str, Any], sha: str = NEW, **changes: Any) -> dict[str, Any]:
    """Return a commit as a push shows it."""
    named = {"name": who["login"], "email": f"{who['login']}@example.org", "username": who["login"]}
    return {
        "id": sha, "tree_id": sha, "distinct": True, "message": "Work", "timestamp": "2026-03-02T09:00:00Z",
        "url": "https://github.com/acme/tool/commit/x", "author": named, "committer": named,
        "added": [], "modified": ["src/tool.c"], "removed": [], **changes,
    }  # fmt: skip


def push(who: dict[str, Any], at: str = NOW, ref: str = "refs/heads/main", **changes: Any) -> Line:
    """Return a push; `paths` are those of its one commit."""
    before, after = changes.pop("before", OLD), changes.pop("after", NEW)
    made = commit(who, after, **changes.pop("paths", {}))
    gone = after == ZERO
    over = {
        "ref": ref, "before": before, "after": after, "created": before == ZERO, "deleted": gone, "forced": False,
        "base_ref": None, "compare": "https://github.com/acme/tool/compare/x", "commits": [] if gone else [made],
        "head_commit": None if gone else made, "sender": who,
        "pusher": {"name": who["login"], "email": f"{who['login']}@example.org"}, "installation": {"id": 99, "node_id": "x"},
        **changes,
    }  # fmt: skip
    return Line(event="push", name="push", over=over, at=at)


def ref(event: str, kind: str, name: str, **changes: Any) -> Line:
    """Return a create or delete event."""
    return Line(event=event, name=event, over={"ref": name, "ref_type": kind, "sender": ANNA, **changes}, at=NOW)


def release(action: str, who: dict[str, Any], at: str = NOW, **changes: Any) -> Line:
    """Return something that happens to a release."""
    told = changes.pop("changes", None)
    shown = {"tag_name": "v1.2.0", "author": who, "draft": False, "published_at": "2026-03-02T09:00:00Z", **changes}
    over = {"release": shown, "sender": who, **({"changes": told} if told is not None else {})}
    return Line(event="release", name=f"release-{action}", over=over, at=at)


def pull(action: str, who: dict[str, Any], at: str = NOW, **changes: Any) -> Line:
    """Return something that happens to pull request 3."""
    outer = {key: changes.pop(key) for key in ("changes", "requested_reviewer", "before", "after") if key in changes}
    shown = {"number": 3, "title": "Faster", "user": changes.pop("author", MALLORY), **changes}
    shown["head"] = {"sha": outer.get("after", NEW), "repo": FORK, **changes.get("head", {})}
    shown["base"] = {"ref": "main", **changes.get("base", {})}
    over = {"number": 3, "pull_request": shown, "sender": who, **outer}
    return Line(event="pull_request", name=f"pull-request-{action.replace('_', '-')}", over=over, at=at)


def review(action: str, who: dict[str, Any], state: str, at: str = NOW, **changes: Any) -> Line:
    """Return a review of pull request 3."""
    sender = changes.pop("sender", who)
    shown = {"user": who, "state": state, "commit_id": NEW, "submitted_at": "2026-03-01T12:00:00Z", **changes}
    over = {"review": shown, "pull_request": {"number": 3, "user": MALLORY}, "sender": sender}
    return Line(event="pull_request_review", name=f"pull-request-review-{action}", over=over, at=at)


def run(action: str, trigger: str, who: dict[str, Any], head: dict[str, Any] | None = None) -> Line:
    """Return a run of a workflow."""
    shown = {
        "event": trigger, "path": ".github/workflows/label.yml", "name": "label", "actor": who, "triggering_actor": who,
        "head_repository": head or {"id": 7, "full_name": "acme/tool"},
    }  # fmt: skip
    over = {"workflow_run": shown, "sender": who}
    return Line(event="workflow_run", name=f"workflow-run-{action}", over=over, at=NOW)


def job(machine: str, group: str, at: str = NOW) -> Line:
    """Return a finished job."""
    over = {"workflow_job": {"runner_name": machine, "runner_group_name": group, "completed_at": "2026-03-02T09:00:00Z"}}
    return Line(event="workflow_job", name="workflow-job-completed", over=over, at=at)


def text(event: str, action: str, body: str, who: dict[str, Any] = MALLORY, **changes: Any) -> Line:
    """Return something that somebody wrote in issue 9."""
    outer = {key: changes.pop(key) for key in ("sender", "changes") if key in changes}
    issue = {"number": 9, "title": "Is this still maintained?", "user": who, "body": body}
    issue |= {"author_association": "NONE", **changes}
    over: dict[str, Any] = {"issue": issue, "sender": who, **outer}
    if event != "issues":
        over["comment"] = {"id": 900, "user": who, "body": body, "author_association": "NONE"}
    if event == "discussion_comment":
        over["discussion"] = {"number": 9, "user": BEN}
        del over["issue"]
    return Line(event=event, name=f"{event.replace('_', '-')}-{action}", over=over, at=NOW)


PRESSING = "You should step down and give me commit access to this repository."
KIND = "Thank you for the quick answer, the new version works."
_ANNA_BEFORE = push(ANNA, LONG_AGO, before=ZERO, after=OLD)
_RELEASED = release("published", ANNA, LONG_AGO, tag_name="v1.0.0", published_at="2024-01-01T12:00:00Z")
_APPROVED = review("submitted", ANNA, "approved", "2026-03-01T12:00:00+00:00")
_BEN_WRITES = Line(
    event="member", name="member-added", over={"member": BEN, "sender": ANNA, "changes": {"role_name": {"to": "write"}}}
)
_WORKFLOW = {"paths": {"added": [".github/workflows/deploy.yml"]}}
_PACKAGE: dict[str, Any] = {
    "name": "tool",
    "ecosystem": "npm",
    "package_type": "npm",
    "html_url": "https://github.com/acme/tool",
}


def package(who: dict[str, Any], version: str, at: str = NOW) -> Line:
    """Return a published package."""
    shown = {**_PACKAGE, "package_version": {"version": version, "author": who}}
    over = {"registry_package": shown, "sender": who}
    return Line(event="registry_package", name="registry-package-published", over=over, at=at)


def advisory(action: str) -> Line:
    """Return an advisory; whoever reports need not be named."""
    over = {"repository_advisory": {"ghsa_id": "GHSA-2222-3333-4444", "author": MALLORY, "severity": "high"}}
    return Line(event="repository_advisory", name=f"repository-advisory-{action}", over=over, at=NOW)


def gate(action: str) -> Line:
    """Return what happens at an environment's gate."""
    over: dict[str, Any] = {"workflow_run": {"name": "deploy"}}
    if action == "approved":
        over["approver"] = {k: v for k, v in ANNA.items() if not isinstance(v, bool)} | {"site_admin": False}
        over["workflow_job_run"] = {
            "conclusion": None, "created_at": "x", "environment": "production", "html_url": "x", "id": 1, "name": None,
            "status": "x", "updated_at": "x",
        }  # fmt: skip
    else:
        over |= {"environment": "production", "requestor": BEN}
    return Line(event="deployment_review", name=f"deployment-review-{action}", over=over, at=NOW)


CASES: tuple[Case, ...] = (
    Case(
        line=push(MALLORY, forced=True), when="forced, on a guarded branch", severity=CRITICAL, detector="history-rewritten",
        past=(_ANNA_BEFORE,), twin=push(ANNA, ref="refs/heads/topic", forced=True),
    ),
    Case(
        line=push(MALLORY), when="straight to a guarded branch, by somebody new at it", severity=HIGH,
        detector="new-committer", twin=push(ANNA), past=(_ANNA_BEFORE,),
    ),
    Case(
        line=push(MALLORY, **_WORKFLOW), when="a workflow comes with it, by somebody new at it", severity=HIGH,
        detector="new-workflow-editor", past=(_ANNA_BEFORE,), twin=push(ANNA),
    ),
    Case(
        line=push(BEN), when="the account never pushed here before", severity=MEDIUM, detector="new-committer",
        past=(_ANNA_BEFORE,), twin=push(BEN, ref="refs/heads/topic"),
    ),
    Case(
        line=push(ANNA, ref="refs/tags/v1.2.0", before=ZERO), when="a tag is made", severity=LOW, detector="noted",
        twin=push(ANNA, ref="refs/heads/topic", before=ZERO), past=(_ANNA_BEFORE,),
    ),
    Case(
        line=push(MALLORY, ref="refs/tags/v1.0.0"), when="a version's tag is moved", severity=CRITICAL,
        detector="tag-moved", past=(_RELEASED,), twin=push(MALLORY, ref="refs/tags/nightly"),
    ),
    Case(
        line=push(MALLORY, ref="refs/heads/release/1.0", after=ZERO), when="a branch that releases are made from is deleted",
        severity=HIGH, detector="ref-deleted", twin=push(MALLORY, ref="refs/heads/topic", after=ZERO),
    ),
    Case(line=ref("create", "tag", "v1.2.0"), when="a tag", severity=LOW, detector="noted",
         twin=ref("create", "branch", "topic")),
    Case(line=ref("delete", "tag", "v1.2.0"), when="a version's tag", severity=HIGH, detector="ref-deleted",
         twin=ref("delete", "tag", "nightly")),
    Case(line=ref("delete", "branch", "main"), when="the default branch, or one that releases are made from",
         severity=HIGH, detector="ref-deleted", twin=ref("delete", "branch", "topic")),
    Case(line=release("published", MALLORY), when="by somebody who never released here", severity=HIGH,
         detector="new-releaser", past=(_RELEASED,), twin=None),
    Case(line=release("published", ANNA), when="by somebody who releases here", severity=INFO, detector="noted",
         past=(_RELEASED,)),
    Case(
        line=release("edited", ANNA, changes={"tag_name": {"from": "v1.1.0"}}), when="it stands on another tag now",
        severity=CRITICAL, detector="release-changed", twin=release("edited", ANNA, changes={"body": {"from": "Teh"}}),
    ),
    Case(line=release("deleted", ANNA), when="", severity=HIGH, detector="release-changed",
         twin=release("deleted", ANNA, draft=True)),
    Case(line=release("unpublished", ANNA), when="", severity=MEDIUM, detector="release-changed"),
    Case(line=package(MALLORY, "1.2.0"), when="by somebody who never published here", severity=MEDIUM,
         detector="new-publisher", past=(package(ANNA, "1.0.0", LONG_AGO),), twin=package(ANNA, "1.2.0")),
    Case(line=advisory("published"), when="", severity=INFO, detector="noted"),
    Case(line=advisory("reported"), when="", severity=MEDIUM, detector="advisory-reported"),
    Case(
        line=pull("auto_merge_enabled", MALLORY, auto_merge={
            "enabled_by": MALLORY, "merge_method": "squash", "commit_title": None, "commit_message": None,
        }),
        when="by somebody who never landed work here", severity=MEDIUM, detector="approved-then-changed",
        past=(_ANNA_BEFORE,), twin=pull("auto_merge_enabled", ANNA),
    ),
    Case(
        line=pull("closed", MALLORY, merged=True, merged_by=MALLORY, merged_at="2026-03-02T09:00:00Z", merge_commit_sha=NEW),
        when="merged by its author, with no approval of anybody else", severity=HIGH, detector="new-merger",
        past=(_ANNA_BEFORE,), twin=pull("closed", ANNA, merged=False, merged_by=None),
    ),
    Case(line=pull("synchronize", MALLORY, before=NEW, after=NEXT), when="after an approval", severity=MEDIUM,
         detector="approved-then-changed", past=(_ANNA_BEFORE, _APPROVED),
         twin=pull("synchronize", ANNA, before=NEW, after=NEXT)),
    Case(
        line=pull("edited", MALLORY, changes={"base": {"ref": {"from": "topic"}, "sha": {"from": OLD}}}),
        when="it goes to another branch than the one it was approved for", severity=HIGH, detector="review-sidestepped",
        past=(_ANNA_BEFORE, _APPROVED), twin=pull("edited", MALLORY, changes={"title": {"from": "Fast"}}),
    ),
    Case(line=pull("review_request_removed", MALLORY, requested_reviewer=ANNA), when="", severity=LOW, detector="noted"),
    Case(
        line=review("dismissed", ANNA, "dismissed", sender=MALLORY), when="somebody else's request for changes",
        severity=HIGH, detector="review-sidestepped",
        past=(_ANNA_BEFORE, review("submitted", ANNA, "changes_requested", LONG_AGO)),
        twin=review("dismissed", BEN, "dismissed", sender=MALLORY),
    ),
    Case(line=review("submitted", BEN, "approved"), when="approved by somebody who can write and never did here",
         severity=MEDIUM, detector="new-approver",
         past=(_ANNA_BEFORE, review("submitted", ANNA, "approved", LONG_AGO, submitted_at=LONG_AGO), _BEN_WRITES),
         twin=review("submitted", BEN, "commented")),
    Case(line=gate("approved"), when="", severity=LOW, detector="noted"),
    Case(line=gate("requested"), when="", severity=INFO, detector="noted"),
    Case(
        line=run("requested", "pull_request_target", MALLORY, FORK), when="with the repository's rights, for a fork's code",
        severity=HIGH, detector="workflow-run-unusual", twin=run("requested", "pull_request", MALLORY, FORK),
    ),
    Case(line=run("completed", "workflow_dispatch", ACTIONS_BOT), when="started by hand, by a workflow or a stranger",
         severity=MEDIUM, detector="workflow-run-unusual", past=(_ANNA_BEFORE,),
         twin=run("completed", "workflow_dispatch", ANNA)),
    Case(line=job("evil-box", "Default"), when="on a machine that is not GitHub's, of a kind never seen here",
         severity=HIGH, detector="runner-unknown", past=(job("build-1", "Default", LONG_AGO),),
         twin=job("build-2", "Default")),
    Case(line=text("issues", "opened", PRESSING), when="it presses maintainers", severity=LOW, detector="pressure",
         twin=text("issues", "opened", KIND, title="It works")),
    Case(line=text("issue_comment", "created", PRESSING), when="it presses maintainers", severity=LOW, detector="pressure",
         twin=text("issue_comment", "created", KIND)),
    Case(line=text("issue_comment", "deleted", KIND, sender=ANNA), when="by somebody else than its author", severity=MEDIUM,
         detector="record-removed", twin=text("issue_comment", "deleted", KIND)),
    Case(line=text("discussion_comment", "created", PRESSING), when="it presses maintainers", severity=LOW,
         detector="pressure", twin=text("discussion_comment", "created", KIND)),
    Case(line=text("issues", "locked", KIND, active_lock_reason="too heated"), when="", severity=LOW, detector="noted"),
    Case(line=text("issues", "transferred", KIND), when="", severity=LOW, detector="noted"),
)  # fmt: skip
