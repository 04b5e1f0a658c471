"""An alert as lines for a terminal or a log."""

from __future__ import annotations

from github_app import words
from github_app.links import Links
from workers.render import case_text
from workers.render.escape import terminal
from workers.render.message import Message


def render(message: Message, links: Links) -> str:
    """Return a new alert as a few lines, without a line break at the end."""
    alert, finding = message.alert, message.alert.finding
    lines = [f"{finding.severity.upper()} {terminal(message.repository.full_name)}: {terminal(finding.title)}"]
    lines.append(
        f"  {words.minute(alert.at)}, {finding.detector}, {terminal(words.state_line(alert, message.decided(alert)))}"
    )
    lines.append(f"  {terminal(finding.why, 900)}")
    lines.append(f"  {terminal(finding.before)} -> {terminal(finding.after)}")
    for item in finding.evidence[:8]:
        kind, value = words.evidence(item)
        lines.append(f"  evidence: {kind} {terminal(value)} {links.evidence(message.repository, item)}".rstrip())
    if len(alert.ladder) > 1:
        lines.append(f"  steps: {terminal('; '.join(words.ladder(alert.ladder)))}")
    lines.extend(f"  ask: {terminal(words.reviewer(found))}" for found in alert.reviewers[:3])
    if message.case is not None:
        lines.append(f"  part of a case: {case_text.summary(message.case)}")
        lines.extend(f"  {line}" for line in case_text.timeline(message.case))
    if finding.private:
        lines.append(f"  private: {words.PRIVATE}")
    return "\n".join(lines)


def change(message: Message) -> str:
    """Return one line about what happened to an alert that was shown before."""
    alert, decisions = message.alert, message.decided(message.alert)
    last = f" ({words.step(decisions[-1])})" if decisions else ""
    return terminal(f"alert {alert.id}, {alert.finding.title}: {words.state_line(alert, decisions)}{last}", 900)
