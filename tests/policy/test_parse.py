"""Reading a policy file: everything is said with its place and what to do, and no bytes break it."""

# ruff: noqa: E501  # a mistake and what is said about it read best side by side
from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from github_app.policy import Place, Policy, keys, merge, parse
from github_app.policy.shapes import Listed, Section
from tests.policy import schema_file
from workers import detectors

IDS = ("new-committer", "new-signer", "pressure")
TODAY = dt.date(2026, 6, 1)
DOCS = Path(__file__).parents[2] / "docs"
EXAMPLE = (DOCS / "trust-alerts.example.yml").read_bytes()


def said(text: str | bytes, where: Place = Place.ORGANISATION) -> list[str]:
    """Return the problems of a file."""
    parsed = parse(text, where=where, detectors=IDS, today=TODAY)
    assert (parsed.file is None) == bool(parsed.errors)
    return [str(problem) for problem in parsed.problems]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("detecters: {}", "1:1: unknown key `detecters`: did you mean `detectors`? (detecters)"),
        ("detectors:\n  new-comitter: on", "2:3: unknown detector `new-comitter`: did you mean `new-committer`? (detectors.new-comitter)"),
        ("detectors: {new-signer: hihg}", "1:25: `hihg` is not known here: did you mean `high`? (detectors.new-signer)"),
        ("watch: {}\nwatch: {}", "2:1: the key `watch` is here twice: the first is in line 1 (watch)"),
        ("watch: {branches: [a], branches: [b]}", "1:24: the key `branches` is here twice: the first is in line 1 (watch.branches)"),
        ("routes: [{chanel: C0123ABCD}]", "1:11: unknown key `chanel`: did you mean `channel`? (routes[0].chanel)"),
        ("routes:\n - channel: #sec", "2:12: here should be text like '#security' or C0123ABCD, but there is nothing: what follows a # is a comment: put it in quotes (routes[0].channel)"),
        ("floors: {detectors: {pressure: off}}", "1:32: `off` is not known here: a floor is `on` or a severity (floors.detectors.pressure)"),
        ("quiet_hours: {time_zone: Europe/Berln, from: 20:00, to: 8:00}", "1:26: there is no time zone `Europe/Berln`: did you mean `Europe/Berlin`? (quiet_hours.time_zone)"),
        ("quiet_hours: {time_zone: ../../etc/passwd, from: 20:00, to: 8:00}", "1:26: there is no time zone `../../etc/passwd`: use a name like Europe/Berlin or UTC (quiet_hours.time_zone)"),
        ("budget: {per_minute: 0}", "1:22: here should be a whole number from 1 to 60, not `0` (budget.per_minute)"),
        (
            "push_feedback: {to: commit-comment}",
            "1:21: `commit-comment` is not possible: GitHub asks for write access to code for it, which this app never has: "
            "use one of issue, none (push_feedback.to)",
        ),
        ("push_feedback: {to: issue}", "1:1: `repository` is missing: name the repository that gets the issue (push_feedback)"),
        ("expected: [{login: bob, powers: merger, until: 2027-07-01, reason: why not}]", "1:41: nobody can be announced for more than a year: use 2027-06-01 or earlier (expected[0].until)"),
        ("expected: [{login: bob, powers: merger, until: 2026-02-30, reason: why not}]", "1:48: there is no day `2026-02-30` (expected[0].until)"),
        ("expected: [{login: bob, powers: merger, until: 2026-05-01, reason: why not}]", "1:41: this ended on 2026-05-01: take the entry out (expected[0].until)"),
        ("floors: {detectors: {pressure: on}}\ndetectors: {pressure: off}", "2:13: `floors` keeps pressure on, so it cannot be off: change one of them (detectors.pressure)"),
        ("routes: [{channel: C0123ABCD, teams: [payment]}]\nteams: {payments: [x]}", "1:31: there is no team `payment` in `teams`: did you mean `payments`? (routes[0].teams)"),
        ("a: &x [1]\nb: *x", "2:4: aliases (*name) are not read: write the value out"),
        ("watch: {repositories: [!sandbox]}", "1:33: this is not YAML: while scanning a tag expected ' ', but found '}': put a word that begins with ! in quotes"),
        ("watch:\n  repositories:\n  - !sandbox", "3:5: a word that begins with ! is a tag for YAML: put it in quotes, like '!sandbox-*'"),
        ("version: 1\n---\nversion: 1", "2:1: a second document begins here: keep one"),
        ("- a", "1:1: here should be a mapping: write `name: value` lines"),
        (b"version: 1\n# caf\xe9", "2:6: the file is not UTF-8"),
        ("version: 1\n  budget: 3", "2:9: this is not YAML: mapping values are not allowed here"),
        ("x: \x01", "1:4: this character cannot stand in YAML"),
        ("#" * 65_537, "1:1: the file has 65,537 bytes; at most 65,536 are read"),
        ("[" * 60_000, "1:13: this is nested deeper than 12 levels"),
    ],
)  # fmt: skip
def test_says_where_and_what_to_do(text: str | bytes, sentence: str) -> None:
    """Each mistake is told by line, column, path and, where there is one, a suggestion."""
    assert sentence in said(text)


