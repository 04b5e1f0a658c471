"""Make the files in `demo/xz/` from a local clone of xz and a table of its public GitHub events.

    python -m demo.make_facts XZ.git EVENTS.csv [OUT]

What is taken is facts: commit ids, names, times, paths, key ids, numbers of pull requests. Messages, titles and
comments are not. E-mail addresses are kept for the two people the story is about; everybody else gets an address
that cannot exist, the same one each time, because the ledger tells people apart by it.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from demo.signature_packet import issuer_of

PAST_UNTIL = "2022-01-01T00:00:00+00:00"
STORY_UNTIL = "2024-03-10T00:00:00+00:00"
BRANCHES = ("master", "v5.0", "v5.2")
KEPT_ADDRESSES = {"lasse.collin@tukaani.org", "jiat0218@gmail.com", "jiat75@gmail.com", "noreply@github.com"}
_FIELDS = "%x01%H%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI"
_MERGES = ("--diff-merges=first-parent",)  # what a merge brought in, as its first parent sees it
Row = tuple[str, ...]


class Table:
    """Numbers for things that repeat: people and paths."""

    def __init__(self) -> None:
        self.rows: dict[Row, int] = {}

    def number(self, *row: str) -> str:
        """Return the row's number, a new one when it is new."""
        return str(self.rows.setdefault(row, len(self.rows)))


class Git:
    """Questions to the clone. Blobs may be missing from it, so renames are never looked for."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, *args: str) -> str:
        """Return what git prints."""
        command = ["git", "-C", str(self.path), *args]
        return subprocess.run(command, check=True, capture_output=True).stdout.decode("utf-8", "replace")

    def log(self, *args: str) -> Iterator[tuple[list[str], list[str]]]:
        """Yield the fields of each commit and the paths it touched, as `A path`, oldest first."""
        text = self.run("log", "--reverse", "--topo-order", "--raw", "--no-renames", *_MERGES, f"--format={_FIELDS}", *args)
        for block in text.split("\x01")[1:]:
            head, *lines = block.splitlines()
            changes = [line.split("\t", 1) for line in lines if line.startswith(":")]
            yield head.split("\0"), [f"{left.split()[-1][0]} {path}" for left, path in changes]

    def tags(self, since: str, until: str) -> Iterator[Row]:
        """Yield name, tag object, target, time, tagger and address, key id and fingerprint of tags in a time."""
        keys = "%(refname:short)%00%(objecttype)%00%(objectname)%00%(*objectname)%00%(creatordate:iso-strict)"
        for line in self.run("for-each-ref", f"--format={keys}%00%(taggername)%00%(taggeremail)", "refs/tags").splitlines():
            name, kind, sha, target, at, tagger, mail = line.split("\0")
            if not since <= utc(at) < until:
                continue
            signed = issuer_of(self.run("cat-file", "tag", name)) if kind == "tag" else ("", "")
            yield name, sha if kind == "tag" else "", target or sha, at, tagger, mail.strip("<>"), *signed


def utc(text: str) -> str:
    """Return a time in UTC, so that texts sort as times."""
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC).isoformat()


class Maker:
    """Writes the tables, with shared numbers for people and paths."""

    def __init__(self, git: Git, events: list[dict[str, str]], out: Path) -> None:
        self.git, self.events, self.out = git, events, out
        self.people, self.paths, self.masked = Table(), Table(), Table()

    def person(self, name: str, mail: str) -> str:
        """Return the number of a person, with the address masked unless the story needs it."""
        mail = mail.lower()
        if mail not in KEPT_ADDRESSES:
            mail = f"contributor-{self.masked.number(mail)}@example.invalid"
        return self.people.number(name, mail)

    def changes(self, changes: Iterable[str]) -> str:
        """Return changes as `A12 M7`: status and number of the path."""
        return " ".join(change[0] + self.paths.number(change[2:]) for change in changes)

    def write(self, name: str, header: str, rows: Iterable[Iterable[str]]) -> None:
        """Write one table."""
        text = "\n".join(["\t".join(header.split()), *("\t".join(row) for row in rows)])
        (self.out / name).write_text(text + "\n", encoding="utf-8")

    def past(self) -> None:
        """Write the commits and tags of everything before the story."""
        tips = [self.git.run("rev-list", "-1", "--first-parent", f"--until={PAST_UNTIL}", name).strip() for name in BRANCHES]
        rows: list[Row] = []
        numbers: dict[str, int] = {}
        for fields, changes in self.git.log(*tips):
            sha, parents, an, ae, at, cn, ce, ct = fields
            numbers[sha] = len(rows)
            near = ["^" if numbers[p] == len(rows) - 1 else str(numbers[p]) for p in parents.split()]
            people = (self.person(an, ae), self.person(cn, ce))
            rows.append((sha[:12], ",".join(near), *people, at, "=" if at == ct else ct, self.changes(changes)))
        self.write("past_commits.tsv", "id parents author committer authored committed changes", rows)
        tips_named = [(name, str(numbers[tip])) for name, tip in zip(BRANCHES, tips, strict=True)]
        self.write("past_branches.tsv", "name commit", tips_named)
        tags = [
            (name, str(numbers[target]), self.person(tagger, mail) if tagger else "", at, key, fingerprint)
            for name, _, target, at, tagger, mail, key, fingerprint in self.git.tags("0", PAST_UNTIL)
            if target in numbers
        ]
        self.write("past_tags.tsv", "name commit tagger at key fingerprint", tags)

    def story(self) -> None:
        """Write what reached the default branch and the tags during the story."""
        end = self.git.run("rev-list", "-1", "--first-parent", f"--until={STORY_UNTIL}", "master").strip()
        start = self.git.run("rev-list", "-1", "--first-parent", f"--until={PAST_UNTIL}", "master").strip()
        rows: list[Row] = []
        landed_with: dict[str, str] = {}
        first_parents = self.git.run("rev-list", "--first-parent", "--reverse", f"{start}..{end}").split()
        for first in first_parents:
            for side in self.git.run("rev-list", f"{first}^1..{first}").split():
                landed_with.setdefault(side, first)
        by_id = {fields[0]: (fields, changes) for fields, changes in self.git.log(f"{start}..{end}")}
        order = {sha: n for n, sha in enumerate(first_parents)}
        for sha in sorted(by_id, key=lambda s: (order[landed_with[s]], s == landed_with[s], list(by_id).index(s))):
            (_, parents, an, ae, at, cn, ce, ct), changes = by_id[sha]
            merge = "merge" if " " in parents else ""
            with_ = "" if landed_with[sha] == sha else landed_with[sha][:12]
            people = (self.person(an, ae), self.person(cn, ce))
            rows.append((sha, merge or with_, *people, at, "=" if at == ct else ct, self.changes(changes)))
        self.write("story_commits.tsv", "id landed author committer authored committed changes", rows)
        created = {e["ref"]: e for e in self.events if e["event_type"] == "CreateEvent" and e["ref_type"] == "tag"}
        tags: list[Row] = []
        for name, sha, target, at, tagger, mail, key, fingerprint in self.git.tags(PAST_UNTIL, STORY_UNTIL):
            seen = rfc(created[name]["created_at"]) if name in created else ""
            tags.append((name, sha, target, self.person(tagger, mail), at, seen, key, fingerprint))
        tags.sort(key=lambda tag: utc(tag[4]))
        self.write("story_tags.tsv", "name object target tagger at seen key fingerprint", tags)

    def pulls(self) -> None:
        """Write pull requests, reviews and releases, as the public events tell them."""
        rows = list(dict.fromkeys(row for event in self.events if (row := _event_row(event))))
        merge = "6fd39664de47801e670a16617863196bfbde4755"  # the one merge on the default branch; git is its source
        head = self.git.run("rev-parse", f"{merge}^2").strip()
        at = utc(self.git.run("log", "-1", "--format=%cI", merge).strip())
        first = self.git.run("log", "--reverse", "--format=%cI", f"{merge}^1..{head}").splitlines()[0]
        branch = re.search(r"from \S+?/(\S+)", self.git.run("log", "-1", "--format=%s", merge))
        name = branch[1] if branch else ""
        rows.append((utc(first), "opened", "7", "JiaT75", "JiaT75", name, head, "", "assumed"))
        rows.append((at, "merged", "7", "JiaT75", "JiaT75", name, head, merge, "git"))
        self.write("story_pulls.tsv", "at what number by author branch head landed source", sorted(rows))

    def finish(self) -> None:
        """Write the shared tables and say what was made."""
        self.write("people.tsv", "name mail", self.people.rows)
        self.write("paths.tsv", "path", self.paths.rows)
        made = {p.name: len(p.read_text(encoding="utf-8").splitlines()) - 1 for p in sorted(self.out.glob("*.tsv"))}
        print(json.dumps(made))


def rfc(text: str) -> str:
    """Return the table's `2024-02-24 10:01:50` (UTC) as RFC 3339."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).isoformat()


