"""A case as a story with dates: what happened when, and how many days after the first step. For private places only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from github_app import words
from github_app.model import Alert, Person, State
from workers.render.escape import terminal
from workers.render.message import Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One step of a story. `what` is not escaped."""

    at: dt.datetime
    days: int
    what: str
    severity: str
    decided: str


def lines(story: Story) -> tuple[Line, ...]:
    """Return the steps in order of time; repositories are named where there are several."""
    several = len({a.repository.full_name for a in story.alerts}) > 1
    return tuple(_line(alert, story.alerts[0].at, several=several) for alert in story.alerts)


def summary(story: Story) -> str:
    """Return `4 steps since 2022-12-30, now critical`."""
    return f"{words.count(len(story.alerts), 'step')} since {words.day(story.alerts[0].at)}, now {standing(story)}"


def standing(story: Story) -> str:
    """Return how bad it is now, in one word or two."""
    return "closed" if all(_no_harm(a) for a in story.alerts) else story.severity.value


def who(story: Story) -> str:
    """Return whom the case is about, the person before the key; not escaped."""
    about = story.subject
    if not about.key:
        return about.person.label
    return f"{about.person.label}, with the key {about.key}" if about.person != Person() else about.key


def text(story: Story) -> str:
    """Return the whole story for a terminal, without a line break at the end."""
    return "\n".join([headline(story), *timeline(story)])


def headline(story: Story) -> str:
    """Return the first line: how bad, about whom, where, how many steps in how many days."""
    places = list(dict.fromkeys(a.repository.full_name for a in story.alerts))
    where = ", ".join(places[:3]) + (f" and {len(places) - 3} more" if len(places) > 3 else "")
    span = story.alerts[-1].at - story.alerts[0].at
    about = f"{standing(story).upper()} case about {who(story)}"
    count = words.count(len(story.alerts), "step")
    return terminal(f"{about}{f' in {where}' if where else ''}: {count} in {words.span(span.days)} ({story.name})")


def timeline(story: Story) -> Iterator[str]:
    """Yield one line for each step: date, days since the first, what happened, and what was decided about it."""
    told = lines(story)
    width = max(len(_after(line)) for line in told)
    for line in told:
        decided = f" [{line.decided}]" if line.decided else ""
        yield f"  {words.day(line.at)}  {_after(line):>{width}}  {line.severity:<8}  {terminal(line.what)}{decided}"


def _after(line: Line) -> str:
    return f"+{words.span(line.days)}"


def _line(alert: Alert, first: dt.datetime, *, several: bool) -> Line:
    where = f"{alert.repository.full_name}: " if several else ""
    return Line(
        at=alert.at,
        days=(alert.at - first).days,
        what=f"{where}{alert.finding.title}",
        severity=alert.finding.severity.value,
        decided="" if alert.state is State.OPEN else words.state(alert).lower(),
    )


def _no_harm(alert: Alert) -> bool:
    return alert.state is State.RESOLVED and alert.verdict is not None and alert.verdict.value != "incident"
