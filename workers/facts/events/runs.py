"""`workflow_run` and `workflow_job`: a workflow ran with a repository's secrets for others' code, or on a new machine.

Most runs say nothing about trust, and these events come in numbers, so everything else is put aside without a fact.
https://docs.github.com/en/webhooks/webhook-events-and-payloads#workflow_run
https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#pull_request_target
"""

from __future__ import annotations

import re

from github_app.fact import Fact
from github_app.happenings import RunnerUsed, WorkflowRan
from workers.facts.events import Handler, Ignored, Unreadable
from workers.facts.events import _fields as read
from workers.facts.events._envelope import Envelope

_PRIVILEGED = frozenset({"pull_request_target", "workflow_run"})
_HOSTED = frozenset({"GitHub Actions", "Hosted Agent"})
_PARTS = re.compile(r"[-_.\s]+")
_CHANGING = re.compile(r"\d|\A[bcdfghjklmnpqrstvwxz]{5}\Z", re.ASCII)
"""A part with a digit, or one of the letters that Kubernetes makes names of (its `SafeEncodeString` leaves vowels out)."""


def _requested(envelope: Envelope) -> tuple[Fact, ...] | Ignored:
    run = read.table(envelope.payload.get("workflow_run"))
    head = read.table(run.get("head_repository"))
    trigger, where = read.text(run.get("event"), 60), envelope.repository
    if where is None or not trigger:
        raise Unreadable("workflow_run: it names no run of a repository")
    foreign = read.number(head.get("id")) not in {0, where.id}
    if trigger not in _PRIVILEGED or not foreign:
        return Ignored("workflow_run: no code of others with the repository's rights")
    return (_ran(envelope, from_fork=True),)


def _completed(envelope: Envelope) -> tuple[Fact, ...] | Ignored:
    run = read.table(envelope.payload.get("workflow_run"))
    if envelope.repository is None or not read.text(run.get("event"), 60):
        raise Unreadable("workflow_run: it names no run of a repository")
    if run.get("event") != "workflow_dispatch":
        return Ignored("workflow_run: nobody started it by hand")
    return (_ran(envelope, from_fork=False),)


def _ran(envelope: Envelope, *, from_fork: bool) -> Fact:
    run = read.table(envelope.payload.get("workflow_run"))
    return WorkflowRan(
        workflow=read.text(run.get("path"), 250) or read.text(run.get("name"), 250),
        trigger=read.text(run.get("event"), 60),
        from_fork=from_fork,
        head=read.text(read.table(run.get("head_repository")).get("full_name"), 200),
        **envelope.common(
            at=read.when(run.get("run_started_at")),
            actor=read.person(run.get("triggering_actor")) or read.person(run.get("actor")),
            url=run.get("html_url"),
        ),
    )


def _job(envelope: Envelope) -> tuple[Fact, ...] | Ignored:
    job = read.table(envelope.payload.get("workflow_job"))
    if envelope.repository is None or not read.number(job.get("id")):
        raise Unreadable("workflow_job: it names no job of a repository")
    name, group = read.text(job.get("runner_name"), 100), read.text(job.get("runner_group_name"), 100)
    if not name or group in _HOSTED or name.startswith(tuple(_HOSTED)):
        return Ignored("workflow_job: on a machine of GitHub's, or on none")
    fact = RunnerUsed(
        runner=name,
        family=family(name),
        group=group,
        workflow=read.text(job.get("workflow_name"), 200),
        public=read.table(envelope.payload.get("repository")).get("private") is False,
        **envelope.common(at=read.when(job.get("completed_at")), url=job.get("html_url")),
    )
    return (fact,)


def family(name: str) -> str:
    """Return a machine's name without the parts that differ from one machine of a kind to the next.

    Runners that are made for one job are named `ci-x7k2p-runner-8fj3d`: parts with a digit, and the five letters without
    vowels that Kubernetes adds, are left out. A name of nothing else stays as it is.
    """
    kept = [part for part in _PARTS.split(name) if part and not _CHANGING.search(part)]
    return "-".join(kept).lower() or name.lower()


HANDLERS = (
    Handler(event="workflow_run", permission=("actions", "read"), reads={"requested": _requested, "completed": _completed}),
    Handler(event="workflow_job", permission=("actions", "read"), reads={"completed": _job}),
)
