"""What is said about events that lead to no fact: they carry trust but are not watched yet, or say nothing about it.

The names are those of https://docs.github.com/en/webhooks/webhook-events-and-payloads.
"""

from __future__ import annotations

_CARRIES_TRUST = frozenset({
    "deployment_protection_rule", "discussion", "package", "pull_request_review_comment",
    "repository_import", "repository_vulnerability_alert",
})  # fmt: skip

_SAYS_NOTHING = frozenset({
    "check_suite", "commit_comment", "content_reference", "deployment", "deployment_status", "gollum",
    "issue_dependencies", "label", "marketplace_purchase", "merge_group", "milestone", "page_build", "ping", "project",
    "project_card", "project_column", "projects_v2", "projects_v2_item", "projects_v2_status_update",
    "pull_request_review_thread", "repository_dispatch", "secret_scanning_alert_location", "secret_scanning_scan",
    "security_advisory", "sponsorship", "star", "status", "sub_issues", "user", "watch", "workflow_dispatch",
})  # fmt: skip


def why_ignored(event: str) -> str:
    """Return a short phrase why an event without a handler leads to no fact."""
    if event in _CARRIES_TRUST:
        return f"{event}: not watched yet"
    if event in _SAYS_NOTHING:
        return f"{event}: says nothing about trust"
    return f"{_shown(event)}: not an event this version knows"


def _shown(event: str) -> str:
    return "".join(c for c in event[:60] if c.isascii() and (c.isalnum() or c in "_.-")) or "an unnamed event"
