"""What GitHub is asked before judging, what it is not asked, and what its answers change."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from github_app.fact import AccessChanged, CommitsLanded, Fact, Landing, TagCreated
from github_app.ledger import Ledger
from github_app.model import Person, Power
from tests.facts import payloads as p
from tests.facts import signing as make
from tests.facts.conftest import INSTALLATION
from tests.standin.github import Answer, GitHub
from workers.facts.enrich import enrich
from workers.github import GitHubReader, Unavailable

REPO = "/repos/tukaani-project/xz"
PULLS = f"{REPO}/commits/{p.NEW}/pulls"
TAGS = f"{REPO}/git/tags/{p.OBJECT}"
JIA, LASSE = Person(id=69423178, login="JiaT75"), Person(id=217815, login="Larhzu")
JIAS_KEY, LASSES_KEY = "22D465F2B4C173803B20C6DE59FCF207FEA7F445", "3690C240CE51B4670D30AD1C38EE757D69184620"
PAST = dt.datetime(2022, 1, 1, tzinfo=dt.UTC)
MERGE = {"message": "Merge pull request #7 from JiaT75/typo", "committer": {"name": "GitHub", "email": "noreply@github.com"}}


def ledger(**uses: Person | str) -> Ledger:
    """Return a settled ledger where these powers were used."""
    made = Ledger(settled_at=PAST)
    for power, who in uses.items():
        made.use(Power(power), who, PAST)
    return made


def push(**changes: Any) -> Fact:
    """Return the fact of a push of one commit."""
    return p.only("push", p.push(commits=[p.commit(**changes)]))


def tag() -> TagCreated:
    """Return the fact of an annotated tag that was pushed."""
    shown = p.push(ref="refs/tags/v5.4.4", before=p.ZERO, after=p.OBJECT, commits=[], head_commit=p.commit(p.NEW))
    return p.only("push", shown)


def put_tag(github: GitHub, signature: str = "", *, verified: bool = True, reason: str = "valid") -> None:
    """Let GitHub have the tag object."""
    proof = {"verified": verified, "reason": reason, "signature": signature or None, "payload": "object"}
    tagger = {"name": "Jia Tan", "email": "jiat0218@gmail.com", "date": "2023-06-27T14:34:55Z"}
    target = {"type": "commit", "sha": p.NEW}
    github.put(TAGS, {"sha": p.OBJECT, "tag": "v5.4.4", "tagger": tagger, "object": target, "verification": proof})


def pgp(*fingerprints: str) -> str:
    """Return a signature that names these keys."""
    return make.pgp_armor(*(make.new_packet(make.signature(make.fingerprint(f))) for f in fingerprints))


def ask(fact: Fact, known: Ledger, reader: GitHubReader) -> Any:
    """Return the one fact that comes out."""
    (answered,) = enrich([fact], known, reader, INSTALLATION)
    return answered


def test_a_merge_by_a_known_merger_is_believed(github: GitHub, reader: GitHubReader) -> None:
    """Whichever way it landed, it is nothing new, so GitHub is not asked."""
    for known in (ledger(merger=JIA), ledger(committer=JIA)):
        assert ask(push(**MERGE), known, reader).via is Landing.MERGE
    assert github.requests == []


def test_a_merge_by_somebody_new_is_confirmed(github: GitHub, reader: GitHubReader) -> None:
    """The number is GitHub's then, not the text's."""
    github.put(PULLS, [{"number": 8, "merged_at": "2023-01-11T15:00:00Z", "merge_commit_sha": p.NEW}])
    fact = ask(push(**MERGE), ledger(committer=LASSE), reader)
    assert (fact.via, fact.pull, fact.claimed_pull) == (Landing.MERGE, 8, 7)


@pytest.mark.parametrize(
    "listed",
    [
        [],
        [{"number": 7, "merged_at": None, "merge_commit_sha": p.NEW}],
        [{"number": 7, "merged_at": "2023-01-11T15:00:00Z", "merge_commit_sha": p.OLD}],
        [{"number": 7, "merged_at": "2023-01-11T15:00:00Z", "merge_commit_sha": p.NEW, "base": {"ref": "next"}}],
    ],
)
def test_a_merge_that_github_does_not_know_was_a_push(github: GitHub, reader: GitHubReader, listed: list[Any]) -> None:
    """No pull request, an open one, one merged as another commit or into another branch: the text was made up."""
    github.put(PULLS, listed)
    fact = ask(push(**MERGE), ledger(committer=LASSE), reader)
    assert (fact.via, fact.pull) == (Landing.PUSH, None)


def test_a_merge_that_looks_like_a_push_is_found(github: GitHub, reader: GitHubReader) -> None:
    """A rebase merge leaves the merger as committer, and a title can be edited before merging."""
    github.put(PULLS, [{"number": 8, "merged_at": "2023-01-11T15:00:00Z", "merge_commit_sha": p.NEW}])
    for fact in (push(), push(committer=MERGE["committer"], message="Docs: fix a typo")):
        assert (ask(fact, ledger(), reader).via, ask(fact, ledger(), reader).pull) == (Landing.MERGE, 8)


def test_a_push_stays_what_it_was(github: GitHub, reader: GitHubReader) -> None:
    """No pull request: pushed, or edited on the website."""
    github.put(PULLS, [])
    assert ask(push(), ledger(), reader).via is Landing.PUSH
    assert ask(push(committer=MERGE["committer"], message="Update README"), ledger(), reader).via is Landing.WEB


def test_a_forced_push_back_to_a_merge_is_no_merge(github: GitHub, reader: GitHubReader) -> None:
    """The commit was merged once; now somebody threw away what came after it."""
    github.put(PULLS, [{"number": 7, "merged_at": "2023-01-11T15:00:00Z", "merge_commit_sha": p.NEW}])
    fact = p.only("push", p.push(forced=True, commits=[], head_commit=p.commit(**MERGE)))
    assert (fact.via, ask(fact, ledger(), reader).via) == (Landing.PUSH, Landing.PUSH)


def test_what_is_not_guarded_is_not_asked_for(github: GitHub, reader: GitHubReader) -> None:
    """Nobody judges it."""
    ask(p.only("push", p.push(ref="refs/heads/feature")), ledger(), reader)
    ask(push(**MERGE), Ledger(), reader)
    assert github.requests == []


def test_a_refusal_is_a_gap(reader: GitHubReader) -> None:
    """The claim stands, and the fact says that it is only one."""
    fact = ask(push(**MERGE), ledger(), reader)
    assert (fact.via, fact.pull) == (Landing.MERGE, None)
    assert "404" in fact.gap


def test_trouble_lets_the_batch_wait(github: GitHub, reader: GitHubReader) -> None:
    """Half the facts are not judged."""
    github.fail("GET", PULLS, *[Answer(status=429, body={"message": "x"}, headers={"Retry-After": "600"})] * 2)
    with pytest.raises(Unavailable):
        enrich([push(**MERGE)], ledger(), reader, INSTALLATION)


def test_a_tag_gets_its_tagger_and_signature(github: GitHub, reader: GitHubReader) -> None:
    """With GitHub's verdict on the signature, which is never ours."""
    put_tag(github, pgp(JIAS_KEY), verified=False, reason="unknown_key")
    fact = ask(tag(), ledger(), reader)
    assert (fact.annotated, fact.tag_object, fact.target, fact.gap) == (True, p.OBJECT, p.NEW, "")
    assert fact.tagger == Person(name="Jia Tan", email="jiat0218@gmail.com")
    assert fact.signature.key.name == "pgp:59FCF207FEA7F445"
    assert (fact.signature.valid, fact.signature.reason) == (False, "unknown_key")


