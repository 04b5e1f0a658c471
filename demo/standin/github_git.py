"""The stand-in's git side: refs, tag objects, commits, file contents, and cloning over smart HTTP.

Pages: docs.github.com/rest/git/refs, /rest/git/tags, /rest/commits/commits, /rest/repos/contents;
git's own gitprotocol-http(5) for the clone, which needs nothing but the `git` command.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import os
import subprocess
from typing import TYPE_CHECKING

from flask import Response, jsonify, request

from demo.standin.answers import Refusal
from demo.standin.github_state import Repo
from demo.standin.shapes import Json

if TYPE_CHECKING:
    from demo.standin.github import GitHub


def routes(hub: GitHub) -> None:
    """Register everything on the stand-in."""
    git, at = Git(hub), "/repos/<owner>/<name>"
    for path, function in (
        (f"{at}/git/ref/<path:ref>", git.ref),
        (f"{at}/git/matching-refs/<path:ref>", git.matching),
        (f"{at}/git/tags/<sha>", git.tag),
        (f"{at}/commits/<sha>", git.commit),
        (f"{at}/commits/<sha>/pulls", git.pulls_of_commit),
        (f"{at}/contents/<path:path>", git.contents),
    ):
        hub.api("GET", path, "contents")(function)
    hub.app.add_url_rule("/<owner>/<name>.git/info/refs", view_func=git.advertise)
    hub.app.add_url_rule("/<owner>/<name>.git/git-upload-pack", view_func=git.upload_pack, methods=["POST"])


class Git:
    """Git data and transport."""

    def __init__(self, hub: GitHub) -> None:
        self.hub = hub

    def ref(self, repo: Repo, ref: str) -> Json:
        """GET one ref; a prefix does not count."""
        if f"refs/{ref}" not in repo.refs:
            raise Refusal(404, "Not Found")
        return self.hub.shapes.ref(repo, f"refs/{ref}")

    def matching(self, repo: Repo, ref: str) -> Response:
        """GET the refs that begin with a prefix: all of them, this list has no pages."""
        return jsonify([self.hub.shapes.ref(repo, name) for name in sorted(repo.refs) if name.startswith(f"refs/{ref}")])

    def tag(self, repo: Repo, sha: str) -> Json:
        """GET an annotated tag object."""
        if sha not in repo.tags:
            raise Refusal(404, "Not Found")
        return self.hub.shapes.tag(repo, repo.tags[sha])

    def commit(self, repo: Repo, sha: str) -> Json:
        """GET a commit, as far as the stand-in knows it."""
        if sha not in repo.commits:
            raise Refusal(422, f"No commit found for SHA: {sha}")
        return {"sha": sha, "url": f"{self.hub.url}/repos/{repo.full_name}/commits/{sha}"}

    def pulls_of_commit(self, repo: Repo, sha: str) -> Response:
        """GET the pull requests that brought a commit in."""
        if sha not in repo.commits:
            raise Refusal(422, f"No commit found for SHA: {sha}")
        return self.hub.page([self.hub.shapes.pull(repo, repo.pulls[n]) for n in repo.commits[sha] if n in repo.pulls])

    def contents(self, repo: Repo, path: str) -> Json:
        """GET a file."""
        if path not in repo.files:
            raise Refusal(404, "Not Found")
        data = repo.files[path].encode()
        return {
            "type": "file",
            "encoding": "base64",
            "size": len(data),
            "name": path.rpartition("/")[2],
            "path": path,
            "content": base64.b64encode(data).decode(),
            "sha": hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest(),  # noqa: S324  # git's name for a blob
        }

    # -- transport ---------------------------------------------------------------------------------------------

    def advertise(self, owner: str, name: str) -> Response:
        """Answer the first request of a clone; public repositories need no credentials."""
        service = request.args.get("service", "")
        if service != "git-upload-pack":  # pushing is not for this stand-in, and old dumb clients neither
            raise Refusal(403, "Only git-upload-pack is served")
        head = b"# service=git-upload-pack\n"
        body = b"%04x" % (len(head) + 4) + head + b"0000"
        body += self._run(owner, name, b"", "--advertise-refs")
        return Response(
            body, content_type="application/x-git-upload-pack-advertisement", headers={"Cache-Control": "no-cache"}
        )

    def upload_pack(self, owner: str, name: str) -> Response:
        """Answer the second: what is wanted goes in, a pack comes out."""
        data = request.get_data()
        if request.headers.get("Content-Encoding") == "gzip":
            data = gzip.decompress(data)
        return Response(self._run(owner, name, data), content_type="application/x-git-upload-pack-result")

    def _run(self, owner: str, name: str, stdin: bytes, *options: str) -> bytes:
        repo = self.hub.repo(f"{owner}/{name}")
        if repo.private:
            self._credentials()
        if not repo.git_dir:
            raise Refusal(404, "Not Found")
        # The client asks for protocol version 2 in a header (gitprotocol-v2); upload-pack reads it from there.
        environment = {**os.environ, "GIT_PROTOCOL": request.headers.get("Git-Protocol", "")}
        command = ["git", "upload-pack", "--stateless-rpc", *options, repo.git_dir]
        return subprocess.run(command, input=stdin, env=environment, check=True, stdout=subprocess.PIPE).stdout

    def _credentials(self) -> None:
        """Installation tokens are the password of `x-access-token` (docs.github.com, "HTTP-based Git access")."""
        if request.authorization is None or request.authorization.password not in self.hub.state.tokens:
            raise Refusal(401, "Bad credentials")
