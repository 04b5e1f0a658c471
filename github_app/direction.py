"""What a direction is: one setting of a guard, and whether more or less of it protects more; `directions` has them all."""

from __future__ import annotations

from dataclasses import dataclass

HIGHER_IS_STRONGER, LOWER_IS_STRONGER = "higher", "lower"
MEMBERS_PROTECT, MEMBERS_OPEN = "members protect", "members open"
CHANGES_COUNT = "changes count"

LEVELS = ("off", "non_admins", "everyone")
BOOLEAN = ("false", "true")
STATUS = ("disabled", "enabled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """One setting (or, with a name that ends in a colon or starts with a dot, a family of them) and which way is down.

    `order` are its values, lowest first; without it the value is a number. A value that the order does not know ranks as
    `unknown`, a missing one is `absent`. `minor` is for lists of who may pass, and for what gives no power by itself.
    `while_on` names a switch that must have been on: a list of the few who may opens nothing if everybody might before.
    """

    name: str
    words: str
    way: str = HIGHER_IS_STRONGER
    order: tuple[str, ...] = ()
    absent: str = ""
    unknown: int = 0
    minor: bool = False
    while_on: str = ""

    def matches(self, name: str) -> bool:
        """Say whether a setting is this one, or of this family."""
        if self.name.startswith("."):
            return self.name in name
        return name.startswith(self.name) if self.name.endswith(":") else name == self.name


def on(name: str, words: str) -> Direction:
    """A switch that protects while it is on."""
    return Direction(name=name, words=words, order=BOOLEAN, absent="false")


def off(name: str, words: str, *, minor: bool = False) -> Direction:
    """A switch that protects while it is off."""
    return Direction(name=name, words=words, way=LOWER_IS_STRONGER, order=BOOLEAN, absent="false", minor=minor)


def higher(name: str, words: str, *order: str) -> Direction:
    """A choice of which the later ones protect more; one that is missing protects least."""
    return Direction(name=name, words=words, order=order, absent=order[0])


def lower(name: str, words: str, *order: str, minor: bool = False) -> Direction:
    """A choice of which the earlier ones protect more; one that is missing protects most."""
    return Direction(
        name=name, words=words, way=LOWER_IS_STRONGER, order=order, absent=order[0], unknown=len(order), minor=minor
    )


def level(name: str, words: str) -> Direction:
    """A rule for nobody, for all but administrators, or for everybody."""
    return Direction(name=name, words=words, order=LEVELS, absent="off")


def count(name: str, words: str) -> Direction:
    """A number of which more protects more."""
    return Direction(name=name, words=words, absent="0")


def most(name: str, words: str) -> Direction:
    """A limit, of which less protects more."""
    return Direction(name=name, words=words, way=LOWER_IS_STRONGER, absent="0")


def members(name: str, words: str) -> Direction:
    """A list whose members protect."""
    return Direction(name=name, words=words, way=MEMBERS_PROTECT)


def opened(name: str, words: str, order: tuple[str, ...] = (), *, minor: bool = False, while_on: str = "") -> Direction:
    """A list whose members open a way around; `order` ranks how wide."""
    return Direction(
        name=name, words=words, way=MEMBERS_OPEN, order=order, unknown=len(order), minor=minor, while_on=while_on
    )


def any_change(name: str, words: str) -> Direction:
    """A setting that no change is known to strengthen."""
    return Direction(name=name, words=words, way=CHANGES_COUNT)
