"""What guards ask of whoever changes a branch, as far as they are known; and how a change fared with that."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What one guard that is in force asks.

    `guard` names it in a sentence; `ruleset` is its number, 0 for branch protection. `pull_request`: changes must come by
    one, with so many `approvals` (0 where none are asked, or it is not known how many). `force` and `deletion`: rewriting
    the branch, and deleting it, are forbidden.
    """

    guard: str
    ruleset: int = 0
    pull_request: bool = False
    approvals: int = 0
    force: bool = False
    deletion: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules of a branch when it was changed.

    `straight` says whether GitHub lists the change as a push and not as the merge of a pull request, None where that is
    not known; `before`, how many pushes to this branch by the same account it lists within the three months before.
    """

    rules: tuple[Rule, ...]
    straight: bool | None = None
    before: int = 0

    @property
    def passed(self) -> bool:
        """Say whether it is sure that a change was pushed past a rule that asks for a pull request."""
        return self.straight is True and self.for_pulls != ()

    @property
    def for_pulls(self) -> tuple[Rule, ...]:
        """Those that ask for a pull request."""
        return tuple(r for r in self.rules if r.pull_request)

    @property
    def against_force(self) -> tuple[Rule, ...]:
        """Those that forbid rewriting the branch."""
        return tuple(r for r in self.rules if r.force)

    @property
    def against_deletion(self) -> tuple[Rule, ...]:
        """Those that forbid deleting the branch."""
        return tuple(r for r in self.rules if r.deletion)
