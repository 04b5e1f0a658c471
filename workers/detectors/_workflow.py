"""A GitHub Actions workflow before and after: which of its limits is gone.

https://docs.github.com/en/actions/reference/security/secure-use
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from workers.detectors import _yaml

_RANK = {"none": 0, "read": 1, "write": 2}
_PINNED = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_WATCHES = re.compile(
    r"(?:.*/)?(?:codeql-action|scorecard-action|harden-runner|dependency-review-action|zizmor-action|trivy-action|semgrep\S*"
    r"|gitleaks-action|trufflehog|osv-scanner\S*|attest-build-provenance|cosign-installer|clusterfuzzlite|cifuzz)(?:/.*)?",
    re.IGNORECASE,
)


def losses(before: str, after: str) -> Iterator[str]:
    """Yield one sentence for each limit that is gone; what cannot be read as YAML says nothing."""
    old, new = _yaml.table(_yaml.read(before)), _yaml.table(_yaml.read(after))
    if not old or not new:
        return
    if "pull_request_target" in _yaml.texts(new.get("on")) and "pull_request_target" not in _yaml.texts(old.get("on")):
        yield "it now runs with the repository's secrets for pull requests of strangers (pull_request_target)"
    jobs, jobs_now = _jobs(old), _jobs(new)
    for name, job in jobs_now.items():
        if name in jobs:
            yield from _permissions(name, _effective(old, jobs[name]), _effective(new, job))
            yield from _job(name, jobs[name], job)
    if _hands_over(jobs_now) and not _hands_over(jobs):
        yield "it now hands all secrets to another workflow (secrets: inherit)"
    yield from _actions(_uses(jobs), _uses(jobs_now))


def _jobs(workflow: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: _yaml.table(job) for name, job in _yaml.table(workflow.get("jobs")).items()}


def _hands_over(jobs: Mapping[str, Mapping[str, Any]]) -> bool:
    return any(job.get("secrets") == "inherit" for job in jobs.values())


def _effective(workflow: Mapping[str, Any], job: Mapping[str, Any]) -> Mapping[str, int] | None:
    """Return what a job's token may do, None where nobody limited it; a job's own list replaces the workflow's."""
    told = job.get("permissions", workflow.get("permissions"))
    if told is None:
        return None
    if isinstance(told, str):
        # An empty value is an empty list: nothing is permitted.
        return {"everything": _RANK.get(told.removesuffix("-all"), 0)}
    return {scope: _RANK.get(level, 0) for scope, level in _yaml.table(told).items() if isinstance(level, str)}


def _permissions(job: str, old: Mapping[str, int] | None, new: Mapping[str, int] | None) -> Iterator[str]:
    if old is None:
        return
    if new is None:
        yield f"the token of job {job} is no longer limited"
        return
    all_old, all_new = old.get("everything", 0), new.get("everything", 0)
    if all_new == 2 and all_old < 2:
        yield f"the token of job {job} may now write everything"
        return
    for scope, level in new.items():
        if scope != "everything" and level == 2 and max(old.get(scope, 0), all_old) < 2:
            yield f"the token of job {job} may now write {scope}"


def _job(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    if _yaml.no(new.get("if")) and not _yaml.no(old.get("if")):
        yield f"job {name} is switched off"
    if _yaml.yes(new.get("continue-on-error")) and not _yaml.yes(old.get("continue-on-error")):
        yield f"a failure of job {name} no longer counts"
    if _keeps(old) and _keeps(new) is False:
        yield f"job {name} now leaves its token in the checkout (persist-credentials)"


def _keeps(job: Mapping[str, Any]) -> bool | None:
    """Say whether every checkout of a job throws its token away; None where there is no checkout."""
    checkouts = [s for s in _steps(job) if str(s.get("uses", "")).startswith("actions/checkout@")]
    if not checkouts:
        return None
    return all(_yaml.no(_yaml.table(step.get("with")).get("persist-credentials")) for step in checkouts)


def _steps(job: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [_yaml.table(step) for step in _yaml.items(job.get("steps"))]


def _uses(jobs: Mapping[str, Mapping[str, Any]]) -> dict[str, set[str]]:
    """Return the actions and shared workflows in use, with the versions they are asked for."""
    found: dict[str, set[str]] = {}
    for job in jobs.values():
        for used in (job.get("uses"), *(step.get("uses") for step in _steps(job))):
            if isinstance(used, str) and "@" in used and not used.startswith("."):
                action, _, version = used.rpartition("@")
                found.setdefault(action, set()).add(version)
    return found


def _actions(old: Mapping[str, set[str]], new: Mapping[str, set[str]]) -> Iterator[str]:
    for action, versions in new.items():
        loose = [v for v in versions if not _PINNED.fullmatch(v)]
        if loose and action in old and all(_PINNED.fullmatch(v) for v in old[action]):
            yield f"{action} was pinned to a commit and now follows {min(loose)}"
    for action in old:
        if _WATCHES.fullmatch(action) and action not in new:
            yield f"{action} no longer runs"
