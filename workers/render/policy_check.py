"""The check run about an edited policy file: what is wrong, at its line, and what the change would take away."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from github_app.plain import plain
from github_app.policy import PATH, Problem
from workers.render.escape import markdown

NAME = "Trust policy"
"""The name of the check run, as branch rules refer to it."""

_MOST_ANNOTATIONS = 50  # of one request (docs.github.com, "Create a check run")
_MOST_LINES = 40


def render(external_id: str, problems: Collection[Problem], lost: Sequence[str]) -> dict[str, Any]:
    """Return the fields of a check run: failure when the file cannot be used, neutral when somebody should look.

    That is when it takes something away, or when the organisation's floors overrule it: then it has no effect.
    """
    wrong, notes = [p for p in problems if not p.note], [p for p in problems if p.note]
    return {
        "name": NAME,
        "external_id": external_id,
        "status": "completed",
        "conclusion": "failure" if wrong else "neutral" if lost or notes else "success",
        "output": {
            "title": _title(len(wrong), len(lost), len(notes)),
            "summary": _summary(wrong, notes, lost),
            "annotations": [_annotation(p) for p in list(problems)[:_MOST_ANNOTATIONS]],
        },
    }


def _title(wrong: int, lost: int, notes: int) -> str:
    if wrong:
        return f"{wrong} {'thing is' if wrong == 1 else 'things are'} wrong in the policy"
    if lost:
        return f"This policy takes away {lost} {'thing' if lost == 1 else 'things'}"
    return "The policy can be used" if not notes else "The policy can be used, but not all of it has an effect"


def _summary(wrong: Sequence[Problem], notes: Sequence[Problem], lost: Sequence[str]) -> str:
    lines = []
    if wrong:
        lines += [f"`{PATH}` cannot be used like this. If it is merged, defaults apply until it is mended:", ""]
        lines += [f"- line {p.line}, column {p.column}: {markdown(_sentence(p), 500)}" for p in wrong[:_MOST_LINES]]
        lines += [f"- and {len(wrong) - _MOST_LINES} more"] if len(wrong) > _MOST_LINES else []
    if notes:
        lines += ["", *(f"- line {p.line}, column {p.column}: {markdown(_sentence(p), 500)}" for p in notes[:_MOST_LINES])]
    if lost:
        lines += ["", "What it takes away, once it is on the default branch:", ""]
        lines += [f"- {markdown(sentence, 500)}" for sentence in lost[:_MOST_LINES]]
        lines += [f"- and {len(lost) - _MOST_LINES} more"] if len(lost) > _MOST_LINES else []
    if not lines:
        lines.append("Nothing is wrong with it, and it takes nothing away.")
    return "\n".join(lines).strip()


def _sentence(problem: Problem) -> str:
    return f"{problem.message}: {problem.suggestion}" if problem.suggestion else problem.message


def _annotation(problem: Problem) -> dict[str, Any]:
    return {
        "path": PATH,
        "start_line": problem.line,
        "end_line": problem.line,
        "start_column": problem.column,
        "end_column": problem.column,
        "annotation_level": "warning" if problem.note else "failure",
        "title": plain(problem.path, 200) or "Trust policy",
        "message": plain(_sentence(problem), 1000),
    }