def _event_row(event: dict[str, str]) -> Row | None:
    at, by, kind, action = rfc(event["created_at"]), event["actor_login"], event["event_type"], event["action"]
    if not PAST_UNTIL <= at < STORY_UNTIL:
        return None
    pull = (event["number"], by, event["creator_user_login"], event["head_ref"], event["head_sha"])
    if kind == "PullRequestEvent":
        # In this table `merged` is not always set although `merged_at` is (pull request 87).
        merged = action == "closed" and not event["merged_at"].startswith("1970")
        return (at, "merged" if merged else action, *pull, event["merge_commit_sha"] if merged else "", "events")
    if kind == "PullRequestReviewEvent":
        return (at, f"review:{event['review_state']}", *pull, "", "events")
    if kind == "ReleaseEvent" and action == "published":
        return (at, "released", "", by, by, "", event["release_tag_name"], "", "events")
    return None


def main(argv: list[str]) -> int:
    """Write the files; see the module's docstring for the arguments."""
    clone, table = Path(argv[0]), Path(argv[1])
    out = Path(argv[2]) if len(argv) > 2 else Path(__file__).parent / "xz"
    opener = gzip.open if table.suffix == ".gz" else open
    with opener(table, "rt", encoding="utf-8") as lines:
        events = [row for row in csv.DictReader(lines) if row["repo_name"] == "tukaani-project/xz"]
    maker = Maker(Git(clone), events, out)
    maker.past()
    maker.story()
    maker.pulls()
    maker.finish()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
