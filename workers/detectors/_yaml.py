"""Read YAML that anybody wrote: texts, lists and tables only, and nothing that grows while it is read."""

from __future__ import annotations

from typing import Any

import yaml

_MOST = 256 << 10
_MOST_ALIASES = 16
_DEEPEST = 40
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def read(text: str) -> Any:
    """Return what a document says, every scalar as text; None where it cannot be read.

    The base loader makes neither dates nor numbers nor objects, and merges nothing (pyyaml.org, "Loader"). Aliases are the
    way to a few lines that stand for millions (CWE-776), and deep nesting ends the whole process when the fast loader runs
    out of stack; more of either than a person writes is refused before anything is built.
    """
    if len(text) > _MOST:
        return None
    try:
        if not _written_by_hand(text):
            return None
        return yaml.load(text, Loader=_LOADER)  # noqa: S506  # a subset of the safe loader
    except (yaml.YAMLError, RecursionError, ValueError):
        return None


def _written_by_hand(text: str) -> bool:
    depth = aliases = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.AliasEvent):
            aliases += 1
        if depth > _DEEPEST or aliases > _MOST_ALIASES:
            return False
    return True


def table(value: object) -> dict[str, Any]:
    """Return a table with text as keys, an empty one for everything else."""
    return {k: v for k, v in value.items() if isinstance(k, str)} if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """Return a list as it is, a single value as a list of one, nothing as an empty one."""
    return value if isinstance(value, list) else [] if value in (None, "") else [value]


def texts(value: object) -> list[str]:
    """Return the texts of a list, or the keys of a table."""
    return [x for x in (list(value) if isinstance(value, dict) else items(value)) if isinstance(x, str)]


def yes(value: object) -> bool:
    """Say whether a scalar means yes (yaml.org/type/bool)."""
    return isinstance(value, str) and value.lower() in {"true", "yes", "on"}


def no(value: object) -> bool:
    """Say whether a scalar means no."""
    return isinstance(value, str) and value.lower() in {"false", "no", "off"}
