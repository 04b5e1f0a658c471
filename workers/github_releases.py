"""What is asked of GitHub about a release: itself, the tagged tree, files, attestations; and the download of a file.

https://docs.github.com/en/rest/releases, https://docs.github.com/en/rest/git/trees,
https://docs.github.com/en/rest/repos/attestations
"""

from __future__ import annotations

import base64
import binascii
import itertools
import time
from collections.abc import Iterator
from typing import Any, BinaryIO
from urllib.parse import quote, urljoin, urlsplit

import github
import requests
from urllib3.exceptions import HTTPError

from github_app.model import Repository
from github_app.settings import Settings
from workers.github import API_VERSION, GitHubApp, GitHubReader, InstallationGone, Refused, translated
from workers.github_ask import asked, exception, not_githubs

NEEDS = (("contents", "read"), ("attestations", "read"))
"""The permissions behind what is asked here; without `attestations` those of private repositories are not seen."""

MOST_RELEASES = 100
_PIECE = 1 << 18
_ACCEPT = {"Accept": "application/octet-stream", "Accept-Encoding": "identity", "User-Agent": "trust-change-alerts"}
MOST_SECONDS = 600.0
"""How long one download may take; whoever sends a byte now and then is not waited for."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_HOPS = 3
_GITHUBS = (".githubusercontent.com", ".github.com", ".blob.core.windows.net")
"""Where github.com keeps the files of releases; a server of one's own keeps them on its own host."""


class TooLarge(Exception):  # noqa: N818 - it says what the file is
    """A file is larger than the caller wants to have."""


