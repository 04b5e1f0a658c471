"""Powers of people over time as one inline SVG: lanes with first and last use, alerts marked, a case as a band.

Places along the time are percentages and everything else is in pixels, so the same drawing is readable on a phone and on a
wide screen, without a script. Colours are in the page's style, by class; what colour says, shape and words say as well.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from github_app.ledger import Holding
from github_app.model import Alert, Severity
from workers.history.powers import Lane
from workers.render.escape import html_text

_NAME, _ROW, _BAR, _GAP, _AXIS = 22, 20, 16, 12, 26
_LEFT, _RIGHT = 1.0, 98.0
_WIDE = 40.0
"""A bar of so many hundredths holds its own label, also on a phone."""

_APART = 3.0
"""Marks closer than so many hundredths are put under each other."""

_MOST_STACKED = 4
_MOST_TICKS = 5
_SHAPES = {
    Severity.CRITICAL: "M0-8 8 0 0 8-8 0Z",
    Severity.HIGH: "M0-7 7 6-7 6Z",
    Severity.MEDIUM: "M-5.5-5.5h11v11h-11Z",
}
_DOT = "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What is drawn: lanes between two times. `bands` are spans to shade behind people, by label; all times are UTC."""

    id: str
    title: str
    says: str
    lanes: Sequence[Lane]
    alerts: Sequence[Alert]
    begin: dt.datetime
    end: dt.datetime
    bands: Sequence[tuple[str, dt.datetime, dt.datetime]] = ()

    def place(self, at: dt.datetime) -> float:
        """Return where a time is, in hundredths of the width; what is outside is at the edge."""
        span = max((self.end - self.begin).total_seconds(), 1.0)
        share = (at - self.begin).total_seconds() / span
        return _LEFT + (_RIGHT - _LEFT) * min(max(share, 0.0), 1.0)


def draw(picture: Picture) -> str:
    """Return the drawing as an `svg` element with a title and a description."""
    body: list[str] = []
    top = _AXIS
    for lane in picture.lanes:
        drawn, height = _lane(picture, lane, top)
        body.extend(drawn)
        top += height
    ticks = "".join(_tick(picture, at, label, top) for at, label in _ticks(picture.begin, picture.end))
    return (
        f'<svg class="timeline" width="100%" height="{top}" role="img" aria-labelledby="{picture.id}-t {picture.id}-d">'
        f'<title id="{picture.id}-t">{html_text(picture.title)}</title>'
        f'<desc id="{picture.id}-d">{html_text(picture.says, 1_000)}</desc>{ticks}{"".join(body)}</svg>'
    )


