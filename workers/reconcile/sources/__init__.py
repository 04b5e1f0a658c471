"""The sources: everything about trust that no webhook tells, one declaration each, found by being there."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from workers.reconcile.declare import Origin


class SourceError(RuntimeError):
    """A module among the sources breaks the contract; start-up fails with its name."""


@cache
def load() -> dict[str, Origin]:
    """Return every source by its name.

    Raises:
        SourceError: a module defines no `SOURCES`, or two sources share a name.
    """
    found: dict[str, Origin] = {}
    for info in pkgutil.iter_modules(__path__):
        declared = getattr(importlib.import_module(f"{__name__}.{info.name}"), "SOURCES", None)
        if not isinstance(declared, tuple) or not declared:
            raise SourceError(f"workers/reconcile/sources/{info.name}.py: define SOURCES = (Origin(...), ...)")
        for origin in declared:
            if origin.name in found:
                raise SourceError(f"workers/reconcile/sources/{info.name}.py: there are two sources named {origin.name}")
            found[origin.name] = origin
    return found
