"""What `trust-alerts pressure` hears and what it takes for pressure by mistake, how fast it reads, and how methods compare.

    python -m bench.pressure [--labelled FILE] [--git FOLDER]

`--labelled` is JSON Lines `{"text", "positive", "thread", "needs_context", "author_known_history"}`; without it only our own
sentences are used. `--git` is a folder with git repositories, whose commit messages are read as ordinary prose.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from bench.linear import Features, chance, train
from bench.ordinary import stream
from github_app import fact as f
from github_app.ledger import Ledger
from github_app.model import Person, Power, Repository, Source
from workers.detectors import load
from workers.judge import judge
from workers.pressure._forms import Form
from workers.pressure.reading import own_words
from workers.pressure.signals import FLAGGED, SIGNALS, read

SENTENCES = Path(__file__).parent / "pressure_data" / "sentences.tsv"
POSITIVE = frozenset({"handover", "guilt", "urgency", "access", "guard"})
WITH_RIGHTS = frozenset({"maintainer", "bot", "insider"})
FOLDS = 5
GITHUB_LONGEST = 65_536
HOSTILE = ("not ", "`a", "> ", "<!--", " ", "a.\n", "\ufdfa")


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled comment; rows of one `group` are never in training and test at once."""

    text: str
    positive: bool
    group: str
    half: str = ""


def sentences() -> list[Row]:
    """Return our own sentences of strangers; every second line is the half that rules are not changed for."""
    rows = []
    for number, line in enumerate(SENTENCES.read_text(encoding="utf-8").splitlines(), 1):
        kind, _, text = line.partition("\t")
        if kind not in WITH_RIGHTS:
            half = "seen" if number % 2 == 0 else "kept back"
            rows.append(Row(text.replace("\\n", "\n"), kind in POSITIVE, f"own {number}", half))
    return rows


def labelled(path: Path) -> list[Row]:
    """Return labelled rows whose text decides, without those of maintainers, who are told apart by their role."""
    told = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Row(x["text"], x["positive"], str(x.get("thread")))
        for x in told
        if not x.get("needs_context") and x.get("author_known_history") != "maintainer"
    ]


def figures(rows: Sequence[Row], flagged: Sequence[bool]) -> str:
    """Return precision, recall and F1 in one line."""
    hits = sum(row.positive and flag for row, flag in zip(rows, flagged, strict=True))
    said, true = sum(flagged), sum(row.positive for row in rows)
    p, r = hits / max(said, 1), hits / max(true, 1)
    f1 = 2 * p * r / (p + r) if p + r else 0.0
    return (
        f"precision {p:.2f} recall {r:.2f} F1 {f1:.2f}  ({hits} of {true} heard, {said - hits} false in {len(rows) - true})"
    )


def by_rules(text: str) -> bool:
    """Say what is shipped."""
    return read(text).score >= FLAGGED


def signal_features(text: str) -> Features:
    """Return the named signals as features."""
    return {"always": 1.0} | {f"signal {name}": 1.0 for name in read(text).names}


def word_features(text: str) -> Features:
    """Return words and pairs of words as features, as long as one another."""
    words = own_words(text).lower().split()
    pairs = [f"{a} {b}" for a, b in pairwise(words)]
    found = {*words, *pairs}
    return {"always": 1.0} | dict.fromkeys(found, 1 / max(len(found), 1) ** 0.5)


def both_features(text: str) -> Features:
    """Return signals and words."""
    return word_features(text) | signal_features(text)


METHODS: dict[str, Callable[[str], Features]] = {
    "linear, named signals": signal_features,
    "linear, words and pairs": word_features,
    "linear, both": both_features,
}


def learned(features: Callable[[str], Features], known: Sequence[Row], asked: Sequence[Row]) -> list[bool]:
    """Return what a model that was trained on some rows says of others."""
    weights = train([(features(row.text), row.positive) for row in known])
    return [chance(weights, features(row.text)) >= 0.5 for row in asked]


def fold(row: Row) -> int:
    """Return which fold a row's group is in."""
    return hashlib.sha256(row.group.encode()).digest()[0] % FOLDS


def compare(rows: Sequence[Row], title: str) -> None:
    """Print the methods under cross-validation; folds are whole threads."""
    print(
        f"\n{title}: {len(rows)} comments, {sum(r.positive for r in rows)} of them pressure, {FOLDS} folds of whole threads"
    )
    print(f"  {'rules (shipped)':26s} {figures(rows, [by_rules(r.text) for r in rows])}")
    for name, features in METHODS.items():
        said: dict[int, bool] = {}
        for number in range(FOLDS):
            known = [r for r in rows if fold(r) != number]
            asked = [(i, r) for i, r in enumerate(rows) if fold(r) == number]
            answers = learned(features, known, [r for _, r in asked])
            said.update(zip((i for i, _ in asked), answers, strict=True))
        print(f"  {name:26s} {figures(rows, [said[i] for i in range(len(rows))])}")


