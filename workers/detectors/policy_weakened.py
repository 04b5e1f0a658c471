"""The policy was changed so that the app sees, tells or asks less."""

from __future__ import annotations

from collections.abc import Iterable

from github_app.fact import PolicyChanged
from github_app.model import Evidence, Finding, Power, Severity, Stage, Subject
from workers.detectors import Change, Detector, _words

_MOST = 6


def detect(change: Change) -> Iterable[Finding]:
    """Report what a change of the policy takes away, a sentence for each loss; a stricter policy is quiet."""
    fact: PolicyChanged = change.fact
    losses = [sentence for sentence in fact.losses if sentence]
    if not losses:
        return ()
    who = fact.actor
    own = who is not None and who.login != "" and who.login.lower() in {login.lower() for login in fact.announced}
    more = len(losses) - _MOST
    why = [*losses[:_MOST], *([f"And {more} more."] if more > 0 else [])]
    if fact.broken:
        why.insert(0, "The file cannot be read, so what it quieted is loud again and what it added is gone.")
    if own:
        why.append("Whoever made the change is announced by it.")
    name = _words.named(who) if who is not None else "Somebody GitHub does not name"
    whose = "the organisation" if fact.scope == "organisation" else "this repository"
    commits = tuple(Evidence(kind="commit", value=sha) for sha in fact.commits)
    return [
        Finding(
            severity=Severity.HIGH if fact.grave or own else Severity.MEDIUM,
            subject=Subject(person=who) if who is not None else Subject(),
            title=f"{name} weakened the trust policy of {whose}",
            why=" ".join(why),
            before=f"policy {fact.before[:10] or 'of defaults'}",
            after=f"policy {fact.after[:10] or 'of defaults'} on {_words.stamp(fact.at)}",
            evidence=(*commits, Evidence(kind="path", value=".github/trust-alerts.yml", url=fact.url)),
            powers=(Power.OWNER, Power.ADMIN, Power.MERGER, Power.COMMITTER),
        )
    ]


DETECTOR = Detector(
    watches=(PolicyChanged,),
    stage=Stage.STABLE,
    severities=(Severity.MEDIUM, Severity.HIGH),
    needs_history=False,
    detect=detect,
)
