"""The shipped facts hold together, and say what the public record says."""

from __future__ import annotations

import datetime as dt
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from bench.detection import unpack
from demo import facts, make_facts, repository, world
from demo.signature_packet import armored, issuer_of

_CLONE = Path(__file__).parents[2] / "../shared/data/histories/tukaani-project+xz.tar"
_EVENTS = Path(__file__).parents[2] / "../shared/data/xz_github_events.csv.gz"


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the demo's repository."""
    return repository.build(tmp_path_factory.mktemp("git") / "xz.git")


def _git(path: Path, *args: str) -> str:
    command = ["git", "-C", str(path), *args]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603


def test_the_past_ends_where_the_story_begins() -> None:
    """No commit or tag is in both parts, and the story's first push follows the past's last commit."""
    commits, tips, tags = facts.past()
    cut = dt.datetime(2022, 1, 1, tzinfo=dt.UTC)
    assert max(commit.committed for commit in commits) < cut
    assert max(tag.at for tag in tags) < cut
    assert min(commit.committed for commit in facts.story_commits()) > cut
    assert commits[tips[facts.BRANCH]].id == "2024fbf27948"


def test_only_the_maintainer_landed_and_signed_in_the_past() -> None:
    """What the demo calls new must not be in what the app learns first."""
    commits, _, tags = facts.past()
    assert not [c for c in commits if world.NEWCOMER in {world.login(c.author), world.login(c.committer)}]
    assert {tag.key for tag in tags if tag.key} == {"38EE757D69184620"}


def test_the_story_has_the_documented_first_acts() -> None:
    """First push 2022-12-30, first merge 2023-01-06 (UTC), first tag with a new key 2023-03-18, 5.6.0 on 2024-02-24."""
    first = next(c for c in facts.story_commits() if world.pusher(c) == world.NEWCOMER)
    assert (first.id[:8], first.committed.date()) == ("8ace358d", dt.date(2022, 12, 30))
    merge = next(p for p in facts.story_pulls() if p.what == "merged" and p.by == world.NEWCOMER)
    assert (merge.number, merge.at.isoformat()) == (7, "2023-01-06T16:10:50+00:00")
    tag = next(t for t in facts.story_tags() if t.key == "59FCF207FEA7F445")
    assert (tag.name, tag.at.date()) == ("v5.2.11", dt.date(2023, 3, 18))
    released = next(p for p in facts.story_pulls() if p.what == "released" and p.head == "v5.6.0")
    assert released.at.date() == facts.BACKDOOR_RELEASE.date() == dt.date(2024, 2, 24)


def test_no_address_of_a_bystander_is_shipped() -> None:
    """Addresses are kept for the two people the story is about only."""
    text = (facts.HERE / "people.tsv").read_text(encoding="utf-8")
    kept = {line.split("\t")[1] for line in text.splitlines()[1:]} - make_facts.KEPT_ADDRESSES
    assert all(mail.endswith("@example.invalid") for mail in kept)


def test_the_retold_comments_keep_the_documented_order() -> None:
    """From the first demand to the concession it took 22 days; the pressing personas are outsiders."""
    comments = facts.pressure()
    assert all(one.at < other.at for one, other in pairwise(comments))
    demand = next(c for c in comments if c.at.date() == dt.date(2022, 6, 7))
    assert (comments[-1].by, (comments[-1].at.date() - demand.at.date()).days) == (world.MAINTAINER, 22)
    assert {c.association for c in comments if "persona" in c.by} == {"NONE"}


def test_a_stand_in_signature_names_the_key_and_nothing_else() -> None:
    """Issuer and fingerprint can be read back; there is no signature value that could be taken for a real one."""
    fingerprint = "22D465F2B4C173803B20C6DE59FCF207FEA7F445"
    text = armored("59FCF207FEA7F445", fingerprint, created=1_679_149_615)
    assert issuer_of(f"tag message\n{text}") == ("59FCF207FEA7F445", fingerprint)
    assert issuer_of(armored("38EE757D69184620")) == ("38EE757D69184620", "")
    assert issuer_of("no signature here") == ("", "")


def test_the_repository_has_the_real_people_times_and_paths(bare: Path) -> None:
    """Git reads the imported past as it reads the real one."""
    commits, tips, _ = facts.past()
    assert int(_git(bare, "rev-list", "--count", "--all")) == len(commits)
    told = _git(bare, "log", "-1", "--raw", "--no-renames", "--format=%an|%ae|%cI", facts.BRANCH)
    last = commits[tips[facts.BRANCH]]
    assert told.startswith(f"{last.committer.name}|{last.committer.mail}|{last.committed.isoformat()}")
    assert told.rstrip().endswith(last.changes[-1][1])
    assert _git(bare, "for-each-ref", "--format=%(refname)", "refs/demo") == ""


def test_the_repository_has_the_signed_tags(bare: Path) -> None:
    """Tags are annotated by the maintainer and name his key, with the fingerprint where the real one has it."""
    tag = _git(bare, "cat-file", "tag", "v5.2.5")
    assert "tagger Lasse Collin <lasse.collin@tukaani.org> 1584471335 +0200" in tag
    assert issuer_of(tag) == ("38EE757D69184620", "3690C240CE51B4670D30AD1C38EE757D69184620")
    assert issuer_of(_git(bare, "cat-file", "tag", "v5.0.0")) == ("38EE757D69184620", "")


def test_the_files_come_out_of_the_script(tmp_path: Path) -> None:
    """Running `demo.make_facts` on the history and the events makes the shipped files again."""
    if not _CLONE.exists() or not _EVENTS.exists():
        pytest.skip("the history of xz is not beside this checkout")
    unpack(_CLONE, tmp_path)
    out = tmp_path / "out"
    out.mkdir()
    make_facts.main([str(tmp_path / "tukaani-project+xz.git"), str(_EVENTS), str(out)])
    for made in sorted(out.iterdir()):
        assert made.read_text(encoding="utf-8") == (facts.HERE / made.name).read_text(encoding="utf-8"), made.name
