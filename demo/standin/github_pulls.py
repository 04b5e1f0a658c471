"""The stand-in's pull requests, comments, review requests and check runs.

Pages: docs.github.com/rest/pulls/pulls, /rest/pulls/review-requests, /rest/issues/comments, /rest/checks/runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request

from demo.standin.answers import Refusal
from demo.standin.github_state import Pull, Repo
from demo.standin.shapes import Json, node, stamp

if TYPE_CHECKING:
    from demo.standin.github import GitHub

Route = tuple[str, str, str, str, Callable[..., Any]]
_BODY = 65_536
_CONCLUSIONS = {"action_required", "cancelled", "failure", "neutral", "success", "skipped", "stale", "timed_out"}
_REACTIONS = {"+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"}
_STATUSES = {"queued", "in_progress", "completed"}


def routes(hub: GitHub) -> None:
    """Register everything on the stand-in."""
    at = "/repos/<owner>/<name>"
    pulls, reviewers = Pulls(hub), f"{at}/pulls/<int:number>/requested_reviewers"
    comments, checks = Comments(hub), Checks(hub)
    table: list[Route] = [
        ("GET", "pull_requests", f"{at}/pulls", "read", pulls.all),
        ("GET", "pull_requests", f"{at}/pulls/<int:number>", "read", pulls.one),
        ("GET", "pull_requests", reviewers, "read", pulls.reviewers),
        ("POST", "pull_requests", reviewers, "write", pulls.request_reviewers),
        ("DELETE", "pull_requests", reviewers, "write", pulls.remove_reviewers),
        ("GET", "pull_requests", f"{at}/pulls/<int:number>/reviews", "read", pulls.reviews),
        ("GET", "issues", f"{at}/issues/<int:number>/comments", "read", comments.all),
        ("POST", "issues", f"{at}/issues/<int:number>/comments", "write", comments.create),
        ("GET", "issues", f"{at}/issues/comments/<int:number>", "read", comments.one),
        ("PATCH", "issues", f"{at}/issues/comments/<int:number>", "write", comments.edit),
        ("DELETE", "issues", f"{at}/issues/comments/<int:number>", "write", comments.delete),
        ("POST", "issues", f"{at}/issues/comments/<int:number>/reactions", "write", comments.react),
        ("POST", "checks", f"{at}/check-runs", "write", checks.create),
        ("PATCH", "checks", f"{at}/check-runs/<int:number>", "write", checks.edit),
        ("GET", "checks", f"{at}/check-runs/<int:number>", "read", checks.one),
        ("GET", "checks", f"{at}/commits/<sha>/check-runs", "read", checks.of_commit),
    ]
    for method, permission, path, level, function in table:
        hub.api(method, path, permission, level)(function)


def _body() -> Json:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Refusal(400, "Problems parsing JSON")
    return body


def _invalid(resource: str, field: str, code: str, message: str) -> Refusal:
    errors = [{"resource": resource, "field": field, "code": code, "message": message}]
    return Refusal(422, "Validation Failed", errors=errors)


class Pulls:
    """Pull requests and their requested reviewers."""

    def __init__(self, hub: GitHub) -> None:
        self.hub, self.shapes = hub, hub.shapes

    def find(self, repo: Repo, number: int) -> Pull:
        """Return a pull request or answer 404."""
        if number not in repo.pulls:
            raise Refusal(404, "Not Found")
        return repo.pulls[number]

    def all(self, repo: Repo) -> Response:
        """GET /pulls."""
        state = request.args.get("state", "open")
        found = [p for p in repo.pulls.values() if state in {"all", p.state}]
        return self.hub.page([self.shapes.pull(repo, p) for p in sorted(found, key=lambda p: -p.number)])

    def one(self, repo: Repo, number: int) -> Json:
        """GET /pulls/{n}."""
        return self.shapes.pull(repo, self.find(repo, number))

    def reviewers(self, repo: Repo, number: int) -> Json:
        """GET /pulls/{n}/requested_reviewers."""
        return {"users": [self.shapes.user(r) for r in self.find(repo, number).reviewers], "teams": []}

    def reviews(self, repo: Repo, number: int) -> Response:
        """GET /pulls/{n}/reviews: none is kept here."""
        self.find(repo, number)
        return jsonify([])

    def request_reviewers(self, repo: Repo, number: int) -> tuple[Json, int]:
        """POST: one wrong name refuses the whole call."""
        pull, asked = self.find(repo, number), _body().get("reviewers") or []
        if any(login.lower() == pull.author.lower() for login in asked):
            raise Refusal(422, "Review cannot be requested from pull request author.")
        known = {login.lower(): login for login in repo.roles}
        if any(login.lower() not in known for login in asked):
            text = "Reviews may only be requested from collaborators. One or more of the users or teams you specified "
            raise Refusal(422, f"{text}is not a collaborator of the {repo.full_name} repository.")
        for login in asked:
            if known[login.lower()] not in pull.reviewers:
                pull.reviewers.append(known[login.lower()])
        return self.shapes.pull(repo, pull), 201

    def remove_reviewers(self, repo: Repo, number: int) -> Json:
        """DELETE requested_reviewers."""
        pull, gone = self.find(repo, number), {str(login).lower() for login in _body().get("reviewers") or []}
        pull.reviewers = [login for login in pull.reviewers if login.lower() not in gone]
        return self.shapes.pull(repo, pull)


class Comments:
    """Comments on issues and pull requests; the app writes as its bot."""

    def __init__(self, hub: GitHub) -> None:
        self.hub = hub

    def find(self, repo: Repo, number: int) -> Json:
        """Return a comment or answer 404."""
        if number not in repo.comments:
            raise Refusal(404, "Not Found")
        return repo.comments[number]

    def all(self, repo: Repo, number: int) -> Response:
        """GET the comments of an issue, oldest first."""
        return self.hub.page([c for c in repo.comments.values() if c["issue_number"] == number])

    def one(self, repo: Repo, number: int) -> Json:
        """GET a comment."""
        return self.find(repo, number)

    def create(self, repo: Repo, number: int) -> tuple[Json, int]:
        """POST a comment."""
        if number not in repo.pulls and number not in repo.issues:
            raise Refusal(404, "Not Found")
        new = self.hub.state.next_id()
        url = f"{self.hub.url}/repos/{repo.full_name}/issues"
        repo.comments[new] = {
            "id": new,
            "node_id": node("IC", new),
            "url": f"{url}/comments/{new}",
            "issue_url": f"{url}/{number}",
            "html_url": f"{self.hub.url}/{repo.full_name}/pull/{number}#issuecomment-{new}",
            "issue_number": number,
            "body": self._text(),
            "user": self.hub.shapes.user(self.hub.state.bot),
            "author_association": "NONE",
            "created_at": stamp(self.hub.clock()),
            "updated_at": stamp(self.hub.clock()),
            "performed_via_github_app": {"id": self.hub.state.app_id, "slug": self.hub.state.slug},
        }
        return repo.comments[new], 201

    def edit(self, repo: Repo, number: int) -> Json:
        """PATCH a comment."""
        self.find(repo, number).update(body=self._text(), updated_at=stamp(self.hub.clock()))
        return repo.comments[number]

    def delete(self, repo: Repo, number: int) -> tuple[str, int]:
        """DELETE a comment."""
        self.find(repo, number)
        del repo.comments[number]
        return "", 204

    def react(self, repo: Repo, number: int) -> tuple[Json, int]:
        """POST a reaction: once from the app, however often."""
        content = _body().get("content")
        if content not in _REACTIONS:
            raise _invalid("Reaction", "content", "invalid", "Validation Failed")
        given = self.find(repo, number).setdefault("reacted", [])
        known = content in given
        given.extend([] if known else [content])
        made = {"id": self.hub.state.next_id(), "content": content, "user": self.hub.shapes.user(self.hub.state.bot)}
        return made, 200 if known else 201

    def _text(self) -> str:
        text = _body().get("body")
        if not isinstance(text, str) or not text.strip():
            raise _invalid("IssueComment", "body", "missing_field", "body can't be blank")
        if len(text) > _BODY:
            raise _invalid("IssueComment", "body", "custom", f"body is too long (maximum is {_BODY} characters)")
        return text


class Checks:
    """Check runs."""

    def __init__(self, hub: GitHub) -> None:
        self.hub = hub

    def find(self, repo: Repo, number: int) -> Json:
        """Return a check run or answer 404."""
        if number not in repo.checks:
            raise Refusal(404, "Not Found")
        return repo.checks[number]

    def one(self, repo: Repo, number: int) -> Json:
        """GET a check run."""
        return self.find(repo, number)

    def of_commit(self, repo: Repo, sha: str) -> Json:
        """GET the check runs of a commit, by name if asked."""
        name = request.args.get("check_name")
        found = [c for c in repo.checks.values() if c["head_sha"] == sha and name in {None, c["name"]}]
        return {"total_count": len(found), "check_runs": found}

    def create(self, repo: Repo) -> tuple[Json, int]:
        """POST a check run."""
        body = self._checked(_body())
        if not body.get("name") or not body.get("head_sha"):
            raise Refusal(422, 'Invalid request.\n\n"name", "head_sha" weren\'t supplied.')
        heads = {p.head_sha for p in repo.pulls.values()}
        if body["head_sha"] not in heads and body["head_sha"] not in repo.commits:
            raise Refusal(422, f"No commit found for SHA: {body['head_sha']}")
        new = self.hub.state.next_id()
        repo.checks[new] = {
            "id": new,
            "node_id": node("CR", new),
            "name": body["name"],
            "head_sha": body["head_sha"],
            "external_id": body.get("external_id", ""),
            "url": f"{self.hub.url}/repos/{repo.full_name}/check-runs/{new}",
            "html_url": f"{self.hub.url}/{repo.full_name}/runs/{new}",
            "status": "queued",
            "conclusion": None,
            "details_url": None,
            "started_at": stamp(self.hub.clock()),
            "completed_at": None,
            "output": {"title": None, "summary": None, "text": None, "annotations_count": 0},
            "actions": [],
            "app": {"id": self.hub.state.app_id, "slug": self.hub.state.slug},
            "pull_requests": [{"number": p.number} for p in repo.pulls.values() if p.head_sha == body["head_sha"]],
        }
        self._apply(repo.checks[new], body)
        return repo.checks[new], 201

    def edit(self, repo: Repo, number: int) -> Json:
        """PATCH a check run."""
        run = self.find(repo, number)
        self._apply(run, self._checked(_body()))
        return run

    def _apply(self, run: Json, body: Json) -> None:
        for key in ("name", "status", "conclusion", "details_url", "external_id", "actions", "started_at", "completed_at"):
            if key in body:
                run[key] = body[key]
        if "conclusion" in body:
            run.update(status="completed", completed_at=body.get("completed_at") or stamp(self.hub.clock()))
        run["output"] = {**run["output"], **{k: v for k, v in body.get("output", {}).items() if k != "annotations"}}

    def _checked(self, body: Json) -> Json:
        """Refuse what the "checks" page refuses: sizes of output and actions, unknown words."""
        output, actions = body.get("output"), body.get("actions", [])
        if output is not None and not (output.get("title") and output.get("summary")):
            raise Refusal(422, 'Invalid request.\n\n"title", "summary" weren\'t supplied.')
        for key in ("summary", "text"):
            if output and len(str(output.get(key) or "").encode()) > 65_535:
                raise _invalid("CheckRun", key, "custom", f"{key} exceeds a maximum bytesize of 65535")
        if len(actions) > 3:
            raise Refusal(422, "Invalid request.\n\nNo more than 3 items are allowed; you supplied 4 or more.")
        limits: dict[str, int] = {"label": 20, "description": 40, "identifier": 20}
        for action in actions:
            for key, most in limits.items():
                if not 0 < len(action.get(key, "")) <= most:
                    raise Refusal(422, f"Invalid request.\n\nOnly {most} characters are allowed for {key}.")
        words: tuple[tuple[str, set[Any]], ...] = (("conclusion", _CONCLUSIONS), ("status", _STATUSES))
        for key, allowed in words:
            if key in body and body[key] not in allowed:
                raise Refusal(422, f"Invalid request.\n\n{body[key]} is not a member of {sorted(allowed)}.")
        return body
