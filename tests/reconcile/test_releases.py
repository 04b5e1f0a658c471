"""Replaced files of releases, of which GitHub sends no event, are found by comparing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.reconcile.conftest import NOW, World

ALICE, MALLORY = ({"id": n, "login": login, "type": "User"} for n, login in ((11, "alice"), (12, "mallory")))


def asset(number: int, name: str, digest: str, uploader: dict[str, Any] = ALICE, **more: Any) -> dict[str, Any]:
    """Return a file of a release as GitHub shows it."""
    told = {
        "id": number,
        "name": name,
        "size": 9,
        "digest": f"sha256:{digest * 64}" if digest else None,
        "state": "uploaded",
    }
    return told | {"uploader": uploader, "updated_at": NOW.isoformat()} | more


def shown(number: int, tag: str, *assets: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a release as GitHub lists it."""
    told = {"id": number, "tag_name": tag, "draft": False, "author": ALICE, "published_at": NOW.isoformat()}
    return told | {"assets": list(assets)} | more


def test_a_replaced_file_is_told_once(world: World) -> None:
    """Who uploaded it, and both digests; looked at again, it is no news."""
    releases = world.app_repo.releases
    releases.append(shown(1, "v1.0", asset(5, "w.tar.gz", "a"), asset(6, "w.zip", "b")))
    world.settled()
    releases[0]["assets"][0] = asset(7, "w.tar.gz", "c", MALLORY)
    world.later()
    world.later()
    (title,) = world.titles()
    assert title == "@mallory replaced w.tar.gz of the release v1.0"


def test_a_file_without_a_digest_that_is_uploaded_again_is_told(world: World) -> None:
    """GitHub has none for old files; another upload under the same name is another file until somebody shows it is not."""
    world.app_repo.releases.append(shown(1, "v1.0", asset(5, "w.tar.gz", "")))
    world.settled()
    world.app_repo.releases[0]["assets"] = [asset(8, "w.tar.gz", "")]
    world.later()
    assert world.titles() == ["@alice replaced w.tar.gz of the release v1.0"]


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found[0]["assets"].append(asset(9, "w.zip", "d")),
        lambda found: found[0]["assets"].pop(),
        lambda found: found.pop(),
        lambda found: found.insert(0, shown(2, "v1.1", asset(9, "w.tar.gz", "d"))),
        lambda found: found.insert(0, shown(2, "v1.1", asset(9, "w.tar.gz", "d", MALLORY), draft=True)),
        lambda found: found[0].update(body="New words", name="Widget"),
        lambda found: found[0]["assets"][0].update(download_count=7, updated_at="2027-01-01T00:00:00Z"),
    ],
)
def test_other_changes_are_no_replacement(world: World, change: Any) -> None:
    """Files more or less, new releases, drafts, words and downloads."""
    world.app_repo.releases.append(shown(1, "v1.0", asset(5, "w.tar.gz", "a")))
    world.settled()
    change(world.app_repo.releases)
    world.later()
    assert world.titles() == []


def test_a_changed_release_is_looked_into(world: World) -> None:
    """New and changed releases wait to be compared with their tags, also those no event told of; old ones do not."""
    world.app_repo.releases.append(shown(1, "v1.0", asset(5, "w.tar.gz", "a")))
    world.settled()
    assert world.store.releases.due(world.now) == []
    world.app_repo.releases.insert(0, shown(2, "v1.1", asset(9, "w.tar.gz", "d")))
    world.later()
    later = world.now + (world.now - world.began)
    assert [looked.tag for looked in world.store.releases.waiting(world.app_repo.id, later)] == ["v1.1"]


def test_a_stranger_who_adds_to_anothers_release_is_told(world: World) -> None:
    """The uploader is neither the author nor has released here."""
    world.app_repo.releases.append(shown(1, "v1.0", asset(5, "w.tar.gz", "a")))
    world.settled()
    world.app_repo.releases[0]["assets"].append(asset(9, "w.exe", "d", MALLORY))
    world.later()
    assert world.titles() == ["@mallory added w.exe to the release v1.0 of @alice"]
