"""More words of stories: guards, inventory, and what people and machines do around the code. See `story_words`."""

from __future__ import annotations

from typing import Any

from github_app import estate, happenings
from github_app import fact as f
from tests.story_rules import rules_of
from tests.story_words import REPOSITORY, Teller, Word


def _owned(common: dict[str, Any]) -> dict[str, Any]:
    """Return the common fields of something that concerns the organisation."""
    return common | {"repository": None, "organization": REPOSITORY.owner, "organization_id": REPOSITORY.owner_id}


def _person(teller: Teller, told: dict[str, Any], place: str) -> Any:
    return teller.person(told["of"], place) if told["of"] else None


def _guard(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    unknown = told["gap"] != "" and not told["before"]
    return estate.GuardChanged(
        guard=told["guard"],
        key=told["key"] or f"{told['guard']}:{told['name']}",
        name=told["name"],
        action=told["action"],
        before=None if unknown else estate.settings(told["before"]),
        after=estate.settings(told["after"]),
        reaches=tuple(told["reaches"]),
        **common | {"gap": told["gap"]},
    )


def _inventory(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    return estate.InventoryChanged(
        thing=told["thing"],
        key=told["key"] or f"{told['thing']}:{told['name']}",
        name=told["name"],
        action=told["action"],
        before=estate.settings(told["before"]),
        after=estate.settings(told["after"]),
        subject=_person(teller, told, place),
        **(common if told["in"] == "repository" else _owned(common)),
    )


def _pull(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    return happenings.PullTouched(
        number=told["pull"],
        action=told["action"],
        title="Work",
        author=teller.person(told["author"], place),
        before=told["from"],
        after=told["to"],
        approved=told["approved"],
        subject=_person(teller, told, place),
        **common,
    )


def _scanner(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    return happenings.ScannerAlertChanged(
        scanner=told["scanner"],
        number=told["number"],
        action=told["action"],
        name=told["name"],
        reason=told["reason"],
        bypassed=told["bypassed"],
        subject=_person(teller, told, place),
        **common,
    )


def _exemption(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    return happenings.ExemptionChanged(
        guard=told["guard"],
        number=1,
        action=told["action"],
        subject=teller.person(told["of"], place),
        reviewers=tuple(teller.person(name, place) for name in told["reviewers"]),
        **common,
    )


def _run(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    head = f"{told['by']}/widget" if told["fork"] else REPOSITORY.full_name
    workflow = f".github/workflows/{told['workflow']}"
    return happenings.WorkflowRan(workflow=workflow, trigger=told["trigger"], from_fork=told["fork"], head=head, **common)


def _runner(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    return happenings.RunnerUsed(
        runner=told["name"], family=told["name"], group=told["group"], public=told["public"], **common
    )


def _package(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    return happenings.PackagePublished(name=told["name"], version=told["version"], ecosystem="npm", **common)


def _happened(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    return happenings.Happened(
        what=told["what"], name=told["name"], detail=told["detail"], subject=_person(teller, told, place), **common
    )


def _installation(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    seen = (REPOSITORY,)
    return f.InstallationChanged(
        action=told["action"],
        installation_id=1,
        added=seen if told["action"] == "added" else (),
        removed=seen if told["action"] == "removed" else (),
        **_owned(common),
    )


def _tag_delete(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    return f.TagDeleted(name=told["name"], before=teller.sha(), **common)


def _branch_delete(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    met = rules_of(told["rules"])
    return happenings.BranchDeleted(name=told["name"], guarded=told["guarded"], before=teller.sha(), rules=met, **common)


def _force_push(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    guarded = told["to"] == REPOSITORY.default_branch
    sha = teller.sha()
    met = rules_of(told["rules"])
    return f.CommitsLanded(
        ref=f"refs/heads/{told['to']}", before=teller.sha(), after=sha, forced=True, guarded=guarded, rules=met, **common
    )


def _comment_delete(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    return f.CommentDeleted(thread=told["thread"], comment_id=told["id"], author=teller.person(told["of"], place), **common)


_STANDING = {"by": "", "name": "main", "key": "", "before": {}, "after": {}}
WORDS: dict[str, Word] = {
    "force_push": Word("somebody rewrote the history of a branch", {"by": "", "to": "main", "rules": {}}, _force_push),
    "tag_delete": Word("a tag was deleted", {"by": "", "name": ...}, _tag_delete),
    "branch_delete": Word(
        "a branch was deleted; `guarded` if releases are made from it",
        {"by": "", "name": ..., "guarded": True, "rules": {}},
        _branch_delete,
    ),
    "guard": Word(
        "a guard changed from one state to another; with `gap` and without `before`, it is not known how it was",
        {**_STANDING, "guard": ..., "action": "edited", "gap": "", "reaches": []},
        _guard,
    ),
    "inventory": Word(
        "something with power or reach came, went or changed",
        {**_STANDING, "thing": ..., "of": "", "action": "added", "in": "organization"},
        _inventory,
    ),
    "pull_touch": Word(
        "a pull request was retargeted, pushed (after an approval), armed (auto_merge), or lost an objection or a reviewer",
        {"by": "", "pull": ..., "action": ..., "author": ..., "from": "", "to": "", "approved": "", "of": ""},
        _pull,
    ),
    "scanner": Word(
        "a scanner found something, or was waved off",
        {"by": "", "scanner": ..., "number": 1, "action": ..., "name": "", "reason": "", "bypassed": False, "of": ""},
        _scanner,
    ),
    "exemption": Word(
        "somebody asked to pass a guard once, or was allowed to",
        {"by": "", "of": ..., "guard": ..., "action": "asked", "reviewers": []},
        _exemption,
    ),
    "workflow_run": Word(
        "a workflow ran; `fork` for code that lies in a fork",
        {"by": ..., "workflow": "build.yml", "trigger": ..., "fork": False},
        _run,
    ),
    "runner": Word("a machine ran a job", {"name": ..., "group": "Default", "public": False}, _runner),
    "package": Word("somebody published a package", {"by": ..., "name": ..., "version": "1.0.0"}, _package),
    "happened": Word(
        "something happened that moves no power, by its name in `github_app/happenings.py`",
        {"by": "", "what": ..., "name": ..., "detail": "", "of": ""},
        _happened,
    ),
    "installation": Word("this app came, went, or sees other repositories", {"by": "", "action": ...}, _installation),
    "comment_delete": Word("somebody deleted a comment", {"by": ..., "of": ..., "thread": 1, "id": 1}, _comment_delete),
}
