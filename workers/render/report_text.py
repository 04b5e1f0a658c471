"""First reports for a terminal or a log: one in full, several as one line each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from github_app import words
from github_app.model import Alert
from github_app.report import Held, Holder, Report, alone
from workers.render import case_text
from workers.render.escape import terminal
from workers.render.message import Story

_MOST_NAMED = 5
_MOST_RAISED = 20
_MOST_LINES = 50
NOTHING_RAISED = "Nothing: the last 12 months would have been quiet."
ONE_IN_FULL = "trust-alerts report OWNER/NAME shows one in full."


def full(report: Report, since: Sequence[Alert] = ()) -> str:
    """Return everything about one repository, without a line break at the end; `since` are the alerts raised live."""
    parts = (_head(report), _powers(report), _alone(report), _raised(report), _since(since), _gaps(report))
    return "\n".join(line for part in parts for line in part)


def several(reports: Sequence[Report]) -> str:
    """Return one report in full, or of several what deserves a look, the worst first."""
    if len(reports) == 1:
        return full(reports[0])
    shown = by_need(reports)[:_MOST_LINES]
    lines = [f"{len(reports)} repositories are watched now. {ONE_IN_FULL}"]
    lines += [f"  {terminal(r.repository.full_name)}: {terminal(sentence(r))}" for r in shown]
    if len(reports) > len(shown):
        lines.append(f"  and {len(reports) - len(shown)} more")
    return "\n".join(lines)


def by_need(reports: Sequence[Report]) -> list[Report]:
    """Return reports in the order in which they deserve a look: what was raised, then what hangs on one person."""
    return sorted(
        reports,
        key=lambda r: (-(r.worst.rank if r.worst else -1), r.learned, -len(alone(r.held)), r.repository.full_name.lower()),
    )


def sentence(report: Report) -> str:
    """Return one report in one sentence, not escaped."""
    if not report.learned:
        return f"watched without its past: {'; '.join(report.gaps) or 'no reason is known'}"
    raised = "nothing in 12 months"
    if report.worst is not None:
        raised = f"{words.count(len(report.raised), 'alert')} in 12 months, at worst {report.worst}"
    return " ".join([f"{raised}.", *alone(report.held)])


def people(held: Held) -> str:
    """Return who holds a power, the most recently active first, not escaped."""
    named = ", ".join(who(h) for h in held.holders[:_MOST_NAMED])
    more = held.count - min(len(held.holders), _MOST_NAMED)
    return f"{named}{f' and {more} more' if more > 0 else ''}"


def who(holder: Holder) -> str:
    """Return a holder's name, not escaped; a key with who used it."""
    return f"{holder.key} ({holder.person.label})" if holder.key else holder.person.label


def how_many(held: Held) -> str:
    """Return `3 hold it, 2 used it in the last 12 months`."""
    return f"{held.count} hold{'s' if held.count == 1 else ''} it, {held.active} used it in the last 12 months"


def read(report: Report) -> str:
    """Return how much past was read: `1,314 commits and 1 tag`."""
    return f"{words.count(report.commits, 'commit')} and {words.count(report.tags, 'tag')}"


def stories(report: Report) -> list[Story]:
    """Return what the raised alerts make together."""
    return [
        Story(name=c.id, severity=c.severity, subject=c.subject, alerts=tuple(report.raised[i] for i in c.alerts))
        for c in report.cases
    ]


def _head(report: Report) -> Iterator[str]:
    yield f"{terminal(report.repository.full_name)}: what is known of it, {words.day(report.made_at)}"
    if report.learned:
        yield f"Its past was learned: {read(report)}."
    else:
        yield "It is watched without its past."


def _powers(report: Report) -> Iterator[str]:
    yield ""
    yield "Who holds which power today"
    for held in report.held:
        yield f"  {words.power(held.power)}: {how_many(held)}"
        for holder in held.holders:
            last = f"last used {words.day(holder.last_used)}" if holder.last_used else "never used"
            yield f"    {terminal(who(holder))}, since {words.day(holder.since)}, {last}"
        if (more := held.count - len(held.holders)) > 0:
            yield f"    and {more} more"
    if not report.held:
        yield "  Nobody is known to hold one yet."


def _alone(report: Report) -> Iterator[str]:
    found = alone(report.held)
    if found:
        yield ""
        yield "What hangs on one person, or on nobody"
        yield from (f"  {terminal(line)}" for line in found)


def _raised(report: Report) -> Iterator[str]:
    yield ""
    when = f"the 12 months before {words.day(report.past_until)}" if report.past_until else "the last 12 months"
    yield f"What {when} would have raised; nobody was told"
    if not report.learned:
        yield "  Not known."
    elif not report.raised:
        yield f"  {NOTHING_RAISED}"
    for alert in report.raised[-_MOST_RAISED:]:
        finding = alert.finding
        yield f"  {words.day(alert.at)}  {finding.severity.value:<8}  {terminal(finding.title)}  [{finding.detector}]"
    if (more := len(report.raised) - _MOST_RAISED) > 0:
        yield f"  and {more} earlier ones"
    for story in stories(report):
        yield ""
        yield from (f"  {line}" for line in case_text.text(story).splitlines())


def _since(alerts: Sequence[Alert]) -> Iterator[str]:
    if alerts:
        yield ""
        yield "What was raised since"
    for alert in alerts:
        yield (
            f"  {words.day(alert.at)}  {alert.finding.severity.value:<8}  {terminal(alert.finding.title)}  "
            f"[{words.state(alert).lower()}]"
        )


def _gaps(report: Report) -> Iterator[str]:
    if report.gaps:
        yield ""
        yield "What could not be known"
        yield from (f"  {terminal(gap)}" for gap in report.gaps)
