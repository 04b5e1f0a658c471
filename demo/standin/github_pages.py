"""The GitHub stand-in's pages: enough of a repository, its pulls, issues, commits and checks to see what the app did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from demo.standin.answers import Refusal
from demo.standin.github_state import Repo
from demo.standin.markup import markdown

if TYPE_CHECKING:
    from demo.standin.github import GitHub


def routes(hub: GitHub) -> None:
    """Register the pages."""
    pages, at = Pages(hub), "/<owner>/<name>"
    rule = hub.app.add_url_rule
    rule(at, view_func=pages.repository)
    rule(f"{at}/pull/<int:number>", view_func=pages.pull)
    rule(f"{at}/pull/<int:number>/<path:rest>", endpoint="pull_tab", view_func=pages.pull)
    rule(f"{at}/issues/<int:number>", view_func=pages.issue)
    rule(f"{at}/tree/<path:ref>", endpoint="tree", view_func=pages.repository)
    rule(f"{at}/commit/<sha>", view_func=pages.commit)
    rule(f"{at}/runs/<int:number>", view_func=pages.run)
    rule(f"{at}/releases/tag/<tag>", view_func=pages.tag)
    rule("/<login>", view_func=pages.account)


class Pages:
    """Draws the pages, under the lock."""

    def __init__(self, hub: GitHub) -> None:
        self._hub = hub

    def repository(self, owner: str, name: str, ref: str = "") -> str:  # noqa: ARG002  # every branch shows the same
        """The repository: its pull requests, retold issues and tags."""
        with self._hub.state.lock:
            return self._draw("repository.html", self._repo(owner, name))

    def pull(self, owner: str, name: str, number: int, rest: str = "") -> str:  # noqa: ARG002  # tabs show the same
        """A pull request with comments, checks and requested reviewers."""
        with self._hub.state.lock:
            repo = self._repo(owner, name)
            if number not in repo.pulls:
                raise Refusal(404, "Not Found")
            pull = repo.pulls[number]
            checks = [c for c in repo.checks.values() if c["head_sha"] == pull.head_sha]
            return self._draw("pull.html", repo, pull=pull, checks=checks, comments=self._comments(repo, number))

    def issue(self, owner: str, name: str, number: int) -> str:
        """An issue with its comments."""
        with self._hub.state.lock:
            repo = self._repo(owner, name)
            if number not in repo.issues:
                raise Refusal(404, "Not Found")
            return self._draw("issue.html", repo, issue=repo.issues[number], comments=self._comments(repo, number))

    def commit(self, owner: str, name: str, sha: str) -> str:
        """A commit, as far as the shipped facts go."""
        with self._hub.state.lock:
            repo = self._repo(owner, name)
            known = next((full for full in repo.about if full.startswith(sha)), None)
            if known is None:
                raise Refusal(404, "Not Found")
            return self._draw("commit.html", repo, sha=known, about=repo.about[known])

    def run(self, owner: str, name: str, number: int) -> str:
        """A check run."""
        with self._hub.state.lock:
            repo = self._repo(owner, name)
            if number not in repo.checks:
                raise Refusal(404, "Not Found")
            return self._draw("run.html", repo, run=repo.checks[number])

    def tag(self, owner: str, name: str, tag: str) -> str:
        """A tag, with the key it names."""
        with self._hub.state.lock:
            repo = self._repo(owner, name)
            found = next((t for t in repo.tags.values() if t.name == tag), None)
            if found is None:
                raise Refusal(404, "Not Found")
            return self._draw("tag.html", repo, tag=found)

    def account(self, login: str) -> str:
        """An account: who this is and that its id is made up."""
        with self._hub.state.lock:
            if login.lower() not in self._hub.state.accounts:
                raise Refusal(404, "Not Found")
            return self._draw("account.html", None, account=self._hub.state.account(login))

    def _repo(self, owner: str, name: str) -> Repo:
        return self._hub.repo(f"{owner}/{name}")

    def _comments(self, repo: Repo, number: int) -> list[dict[str, object]]:
        return [c for c in repo.comments.values() if c["issue_number"] == number]

    def _draw(self, template: str, repo: Repo | None, **values: object) -> str:
        return render_template(template, repo=repo, markdown=markdown, bot=self._hub.state.bot.login, **values)
