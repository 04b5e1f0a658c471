"""Releases are looked into: archives against tags, proofs against the last release's, trouble against nothing."""

from __future__ import annotations

import pytest

from tests.releases.conftest import REPO, World
from tests.standin.github import Answer
from tests.tarball.archives import TAGGED, member, packed

ASC = b"-----BEGIN SSH SIGNATURE-----\nnot one\n-----END SSH SIGNATURE-----\n"


def test_an_archive_with_a_macro_of_its_own_is_told(world: World) -> None:
    """The whole way: an event, a download, a comparison with the tag and with the releases before, an alert."""
    for number in range(1, 4):
        world.archive(number, f"v1.{number}")
    world.archive(4, "v1.4", {"m4/build-to-host.m4": b"# build-to-host.m4 serial 30\n"})
    (alert,) = world.look(4)
    assert alert.finding.detector == "release-archive-altered"
    assert alert.finding.title == "The archive widget-1.4.tar.gz of v1.4 has m4/build-to-host.m4 not in the tag"
    assert "The 3 earlier archives looked at had nothing of this kind." in alert.finding.why
    assert alert.finding.subject.person.login == "jia"


def test_what_earlier_releases_had_stays_quiet(world: World) -> None:
    """What is usual in a project is learned from its earlier releases before the first one is judged."""
    usual = {"m4/own.m4": b"x\n", "bootstrap-data.sh": b"x\n"}
    world.archive(1, "v1.1", usual)
    world.archive(2, "v1.2", usual)
    assert world.look(2) == []
    assert [w.tag for w in world.runtime.store.releases.earlier(REPO.id, 0)] == ["v1.2", "v1.1"]
    world.archive(3, "v1.3", usual | {"src/extra.c": b"x\n"})
    (alert,) = world.look(3)
    assert "src/extra.c not in the tag" in alert.finding.title


def test_nothing_is_looked_into_twice(world: World) -> None:
    """A second event about the same files asks GitHub nothing more."""
    world.archive(1, "v1.1")
    world.look(1)
    asked = len(world.github.log)
    world.look(1)
    assert len(world.github.log) == asked


def test_the_token_goes_to_the_api_alone(world: World) -> None:
    """The storage answered, and it refuses whoever sends it a token."""
    world.archive(1, "v1.1")
    world.look(1)
    stored = [request for request in world.github.requests if request.path.startswith("/storage/")]
    assert stored
    assert all("authorization" not in request.headers for request in stored)
    assert world.notes() == ["widget-1.1.tar.gz: 5 of 7 files as tagged, 0 to look at"]


def test_another_host_is_not_asked(world: World) -> None:
    """A redirect that leads away from GitHub is not followed; it is trouble, not a finding."""
    world.archive(1, "v1.1")
    elsewhere = Answer(status=302, body={}, headers={"Location": "http://127.0.0.2:9/file"})
    world.github.fail("GET", r"/repos/acme/widget/releases/assets/\d+", elsewhere)
    assert world.look(1) == []
    (problem,) = world.runtime.store.problems.open()
    assert problem.sentence.startswith("The release v1.1 of acme/widget could not be looked into: ")
    assert "a server that is not GitHub's" in problem.sentence


def test_a_hostile_archive_is_told_and_a_damaged_one_is_not(world: World) -> None:
    """Paths that lead out were made by somebody; half a file can be anybody's bad luck."""
    files = [member(f"w/{path}", data) for path, data in TAGGED.items()]
    world.publish(1, "v1.1", {"w-1.1.tar.gz": packed([*files, member("../../x", b"x")])})
    (alert,) = world.look(1)
    assert "a path that leads out of it" in alert.finding.title
    world.publish(2, "v1.2", {"w-1.2.tar.gz": packed(files)[:90]})
    assert len(world.look(2)) == 1
    assert "cut off" in world.notes()[0]


@pytest.mark.parametrize(
    "trouble", [Answer(status=502, body={}), Answer(status=429, body={}, headers={"Retry-After": "900"})]
)
def test_trouble_is_tried_again_and_never_a_finding(world: World, trouble: Answer) -> None:
    """Whatever GitHub answers for a while, the release is looked into in the end, once."""
    world.archive(1, "v1.1", {"m4/odd.m4": b"x\n"})
    world.github.fail("GET", r"/repos/acme/widget/git/trees/.*", *[trouble] * 4)
    assert world.look(1) == []
    (alert,) = [world.work(hours=1) for _ in range(4)][-1]
    assert alert.finding.detector == "release-archive-altered"


def test_a_file_that_is_not_what_github_says_is_fetched_again(world: World) -> None:
    """A download that went wrong looks like a replaced file; GitHub's digest tells them apart."""
    world.archive(1, "v1.1", {"m4/odd.m4": b"x\n"})
    good = world.data[1000]
    world.data[1000] = b"half"
    assert world.look(1) == []
    world.data[1000] = good
    assert len(world.work(hours=1)) == 1


def test_a_part_of_the_tree_is_no_tree(world: World) -> None:
    """GitHub cuts the lists of large trees; what is missing there must not look added."""
    world.archive(1, "v1.1", {"m4/odd.m4": b"x\n"})
    path = next(p for p in world.github.resources if "/git/trees/" in p)
    world.github.resources[path] = {"tree": [], "truncated": True}
    assert world.look(1) == []
    assert world.notes() == ["GitHub lists only a part of the tagged tree, so archives were not compared"]


def test_a_lost_signature_is_told_once_the_release_had_time(world: World) -> None:
    """A release may take two hours to be complete; what is not there then is not coming."""
    world.archive(1, "v1.1", **{"widget-1.1.tar.gz.asc": ASC})
    world.look(1)
    world.archive(2, "v1.2")
    world.shown[2]["published_at"] = world.now.isoformat()
    assert world.look(2) == []
    (alert,) = world.work(hours=3)
    assert alert.finding.title == "The release v1.2 has no signature .asc, which v1.1 had"


def test_another_line_is_not_compared(world: World) -> None:
    """An old series may be signed in another way than the new one."""
    world.archive(1, "v1.1", **{"widget-1.1.tar.gz.asc": ASC})
    world.look(1)
    world.archive(2, "v2.0")
    assert world.look(2) == []


def test_attestations_that_may_not_be_seen_are_a_note(world: World) -> None:
    """Without the permission nothing is concluded from not seeing them."""
    world.archive(1, "v1.1")
    refused = Answer(status=403, body={"message": "Resource not accessible by integration"})
    world.github.fail("GET", r"/repos/acme/widget/attestations/.*", refused)
    assert world.look(1) == []
    assert "attestations were not seen" in world.notes()[0]


def test_a_release_that_is_gone_is_given_up(world: World) -> None:
    """Nothing is told, and nothing is asked again."""
    world.archive(1, "v1.1")
    del world.github.resources["/repos/acme/widget/releases/1"]
    assert world.look(1) == []
    assert world.runtime.store.releases.due(world.now) == []
    assert world.runtime.store.problems.open() == []
