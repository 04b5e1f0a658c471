"""What every detector promises, also one that is written tomorrow: the tests run over whatever is loaded."""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from github_app import estate, happenings, releases
from github_app import fact as f
from github_app.ledger import Ledger
from github_app.model import Person, Repository, SigningKey, Step
from github_app.remember import remember
from tests.detectors import pages
from tests.detectors.telling import keeps_the_promises
from workers.detectors import Detector, load
from workers.judge import Judgement, judge

DETECTORS = load()
HERE = Path(__file__).parent
PURE = pages.ROOT / "workers" / "detectors", pages.ROOT / "workers" / "pressure"
KINDS = tuple(
    kind
    for module in (f, happenings, estate, releases)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, f.Fact) and kind is not f.Fact
)
ALLOWED = {"__future__", "collections", "dataclasses", "datetime", "functools", "hashlib", "importlib", "itertools", "json"}
ALLOWED |= {"math", "pkgutil", "re", "typing", "unicodedata", "workers.detectors", "workers.pressure", "yaml"}
OURS = (
    "branches",
    "comments",
    "estate",
    "fact",
    "happenings",
    "holding",
    "identity",
    "lately",
    "proofs",
    "ledger",
    "model",
    "organization_directions",
    "releases",
    "remember",
    "rules",
    "weakening",
)
ALLOWED |= {f"github_app.{name}" for name in OURS}
CLOCKS = {"now", "utcnow", "today", "time", "monotonic"}

WORDS = st.sampled_from(
    ["", "alice", "bob", "main", "refs/heads/main", "admin", "write", "none", "NONE", "created", "approved"]
)
TEXTS = WORDS | st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=12)
PERSONS = st.builds(
    Person,
    id=st.none() | st.integers(0, 3),
    login=TEXTS,
    name=TEXTS,
    email=st.sampled_from(["", "a@b", "7+bob@users.noreply.github.com", "noreply@github.com"]) | TEXTS,
    bot=st.booleans(),
)
for type_, strategy in (
    (str, TEXTS),
    (dt.datetime, st.datetimes(timezones=st.just(dt.UTC))),
    (Person, PERSONS),
    (Repository, st.none() | st.just(Repository(id=1, full_name="acme/widget"))),
    (SigningKey, st.builds(SigningKey, scheme=st.sampled_from(["pgp", "ssh", ""]), id=TEXTS)),
):
    st.register_type_strategy(type_, strategy)
HARD = settings(
    phases=set(Phase) - {Phase.explain},  # it traces every line: a failure would be told after minutes
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

each = pytest.mark.parametrize("detector", DETECTORS, ids=lambda d: d.id)


def facts(kinds: Sequence[type[f.Fact]]) -> st.SearchStrategy[f.Fact]:
    """Return facts with any contents that their types allow."""
    return st.one_of([st.from_type(kind) for kind in kinds])


def judged(past: Sequence[f.Fact], now: Sequence[f.Fact], detector: Detector) -> Judgement:
    """Let a detector judge facts after a past."""
    ledger = Ledger()
    for fact in past:
        remember(ledger, fact)
    ledger.settle(dt.datetime(2000, 1, 1, tzinfo=dt.UTC), "test")
    return judge(now, ledger, [detector])


@each
def test_says_which_step_of_a_case_it_tells(detector: Detector) -> None:
    """A newcomer to a power is no sensitive change: with the wrong step one act would make a case worse twice."""
    if detector.id.startswith("new-"):
        assert detector.step in {Step.USE, Step.RELEASE}, "set step=Step.USE or Step.RELEASE in its DETECTOR"
    if detector.id.startswith("pressure"):
        assert detector.step is Step.PRESSURE, "set step=Step.PRESSURE in its DETECTOR"


@each
def test_is_named_after_its_file_and_has_page_and_tests(detector: Detector) -> None:
    """The id leads to the code, the page and the tests."""
    name = detector.id.replace("-", "_")
    assert (pages.ROOT / "workers" / "detectors" / f"{name}.py").is_file()
    assert pages.page(detector).is_file(), pages.missing(detector)
    assert (HERE / f"test_{name}.py").is_file(), f"{detector.id} has no tests: write tests/detectors/test_{name}.py"


@each
def test_says_in_one_sentence_what_happened(detector: Detector) -> None:
    """The list of detectors reads as sentences."""
    assert detector.sentence[0].isupper()
    assert detector.sentence.endswith(".")
    assert detector.watches
    ordered = tuple(sorted(detector.severities, key=lambda s: s.rank))
    assert detector.severities == ordered != (), "severities= must list all that its findings can have, mildest first"


@pytest.mark.parametrize(
    "path", sorted(p for folder in PURE for p in folder.glob("*.py")), ids=lambda p: f"{p.parent.name}/{p.name}"
)
def test_is_pure(path: Path) -> None:
    """Neither a detector nor what it uses can know the time, the environment, the network or the database."""
    used: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            used.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            used.add(node.module or "")
        elif isinstance(node, ast.Attribute | ast.Name):
            assert (node.attr if isinstance(node, ast.Attribute) else node.id) not in CLOCKS
    assert {name for name in used if not any(name == a or name.startswith(f"{a}.") for a in ALLOWED)} == set()


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.__name__)
@HARD
@given(data=st.data())
def test_bears_any_fact(kind: type[f.Fact], data: st.DataObject) -> None:
    """Whatever a source wrote into a fact, each detector answers, the same way twice, within what its page says."""
    past = data.draw(st.lists(facts(KINDS), max_size=4))
    now = [data.draw(facts([kind])), *data.draw(st.lists(facts(KINDS), max_size=2))]
    # To make up a fact costs much more than to judge it, so all who watch its kind judge it.
    for detector in DETECTORS:
        if issubclass(kind, detector.watches):
            first, second = judged(past, now, detector), judged(past, now, detector)
            assert first.failures == [], detector.id
            assert first == second, detector.id
            for alert in first.alerts:
                note(f"{detector.id} found {alert.finding}")
                keeps_the_promises(detector, alert.finding)


@settings(HARD, max_examples=150)
@given(now=st.lists(facts(KINDS), min_size=1, max_size=3))
def test_is_silent_on_other_facts(now: list[f.Fact]) -> None:
    """A detector never speaks about a kind of fact that it does not watch."""
    others = {d.id: judged([], [fact for fact in now if not isinstance(fact, d.watches)], d) for d in DETECTORS}
    assert {name: said for name, said in others.items() if said != Judgement()} == {}
