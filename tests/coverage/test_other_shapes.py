"""The same events in other shapes: what GitHub's description leaves open is no reason to say something else."""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from github_app.model import Severity
from tests.coverage.corpus import ANNA, DROP, MALLORY, NEW, OLD, ZERO, Line, cases
from workers.replay import replay

NOW = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
Entry = dict[str, Any]


def without_installation(entry: Entry) -> None:
    """Webhooks of repositories and organisations name none."""
    if not entry["event"].startswith("installation"):
        entry["payload"].pop("installation", None)


def with_unknown_members(entry: Entry) -> None:
    """GitHub adds members to its payloads without telling."""
    payload = entry["payload"]
    for told in (payload, payload.get("repository"), payload.get("sender"), payload.get("organization")):
        if isinstance(told, dict):
            told.update({"brand_new": {"deep": [1, None, {"er": "yes"}]}, "nothing": None})


def without_a_time(entry: Entry) -> None:
    """A line of a replay need not say when it came."""
    del entry["at"]


def of_an_owner_only(entry: Entry) -> None:
    """Where a repository is named, the organisation need not be: its owner tells."""
    if "repository" in entry["payload"] and entry["payload"]["repository"]:
        entry["payload"].pop("organization", None)


CHANGES = (without_installation, with_unknown_members, without_a_time, of_an_owner_only)


def told(entries: Sequence[Entry]) -> tuple[list[str | None], list[Severity]]:
    """Return the errors of all lines, and how bad the alerts of the last one are."""
    answers = list(replay([json.dumps(entry) for entry in entries], NOW))
    return [a["error"] for a in answers], [Severity(a["severity"]) for a in answers[-1]["alerts"]]


@pytest.mark.parametrize("change", CHANGES, ids=lambda c: str(c.__name__))
def test_it_is_told_all_the_same(change: Callable[[Entry], None]) -> None:
    """Each way is as loud in another envelope, and its twin as silent; half a second, because it is the whole corpus."""
    for case in cases():
        if change is without_a_time and len({line.at for line in (*case.past, case.line)}) > 1:
            continue  # what it tells goes by the time between the lines
        for last in [case.line] if case.twin is None else [case.line, case.twin]:
            entries = [copy.deepcopy(line.entry()) for line in (*case.past, last)]
            for entry in entries:
                change(entry)
            errors, severities = told(entries)
            assert set(errors) == {None}, (case.label, errors)
            loudest = max((s.rank for s in severities), default=-1)
            assert loudest == -1 if last is case.twin else loudest >= case.severity.rank, (case.label, severities)


RULE = {"id": 4, "name": "release-*", "allow_force_pushes_enforcement_level": "off"}
OPEN_RULE = RULE | {"allow_force_pushes_enforcement_level": "everyone"}
PROTECTED = Line(event="branch_protection_rule", name="branch-protection-rule-created", over={"rule": RULE})
UNPROTECTED = Line(event="branch_protection_rule", name="branch-protection-rule-created", over={"rule": OPEN_RULE})
FILE = {"id": 1, "name": "tool.tar.gz", "size": 9, "state": "uploaded", "digest": "sha256:" + "a" * 64, "uploader": ANNA}


def forced(ref: str) -> Line:
    """Somebody forced a push to a branch."""
    over = {"ref": ref, "before": OLD, "after": NEW, "created": False, "deleted": False, "forced": True, "sender": MALLORY}
    return Line(event="push", name="push", over=over | {"commits": [], "base_ref": None})


def tag(ref: str, before: str = OLD, after: str = NEW) -> Line:
    """A tag was made, moved or deleted."""
    zeros = {"created": before == ZERO, "deleted": after == ZERO, "forced": True}
    return Line(event="push", name="push", over={"ref": f"refs/tags/{ref}", "before": before, "after": after, **zeros})


def role(action: str, changes: Any) -> Line:
    """A collaborator's role changed."""
    return Line(event="member", name=f"member-{action}", over={"member": MALLORY, "changes": changes})


def release(action: str, author: Any = ANNA, sender: Any = ANNA, **said: Any) -> Line:
    """A release was published or edited."""
    base = {"id": 5, "tag_name": "v1.0.0", "author": author, "draft": False, "target_commitish": "main", "assets": []}
    over: dict[str, Any] = {"release": base | said, "sender": sender}
    return Line(event="release", name=f"release-{action}", over=over | ({"changes": {}} if action == "edited" else {}))


SHAPES: dict[str, tuple[list[Line], Severity | None]] = {
    "forced past a stored rule": ([PROTECTED, forced("refs/heads/release-9")], Severity.CRITICAL),
    "forced where the rule allows it": ([UNPROTECTED, forced("refs/heads/release-9")], None),
    "forced on another branch": ([PROTECTED, forced("refs/heads/release-9/fix")], None),
    "a tag of another name moved": ([tag("simple-tag")], Severity.CRITICAL),
    "a tag that moves moved": ([tag("nightly")], None),
    "a tag of another name deleted": ([tag("simple-tag", after=ZERO)], Severity.HIGH),
    "promoted, to what is not told": ([role("edited", {"old_permission": {"from": "read"}})], Severity.HIGH),
    "demoted, to what is not told": ([role("edited", {"old_permission": {"from": "admin"}})], Severity.MEDIUM),
    "demoted from what was stored": (
        [role("added", {"permission": {"to": "admin"}}), role("edited", {"permission": {"to": "read"}})],
        Severity.MEDIUM,
    ),
    "a role that is not told": ([role("added", DROP)], Severity.MEDIUM),
    "a member whose account is gone left": (
        [
            Line(
                event="organization",
                name="organization-member-removed",
                over={"membership": {"role": "member", "user": None}},
            )
        ],
        Severity.MEDIUM,
    ),
    "a property of which only the name is told is gone": (
        [Line(event="custom_property", name="custom-property-deleted", over={"definition": {"property_name": "tier"}})],
        Severity.HIGH,
    ),
    "a file of a release replaced": (
        [release("published", assets=[FILE]), release("edited", assets=[FILE | {"digest": "sha256:" + "b" * 64}])],
        Severity.CRITICAL,
    ),
    "the same file of a release": ([release("published", assets=[FILE]), release("edited", assets=[FILE])], None),
    "a known releaser published another's draft": (
        [release("published"), release("published", author=MALLORY, id=6, tag_name="v1.1.0")],
        Severity.HIGH,
    ),
    "a release from aside": (
        [release("published"), release("published", id=6, tag_name="v1.1.0", target_commitish="aside")],
        Severity.HIGH,
    ),
    "a release nobody is named to have published": ([release("published", author=MALLORY, sender=DROP)], Severity.HIGH),
    "a stranger approved": (
        [
            Line(
                event="pull_request_review",
                name="pull-request-review-submitted",
                over={"review": {"state": "approved", "user": MALLORY, "author_association": "MEMBER"}},
            )
        ],
        Severity.MEDIUM,
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape(shape: str) -> None:
    """What the payload leaves out is filled in from what came before, or said to be missing."""
    lines, severity = SHAPES[shape]
    errors, severities = told([line.entry() for line in lines])
    assert set(errors) == {None}
    above = [s for s in severities if s.rank > Severity.INFO.rank]
    assert above == [] if severity is None else severity in above, severities
