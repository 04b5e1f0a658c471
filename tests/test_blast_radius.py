"""What one person touched: from what the app wrote down, from the history before it, and told for every place."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest

from github_app import act_words
from github_app import fact as f
from github_app.acts import BlastRadius, Deed, acts_of
from github_app.estate import Guard, GuardChanged, InventoryChanged, Thing, settings
from github_app.links import Links
from github_app.model import Person, Power, Repository, Signature, SigningKey, Source
from github_app.store import Store
from tests.history.repos import Builder
from tests.render.hostile import PIECES
from workers.blast_radius import UnknownPersonError, assemble, person_of
from workers.reads import scope_of
from workers.render import blast_radius as render

AT = dt.datetime(2026, 3, 1, 10, 30, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
TOOL = Repository(id=7, full_name="acme/tool", owner_id=9, default_branch="main")
JIA = Person(id=2, login="jia", name="Jia", email="jia@example.org")
LASSE = Person(id=10, login="lasse")
LINKS = Links()
SHA = "8ace358d65059152d9a1f43f4770170d29d35754"


def common(days: float = 0, actor: Person = JIA) -> dict[str, object]:
    """Return what facts share, so many days after the first."""
    return {"at": AT + days * DAY, "source": Source.WEBHOOK, "repository": TOOL, "actor": actor}


def facts() -> list[f.Fact]:
    """Return a short take-over: one merge told twice, a tag, a grant, a key, and a commit that another landed."""
    commit = f.Commit(sha=SHA, author=JIA, committer=JIA)
    merged = {"ref": "refs/heads/main", "before": "0" * 40, "guarded": True}
    key = Signature(key=SigningKey(scheme="pgp", id="A" * 40))
    return [
        f.CommitsLanded(**common(0, LASSE), **merged, after="1" * 40, commits=(commit,)),
        f.CommitsLanded(**common(1), **merged, after="2" * 40, via=f.Landing.MERGE, pull=5, commits=(commit, commit)),
        f.PullMerged(
            **common(1), number=5, title="x", author=LASSE, merge_sha="2" * 40, head_sha="", base_ref="main", guarded=True
        ),
        f.TagCreated(**common(2), name="v1.1", target=SHA, signature=key),
        f.AccessChanged(**common(3), subject=Person(id=3, login="sock"), scope="repository", before="none", after="write"),
        f.DeployKeyChanged(**common(4), key_id=44, title="ci", fingerprint="", read_only=False, added=True),
        f.ReviewGiven(**common(5), number=6, author=LASSE, verdict="approved", commit="3" * 40),
        f.CommentWritten(**common(6), thread=1, comment_id=2, action="created", text="hand over", association="NONE"),
    ]


def kept(store: Store) -> None:
    """Store what the road stores: the ledger and the acts."""
    scope = "repo:7"
    ledger = store.ledgers.load([scope], ())[scope]
    ledger.link(JIA, AT)
    ledger.use(Power.AUTHOR, JIA, AT)
    ledger.use(Power.MERGER, JIA, AT + DAY)
    with store.begin() as connection:
        store.repositories.see(connection, TOOL, 77, AT)
        store.repositories.set_state(connection, 7, "watched", at=AT, settled_at=AT)
        store.acts.add(connection, [(scope, ledger.resolve(a.person), a) for fact in facts() for a in acts_of(fact)])
        store.ledgers.write(connection, {scope: ledger})


def report(store: Store, tmp_path: Path, who: str = "@jia", **more: dt.datetime) -> BlastRadius:
    """Return the report about somebody."""
    return assemble(store, tmp_path, person_of(who), AT + 10 * DAY, **more)


def test_everything_since_the_first_power_is_told_once(store: Store, tmp_path: Path) -> None:
    """The merge that GitHub told twice is one; what others did and what was only said is not in it."""
    kept(store)
    found = report(store, tmp_path)
    assert found.since == AT + DAY
    (part,) = found.parts
    assert [(a.deed, a.pull) for a in part.acts] == [
        (Deed.MERGED, 5), (Deed.TAGGED, None), (Deed.GRANTED, None), (Deed.KEY_ADDED, None), (Deed.APPROVED, 6)
    ]  # fmt: skip
    assert found.total == {Deed.MERGED: 2, Deed.APPROVED: 1, Deed.TAGGED: 1, Deed.GRANTED: 1, Deed.KEY_ADDED: 1}
    assert act_words.summary(found) == (
        "Since 2026-03-02: merged 2, approved 1, tagged 1, gave roles 1, added deploy keys 1, in acme/tool"
    )


@pytest.mark.parametrize("who", ["jia", "@JIA", "jia@example.org"])
def test_a_person_is_found_by_any_name(store: Store, tmp_path: Path, who: str) -> None:
    """Login and address lead to the same person, who is shown as the ledger knows them best."""
    kept(store)
    found = report(store, tmp_path, who)
    assert found.person.id == JIA.id
    assert len(found.parts[0].acts) == 5


def test_from_when_can_be_said(store: Store, tmp_path: Path) -> None:
    """Earlier than the first power shows what others landed for them; later leaves out what was before."""
    kept(store)
    assert report(store, tmp_path, since=AT).parts[0].acts[0].deed is Deed.WROTE
    assert [a.deed for a in report(store, tmp_path, since=AT + 4 * DAY).parts[0].acts] == [Deed.KEY_ADDED, Deed.APPROVED]


def test_the_time_before_the_app_comes_from_the_history(store: Store, tmp_path: Path) -> None:
    """Landings that the app never saw are read from the clone it learned from, and what git cannot tell is said."""
    repo = Builder.new(tmp_path / "7.git")
    repo.commit("Jia <jia@example.org>", "before the app", at=int((AT - 30 * DAY).timestamp()))
    repo.build()
    kept(store)
    found = report(store, tmp_path, since=AT - 90 * DAY)
    (part,) = found.parts
    assert part.acts[0].deed is Deed.PUSHED
    assert part.acts[0].at < AT
    assert "approvals, grants, keys and releases from before the app was installed are not known" in part.gaps[0]


def test_a_missing_history_is_a_stated_gap(store: Store, tmp_path: Path) -> None:
    """Without the clone the report says so instead of being silent about the time before."""
    kept(store)
    (part,) = report(store, tmp_path, since=AT - 90 * DAY).parts
    assert part.gaps[0].startswith("what was landed before the app was installed is not known")


@pytest.mark.parametrize(
    ("who", "why"), [("@nobody", "nothing is known of @nobody"), ("not a login", "neither a GitHub login")]
)
def test_who_is_not_known_is_said(store: Store, tmp_path: Path, who: str, why: str) -> None:
    """A slip of the keyboard is not an empty report."""
    kept(store)
    with pytest.raises(UnknownPersonError, match=why):
        report(store, tmp_path, who)


def test_text_tells_it_by_kind(store: Store, tmp_path: Path) -> None:
    """The order is that of a reader: what was landed, approved and signed first."""
    kept(store)
    told = render.text(report(store, tmp_path), LINKS)
    assert "Steps to power: author 2026-03-01; merger 2026-03-02, 1 day later." in told
    assert "  Merged\n    2026-03-02  2222222222  2 commits on main, pull request 5" in told
    assert "  Tagged\n    2026-03-03  v1.1  signed with pgp:AAAAAAAAAAAAAAAA" in told
    assert "  Gave roles\n    2026-03-04  write to @sock" in told


def test_html_and_markdown_link_and_json_is_complete(store: Store, tmp_path: Path) -> None:
    """Each place shows the same deeds in its own form."""
    kept(store)
    found = report(store, tmp_path)
    assert f'<a href="https://github.com/acme/tool/commit/{"2" * 40}"><code>2222222222</code></a>' in render.page(
        found, LINKS
    )
    assert f"[`2222222222`](https://github.com/acme/tool/commit/{'2' * 40})" in render.markdown_page(found, LINKS)
    told = json.loads(render.as_json(found, LINKS))
    assert [a["deed"] for a in told["places"][0]["acts"]] == ["merged", "tagged", "granted", "key_added", "approved"]


def test_names_from_outside_stay_text(store: Store, tmp_path: Path) -> None:
    """A tag or a person with markup in the name is shown letter by letter and mentions nobody."""
    kept(store)
    tags = [f.TagCreated(**common(7), name=text, target=SHA) for text in PIECES]
    with store.begin() as connection:
        store.acts.add(connection, [("repo:7", "id:2", act) for tag in tags for act in acts_of(tag)])
    found = report(store, tmp_path)
    assert "<script" not in render.page(found, LINKS)
    assert "\x1b" not in render.text(found, LINKS)
    assert "\x00" not in render.markdown_page(found, LINKS)


def test_changes_of_guards_and_of_what_stands_around_are_told() -> None:
    """What got weaker is said in a sentence, who got something is named, and each time counts."""
    before = settings({"required_approving_review_count": 2})
    after = settings({"required_approving_review_count": 1})
    guard = GuardChanged(
        **common(1), guard=Guard.BRANCH_PROTECTION, key="branch-protection:1", name="main", action="edited", before=before,
        after=after,
    )  # fmt: skip
    key = InventoryChanged(
        **common(2), thing=Thing.INVITATION, key="invitation:9", name="to acme/tool", action="added",
        subject=Person(id=3, login="sock"),
    )  # fmt: skip
    (first,), (second,) = acts_of(guard), acts_of(key)
    assert (first.deed, second.deed) == (Deed.CHANGED, Deed.CHANGED)
    assert first.about == "branch protection main edited: required reviews 2 -> 1"
    assert second.about == "invitation to acme/tool added, for @sock"
    (again,) = acts_of(replace(guard, at=AT + 3 * DAY))
    assert again.value != first.value
    (unknown,) = acts_of(replace(guard, before=None))
    assert unknown.about == "branch protection main edited"
    assert acts_of(replace(guard, actor=None)) == ()


def test_a_renamed_organisation_is_one_place(store: Store, tmp_path: Path) -> None:
    """What was done in it under either name stands beside the power it was done with, under the name it has now."""
    at = {"source": Source.WEBHOOK, "actor": JIA, "organization_id": 9}
    sock = Person(id=3, login="sock")
    granted = [
        f.AccessChanged(
            **at, at=AT + days * DAY, organization=name, subject=sock, scope="organization", before="none", after=role
        )
        for days, name, role in ((1, "acme", "member"), (2, "acme-labs", "owner"))
    ]
    ledger = store.ledgers.load(["org:9"], ())["org:9"]
    ledger.use(Power.OWNER, JIA, AT)
    with store.begin() as connection:
        store.acts.add(connection, [(scope_of(x), ledger.resolve(a.person), a) for x in granted for a in acts_of(x)])
        store.ledgers.write(connection, {"org:9": ledger})
    (part,) = assemble(store, tmp_path, JIA, AT + 9 * DAY).parts
    assert (part.scope, part.place) == ("org:9", "acme-labs")
    assert len(part.acts) == 2
    assert [rung.power for rung in part.ladder] == [Power.OWNER]
