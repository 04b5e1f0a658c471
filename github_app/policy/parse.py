"""Policy text -> `PolicyFile`, or problems with their places. Pure; bears any bytes and never raises."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

import yaml

from github_app.policy import keys
from github_app.policy.kinds import WRONG, nearest, shown
from github_app.policy.model import Expected, Parsed, Place, PolicyFile, ReviewerRule, Setting
from github_app.policy.nodes import Notebook, Unreadable, compose, place
from github_app.policy.shapes import Section, join, pairs

A_YEAR = dt.timedelta(days=366)
"""How far ahead people can be announced."""


def parse(data: bytes | str, *, where: Place, detectors: Collection[str] = (), today: dt.date | None = None) -> Parsed:
    """Read a policy file.

    Args:
        data: the file, at most 64 KiB of UTF-8.
        where: whose file it is; some keys only the organisation sets.
        detectors: the ids there are; without them any id is taken.
        today: the day (UTC) against which end dates are held; None when the file was accepted before.
    """
    try:
        root = compose(data)
    except Unreadable as unreadable:
        return Parsed(file=None, problems=(unreadable.problem,))
    book = Notebook(repository=where is Place.REPOSITORY)
    values: dict[str, object] = {}
    # A file that holds only comments says nothing, which is fine.
    if root is not None and not (
        isinstance(root, yaml.ScalarNode) and root.style is None and root.value in {"", "~", "null"}
    ):
        values = _sections(root, keys.root(detectors), book)
        _together(values, book, today)
    problems = tuple(sorted(book.problems, key=lambda p: (p.line, p.column)))
    usable = all(p.note for p in problems)
    return Parsed(file=PolicyFile(place=where, values=values, marks=book.marks) if usable else None, problems=problems)


def _sections(root: yaml.Node, declared: Section, book: Notebook) -> dict[str, object]:
    """Read the top level, with plain sections taken apart into their keys."""
    values: dict[str, object] = {}
    for name, key, node in pairs(root, "", book) or ():
        book.marks[name] = place(key)
        known = declared.keys.get(name)
        if known is None:
            hint = nearest(name, tuple(declared.keys)) or f"known: {', '.join(declared.keys)}"
            book.say(key, name[:60], f"unknown key {shown(name)}", hint)
        elif known.organisation and book.repository:
            book.say(key, name, f"{shown(name)} is set by the organisation's file only", "take it out here")
        elif isinstance(known.kind, Section):
            found = known.kind.values(node, name, book)
            values.update({} if found is WRONG else {join(name, k): v for k, v in found.items()})
        else:
            found = known.kind.read(node, name, book)
            values.update({} if found is WRONG else {name: found})
    return values


def _together(values: dict[str, Any], book: Notebook, today: dt.date | None) -> None:
    """Say what does not go together."""
    _contradictions(values, book)
    for i, announced in enumerate(values.get("expected", ())):
        _ends(announced, f"expected[{i}]", book, today)
    known = values.get("teams", {})
    for i, route in enumerate(values.get("routes", ())):
        for team in route.teams:
            if team not in known:
                hint = nearest(team, tuple(known)) or "list its repositories under `teams`"
                _say(book, f"routes[{i}].teams", f"there is no team {shown(team)} in `teams`", hint)
    for i, rule in enumerate(values.get("reviewers", ())):
        if rule == ReviewerRule(powers=rule.powers, paths=rule.paths):
            _say(book, f"reviewers[{i}]", "nobody is named here", "add `people` or `teams`")


def _contradictions(values: dict[str, Any], book: Notebook) -> None:
    floors: dict[str, Setting] = values.get("floors.detectors", {})
    for name, setting in values.get("detectors", {}).items():
        floor = floors.get(name)
        if floor is not None and not setting.enabled:
            _say(book, f"detectors.{name}", f"`floors` keeps {name} {floor}, so it cannot be off", "change one of them")
    for section in ("push_feedback", "incident_report"):
        to, repository = values.get(f"{section}.to"), values.get(f"{section}.repository")
        if to == "issue" and repository is None:
            _say(book, section, "`repository` is missing", "name the repository that gets the issue")
    if "quiet_hours.from" in values and values["quiet_hours.from"] == values.get("quiet_hours.to"):
        _say(book, "quiet_hours.to", "quiet begins and ends at the same time", "leave the section out for none")
    remind, reopen = values.get("acknowledgement.remind_after_hours"), values.get("acknowledgement.reopen_after_hours")
    if remind is not None and reopen is not None and reopen <= remind:
        _say(
            book,
            "acknowledgement.reopen_after_hours",
            "it would be opened again before anybody is reminded",
            "make it longer",
        )


def _ends(announced: Expected, path: str, book: Notebook, today: dt.date | None) -> None:
    if today is None:
        return
    if announced.until < today:
        _say(book, f"{path}.until", f"this ended on {announced.until}", "take the entry out", note=True)
    elif announced.until - today > A_YEAR:
        last = today + dt.timedelta(days=365)
        _say(book, f"{path}.until", "nobody can be announced for more than a year", f"use {last} or earlier")


def _say(book: Notebook, path: str, message: str, suggestion: str, *, note: bool = False) -> None:
    """Add a problem at a path that was read."""
    line, column = _mark(book, path)
    mark = yaml.Mark("", 0, line - 1, column - 1, None, 0)
    book.say(yaml.ScalarNode("", "", start_mark=mark), path, message, suggestion, note=note)


def _mark(book: Notebook, path: str) -> tuple[int, int]:
    """Return where a path stands, or the nearest thing around it."""
    while path not in book.marks and path:
        path = path.rpartition(".")[0] if path.rfind(".") > path.rfind("[") else path.rpartition("[")[0]
    return book.marks.get(path, (1, 1))
