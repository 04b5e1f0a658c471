"""Where things can be looked at: GitHub's pages, and our own if the app has an address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from github_app.model import Evidence, Repository
from github_app.plain import path_part, safe_url

_SHA = re.compile(r"[0-9a-f]{7,64}", re.ASCII)
_FULL_NAME = re.compile(r"[\w.-]+/[\w.-]+", re.ASCII)
_LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where things can be looked at: GitHub's pages, and our own if the app has an address."""

    github_url: str = "https://github.com"
    public_url: str = ""

    def person(self, login: str) -> str:
        """Return the address of an account, "" where the login cannot be one."""
        return f"{self.github_url}/{login}" if _LOGIN.fullmatch(login) else ""

    def pull(self, repository: Repository, number: int) -> str:
        """Return the address of a pull request."""
        return self._under(repository, f"pull/{int(number)}")

    def repository(self, repository: Repository) -> str:
        """Return the address of a repository or organisation."""
        return f"{self.github_url}/{path_part(repository.full_name)}" if repository.full_name else ""

    def alert(self, number: int) -> str:
        """Return our own page of an alert, "" without a public address."""
        return safe_url(f"{self.public_url.rstrip('/')}/alerts/{int(number)}") if self.public_url else ""

    @property
    def dashboard(self) -> str:
        """Our own list of alerts, "" without a public address."""
        return safe_url(f"{self.public_url.rstrip('/')}/") if self.public_url else ""

    def powers(self, repository_id: int) -> str:
        """Return our own page of a repository, "" without a public address."""
        return safe_url(f"{self.public_url.rstrip('/')}/repositories/{int(repository_id)}") if self.public_url else ""

    def report(self, number: int) -> str:
        """Return our own page of a report about an incident, "" without a public address."""
        return safe_url(f"{self.public_url.rstrip('/')}/reports/{int(number)}") if self.public_url else ""

    def evidence(self, repository: Repository, evidence: Evidence) -> str:
        """Return where a piece of evidence can be seen, "" where nowhere.

        A URL that came with it counts only when it leads to GitHub or to ourselves: nobody else gets to put a link
        into our messages.
        """
        given = safe_url(evidence.url)
        if given and self._trusted(given):
            return given
        value = evidence.value
        if evidence.kind == "commit" and _SHA.fullmatch(value):
            return self._under(repository, f"commit/{value}")
        if evidence.kind == "tag" and value:
            return self._under(repository, f"releases/tag/{path_part(value)}")
        if evidence.kind == "ref" and value:
            return self._under(repository, f"tree/{path_part(value.removeprefix('refs/heads/'))}")
        if evidence.kind == "pull" and value.lstrip("#").isdecimal():
            return self._under(repository, f"pull/{int(value.lstrip('#'))}")
        return ""

    def _under(self, repository: Repository, path: str) -> str:
        # A browser would walk up from `..`, into somebody else's repository.
        if not _FULL_NAME.fullmatch(repository.full_name) or not {".", ".."}.isdisjoint(path.split("/")):
            return ""
        return safe_url(f"{self.github_url}/{repository.full_name}/{path}")

    def _trusted(self, url: str) -> bool:
        ours = {urlsplit(u).netloc.lower() for u in (self.github_url, self.public_url) if u}
        return urlsplit(url).netloc.lower() in ours
