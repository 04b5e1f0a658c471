"""What got weaker: the differences between two states of a guard that take protection away, one sentence each.

Which way is down stands in `github_app.directions`, as data. A guard that gets stronger loses nothing, and neither does
one that was not in force.
"""

from __future__ import annotations

from dataclasses import dataclass

from github_app.direction import (
    CHANGES_COUNT,
    HIGHER_IS_STRONGER,
    LOWER_IS_STRONGER,
    MEMBERS_OPEN,
    MEMBERS_PROTECT,
    Direction,
)
from github_app.directions import directions
from github_app.estate import Difference, Guard, Settings, differences, value_of

_ALL = "~ALL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """One thing a guard lost. `minor` marks who may pass it by name; `off` that the whole guard is out of force."""

    sentence: str
    minor: bool = False
    off: bool = False


def losses(guard: str, before: Settings, after: Settings) -> list[str]:
    """Return one plain sentence for each loss; what got stronger or is neither gives none.

    Args:
        guard: one of `github_app.estate.Guard` (or `Thing.ENVIRONMENT`).
        before: how it was; empty for a guard that was not there.
        after: how it is; empty for a guard that is gone.
    """
    return [loss.sentence for loss in weakened(guard, before, after)]


def weakened(guard: str, before: Settings, after: Settings) -> list[Loss]:
    """Return each loss with its weight; see `losses`."""
    if not in_force(before):
        return []
    if not after:
        return [Loss(sentence=f"{guard.replace('-', ' ')} removed", off=True)]
    found: list[Loss] = []
    for difference in differences(before, after):
        loss = _loss(guard, difference, before, after)
        if loss is not None:
            found.append(loss)
    # The parameters of a rule that is gone went with it: one sentence says so.
    gone = [
        d.name.removeprefix("rule:") for d in differences(before, after) if d.name.startswith("rule:") and d.after is None
    ]
    return [x for x in found if not any(x.sentence.startswith(f"{_words(name)}: ") for name in gone)]


def in_force(state: Settings) -> bool:
    """Say whether a guard protects anything: it is there, and it is not merely tried out or switched off."""
    return bool(state) and value_of(state, "enforcement", "active") in {"active", "enabled"}


def _loss(guard: str, difference: Difference, before: Settings, after: Settings) -> Loss | None:
    direction = next((d for d in directions(guard) if d.matches(difference.name)), None)
    if direction is None or not _lost(direction, difference):
        return None
    if direction.while_on and value_of(before, direction.while_on) != "true":
        return None
    if _still_covered(difference, after):
        return None
    return Loss(
        sentence=_sentence(direction, difference),
        minor=direction.minor,
        off=guard == Guard.RULESET and difference.name == "enforcement",
    )


def _lost(direction: Direction, d: Difference) -> bool:
    if direction.way == MEMBERS_PROTECT:
        return d.after is None or (d.before is not None and _rank(direction, d.after) < _rank(direction, d.before))
    if direction.way == MEMBERS_OPEN:
        return d.before is None or (d.after is not None and _rank(direction, d.after) > _rank(direction, d.before))
    if direction.way == CHANGES_COUNT:
        return d.before is not None
    was, now = _rank(direction, d.before), _rank(direction, d.after)
    if direction.way == HIGHER_IS_STRONGER:
        return now < was
    return direction.way == LOWER_IS_STRONGER and now > was


def _rank(direction: Direction, value: str | None) -> float:
    """Return how high a value stands: its place in the order, or the number it is."""
    value = direction.absent if value is None else value
    if direction.order:
        return direction.order.index(value) if value in direction.order else float(direction.unknown)
    try:
        return float(value)
    except ValueError:
        return 0.0


def _still_covered(d: Difference, after: Settings) -> bool:
    """A pattern that goes because everything is covered now is no loss."""
    prefix, _, member = d.name.partition(".include:")
    return bool(member) and d.after is None and value_of(after, f"{prefix}.include:{_ALL}") != ""


def _sentence(direction: Direction, d: Difference) -> str:
    member = d.name.partition(direction.name)[2] if direction.name.endswith(":") else ""
    if direction.way == MEMBERS_PROTECT and d.after is None:
        return f"{direction.words} removed: {_shown(member or d.name)}"
    if direction.way == MEMBERS_OPEN and d.before is None:
        return f"{direction.words} added: {_shown(member or d.name)}" + (f" ({d.after})" if direction.order else "")
    subject = f"{direction.words} {_shown(member)}" if member else direction.words
    was = direction.absent if d.before is None else d.before
    now = direction.absent if d.after is None else d.after
    return f"{subject} {_shown(was) or 'none'} -> {_shown(now) or 'none'}"


def _shown(text: str) -> str:
    return {"true": "on", "false": "off"}.get(text, text)


def _words(name: str) -> str:
    return name.replace("_", " ").replace("-", " ")