def across(known: Sequence[Row], asked: Sequence[Row], title: str) -> None:
    """Print what models learned from one set say of another, which is nearer to comments of other projects."""
    print(f"\n{title}")
    for name, features in METHODS.items():
        print(f"  {name:26s} {figures(asked, learned(features, known, asked))}")


def alarms(count: int) -> None:
    """Print how many alerts and flags ordinary comments lead to, through the judge with all detectors."""
    repository = Repository(id=1, full_name="acme/widget", owner_id=2, default_branch="main")
    ledger = Ledger()
    begun = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    for name in ("maintainer0", "maintainer1"):
        ledger.use(Power.COMMITTER, Person(login=name), begun)
    ledger.settle(begun, "benchmark")
    alerts = flags = 0
    for number, (author, association, text) in enumerate(stream(count), 1):
        flags += not author.endswith("[bot]") and association != "MEMBER" and by_rules(text)
        fact = f.CommentWritten(
            at=begun + number * dt.timedelta(minutes=7),
            source=Source.WEBHOOK,
            repository=repository,
            thread=number // 6 + 1,
            actor=Person(login=author, bot=author.endswith("[bot]")),
            comment_id=number,
            action="created",
            text=text,
            association=association,
        )
        alerts += len(judge([fact], ledger, load()).alerts)
    print(f"\nordinary comments: {count}, alerts {alerts} ({alerts / count * 10_000:.2f} in 10,000), flagged {flags}")


def prose(folder: Path) -> None:
    """Print how often commit messages are taken for a demand; nobody presses anybody in them."""
    total = demands = flags = 0
    for repository in sorted(p for p in folder.iterdir() if p.suffix == ".git" or (p / ".git").exists()):
        log = subprocess.run(
            ["git", "-C", str(repository), "log", "--all", "--format=%B%x00"],  # git from the path
            capture_output=True, check=True,
        )  # fmt: skip
        for message in log.stdout.decode("utf-8", "replace").split("\0"):
            if len(message) > 60:
                reading = read(message)
                total += 1
                demands += not {"handover-demand", "access-claim", "guard-request"}.isdisjoint(reading.names)
                flags += reading.score >= FLAGGED
    print(f"\ncommit messages as prose: {total}, explicit demands heard {demands}, flagged {flags}")


def speed(count: int) -> None:
    """Print how many comments a second one core reads, beside splitting and hashing the same texts; best of three."""
    texts = [text for _, _, text in stream(count, seed=2)]
    length = sum(map(len, texts)) // count

    def rate(work: Callable[[str], object]) -> float:
        return max(count / _seconds(work, texts) for _ in range(3))

    ours, split = rate(read), rate(lambda text: text.lower().split())
    digest = rate(lambda text: hashlib.sha256(text.encode()).digest())
    print(f"\nreading: {ours:,.0f} comments a second on one core ({length} characters on average)")
    print(f"  str.lower().split() {split:,.0f} (ratio {ours / split:.3f}), sha256 {digest:,.0f} (ratio {ours / digest:.3f})")
    print(f"  slowest hostile text of {GITHUB_LONGEST:,} characters: {max(_hostile()) * 1000:.0f} ms")


def _seconds(work: Callable[[str], object], texts: Iterable[str]) -> float:
    began = time.process_time()
    for text in texts:
        work(text)
    return time.process_time() - began


def _hostile() -> Iterable[float]:
    forms: dict[str, list[Form]] = {}
    for form in (form for signal in SIGNALS for form in signal.forms):
        for word in form.needs[0]:
            forms.setdefault(word, []).append(form)
    busy = sorted(forms, key=lambda word: -len(forms[word]))[:60]
    pieces = (" ".join(busy) + " ", " ".join(busy) + ". ", "you should give the project to ", *HOSTILE)
    for piece in pieces:
        text = (piece * (GITHUB_LONGEST // len(piece) + 1))[:GITHUB_LONGEST]
        yield min(_seconds(read, [text]) for _ in range(3))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labelled", type=Path, help="labelled comments, as JSON Lines")
    parser.add_argument("--git", type=Path, help="a folder with git repositories")
    parser.add_argument("--ordinary", type=int, default=50_000, help="how many ordinary comments to make")
    given = parser.parse_args()
    own = sentences()
    for half in ("seen", "kept back"):
        mine = [row for row in own if row.half == half]
        print(f"own sentences, half {half:9s}  {figures(mine, [by_rules(r.text) for r in mine])}")
    if given.labelled:
        rows = labelled(given.labelled)
        compare(rows, "labelled comments")
        compare([*rows, *own], "labelled comments and own sentences")
        across(own, rows, "learned from own sentences, asked about labelled comments")
        across(rows, own, "learned from labelled comments, asked about own sentences")
    else:
        compare(own, "own sentences")
    alarms(given.ordinary)
    if given.git:
        prose(given.git)
    speed(20_000)


if __name__ == "__main__":
    main()