def _lane(picture: Picture, lane: Lane, top: int) -> tuple[list[str], int]:
    shown = [h for h in lane.powers if h.first_used and h.first_used <= picture.end and _last(h) >= picture.begin]
    mine = [i for i in lane.alerts if picture.begin <= picture.alerts[i].at <= picture.end]
    stacked = _stacked([picture.place(picture.alerts[i].at) for i in mine])
    rows = len(shown) + max((row + 1 for row in stacked), default=0)
    height = _NAME + rows * _ROW + _GAP
    drawn = [*_bands(picture, lane, top, height - _GAP)]
    drawn.append(f'<text class="name" x="{_LEFT}%" y="{top + 15}">{html_text(lane.label, 60)}</text>')
    for number, holding in enumerate(shown):
        drawn.append(_bar(picture, holding, top + _NAME + number * _ROW))
    for i, row in zip(mine, stacked, strict=True):
        drawn.append(_mark(picture, i, top + _NAME + (len(shown) + row) * _ROW + _ROW // 2, top + _NAME))
    return drawn, height


def _stacked(places: Sequence[float]) -> list[int]:
    """Return a row for each mark, so that none hides behind another; the last row takes what is left."""
    ends: list[float] = []
    rows = []
    for place in places:
        row = next((n for n, end in enumerate(ends) if place - end >= _APART), len(ends))
        row = min(row, _MOST_STACKED - 1)
        ends[row:] = [place] if row >= len(ends) else [place, *ends[row + 1 :]]
        rows.append(row)
    return rows


def _last(holding: Holding) -> dt.datetime:
    return holding.last_used or holding.since


def _bands(picture: Picture, lane: Lane, top: int, height: int) -> Iterator[str]:
    for label, begin, end in picture.bands:
        if label == lane.label:
            left, right = picture.place(begin), picture.place(end)
            width = max(right - left, 0.6)
            yield f'<rect class="band" x="{left:.2f}%" width="{width:.2f}%" y="{top}" height="{height}" rx="4"/>'


def _bar(picture: Picture, holding: Holding, top: int) -> str:
    left, right = picture.place(holding.since), picture.place(_last(holding))
    width = max(right - left, 0.5)
    label = html_text(_label(holding), 40)
    if width >= _WIDE:
        x, anchor, shift, kind = left, "start", 6, "on"
    elif right <= 60:
        x, anchor, shift, kind = left + width, "start", 5, "off"
    else:
        x, anchor, shift, kind = left, "end", -5, "off"
    uses = "once" if holding.uses == 1 else f"{holding.uses:,} times"
    told = f"{_label(holding)}: {uses}, {_day(holding.since)} to {_day(_last(holding))}"
    return (
        f'<g><title>{html_text(told)}</title><rect class="bar {holding.power.value}" x="{left:.2f}%" y="{top}" '
        f'width="{width:.2f}%" height="{_BAR}" rx="3"/>'
        f'<text class="{kind}" x="{x:.2f}%" dx="{shift}" y="{top + 12}" text-anchor="{anchor}">{label}</text></g>'
    )


def _label(holding: Holding) -> str:
    """Name the power; a signing key by its last eight digits."""
    word = holding.power.value.replace("_", " ")
    return f"{word} \u2026{holding.subject[-8:]}" if holding.power.value == "signer" else word


def _mark(picture: Picture, position: int, middle: int, top: int) -> str:
    alert = picture.alerts[position]
    level = alert.finding.severity
    x = picture.place(alert.at)
    told = html_text(f"{_day(alert.at)}, {level.value}: {alert.finding.title}")
    return (
        f'<a href="#alert-{position}"><title>{told}</title>'
        f'<line class="drop" x1="{x:.2f}%" x2="{x:.2f}%" y1="{top}" y2="{middle}"/>'
        f'<svg x="{x:.2f}%" y="{middle}" overflow="visible">'
        f'<path class="mark {level.value}" d="{_SHAPES.get(level, _DOT)}"/></svg></a>'
    )


def _tick(picture: Picture, at: dt.datetime, label: str, bottom: int) -> str:
    x = picture.place(at)
    anchor = "start" if x < 6 else "end" if x > 92 else "middle"
    return (
        f'<line class="tick" x1="{x:.2f}%" x2="{x:.2f}%" y1="18" y2="{bottom}"/>'
        f'<text class="axis" x="{x:.2f}%" y="13" text-anchor="{anchor}">{label}</text>'
    )


def _ticks(begin: dt.datetime, end: dt.datetime) -> list[tuple[dt.datetime, str]]:
    """Return whole years, or months where there are few years, six at most and none where its label would not fit."""
    months = (end.year - begin.year) * 12 + end.month - begin.month
    step = next(s for s in (1, 2, 3, 6, 12, 24, 60, 120, 300, 600, 1_200, 120_000) if months / s <= _MOST_TICKS)
    count = begin.year * 12 + begin.month
    first = -(-count // step) * step
    found = []
    for month in range(first, end.year * 12 + end.month + 1, step):
        year, rest = divmod(month, 12)
        if not dt.MINYEAR <= year <= dt.MAXYEAR:
            continue
        at = dt.datetime(year, rest + 1, 1, tzinfo=dt.UTC)
        if begin <= at <= end - (end - begin) / 12:
            found.append((at, f"{year}" if step % 12 == 0 else f"{at:%Y-%m}"))
    return found


def _day(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).date().isoformat()