def test_organisation_keys_stand_in_no_repository() -> None:
    """A repository cannot give itself floors, teams or a list of watched repositories."""
    text = "floors: {}\nteams: {}\nwatch: {repositories: [a]}\nroutes: [{channel: C0123ABCD, repositories: [a]}]"
    assert [line.partition(": ")[2] for line in said(text, Place.REPOSITORY)] == [
        "`floors` is set by the organisation's file only: take it out here (floors)",
        "`teams` is set by the organisation's file only: take it out here (teams)",
        "`repositories` is set by the organisation's file only: take it out here (watch.repositories)",
        "`repositories` is set by the organisation's file only: take it out here (routes[0].repositories)",
    ]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "\ufeffversion: 1\n", "~"])
def test_an_empty_file_says_nothing(text: str) -> None:
    """A file without any key is fine and leaves every default."""
    assert said(text) == []
    parsed = parse(text, where=Place.REPOSITORY)
    assert dataclasses.replace(merge(None, parsed.file), sources={}) == Policy()


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300), st.text(max_size=300), st.text(alphabet="[]{}:,-&*!|>#'\"%@` \n\tab1~?\\x", max_size=200)
    )
)
def test_bears_any_bytes(data: bytes | str) -> None:
    """Whatever the file holds, the answer is a file or problems with places."""
    for where in Place:
        parsed = parse(data, where=where, detectors=IDS, today=TODAY)
        assert (parsed.file is None) == bool(parsed.errors)
        assert all(p.line >= 1 and p.column >= 1 and p.message for p in parsed.problems)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(EXAMPLE)), st.integers(0, 40), st.binary(max_size=12))
def test_bears_a_mangled_example(at: int, cut: int, put: bytes) -> None:
    """A file damaged anywhere is read or refused; a merge of it never fails."""
    parsed = parse(EXAMPLE[:at] + put + EXAMPLE[at + cut :], where=Place.ORGANISATION, today=TODAY)
    merge(parsed.file, None)
    assert (parsed.file is None) == bool(parsed.errors)


def test_the_example_is_read_and_sets_every_key_to_something_else() -> None:
    """The documented example holds each key there is, and no plain value that is the default."""
    parsed = parse(EXAMPLE, where=Place.ORGANISATION, detectors=ids(), today=TODAY)
    assert parsed.problems == ()
    assert parsed.file is not None
    assert declared(keys.root()) - set(map(unnumbered, parsed.file.marks)) == set()
    policy, plain = merge(parsed.file, None), Policy()
    for field in dataclasses.fields(Policy):
        mine, default = getattr(policy, field.name), getattr(plain, field.name)
        assert mine != default, field.name
        if dataclasses.is_dataclass(mine):
            same = [f.name for f in dataclasses.fields(mine) if getattr(mine, f.name) == getattr(default, f.name)]
            assert same == [], field.name


def test_the_schema_for_editors_is_up_to_date() -> None:
    """docs/trust-alerts.schema.json says what the parser does; `python -m tests.policy.schema_file` writes it."""
    assert schema_file.PATH.read_text(encoding="utf-8") == schema_file.text()


def test_the_schema_speaks_of_every_key() -> None:
    """Each key has a sentence in the schema, and no key is allowed that the parser refuses."""
    schema = json.loads(schema_file.text())

    def look(part: Any) -> None:
        if isinstance(part, dict):
            if "properties" in part:
                assert part["additionalProperties"] is False
            for value in part.values():
                look(value)
        elif isinstance(part, list):
            for value in part:
                look(value)

    look(schema)
    assert all(value["description"] for value in schema["properties"].values())


def test_every_key_has_its_place_in_the_document() -> None:
    """docs/policy.md names each key."""
    text = (DOCS / "policy.md").read_text(encoding="utf-8")
    missing = {path for path in declared(keys.root()) if f"`{path.rpartition('.')[2]}`" not in text}
    assert missing == set()


def ids() -> list[str]:
    """Return the detectors there are."""
    return [detector.id for detector in detectors.load()]


def unnumbered(path: str) -> str:
    """Return a path without the positions in lists."""
    return re.sub(r"\[\d+\]", "", path)


def declared(section: Section, path: str = "") -> set[str]:
    """Return the paths of all keys with a fixed name."""
    found: set[str] = set()
    for name, key in section.keys.items():
        where = f"{path}.{name}" if path else name
        found.add(where)
        kind = key.kind.item if isinstance(key.kind, Listed) else key.kind
        if isinstance(kind, Section):
            found |= declared(kind, where)
    return found
