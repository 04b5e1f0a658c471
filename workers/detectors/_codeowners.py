"""CODEOWNERS before and after: whose review is no longer needed for what.

The last rule that matches a path counts, and a rule without owners frees what it matches.
https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
"""

from __future__ import annotations

from collections.abc import Iterator

_MOST_RULES = 3_000


def losses(before: str, after: str) -> Iterator[str]:
    """Yield one sentence for each rule of before whose owners lost their say; a rule that got more owners is silent."""
    old, new = _rules(before), _rules(after)
    if any(old.values()) and not any(new.values()):
        yield "no path has an owner any more"
        return
    for pattern, owners in old.items():
        if owners:
            yield from _loss(pattern, owners, new)
    for pattern, owners in new.items():
        if not owners and pattern not in old and _covering(pattern, old):
            yield f"{pattern} needs no owner's review any more"


def _loss(pattern: str, owners: frozenset[str], new: dict[str, frozenset[str]]) -> Iterator[str]:
    if pattern in new:
        left = new[pattern]
        if not left:
            yield f"{pattern} has no owner any more"
        elif gone := owners - left:
            came = left - owners
            instead = f", {_named(came)} came in" if came else ""
            yield f"{_named(gone)} no longer {'owns' if len(gone) == 1 else 'own'} {pattern}{instead}"
        return
    cover = _covering(pattern, new)
    if not cover:
        yield f"{pattern} has no owner any more"
    elif gone := owners - new[cover]:
        yield f"{_named(gone)} no longer {'owns' if len(gone) == 1 else 'own'} {pattern}"


def _rules(text: str) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in text.splitlines()[:_MOST_RULES]:
        pattern, *rest = line.partition("#")[0].split() or [""]
        if pattern and not pattern.startswith("["):
            found.pop(pattern, None)  # the last one counts
            found[pattern] = frozenset(owner.lower() for owner in rest)
    return found


def _covering(pattern: str, rules: dict[str, frozenset[str]]) -> str:
    """Return the last rule that covers everything a pattern stands for: `*`, or a folder above it."""
    inside = pattern.lstrip("/")
    for rule in reversed(rules):
        folder = rule.strip("/").removesuffix("/**").removesuffix("/*")
        everything = rule in {"*", "**", "/**"}
        if rules[rule] and (everything or (folder and "*" not in folder and inside.startswith(f"{folder}/"))):
            return rule
    return ""


def _named(owners: frozenset[str]) -> str:
    return " and ".join(sorted(owners)[:3]) + (f" and {len(owners) - 3} more" if len(owners) > 3 else "")