class GitHubReleases:
    """Questions about releases, each raising `Unavailable` or `Refused` and nothing else unless it says so."""

    def __init__(self, app: GitHubApp, settings: Settings) -> None:
        self._app, self._settings = app, settings
        self.reader = GitHubReader(app)

    def release(self, repo: Repository, installation_id: int, release_id: int) -> dict[str, Any] | None:
        """Return a release as GitHub shows it, None when it is gone."""
        found: dict[str, Any] | None = self._get(
            installation_id, f"{_path(repo)}/releases/{int(release_id)}", "a release", "tag_name"
        )
        return found

    def releases(self, repo: Repository, installation_id: int) -> list[dict[str, Any]]:
        """Return the newest releases, at most a hundred."""
        path = f"{_path(repo)}/releases"
        found = self._get(installation_id, path, "the releases", parameters={"per_page": MOST_RELEASES})
        return [x for x in found or () if isinstance(x, dict)]

    def commit(self, repo: Repository, installation_id: int, tag: str) -> str:
        """Return the commit a tag stands on, "" when there is no such tag."""
        found = self.reader.ref(repo, installation_id, f"tags/{tag}")
        if found is not None and found.kind == "tag":
            tagged = self.reader.tag(repo, installation_id, found.sha)
            return tagged.target if tagged is not None else ""
        return found.sha if found is not None and found.kind == "commit" else ""

    def tree(self, repo: Repository, installation_id: int, commit: str) -> tuple[dict[bytes, tuple[str, str]], bool]:
        """Return the paths of a commit with mode and object name, and whether these are all of them."""
        path = f"{_path(repo)}/git/trees/{quote(commit, safe='')}"
        found = self._get(installation_id, path, "the tagged tree", "tree", parameters={"recursive": "1"})
        listed = found.get("tree") if isinstance(found, dict) else None
        if not isinstance(listed, list):
            return {}, False
        entries = (x for x in listed if isinstance(x, dict) and x.get("type") in {"blob", "commit"})
        named = {
            str(x.get("path")).encode("utf-8", "surrogatepass"): (str(x.get("mode")), str(x.get("sha"))) for x in entries
        }
        return named, found.get("truncated") is not True

    def blob(self, repo: Repository, installation_id: int, name: str) -> bytes | None:
        """Return the contents of a blob, None when it is not there or not shown."""
        found = self._get(installation_id, f"{_path(repo)}/git/blobs/{quote(name, safe='')}", "a tagged file", "encoding")
        text = found.get("content") if isinstance(found, dict) and found.get("encoding") == "base64" else None
        try:
            return base64.b64decode(text) if isinstance(text, str) else None
        except (binascii.Error, ValueError):
            return None

    def attestations(self, repo: Repository, installation_id: int, digest: str) -> list[dict[str, Any]]:
        """Return the bundles of a file's attestations; none when there are none. `digest` is `sha256:...`."""
        path = f"{_path(repo)}/attestations/{quote(digest, safe=':')}"
        found = self._get(installation_id, path, "the attestations of a file", "attestations")
        listed = found.get("attestations") if isinstance(found, dict) else None
        bundles = (x.get("bundle") for x in listed if isinstance(x, dict)) if isinstance(listed, list) else ()
        return [bundle for bundle in bundles if isinstance(bundle, dict)]

    def download(self, repo: Repository, installation_id: int, asset_id: int, into: BinaryIO, most: int) -> int:
        """Write a release's file into `into` and return its size.

        The token goes to GitHub's API alone; where that sends us on to, nothing but the request goes, and only to hosts
        that are GitHub's.

        Raises:
            TooLarge: it has more than `most` bytes.
        """
        path = f"{_path(repo)}/releases/assets/{int(asset_id)}"
        with translated("a release's file"):
            try:
                pieces = self._fetch(path, self._signed_in(installation_id))
                first = next(pieces, b"")
            except github.GithubException as error:
                if error.status != 401:
                    raise
                self._app.forget_token(installation_id)  # GitHub revoked it; a new one may do
                pieces = self._fetch(path, self._signed_in(installation_id))
                first = next(pieces, b"")
            size = 0
            for piece in itertools.chain([first], pieces):
                size += len(piece)
                if size > most:
                    raise TooLarge
                into.write(piece)
            return size

    def _signed_in(self, installation_id: int) -> dict[str, str]:
        auth = self._app.client(installation_id).requester.auth
        signed = {"Authorization": f"Bearer {auth.token}"} if auth is not None else {}
        return {"X-GitHub-Api-Version": API_VERSION, **signed}

    def _fetch(self, path: str, token: dict[str, str]) -> Iterator[bytes]:
        url, until = f"{self._settings.github_api_url}{path}", time.monotonic() + MOST_SECONDS
        with requests.Session() as session:
            session.trust_env = False  # a .netrc of this machine is nobody's business there
            for _ in range(_MOST_HOPS):
                answer = session.get(
                    url, headers={**_ACCEPT, **token}, stream=True, allow_redirects=False, timeout=self._app.timeout
                )
                with answer:
                    if answer.status_code not in _REDIRECTS:
                        yield from _pieces(answer, until)
                        return
                    url, token = urljoin(url, answer.headers.get("Location", "")), {}
                self._check(url)
        raise Refused("GitHub sends on and on when asked for a release's file")

    def _check(self, url: str) -> None:
        own = [urlsplit(base) for base in (self._settings.github_api_url, self._settings.github_url)]
        parts = urlsplit(url)
        host = parts.hostname or ""
        ours = any((parts.scheme, parts.netloc) == (o.scheme, o.netloc) for o in own)
        public = own[0].hostname == "api.github.com" and parts.scheme == "https" and host.endswith(_GITHUBS)
        if not ours and not public:
            raise Refused("GitHub's answer about a release's file leads to a server that is not GitHub's")

    def _get(self, installation_id: int, path: str, what: str, *holds: str, parameters: dict[str, Any] | None = None) -> Any:
        """Return an object that holds one of these fields, or a list without any; None when it is not there."""
        with translated(what):
            try:
                found = asked(self._app, installation_id, "GET", path, parameters=parameters)[1]
            except github.GithubException as error:
                if error.status == 404 and not isinstance(error, InstallationGone):
                    return None
                raise
            if not (isinstance(found, dict) and any(name in found for name in holds) if holds else isinstance(found, list)):
                raise not_githubs()
            return found


def _pieces(answer: requests.Response, until: float) -> Iterator[bytes]:
    """Yield a body as it comes, whole or not to its end; nobody is waited for that sends a byte now and then."""
    try:
        if answer.status_code != 200:
            text = answer.raw.read1(_PIECE, decode_content=True).decode("utf-8", "replace")
            raise exception(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, text)
        while piece := answer.raw.read1(_PIECE, decode_content=True):
            yield piece
            if time.monotonic() > until:
                raise requests.ReadTimeout
    except HTTPError as error:
        raise requests.ConnectionError(error) from error


def _path(repo: Repository) -> str:
    return f"/repos/{quote(repo.full_name)}"