def test_an_unsigned_tag_has_no_signature_and_no_gap(github: GitHub, reader: GitHubReader) -> None:
    """That it is unsigned is known."""
    put_tag(github, verified=False, reason="unsigned")
    fact = ask(tag(), ledger(), reader)
    assert (fact.annotated, fact.signature, fact.gap) == (True, None, "")


def test_a_signature_nobody_can_read_is_a_gap(github: GitHub, reader: GitHubReader) -> None:
    """It is there, but names no key."""
    put_tag(github, make.pgp_armor(b"nonsense"), verified=False)
    fact = ask(tag(), ledger(), reader)
    assert fact.signature is None
    assert "PGP" in fact.gap


def test_a_known_key_does_not_hide_another(github: GitHub, reader: GitHubReader) -> None:
    """A tag that two keys signed is told once for each."""
    put_tag(github, pgp(LASSES_KEY, JIAS_KEY), verified=False)
    facts = enrich([tag()], ledger(signer=f"pgp:{LASSES_KEY[-16:]}"), reader, INSTALLATION)
    assert [f.signature.key.id for f in facts if isinstance(f, TagCreated) and f.signature] == [LASSES_KEY, JIAS_KEY]


@pytest.mark.parametrize(
    ("known", "name"),
    [
        ((), "pgp:1111111111111111"),
        (("pgp:1111111111111111",), "pgp:1111111111111111"),
        (("pgp:3333333333333333",), "pgp:3333333333333333"),
        (("pgp:59FCF207FEA7F445", "pgp:1111111111111111"), "pgp:59FCF207FEA7F445"),
    ],
)
def test_a_subkey_goes_by_a_name_the_ledger_knows(
    github: GitHub, reader: GitHubReader, known: tuple[str, ...], name: str
) -> None:
    """One key of a person has several subkeys; a new one of a known key is not a new key."""
    put_tag(github, pgp(JIAS_KEY))
    subkeys = [{"key_id": JIAS_KEY[-16:]}, {"key_id": "3333333333333333"}]
    github.put("/users/JiaT75/gpg_keys", [{"key_id": "1111111111111111", "subkeys": subkeys}])
    remembered = ledger()
    for key in known:
        remembered.use(Power.SIGNER, key, PAST)
    assert ask(tag(), remembered, reader).signature.key.name == name


