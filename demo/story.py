"""The story as steps: each changes the stand-in's state as the act did on GitHub and says which webhooks follow.

Payloads are shaped by docs.github.com/webhooks/webhook-events-and-payloads; fields nobody reads are left out.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from demo import facts, world
from demo.facts import Comment, Commit, Name, PullEvent, Tag
from demo.pushes import commit_json, count, name_json, sessions
from demo.signature_packet import armored
from demo.standin.github import GitHub
from demo.standin.github_state import Pull, Repo, TagObject
from demo.standin.shapes import Json, node, stamp

_BASE = "2024fbf2794885277d05378d40b2b8015a7c3b40"
"""The tip of the default branch when the story begins."""
_ZERO = "0" * 40
Hook = tuple[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One act: `act` does it on the stand-in and returns the webhooks, `hooks` many. `caption` is "" for daily routine.

    The `turning_point` is where an alert is on its way into every channel at once: the best moment to kill something.
    """

    at: dt.datetime
    act: Callable[[], list[Hook]]
    caption: str = ""
    commits: int = 0
    hooks: int = 1
    turning_point: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A webhook ready to be signed and sent."""

    guid: str
    event: str
    at: dt.datetime
    payload: Json


class Story:
    """Builds the steps against a GitHub stand-in that holds `world.state`."""

    def __init__(self, hub: GitHub) -> None:
        self.hub, self.shapes = hub, hub.shapes
        self.repo: Repo = hub.repo(facts.REPOSITORY)

    def installation(self) -> Delivery:
        """Return the delivery that tells the app of its installation."""
        short = {k: self.shapes.repository(self.repo)[k] for k in ("id", "node_id", "name", "full_name", "private")}
        body = {"action": "created", "installation": self.hub.installation(), "repositories": [short], "requester": None}
        return self._delivery("installation", world.START, {**body, "sender": self.shapes.user(world.MAINTAINER)})

    def steps(self) -> list[Step]:
        """Return everything in the order in which it happened."""
        found = [*self._pushes(), *self._tags(), *self._pulls(), *self._comments()]
        return sorted((replace(step, at=step.at.astimezone(dt.UTC)) for step in found), key=lambda step: step.at)

    def deliveries(self, step: Step) -> list[Delivery]:
        """Do a step on the stand-in and return its webhooks."""
        with self.hub.state.lock:
            hooks = step.act()
        return [self._delivery(event, step.at, payload) for event, payload in hooks]

    def _delivery(self, event: str, at: dt.datetime, payload: Json) -> Delivery:
        guid = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{event} {at.isoformat()} {sorted(map(str, payload.items()))}"))
        return Delivery(guid=guid, event=event, at=at, payload=payload)

    def _payload(self, sender: str, **fields: object) -> Json:
        owner = self.repo.full_name.partition("/")[0]
        return {
            **fields,
            "repository": self.shapes.repository(self.repo),
            "organization": {"login": owner, "id": self.shapes.user(owner)["id"]},
            "sender": self.shapes.user(sender),
            "installation": {"id": self.hub.state.installation_id, "node_id": node("I", 1)},
        }

    # -- pushes ------------------------------------------------------------------------------------------------

    def _pushes(self) -> Iterator[Step]:
        before, latest, seen = _BASE, world.START, set[str]()
        for commits in sessions(facts.story_commits()):
            who = world.pusher(commits[-1])
            latest = max(latest, *(c.committed for c in commits))
            caption = f"@{who} pushes for the first time: {count(len(commits))}" if who not in seen else ""
            seen.add(who)
            after = commits[-1].id
            yield Step(
                at=latest,
                act=lambda b=before, a=after, c=commits, w=who, t=latest: self._push(b, a, c, w, t),  # type: ignore[misc]
                caption=caption,
                commits=len(commits),
            )
            before = after

    def _push(self, before: str, after: str, commits: list[Commit], who: str, at: dt.datetime) -> list[Hook]:
        # When he was given write access is not public, so no webhook tells it; by his first push he had it.
        self.repo.roles.setdefault(who, "write")
        for commit in commits:
            self.repo.commits.setdefault(commit.id, [])
            self.repo.about[commit.id] = {
                "author": commit.author.name,
                "committer": commit.committer.name,
                "at": stamp(at),
                "paths": commit.changes,
            }
        self.repo.refs[f"refs/heads/{facts.BRANCH}"] = ("commit", after)
        self.repo.pushed_at = at
        told = [commit_json(c, f"{self.hub.url}/{self.repo.full_name}") for c in commits]
        return [("push", self._push_payload(f"refs/heads/{facts.BRANCH}", (before, after), who, told, told[-1]))]

    def _push_payload(self, ref: str, move: tuple[str, str], who: str, told: list[Json], head: Json) -> Json:
        before, after = move
        payload = self._payload(
            who,
            ref=ref,
            before=before,
            after=after,
            created=before == _ZERO,
            deleted=False,
            forced=False,
            base_ref=None,
            compare=f"{self.hub.url}/{self.repo.full_name}/compare/{before[:12]}...{after[:12]}",
            commits=told,
            head_commit=head,
            pusher={"name": who, "email": next((m for m, name in world.LOGINS.items() if name == who), None)},
        )
        if self.repo.pushed_at is not None:
            # In this event, and only here, GitHub writes it as seconds since 1970.
            payload["repository"]["pushed_at"] = int(self.repo.pushed_at.timestamp())
        return payload

    # -- tags and releases -------------------------------------------------------------------------------------

    def _tags(self) -> Iterator[Step]:
        signers: set[str] = set()
        for tag in facts.story_tags():
            who = world.login(tag.tagger) if tag.tagger else world.MAINTAINER
            caption = f"@{who} tags {tag.name}"
            if tag.key not in signers:
                caption += f", signed with key {tag.key}"
            signers.add(tag.key)
            yield Step(at=tag.created, act=lambda t=tag, w=who: self._tag(t, w), caption=caption, hooks=2)  # type: ignore[misc]

    def _tag(self, tag: Tag, who: str) -> list[Hook]:
        name = tag.tagger or Name("", "")
        self.repo.tags[tag.object] = TagObject(
            sha=tag.object,
            name=tag.name,
            target=tag.target,
            tagger_name=name.name,
            tagger_email=name.mail,
            at=tag.at,
            signature=armored(tag.key, tag.fingerprint, created=int(tag.at.timestamp())) if tag.key else "",
        )
        self.repo.refs[f"refs/tags/{tag.name}"] = ("tag", tag.object)
        self.repo.pushed_at = tag.created
        self.repo.commits.setdefault(tag.target, [])
        head = {"id": tag.target, "tree_id": "", "distinct": True, "message": "", "timestamp": tag.at.isoformat()}
        head |= {"url": f"{self.hub.url}/{self.repo.full_name}/commit/{tag.target}", "author": name_json(name)}
        head |= {"committer": name_json(name), "added": [], "removed": [], "modified": []}
        created = self._payload(
            who, ref=tag.name, ref_type="tag", master_branch=facts.BRANCH, description=None, pusher_type="user"
        )
        return [
            ("create", created),
            ("push", self._push_payload(f"refs/tags/{tag.name}", (_ZERO, tag.object), who, [], head)),
        ]

    # -- pull requests -----------------------------------------------------------------------------------------

    def _pulls(self) -> Iterator[Step]:
        for event in facts.story_pulls():
            what, caption = event.what, ""
            if event.number == 7:
                caption = f"@{event.by} {'opens' if what == 'opened' else 'merges'} pull request #7"
            elif what == "released" and event.head.startswith("v5.6"):
                caption = f"@{event.by} publishes the release {event.head}, with the backdoor"
            turning_point = event.number == 7 and what == "merged"
            yield Step(
                at=event.at,
                act=lambda e=event: self._pull(e),  # type: ignore[misc]
                caption=caption,
                turning_point=turning_point,
            )

    def _pull(self, event: PullEvent) -> list[Hook]:
        if event.what == "released":
            return [("release", self._payload(event.by, action="published", release=self._release(event)))]
        pull = self.repo.pulls.get(event.number) or self._new_pull(event)
        if event.what.startswith("review:"):
            review = {
                "id": self.hub.state.next_id(),
                "user": self.shapes.user(event.by),
                "body": None,
                "commit_id": event.head,
                "submitted_at": stamp(event.at),
                "state": event.what.partition(":")[2],
                "author_association": "MEMBER" if event.by in self.repo.roles else "NONE",
                "html_url": f"{self.hub.url}/{self.repo.full_name}/pull/{event.number}",
            }
            told = self.shapes.pull(self.repo, pull)
            return [("pull_request_review", self._payload(event.by, action="submitted", review=review, pull_request=told))]
        pull.head_sha = event.head or pull.head_sha
        if event.what == "merged":
            pull.state, pull.merged_at, pull.merged_by = "closed", event.at, event.by
            pull.merge_sha = event.landed or event.head
            self.repo.commits.setdefault(pull.merge_sha, []).append(pull.number)
        elif event.what in {"closed", "reopened"}:
            pull.state = "closed" if event.what == "closed" else "open"
        action = "closed" if event.what == "merged" else event.what
        told = self.shapes.pull(self.repo, pull)
        return [("pull_request", self._payload(event.by, action=action, number=pull.number, pull_request=told))]

    def _new_pull(self, event: PullEvent) -> Pull:
        """Add a pull request; some were opened before the public events begin, so they appear with their first one."""
        pull = Pull(
            number=event.number,
            title=event.branch,
            author=event.author,
            head_ref=event.branch,
            head_sha=event.head,
            created_at=event.at,
            from_fork=event.author not in self.repo.roles,
        )
        self.repo.pulls[event.number] = pull
        self.repo.commits.setdefault(event.head, [])
        return pull

    def _release(self, event: PullEvent) -> Json:
        return {
            "id": self.hub.state.next_id(),
            "tag_name": event.head,
            "target_commitish": facts.BRANCH,
            "name": None,
            "draft": False,
            "prerelease": False,
            "author": self.shapes.user(event.author),
            "created_at": stamp(event.at),
            "published_at": stamp(event.at),
            "assets": [],
            "body": None,
            "html_url": f"{self.hub.url}/{self.repo.full_name}/releases/tag/{event.head}",
        }

    # -- retold comments ---------------------------------------------------------------------------------------

    def _comments(self) -> Iterator[Step]:
        for comment in facts.pressure():
            who = self.hub.state.account(comment.by).name
            caption = f"{who} writes (retold): “{comment.text.split('.')[0]}.”"
            yield Step(at=comment.at, act=lambda c=comment: self._comment(c), caption=caption)  # type: ignore[misc]

    def _comment(self, comment: Comment) -> list[Hook]:
        known = self.repo.issues.get(comment.issue)
        issue = known or {
            "id": 70_000 + comment.issue,
            "number": comment.issue,
            "title": comment.title,
            "user": self.shapes.user(comment.opened_by),
            "state": "open",
            "author_association": "NONE",
            "created_at": stamp(comment.at),
            "html_url": f"{self.hub.url}/{self.repo.full_name}/issues/{comment.issue}",
            "body": None,
        }
        self.repo.issues[comment.issue] = issue
        new = self.hub.state.next_id()
        written = {
            "id": new,
            "issue_number": comment.issue,
            "user": self.shapes.user(comment.by),
            "body": comment.text,
            "author_association": comment.association,
            "created_at": stamp(comment.at),
            "updated_at": stamp(comment.at),
            "html_url": f"{issue['html_url']}#issuecomment-{new}",
        }
        self.repo.comments[new] = written
        return [("issue_comment", self._payload(comment.by, action="created", issue=issue, comment=written))]
