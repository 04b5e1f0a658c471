"""The words of a story: each makes one fact from a few fields. A new kind of fact gets its word here.

People are single words: `by: mallory` is the account @mallory with an id of its own. `people:` in a story says more.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from github_app import fact as f
from github_app.estate import InventoryChanged, settings
from github_app.happenings import TagsRewritten
from github_app.model import Person, Repository, Signature, SigningKey, Source
from tests.story_rules import rules_of

_WEB_FLOW = Person(name="GitHub", email="noreply@github.com")
REPOSITORY = Repository(id=1, full_name="acme/widget", owner_id=2, default_branch="main")


class StoryError(ValueError):
    """A story cannot be read; the message says where, and what to write."""


@dataclass
class Teller:
    """What the words of one story share: who is who, and how many commits were made so far."""

    people: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    made: int = 0

    def person(self, name: Any, place: str) -> Person:
        """Return the account behind a name."""
        if not isinstance(name, str) or not name:
            raise StoryError(f"{place}: a person is one word, like `alice`, not `{name}`")
        number = int(hashlib.sha256(name.encode()).hexdigest()[:6], 16) + 1
        return Person(**{"id": number, "login": name, **self.people.get(name, {})})

    def sha(self) -> str:
        """Return the name of one more commit."""
        self.made += 1
        return hashlib.sha1(str(self.made).encode(), usedforsecurity=False).hexdigest()


Maker = Callable[[Teller, dict[str, Any], dict[str, Any], str], f.Fact]


@dataclass(frozen=True, slots=True)
class Word:
    """One word: what it says, its fields with their defaults (`...`: must be given), and what makes the fact."""

    says: str
    fields: Mapping[str, Any]
    make: Maker

    def tell(self, teller: Teller, at: dt.datetime, given: Mapping[str, Any], place: str) -> f.Fact:
        """Return the fact.

        Raises:
            StoryError: a field is missing, unknown, or of the wrong kind.
        """
        if unknown := set(given) - set(self.fields):
            raise StoryError(f"{place}: no field `{min(map(str, unknown))}`; there are {', '.join(self.fields)}")
        for name, default in self.fields.items():
            if default is ... and name not in given:
                raise StoryError(f"{place}: the field `{name}` is missing")
            if name in given and default is not ... and default is not None and not isinstance(given[name], type(default)):
                raise StoryError(f"{place}: `{name}` must be a {type(default).__name__}, put text in quotes")
        told = {**self.fields, **given}
        common = {"at": at, "source": Source.WEBHOOK, "repository": REPOSITORY}
        if told.get("by"):
            common["actor"] = teller.person(told["by"], place)
        return self.make(teller, common, told, place)


def _path(told: str) -> f.PathChange:
    """`A docs/new.md` was added, `D docs/old.md` deleted; without a letter it was changed."""
    status, space, path = told.partition(" ")
    return (
        f.PathChange(status=status, path=path)
        if space and status in {"A", "M", "D"}
        else f.PathChange(status="M", path=told)
    )


def _contents(path: str, texts: Any, place: str) -> f.Contents:
    """`before` and `after` of a changed file; without `before` it is new."""
    if not isinstance(texts, dict) or set(texts) - {"before", "after"} or not isinstance(texts.get("after"), str):
        raise StoryError(f'{place}: write `contents: {{{path}: {{before: "old text", after: "new text"}}}}`')
    return f.Contents(path=path, before=texts.get("before"), after=texts["after"])


def _landing(via: f.Landing) -> Maker:
    def make(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
        author = teller.person(told.get("author") or told["by"], place)
        contents = tuple(_contents(path, texts, place) for path, texts in told["contents"].items())
        known = (f.PathChange(status="M" if c.before is not None else "A", path=c.path) for c in contents)
        paths = (*(_path(path) for path in told["paths"]), *known)
        # Apps commit through GitHub's interface, which names itself as the committer.
        committer = teller.person(told["committer"], place) if told["committer"] else _WEB_FLOW if author.bot else author
        commit = f.Commit(sha=teller.sha(), author=author, committer=committer, title="Work", paths=paths, contents=contents)
        return f.CommitsLanded(
            ref=f"refs/heads/{told['to']}",
            before="0" * 40,
            after=commit.sha,
            guarded=told["to"] == REPOSITORY.default_branch,
            via=via,
            commits=(commit,),
            pull=told.get("pull"),
            claimed_pull=told.get("claims"),
            rules=rules_of(told.get("rules")),
            **common,
        )

    return make


def _merge(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    author = teller.person(told["author"] or told["by"], place)
    return f.PullMerged(
        number=told["pull"],
        title="Work",
        author=author,
        merge_sha=teller.sha(),
        head_sha=teller.sha(),
        base_ref=told["to"],
        guarded=told["to"] == REPOSITORY.default_branch,
        **common,
    )


def _tag(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    scheme, _, name = told["key"].partition(":") if told["key"].startswith(("ssh:", "x509:")) else ("pgp", "", told["key"])
    who = teller.person(told["tagger"] or told["by"], place) if told["tagger"] or told["by"] else None
    signature = Signature(key=SigningKey(scheme=scheme, id=name), valid=told["valid"]) if name else None
    return f.TagCreated(
        name=told["name"],
        target=teller.sha(),
        annotated=who is not None,
        tagger=who,
        signature=signature,
        **common,
    )


def _tag_move(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    return f.TagMoved(name=told["name"], before=told["from"] or teller.sha(), after=told["to"] or teller.sha(), **common)


def _access(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    if told["in"] not in {"repository", "organization"}:
        raise StoryError(f"{place}: `in` is repository or organization")
    if told["in"] == "organization":
        common |= {"repository": None, "organization": REPOSITORY.owner, "organization_id": REPOSITORY.owner_id}
    return f.AccessChanged(
        subject=teller.person(told["of"], place), scope=told["in"], before=told["from"], after=told["to"], **common
    )


def _deploy_key(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    return f.DeployKeyChanged(
        key_id=told["id"],
        title=told["title"],
        fingerprint=f"SHA256:{told['title']}",
        read_only=not told["write"],
        added=not told["removed"],
        **common,
    )


def _review(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    return f.ReviewGiven(number=told["pull"], author=teller.person(told["author"], place), verdict=told["verdict"], **common)


def _release(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    was = {"before_tag": told["from"]}
    return f.ReleaseChanged(action=told["action"], tag=told["tag"], author=common["actor"], **was, **common)


def _policy(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    return f.PolicyChanged(
        scope=told["in"],
        before=teller.sha(),
        after=teller.sha(),
        losses=tuple(told["losses"]),
        grave=told["grave"],
        announced=tuple(told["announced"]),
        broken=told["broken"],
        commits=(teller.sha(),),
        **common,
    )


def _joined(told: Any, place: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(str(told)).replace(tzinfo=dt.UTC) if told else None
    except ValueError:
        raise StoryError(f"{place}: `joined: {told}` is no date; write 2022-05-01") from None


def _comment(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    return f.CommentWritten(
        thread=told["thread"],
        comment_id=told["id"],
        action="edited" if told["edited"] else "created",
        text=told["text"],
        association=told["as"],
        thread_author=teller.person(told["thread_of"], place) if told["thread_of"] else None,
        on_pull=told["on_pull"],
        actor_created_at=_joined(told["joined"], place),
        url=f"https://github.com/acme/widget/issues/{told['thread']}#issuecomment-{told['id']}",
        **common,
    )


def _found(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    if told["in"] == "organization":
        common |= {"repository": None, "organization": REPOSITORY.owner, "organization_id": REPOSITORY.owner_id}
    before, after = (settings(told[side]) for side in ("was", "is"))
    return InventoryChanged(
        thing=told["thing"],
        key=told["key"] or f"{told['thing']}:{told['name']}",
        name=told["name"],
        action="added" if not before else "changed" if after else "removed",
        before=before,
        after=after,
        subject=teller.person(told["of"], place) if told["of"] else None,
        **common | {"source": Source.API},
    )


def _rewritten(teller: Teller, common: dict[str, Any], told: dict[str, Any], place: str) -> f.Fact:
    moved, deleted = (tuple(map(str, told[side])) for side in ("moved", "deleted"))
    return TagsRewritten(moved=moved, deleted=deleted, **common | {"source": Source.API})


_LANDS = {"by": ..., "author": "", "committer": "", "to": "main", "paths": [], "contents": {}, "rules": {}}
WORDS: dict[str, Word] = {
    "push": Word(
        "somebody pushed commits; a path is `changed.py`, `A added.py` or `D deleted.py`; `contents` are those of paths",
        _LANDS,
        _landing(f.Landing.PUSH),
    ),
    "web_edit": Word("somebody edited a file on the website", _LANDS, _landing(f.Landing.WEB)),
    "merge": Word("somebody merged a pull request", {"by": ..., "pull": ..., "author": "", "to": "main"}, _merge),
    "merge_push": Word(
        "the push that a merge makes; `claims` is a number that only its text names",
        {**_LANDS, "pull": None, "claims": None},
        _landing(f.Landing.MERGE),
    ),
    "tag": Word(
        "a tag was pushed; `key` is a PGP key's id, `ssh:SHA256:...` or `x509:who@example.org`; by nobody: lightweight",
        {"by": "", "name": ..., "tagger": "", "key": "", "valid": None},
        _tag,
    ),
    "tag_move": Word(
        "somebody made a tag point elsewhere; `from` and `to` are objects",
        {"by": "", "name": ..., "from": "", "to": ""},
        _tag_move,
    ),
    "access": Word("somebody's role changed", {"by": "", "of": ..., "from": "none", "to": ..., "in": "repository"}, _access),
    "deploy_key": Word(
        "a deploy key was added or removed",
        {"by": ..., "id": 1, "title": ..., "write": True, "removed": False},
        _deploy_key,
    ),
    "found": Word(
        "comparing with GitHub found something that came, went or changed; `was` and `is` are its settings",
        {"thing": ..., "name": ..., "key": "", "in": "repository", "of": "", "was": {}, "is": {}},
        _found,
    ),
    "tags_rewritten": Word(
        "comparing with GitHub found many tags moved or deleted", {"moved": [], "deleted": []}, _rewritten
    ),
    "review": Word("somebody reviewed", {"by": ..., "pull": ..., "author": ..., "verdict": "approved"}, _review),
    "release": Word("somebody published a release", {"by": ..., "tag": ..., "action": "published", "from": ""}, _release),
    "comment": Word(
        "somebody wrote a comment; `as` is GitHub's author_association, `joined` the date the account was made",
        {
            "by": ...,
            "thread": 1,
            "id": 1,
            "text": ...,
            "as": "NONE",
            "edited": False,
            "thread_of": "",
            "on_pull": False,
            "joined": "",
        },
        _comment,
    ),
    "policy": Word(
        "the policy changed; `losses` are sentences, `announced` logins, `in` is repository or organisation",
        {"by": "", "losses": [], "grave": False, "announced": [], "broken": False, "in": "repository"},
        _policy,
    ),
}