def test_a_signature_github_did_not_verify_gets_no_better_name(github: GitHub, reader: GitHubReader) -> None:
    """Anybody can list a key; only a verified signature was made with it."""
    put_tag(github, pgp(JIAS_KEY), verified=False, reason="unknown_key")
    github.put("/users/JiaT75/gpg_keys", [{"key_id": LASSES_KEY[-16:], "subkeys": [{"key_id": JIAS_KEY[-16:]}]}])
    assert ask(tag(), ledger(signer=f"pgp:{LASSES_KEY[-16:]}"), reader).signature.key.id == JIAS_KEY


def test_a_lightweight_tag_is_not_asked_for(github: GitHub, reader: GitHubReader) -> None:
    """The push said already that there is no tag object."""
    shown = p.push(ref="refs/tags/v1", before=p.ZERO, after=p.NEW, commits=[], head_commit=p.commit(p.NEW))
    fact = ask(p.only("push", shown), ledger(), reader)
    assert (fact.annotated, fact.gap) == (False, "")
    assert github.requests == []


def test_a_tag_object_out_of_sight_is_not_a_lightweight_tag(reader: GitHubReader) -> None:
    """The push said that there is one."""
    fact = ask(tag(), ledger(), reader)
    assert fact.annotated is True
    assert fact.gap


@pytest.mark.parametrize("kind", ["tag", "commit"])
def test_a_tag_told_by_name_is_looked_up(github: GitHub, reader: GitHubReader, kind: str) -> None:
    """`create` names no object; after asking, it says as much as a push does."""
    put_tag(github, pgp(JIAS_KEY))
    sha = p.OBJECT if kind == "tag" else p.NEW
    github.put(f"{REPO}/git/ref/tags/v5.4.4", {"object": {"type": kind, "sha": sha}})
    fact = ask(p.only("create", p.payload(ref="v5.4.4", ref_type="tag")), ledger(), reader)
    assert (fact.target, fact.annotated, fact.gap) == (p.NEW, kind == "tag", "")
    assert (fact.signature is not None) == (kind == "tag")


def test_a_tag_that_is_gone_again_leaves_a_gap(reader: GitHubReader) -> None:
    """It was there, and nobody can say what it was."""
    fact = ask(p.only("create", p.payload(ref="v1", ref_type="tag")), ledger(), reader)
    assert (fact.target, fact.annotated) == ("", None)
    assert "gone" in fact.gap


def test_a_role_that_was_not_told_is_asked_for(github: GitHub, reader: GitHubReader) -> None:
    """Older payloads say only that somebody was added."""
    github.put(f"{REPO}/collaborators/JiaT75/permission", {"permission": "write", "role_name": "maintain"})
    shown = p.payload(p.LASSE, action="added", member=p.JIA)
    assert ask(p.only("member", shown), ledger(), reader).after == "maintain"
    told = p.payload(p.LASSE, action="added", member=p.JIA, changes={"permission": {"to": "read"}})
    assert ask(p.only("member", told), ledger(), reader).after == "read"


def test_a_replay_believes_claims_and_states_gaps() -> None:
    """There is nobody to ask."""
    shown = p.payload(p.LASSE, action="added", member=p.JIA)
    landed, tagged, access = enrich([push(**MERGE), tag(), p.only("member", shown)], ledger(), None, None)
    assert isinstance(landed, CommitsLanded)
    assert isinstance(tagged, TagCreated)
    assert isinstance(access, AccessChanged)
    assert (landed.via, landed.claimed_pull, landed.pull) == (Landing.MERGE, 7, None)
    assert (tagged.annotated, tagged.signature, access.after) == (True, None, "")
    assert tagged.gap
    assert access.gap
